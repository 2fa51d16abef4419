/** What came next after a named row within its group. */
import { chosen, type Kind } from "../draft.ts";
import { draftQuestion } from "../table-question.ts";
import { TOPICS } from "../table-topics.ts";

export const tableNeighbour: Kind = {
  name: "table-neighbour",
  level: "cell",
  generate(random, variant) {
    const topic = chosen(TOPICS, variant + 1);
    return draftQuestion(random, topic, (rows) => {
      // From the middle of the table on: who stops at the blank row does not get there.
      const index = random.integer(6, 7);
      const [row, next] = [rows[index], rows[index + 1]];
      const [name, answer] = [row?.name ?? "", next?.name ?? ""];
      return {
        text: random.pick([
          `Which ${topic.thing} was the next to be ${topic.since} after ${name}?`,
          `After ${name}, which ${topic.thing} was ${topic.since} next?`,
          `Once ${name} had been ${topic.since}, which ${topic.thing} came next?`,
        ]),
        answer: [answer],
        python: `own = next((year for name, group, number, year in rows if name == ${JSON.stringify(name)}), 0)
later = sorted((year, name) for name, group, number, year in rows if year > own)
found = [later[0][1] if later else None]`,
        formula: null,
        slips: ["trusts-layout"],
      };
    });
  },
};

/** All rows of a group: several names, in cells below each other. */
import { chosen, type Kind } from "../draft.ts";
import { draftQuestion } from "../table-question.ts";
import { TOPICS } from "../table-topics.ts";

export const tableList: Kind = {
  name: "table-list",
  level: "cell",
  generate(random, variant) {
    const topic = chosen(TOPICS, variant + 4);
    return draftQuestion(random, topic, (rows) => {
      const group = random.pick(topic.groups);
      return {
        text: random.pick([
          `Which ${topic.things} are ${topic.inGroup(group)}?`,
          `Name all ${topic.things} ${topic.inGroup(group)}.`,
          `List every ${topic.thing} that is ${topic.inGroup(group)}.`,
        ]),
        answer: rows.filter((row) => row.group === group).map(({ name }) => name),
        python: `found = [name for name, group, number, year in rows if group == ${JSON.stringify(group)}]`,
        formula: null,
        // Every group has a row above and below the blank one, and one whose number was typed as text.
        slips: ["trusts-layout"],
      };
    });
  },
};

/** Which row has the greatest number: the answer is its name. */
import { chosen, type Kind } from "../draft.ts";
import { draftQuestion } from "../table-question.ts";
import { TOPICS } from "../table-topics.ts";

export const tableExtreme: Kind = {
  name: "table-extreme",
  level: "cell",
  generate(random, variant) {
    const topic = chosen(TOPICS, variant + 2);
    return draftQuestion(random, topic, (rows) => {
      const first = rows.reduce((best, row) => (row.number > best.number ? row : best));
      return {
        text: random.pick([
          `Which ${topic.thing} is ${topic.most} of all?`,
          `What is the name of ${topic.most} ${topic.thing} in the table?`,
          `Of all ${topic.things} listed, which one has the greatest ${topic.measure}?`,
        ]),
        answer: [first.name],
        python: "found = [max(rows, key=lambda row: row[2])[0]]",
        formula: 'f"=INDEX({span[0]},MATCH(MAX({span[2]}),{span[2]},0))"',
        // The record holder's number is text; it may stand above the blank row, so that stopping there does no harm.
        slips: ["trusts-types"],
      };
    });
  },
};

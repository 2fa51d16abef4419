/** By how much two named rows differ. */

import { chosen, type Kind } from "../draft.ts";
import { several } from "../names.ts";
import { draftQuestion } from "../table-question.ts";
import { TOPICS } from "../table-topics.ts";

export const tableDifference: Kind = {
  name: "table-difference",
  level: "cell",
  generate(random, variant) {
    const topic = chosen(TOPICS, variant);
    return draftQuestion(random, topic, (rows) => {
      const greatest = rows.reduce((best, row) => (row.number > best.number ? row : best));
      const other =
        several(
          random,
          rows.slice(-3).filter((row) => row !== greatest),
          1,
        )[0] ?? greatest;
      const difference = Math.round((greatest.number - other.number) * 10) / 10;
      const names = [greatest.name, other.name].map((name) => JSON.stringify(name));
      return {
        text: random.pick([
          `By how much does the ${topic.measure} of ${greatest.name} exceed that of ${other.name}?`,
          `What is the difference in ${topic.measure} between ${other.name} and ${greatest.name}?`,
        ]),
        answer: [difference],
        python: `numbers = {name: number for name, group, number, year in rows}
found = [round(numbers.get(${names[0]}, 0) - numbers.get(${names[1]}, 0), 2)]`,
        formula: null,
        // The greater of the two is typed as text, and the other stands below the blank row.
        slips: ["trusts-types", "trusts-layout"],
      };
    });
  },
};

/** How many rows meet a condition on their number or year. */
import { chosen, type Kind } from "../draft.ts";
import { draftQuestion } from "../table-question.ts";
import { TOPICS } from "../table-topics.ts";

export const tableCount: Kind = {
  name: "table-count",
  level: "cell",
  generate(random, variant) {
    const topic = chosen(TOPICS, variant);
    return draftQuestion(random, topic, (rows) => {
      const sorted = rows.map(({ number }) => number).sort((a, b) => a - b);
      const limit = Math.floor(sorted[random.integer(3, 5)] ?? 0);
      const count = rows.filter(({ number }) => number > limit).length;
      return {
        text: random.pick([
          `How many ${topic.things} ${topic.over(limit)}?`,
          `What is the number of ${topic.things} that ${topic.over(limit)}?`,
        ]),
        answer: [count],
        python: `found = [sum(number > ${limit} for name, group, number, year in rows)]`,
        formula: `f'=COUNTIF({span[2]},">${limit}")'`,
        slips: ["trusts-types", "trusts-layout"],
      };
    });
  },
};

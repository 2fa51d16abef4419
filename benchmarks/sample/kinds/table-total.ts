/** The sum over the rows of a group. */
import { chosen, type Kind } from "../draft.ts";
import { draftQuestion } from "../table-question.ts";
import { TOPICS } from "../table-topics.ts";

export const tableTotal: Kind = {
  name: "table-total",
  level: "cell",
  generate(random, variant) {
    const topic = chosen(TOPICS, variant + 1);
    return draftQuestion(random, topic, (rows) => {
      const greatest = rows.reduce((best, row) => (row.number > best.number ? row : best));
      const group = greatest.group;
      const sum = rows.filter((row) => row.group === group).reduce((total, { number }) => total + number, 0);
      return {
        text: random.pick([
          `What is the total ${topic.measure} of all ${topic.things} ${topic.inGroup(group)}?`,
          `Add up the ${topic.measure} of all ${topic.things} ${topic.inGroup(group)}: what does it come to?`,
        ]),
        answer: [Math.round(sum * 10) / 10],
        python: `found = [round(sum(number for name, group, number, year in rows if group == ${JSON.stringify(group)}), 2)]`,
        formula: `f'=SUMIF({span[1]},"${group}",{span[2]})'`,
        slips: ["trusts-types", "trusts-layout"],
      };
    });
  },
};

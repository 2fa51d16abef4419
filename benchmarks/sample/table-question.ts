/** A question on one table, with its answer in a cell, or in several below each other. */

import type { Random } from "../../harness/random.ts";
import { cellName } from "../scoring/coordinates.ts";
import type { Draft, Slip } from "./draft.ts";
import { literal } from "./python.ts";
import type { Block } from "./sheet.ts";
import { answerPlace, type LaidTable, layTopic, readTable, type TableRow, type Topic } from "./table-topics.ts";

export interface Question {
  readonly text: string;
  readonly answer: readonly (string | number)[];
  /** Python that leaves `found`, a list, from `rows`; it may use `span`, the ranges of the four columns. */
  readonly python: string;
  /** Python expression for the formula of the one answer, where a person would write one. */
  readonly formula: string | null;
  readonly slips: readonly Slip[];
}

/** Lays the topic's table and asks about it; the question is made from the rows that came out. */
export function draftQuestion(random: Random, topic: Topic, ask: (rows: readonly TableRow[]) => Question): Draft {
  const table = layTopic(random, topic);
  const question = ask(table.rows);
  const block: Block = { ...table.at, values: question.answer.map((item) => [item]) };
  return {
    request: wordRequest(random, question, { table, topic }),
    sheets: table.sheets,
    answer: [block],
    writes: { block, formulas: question.formula !== null },
    slips: question.slips,
    program: (slip) => writeProgram(topic, { question, block, slip }),
  };
}

function wordRequest(
  random: Random,
  { text, answer }: Question,
  { table, topic }: { table: LaidTable; topic: Topic },
): string {
  const place = answerPlace(table);
  if (answer.length > 1) {
    return random.pick([
      `${text} Write them from ${place} down, one in a cell, in the order of the table.`,
      `Look at the table on '${topic.sheet}': ${text} One item in each cell, starting with ${place}, as they come in the table.`,
    ]);
  }
  return random.pick([
    `${text} Put the answer into ${place}.`,
    `Please answer in ${place}: ${text}`,
    `${text} (The answer belongs in ${place}; just the value, spelt as in the table if it is a name.)`,
  ]);
}

function writeProgram(
  topic: Topic,
  { question, block, slip }: { question: Question; block: Block; slip: Slip | null },
): string {
  const cells = block.values.map((_, index) => literal(cellName(block.row + index, block.column)));
  const items = question.formula === null ? "(sheet, cell, value)" : `(sheet, cell, value, ${question.formula})`;
  const limit =
    block.values.length > 1
      ? `cells = [f"${cellName(block.row, block.column).replace(/\d+$/, "")}{row}" for row in range(${block.row}, ${block.row} + len(found))]`
      : `cells = [${cells.join(", ")}]`;
  return `${readTable(topic, slip)}
${question.python}
sheet = ${literal(block.sheet)}
${limit}
answer = [${items} for cell, value in zip(cells, found)]
`;
}

/** What the simulated model's server is told of a sample task. */

import type { Task } from "../../harness/records.ts";
import type { AnswerKeyEntry, CellValue } from "../../harness/simulator/answer-key.ts";
import { cellName } from "../scoring/coordinates.ts";
import type { SampleTask } from "./sample-task.ts";
import { type Cell, shownValue } from "./sheet.ts";

export function answerKeyEntry(task: Task, { draft, habits }: SampleTask): AnswerKeyEntry {
  const block = draft.writes?.block ?? draft.answer[0];
  return {
    task: task.id,
    instruction: task.instruction,
    kind: task.kind,
    habits: [...habits],
    sheet: block?.sheet ?? "",
    program: draft.program(null),
    slips: Object.fromEntries(draft.slips.map((slip) => [slip, draft.program(slip)])),
    cells: cellsOf(draft.answer),
  };
}

/** Every cell of the ground truth, blank ones as null. */
function cellsOf(blocks: SampleTask["draft"]["answer"]): AnswerKeyEntry["cells"] {
  return blocks.flatMap(({ sheet, row, column, values }) =>
    values.flatMap((line, down) =>
      line.map((value, right) => ({ sheet, cell: cellName(row + down, column + right), value: keyValue(value) })),
    ),
  );
}

function keyValue(cell: Cell): CellValue {
  const value = shownValue(cell);
  return value instanceof Date ? { date: value.toISOString() } : value;
}

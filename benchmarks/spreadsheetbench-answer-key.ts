/** The golden answer of a task as a simulated model is told it; no agent ever sees this. */

import { messageOf } from "../harness/errors.ts";
import type { Task } from "../harness/records.ts";
import { BenchmarkError } from "../harness/roles.ts";
import type { AnswerKeyEntry, CellValue } from "../harness/simulator/answer-key.ts";
import { isEmpty, PositionError } from "./scoring/answer-position.ts";
import { boxesInPosition, cellsInPosition } from "./scoring/compare-workbooks.ts";
import { isoDate, normalForm, type SheetValue, valueText } from "./scoring/values.ts";
import type { Workbook } from "./scoring/workbook.ts";
import { readWorkbook } from "./scoring/workbook-file.ts";

interface Answer {
  readonly cells: ReturnType<typeof cellsInPosition>;
  readonly areas: NonNullable<AnswerKeyEntry["areas"]>;
}

/** @throws BenchmarkError when the golden workbook cannot be read */
export async function answerKeyEntry(task: Task, golden: string, answerPosition: string): Promise<AnswerKeyEntry> {
  const file = await readWorkbook(golden);
  if ("problem" in file) throw new BenchmarkError(`${golden}: ${file.problem}`);
  const answer = answerIn(file.workbook, answerPosition, golden);
  const [firstSheet = ""] = file.workbook.sheetNames;
  const sheet = answer.cells[0]?.sheet ?? firstSheet;
  return {
    task: task.id,
    instruction: task.instruction,
    kind: task.kind,
    habits: habitsOf(answer, sheet === firstSheet),
    sheet,
    program: null,
    slips: {},
    areas: answer.areas,
    cells: answer.cells.map(({ sheet, cell, value }) => ({ sheet, cell, value: keyValue(value) })),
  };
}

/** Empty where the position itself is broken: then no answer is right. */
function answerIn(workbook: Workbook, answerPosition: string, golden: string): Answer {
  try {
    const boxes = boxesInPosition(workbook, answerPosition).filter(({ box }) => !isEmpty(box));
    return {
      cells: cellsInPosition(workbook, answerPosition),
      areas: boxes.map(({ sheet, box: { firstRow, firstColumn, lastRow, lastColumn } }) => {
        return { sheet, firstRow, firstColumn, lastRow, lastColumn };
      }),
    };
  } catch (error) {
    if (error instanceof PositionError) return { cells: [], areas: [] };
    throw new BenchmarkError(`${golden}: ${messageOf(error)}`, { cause: error });
  }
}

/** Names are those of `harness/simulator/habits.ts`: slips of writing that would spoil this answer. */
function habitsOf({ cells }: Answer, onFirstSheet: boolean): string[] {
  const habits = ["formula-without-value", "drops-sheets", "wrong-range", "no-read-back"];
  if (cells.some(({ value }) => readsDifferentlyAsText(value))) habits.push("values-as-text");
  if (!onFirstSheet) habits.push("wrong-sheet");
  return habits;
}

/** Written for people ("1,234.50", "05/01/2024"), such a value is no longer equal. */
function readsDifferentlyAsText(value: SheetValue): boolean {
  if (value.kind === "datetime" || value.kind === "date") return true;
  return (value.kind === "int" || value.kind === "float") && Number(value.value) >= 1000;
}

/** What can be written into a cell so that the scorer takes it for `value`. */
function keyValue(value: SheetValue): CellValue {
  switch (value.kind) {
    case "none":
      return null;
    case "bool":
    case "str":
      return value.value;
    case "int": // as text where JSON numbers are not exact: the scorer reads numbers out of text
      return Number.isSafeInteger(Number(value.value)) ? Number(value.value) : String(value.value);
    case "float":
      return Number.isFinite(value.value) ? value.value : valueText(value);
    case "date":
      return { date: `${isoDate(value.day)}T00:00:00.000Z` };
    case "datetime":
      return { date: new Date(Date.parse(isoDate(value.day)) + Math.floor(value.microsecond / 1000)).toISOString() };
    case "time": {
      const text = normalForm(value); // times compare as this text
      return text.kind === "str" ? text.value : null;
    }
    case "timedelta": // no value of JSON reads as a duration: such a cell cannot be written from the key
      return valueText(value);
    default:
      return value satisfies never;
  }
}

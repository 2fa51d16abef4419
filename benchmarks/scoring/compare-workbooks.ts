/**
 * SpreadsheetBench's scorer: cached values of the golden and of the output workbook, compared over `answer_position`.
 * Formats, formulas, other sheets and other cells do not count, and nothing is recalculated.
 * Follows the official code (see `answer-position.ts`) as recorded in the oracle; exceptions there are fails here.
 */
import { messageOf } from "../../harness/errors.ts";
import {
  assertCells,
  boxOfRange,
  isEmpty,
  type Piece,
  PositionError,
  type Rules,
  splitPosition,
} from "./answer-position.ts";
import { type Box, cellName, isInside, placeOf } from "./coordinates.ts";
import { NOTHING, type SheetValue, sameValue, TooLargeError, valueText } from "./values.ts";
import type { Workbook } from "./workbook.ts";
import { isUnreadable, readUntrustedWorkbook, readWorkbook } from "./workbook-file.ts";
import type { Worksheet } from "./worksheet.ts";

/** A cell whose values differ; values are as Python's `str()` shows them. */
export interface Difference {
  readonly sheet: string;
  readonly cell: string;
  readonly expected: string;
  readonly found: string;
}

export type Comparison =
  | {
      readonly kind: "compared";
      readonly pass: boolean;
      /** The first reason why it failed; empty when it passed. */
      readonly message: string;
      /** The first 20, column by column, as the official code goes. */
      readonly differences: readonly Difference[];
      readonly differing: number;
    }
  /** Our own data cannot be read: this says nothing about the output. */
  | { readonly kind: "golden-unreadable"; readonly problem: string };

const MAX_KEPT = 20;
const MAX_TEXT = 2000;

/**
 * Compares two .xlsx files; never throws for what is in them.
 * @param golden path of the ground truth
 * @param output path of what an agent left; need not be there, and must be a regular file
 */
export async function compareWorkbooks(
  golden: string,
  output: string,
  answerPosition: string,
  rules: Rules = "trace2skill",
): Promise<Comparison> {
  const wanted = await readWorkbook(golden);
  if ("problem" in wanted) return { kind: "golden-unreadable", problem: `${golden}: ${wanted.problem}` };
  const found = await readUntrustedWorkbook(output);
  if ("problem" in found) return summary([], 0, found.problem);
  try {
    return comparePieces(wanted.workbook, found.workbook, splitPosition(answerPosition, rules), rules);
  } catch (error) {
    // The output was read to its end above, so only a sheet of the golden can turn out unreadable here.
    if (isUnreadable(error)) return { kind: "golden-unreadable", problem: `${golden}: ${messageOf(error)}` };
    throw error;
  }
}

/**
 * Non-empty cells of a workbook in `answerPosition`, in official order.
 * @throws PositionError, or what `openWorkbook` throws
 */
export function cellsInPosition(
  workbook: Workbook,
  answerPosition: string,
  rules: Rules = "trace2skill",
): { sheet: string; cell: string; value: SheetValue }[] {
  return boxesInPosition(workbook, answerPosition, rules).flatMap(({ sheet: name, box }) => {
    const sheet = sheetNamed(workbook, name);
    const valueAt = (key: number) => sheet.cells.get(key) ?? NOTHING;
    return keysInside(box, [sheet]).map((key) => ({ sheet: name, cell: nameOf(key), value: valueAt(key) }));
  });
}

function comparePieces(golden: Workbook, output: Workbook, pieces: Iterable<Piece>, rules: Rules): Comparison {
  const differences: Difference[] = [];
  let differing = 0;
  let problem = "";
  // Looking at a cell makes openpyxl create it, which widens the golden sheet for open ends in later pieces.
  const extents = new Map<string, Extent>();
  try {
    for (const piece of pieces) {
      const name = piece.sheet ?? firstSheet(golden);
      if (!output.sheetNames.includes(name)) throw new PositionError(`Worksheet '${name}' not found in output`);
      const [wanted, found] = [sheetNamed(golden, name), sheetNamed(output, name)];
      const extent = extents.get(name) ?? wanted;
      const box = boxOfRange(piece.range, rules, extent);
      for (const difference of differencesInside(box, name, wanted, found)) {
        differing += 1;
        if (differences.length < MAX_KEPT) differences.push(difference);
        problem ||= mismatch(piece, difference);
      }
      assertCells(box);
      extents.set(name, widened(extent, box));
    }
  } catch (error) {
    if (!(error instanceof PositionError || error instanceof TooLargeError)) throw error;
    problem ||= error.message;
  }
  return summary(differences, differing, problem);
}

function* differencesInside(box: Box, sheet: string, wanted: Worksheet, found: Worksheet): Generator<Difference> {
  for (const key of keysInside(box, [wanted, found])) {
    const [expected, actual] = [wanted.cells.get(key) ?? NOTHING, found.cells.get(key) ?? NOTHING];
    if (sameValue(expected, actual)) continue;
    yield { sheet, cell: nameOf(key), expected: shortText(expected), found: shortText(actual) };
  }
}

/** An agent's cell may hold megabytes, and differences are stored and shown. */
function shortText(value: SheetValue): string {
  const text = valueText(value);
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}... (${text.length} characters)` : text;
}

/** Places in the box where some sheet has a value, column by column: everywhere else all are empty, and so equal. */
function keysInside(box: Box, sheets: readonly Worksheet[]): number[] {
  if (isEmpty(box)) return [];
  const keys = new Set<number>();
  for (const { cells } of sheets) {
    for (const key of cells.keys()) {
      const { row, column } = placeOf(key);
      if (isInside(box, row, column)) keys.add(key);
    }
  }
  const order = (key: number) => placeOf(key).column * 2 ** 32 + placeOf(key).row;
  return [...keys].sort((a, b) => order(a) - order(b));
}

function sheetNamed(workbook: Workbook, name: string): Worksheet {
  const sheet = workbook.sheet(name);
  if (sheet === null) throw new PositionError(`Worksheet '${name}' does not exist, or is a chart`);
  return sheet;
}

function firstSheet(workbook: Workbook): string {
  const [first] = workbook.sheetNames;
  if (first === undefined) throw new PositionError("the golden workbook has no sheets");
  return first;
}

type Extent = Pick<Worksheet, "lastRow" | "lastColumn">;

function widened({ lastRow, lastColumn }: Extent, box: Box): Extent {
  if (isEmpty(box)) return { lastRow, lastColumn };
  return { lastRow: Math.max(lastRow, box.lastRow), lastColumn: Math.max(lastColumn, box.lastColumn) };
}

/** The words of the official message; a single cell is named as the position writes it. */
function mismatch({ range }: Piece, { cell, expected, found }: Difference): string {
  return `Value mismatch at ${range.includes(":") ? cell : range}: expected '${expected}', got '${found}'`;
}

function nameOf(key: number): string {
  const { row, column } = placeOf(key);
  return cellName(row, column);
}

function summary(differences: Difference[], differing: number, problem: string): Comparison {
  return { kind: "compared", pass: problem === "", message: problem, differences, differing };
}

/**
 * The boxes of an answer position, in the order of its pieces.
 * @throws PositionError, or what `openWorkbook` throws
 */
export function boxesInPosition(
  workbook: Workbook,
  answerPosition: string,
  rules: Rules = "trace2skill",
): { sheet: string; box: Box }[] {
  return [...splitPosition(answerPosition, rules)].map((piece) => {
    const sheet = piece.sheet ?? firstSheet(workbook);
    const box = boxOfRange(piece.range, rules, sheetNamed(workbook, sheet));
    assertCells(box);
    return { sheet, box };
  });
}

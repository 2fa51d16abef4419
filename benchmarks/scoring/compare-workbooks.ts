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
import { type Box, cellKey, cellName, isInside, placeOf } from "./coordinates.ts";
import { NOTHING, type SheetValue, sameValue, TooLargeError, valueText } from "./values.ts";
import type { Workbook } from "./workbook.ts";
import { readUntrustedWorkbook, readWorkbook } from "./workbook-file.ts";
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
/** Characters of a value in a difference, and of a problem: either may quote megabytes. */
const MAX_TEXT = 2000;
const MAX_PROBLEM = 1000;
/** More than any row number. */
const ROWS_BELOW = 2 ** 38;

/** A golden workbook, read as far as the position asks. */
export interface Golden {
  readonly workbook: Workbook;
  readonly answerPosition: string;
  readonly rules: Rules;
}

/**
 * Compares two .xlsx files; never throws for what is in them. Runs on this thread, for a second or two where an output is
 * hostile: benchmarks use `scoreWorkbooks`.
 * @param golden path of the ground truth
 * @param output path of what an agent left; need not be there, and must be a regular file
 */
export async function compareWorkbooks(
  golden: string,
  output: string,
  answerPosition: string,
  rules: Rules = "trace2skill",
): Promise<Comparison> {
  const wanted = await readGolden(golden, answerPosition, rules);
  return "problem" in wanted ? goldenUnreadable(wanted.problem) : compareOutput(wanted, output);
}

/** Reads what a position asks of a golden workbook, or tells why it cannot be read. */
export async function readGolden(
  path: string,
  answerPosition: string,
  rules: Rules,
): Promise<Golden | { readonly problem: string }> {
  const file = await readWorkbook(path);
  if ("problem" in file) return { problem: `${path}: ${file.problem}` };
  try {
    for (const { sheet } of splitPosition(answerPosition, rules))
      file.workbook.sheet(sheet ?? firstSheet(file.workbook));
  } catch (error) {
    // A position that cannot be followed fails the output, as in the official code.
    if (!(error instanceof PositionError)) return { problem: `${path}: ${messageOf(error)}` };
  }
  return { workbook: file.workbook, answerPosition, rules };
}

/** Compares what an agent left; whatever goes wrong from here on is the fault of that file. */
export async function compareOutput({ workbook, answerPosition, rules }: Golden, output: string): Promise<Comparison> {
  const found = await readUntrustedWorkbook(output);
  if ("problem" in found) return failed(found.problem);
  try {
    return comparePieces(workbook, found.workbook, splitPosition(answerPosition, rules), rules);
  } catch (error) {
    return failed(`Error comparing workbooks: ${messageOf(error)}`);
  }
}

/** The output fails as a whole. */
export function failed(problem: string): Comparison {
  return summary([], 0, shortened(problem, MAX_PROBLEM));
}

export function goldenUnreadable(problem: string): Comparison {
  return { kind: "golden-unreadable", problem: shortened(problem, MAX_PROBLEM) };
}

/** A text cut to so many characters, and how many it had. */
export function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most).toWellFormed()}... (${text.length} characters)` : text;
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
      for (const key of differingInside(box, wanted, found)) {
        differing += 1;
        if (differences.length >= MAX_KEPT) continue;
        const difference = differenceAt(key, name, wanted, found);
        differences.push(difference);
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

function* differingInside(box: Box, wanted: Worksheet, found: Worksheet): Generator<number> {
  for (const key of keysInside(box, [wanted, found])) {
    if (!sameValue(wanted.cells.get(key) ?? NOTHING, found.cells.get(key) ?? NOTHING)) yield key;
  }
}

/** Values are cut: an agent's cell may hold megabytes, and differences are stored and shown. */
function differenceAt(key: number, sheet: string, wanted: Worksheet, found: Worksheet): Difference {
  const textIn = ({ cells }: Worksheet) => shortened(valueText(cells.get(key) ?? NOTHING), MAX_TEXT);
  return { sheet, cell: nameOf(key), expected: textIn(wanted), found: textIn(found) };
}

/** Places in the box where some sheet has a value, column by column: everywhere else all are empty, and so equal. */
function keysInside(box: Box, sheets: readonly Worksheet[]): number[] {
  if (isEmpty(box)) return [];
  const byColumn = new Set<number>();
  for (const { cells } of sheets) {
    for (const key of cells.keys()) {
      const { row, column } = placeOf(key);
      if (isInside(box, row, column)) byColumn.add(column * ROWS_BELOW + row);
    }
  }
  // Sorted as plain numbers: there may be a million, and a function that compares would take seconds.
  return Array.from(Float64Array.from(byColumn).sort(), (place) =>
    cellKey(place % ROWS_BELOW, Math.floor(place / ROWS_BELOW)),
  );
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

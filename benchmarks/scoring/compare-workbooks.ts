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
import { type Box, cellName, placeOf } from "./coordinates.ts";
import { differencesInside, firstInOfficialOrder, inOfficialOrder, isKeyInside } from "./differing-cells.ts";
import { NOTHING, type SheetValue, TooLargeError, valueText } from "./values.ts";
import type { Workbook } from "./workbook.ts";
import { openUntrustedWorkbook, readWorkbook, unreadable } from "./workbook-file.ts";
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
const ENDLESS = { lastRow: Infinity, lastColumn: Infinity };

/** A golden workbook, read as far as the position asks. */
export interface Golden {
  readonly sheets: Sheets;
  readonly answerPosition: string;
  readonly rules: Rules;
}

/** What was read of a workbook: values of the answer range. */
interface Sheets {
  readonly names: readonly string[];
  /** Of the sheets in the answer position; null for a chart, and for one that is not there. */
  readonly read: ReadonlyMap<string, Worksheet | null>;
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
    const { workbook } = file;
    const wanted = boxesBySheet(answerPosition, rules, workbook.sheetNames[0] ?? "");
    const read = new Map(
      Array.from(wanted, ([name, boxes]) => [name, workbook.sheet(name, { within: boxes, stops: true })]),
    );
    return { sheets: { names: workbook.sheetNames, read }, answerPosition, rules };
  } catch (error) {
    return { problem: `${path}: ${messageOf(error)}` };
  }
}

/** Compares what an agent left; whatever goes wrong from here on is the fault of that file. */
export async function compareOutput(golden: Golden, output: string): Promise<Comparison> {
  const found = openUntrustedWorkbook(output);
  if ("problem" in found) return failed(found.problem);
  try {
    return compareWith(golden, found.workbook);
  } catch (error) {
    return failed(unreadable(error).problem);
  }
}

/** A sheet that is damaged spoils the workbook for openpyxl, wherever it stands; but only what would pass can be spoilt. */
function compareWith({ sheets, answerPosition, rules }: Golden, output: Workbook): Comparison {
  const wanted = boxesBySheet(answerPosition, rules, sheets.names[0] ?? "");
  const read = new Map(Array.from(wanted, ([name, within]) => [name, output.sheet(name, { within, stops: false })]));
  const pieces = splitPosition(answerPosition, rules);
  const comparison = comparePieces(sheets, { names: output.sheetNames, read }, pieces, rules);
  if (comparison.kind !== "compared" || !comparison.pass) return comparison;
  for (const name of output.sheetNames) if (!wanted.has(name)) output.sheet(name, { within: [], stops: false });
  return comparison;
}

/** Where values can matter, as far as the position can be followed; open ends reach as far as any sheet. */
function boxesBySheet(answerPosition: string, rules: Rules, firstSheet: string): Map<string, Box[]> {
  const boxes = new Map<string, Box[]>();
  try {
    for (const { sheet, range } of splitPosition(answerPosition, rules)) {
      const name = sheet ?? firstSheet;
      boxes.set(name, boxes.get(name) ?? []);
      boxes.get(name)?.push(boxOfRange(range, rules, ENDLESS));
    }
  } catch (error) {
    // Such a position fails the output when its turn comes, as in the official code.
    if (!(error instanceof PositionError)) throw error;
  }
  return boxes;
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
    const sheet = present(workbook.sheet(name), name);
    const valueAt = (key: number) => sheet.cells.get(key) ?? NOTHING;
    const keys = [...sheet.cells.keys()].filter((key) => isKeyInside(box, key));
    return inOfficialOrder(keys).map((key) => ({ sheet: name, cell: nameOf(key), value: valueAt(key) }));
  });
}

function comparePieces(golden: Sheets, output: Sheets, pieces: Iterable<Piece>, rules: Rules): Comparison {
  const differences: Difference[] = [];
  let differing = 0;
  let problem = "";
  // Looking at a cell makes openpyxl create it, which widens the golden sheet for open ends in later pieces.
  const extents = new Map<string, Extent>();
  try {
    for (const piece of pieces) {
      const name = piece.sheet ?? firstOf(golden.names);
      if (!output.names.includes(name)) throw new PositionError(`Worksheet '${name}' not found in output`);
      const wanted = present(golden.read.get(name) ?? null, name);
      const given = present(output.read.get(name) ?? null, name);
      const extent = extents.get(name) ?? wanted;
      const box = boxOfRange(piece.range, rules, extent);
      const found = differencesInside(box, wanted, given);
      differing += found.keys.length;
      for (const key of firstInOfficialOrder(found.keys, MAX_KEPT - differences.length)) {
        const difference = differenceAt(key, name, wanted, given);
        differences.push(difference);
        problem ||= mismatch(piece, difference);
      }
      if (found.error !== null) throw found.error;
      assertCells(box);
      extents.set(name, widened(extent, box));
    }
  } catch (error) {
    if (!(error instanceof PositionError || error instanceof TooLargeError)) throw error;
    problem ||= error.message;
  }
  return summary(differences, differing, problem);
}

/** Values are cut: an agent's cell may hold megabytes, and differences are stored and shown. */
function differenceAt(key: number, sheet: string, wanted: Worksheet, found: Worksheet): Difference {
  const textIn = ({ cells }: Worksheet) => shortened(valueText(cells.get(key) ?? NOTHING), MAX_TEXT);
  return { sheet, cell: nameOf(key), expected: textIn(wanted), found: textIn(found) };
}

function present(sheet: Worksheet | null, name: string): Worksheet {
  if (sheet === null) throw new PositionError(`Worksheet '${name}' does not exist, or is a chart`);
  return sheet;
}

function firstOf(names: readonly string[]): string {
  const [first] = names;
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
    const sheet = piece.sheet ?? firstOf(workbook.sheetNames);
    const box = boxOfRange(piece.range, rules, present(workbook.sheet(sheet), sheet));
    assertCells(box);
    return { sheet, box };
  });
}

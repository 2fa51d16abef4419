/** Judges single recorded values, ranges, cells and answer ranges anew: what openpyxl and Python said, and what we say. */
import { createHash } from "node:crypto";
import { messageOf } from "../../harness/errors.ts";
import { boxOfRange, PositionError, type Rules, splitPosition } from "../scoring/answer-position.ts";
import { type Box, cellKey, cellName, columnName, parseCellName } from "../scoring/coordinates.ts";
import { EPOCH_1900, EPOCH_1904 } from "../scoring/dates.ts";
import { Allowance } from "../scoring/limits.ts";
import { kindOfFormat } from "../scoring/number-formats.ts";
import { NOTHING, normalForm, type SheetValue, sameValue } from "../scoring/values.ts";
import type { Workbook } from "../scoring/workbook.ts";
import { MAIN_SPACE, readWorksheet, WorkbookError } from "../scoring/worksheet.ts";
import type { CellCase, Dump, RangeCase, ValuePair } from "./spreadsheetbench-records.ts";
import { fromTyped, type Typed, toTyped } from "./typed-values.ts";

/** Both verdicts as text; they agree when the texts are the same. */
export interface Verdicts {
  readonly recorded: string;
  readonly ours: string;
}

const UNREADABLE = "the workbook does not load";
const RAISES = "an exception";

export function judgeValues({ a, b, equal, a_normal, b_normal }: ValuePair): Verdicts {
  const [left, right] = [fromTyped(a), fromTyped(b)];
  const text = (same: boolean, normals: Typed[]) =>
    `${same ? "equal" : "different"}: ${normals.map(shown).join(" and ")}`;
  return {
    recorded: text(equal, [a_normal, b_normal]),
    ours: text(
      sameValue(left, right),
      [left, right].map((value) => toTyped(normalForm(value))),
    ),
  };
}

/** The cell names that a range means, by the hash of their list. */
export function judgeRange({ range, max_row, max_col, ...recorded }: RangeCase, rules: Rules): Verdicts {
  const verdict = recorded[rules];
  const sum = typeof verdict === "string" ? undefined : verdict.sha256;
  return {
    recorded: sum ?? RAISES,
    ours: namesHash(range, rules, { lastRow: max_row ?? Number.NaN, lastColumn: max_col ?? Number.NaN }),
  };
}

function namesHash(range: string, rules: Rules, extent: { lastRow: number; lastColumn: number }): string {
  // A range without a colon is one name, handed on as it is: openpyxl judges it when the cell is looked up.
  if (!range.includes(":")) return sha256([range]);
  try {
    return sha256(namesIn(boxOfRange(range, rules, extent)));
  } catch (error) {
    if (error instanceof PositionError) return RAISES;
    throw error;
  }
}

/** A cell read from its XML alone. Shared strings are recorded by their text: here they stand in a table of one. */
export function judgeCell({ cell, date1904, value, normal, load_error }: CellCase): Verdicts {
  const recorded = load_error ? UNREADABLE : shownBoth(value, normal);
  try {
    const found = readCell(cell, date1904);
    return { recorded, ours: shownBoth(toTyped(found), toTyped(normalForm(found))) };
  } catch (error) {
    if (error instanceof WorkbookError) return { recorded, ours: UNREADABLE };
    return { recorded, ours: messageOf(error) };
  }
}

/** The same cell where it stands in a workbook of the folder. */
export function judgeCellIn(workbook: Workbook, { ref, value, normal }: CellCase): Verdicts {
  const [first = ""] = workbook.sheetNames;
  const found = workbook.sheet(first)?.cells.get(parseCellName(ref ?? "") ?? -1) ?? NOTHING;
  return { recorded: shownBoth(value, normal), ours: shownBoth(toTyped(found), toTyped(normalForm(found))) };
}

/** The sheets, and the answer range cell by cell. */
export function judgeDump(workbook: Workbook, dump: Dump): Verdicts {
  const cells = typedCells(workbook, dump.answer_position);
  const filled = cells.filter(([, , { k }]) => k !== "none").slice(0, dump.cells.length);
  const differing = dump.cells.findIndex((cell, i) => JSON.stringify(cell) !== JSON.stringify(filled[i]));
  const text = (sheets: readonly string[], count: number, sum: string, cell: unknown) =>
    `sheets ${JSON.stringify(sheets)}, ${count} cells, sha256 ${sum}${differing < 0 ? "" : `, ${JSON.stringify(cell)}`}`;
  return {
    recorded: text(dump.sheetnames, dump.cells_in_range, dump.sha256_of_range, dump.cells[differing]),
    ours: text(workbook.sheetNames, cells.length, hashOfCells(cells), filled[differing]),
  };
}

function readCell({ t, v, f, inner_xml, number_format }: CellCase["cell"], date1904: boolean): SheetValue {
  const isShared = t === "s";
  const value = v === null ? "" : `<v>${isShared ? "0" : escapeXml(v)}</v>`;
  const formula = f === null ? "" : `<f>${escapeXml(f)}</f>`;
  const type = t === null ? "" : ` t="${t}"`;
  const body = `<row r="1"><c r="A1"${type}>${formula}${value}${inner_xml ?? ""}</c></row>`;
  const xml = `<worksheet xmlns="${MAIN_SPACE}"><sheetData>${body}</sheetData></worksheet>`;
  const { cells } = readWorksheet(Buffer.from(xml), {
    sharedStrings: isShared ? [(v ?? "").replaceAll("x005F_", "")] : [],
    numberKinds: [kindOfFormat(164, new Map([[164, number_format]]))],
    epoch: date1904 ? EPOCH_1904 : EPOCH_1900,
    linkTarget: () => undefined,
    allowance: new Allowance(),
    part: { within: null, stops: false },
  });
  return cells.get(cellKey(1, 1)) ?? NOTHING;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

type TypedCell = [sheet: string, cell: string, value: Typed];

/** All cells of the answer range, piece by piece and column by column, those without a value too. */
function typedCells(workbook: Workbook, position: string): TypedCell[] {
  const cells: TypedCell[] = [];
  for (const piece of splitPosition(position, "trace2skill")) {
    const name = piece.sheet ?? workbook.sheetNames[0] ?? "";
    const sheet = workbook.sheet(name);
    if (sheet === null) return cells;
    const box = boxOfRange(piece.range, "trace2skill", sheet);
    for (let column = box.firstColumn; column <= box.lastColumn; column += 1) {
      for (let row = box.firstRow; row <= box.lastRow; row += 1) {
        cells.push([name, cellName(row, column), toTyped(sheet.cells.get(cellKey(row, column)) ?? NOTHING)]);
      }
    }
  }
  return cells;
}

/** Over lines as Python's `json.dumps` writes them, with sorted keys. */
function hashOfCells(cells: readonly TypedCell[]): string {
  const hash = createHash("sha256");
  for (const [sheet, cell, { k, v }] of cells) {
    const value = v === undefined ? "" : `, "v": ${JSON.stringify(v)}`;
    hash.update(`[${JSON.stringify(sheet)}, ${JSON.stringify(cell)}, {"k": ${JSON.stringify(k)}${value}}]\n`);
  }
  return hash.digest("hex");
}

function* namesIn(box: Box): Generator<string> {
  for (let column = box.firstColumn; column <= box.lastColumn; column += 1) {
    for (let row = box.firstRow; row <= box.lastRow; row += 1) yield `${columnName(column)}${row}`;
  }
}

/** Of the lines, joined by line ends. */
function sha256(lines: Iterable<string>): string {
  const hash = createHash("sha256");
  let between = "";
  for (const line of lines) {
    hash.update(between + line);
    between = "\n";
  }
  return hash.digest("hex");
}

function shown({ k, v }: Typed): string {
  return v === undefined ? k : `${k} ${JSON.stringify(v)}`;
}

function shownBoth(value: Typed | undefined, normal: Typed | undefined): string {
  return `${value === undefined ? "?" : shown(value)}, normal form ${normal === undefined ? "?" : shown(normal)}`;
}

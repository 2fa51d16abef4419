/**
 * Cells of one worksheet as openpyxl 3.1 reads them with `data_only=True`: cached values, never formulas.
 * Rules: `openpyxl/worksheet/_reader.py`; recorded cases: the oracle's `cells.jsonl`.
 */
import { type Box, cellKey, isInside, parseBox, parseCellName, placeOf } from "./coordinates.ts";
import { isoToDate, serialToDate, serialToDuration } from "./dates.ts";
import type { Allowance } from "./limits.ts";
import type { NumberKind } from "./number-formats.ts";
import { pythonFloat, pythonInt } from "./python.ts";
import { RichText } from "./rich-text.ts";
import { NOTHING, type SheetValue } from "./values.ts";
import { type Attributes, parseXml, type XmlHandler } from "./xml.ts";

/** A workbook, or a part of it, that openpyxl would not load. */
export class WorkbookError extends Error {
  override readonly name = "WorkbookError";
}

export interface Worksheet {
  /** By `cellKey`; cells without a value are left out. */
  readonly cells: ReadonlyMap<number, SheetValue>;
  /** As openpyxl's `max_row` and `max_column`: cells without a value count; 1 on an empty sheet. */
  readonly lastRow: number;
  readonly lastColumn: number;
}

/** What cells refer to outside their sheet. */
export interface SheetContext {
  readonly sharedStrings: readonly string[];
  /** By style number. */
  readonly numberKinds: readonly NumberKind[];
  readonly epoch: number;
  /** Target of a relationship of this sheet, by its id. */
  readonly linkTarget: (id: string) => string | undefined;
  /** Of the workbook. */
  readonly allowance: Allowance;
}

export const MAIN_SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const LONGEST_TEXT = 32_767;
/** Style numbers as they are written, which may be in any number of ways. */
const MOST_KEPT_STYLES = 10_000;

/** @throws WorkbookError, XmlError, LimitError */
export function readWorksheet(xml: Uint8Array, context: SheetContext): Worksheet {
  const reader = new SheetReader(context);
  parseXml(xml, reader, context.allowance);
  return reader.finish();
}

interface OpenCell {
  readonly key: number;
  readonly type: string;
  readonly kind: NumberKind;
  value: string | null;
  inline: RichText | null;
}

class SheetReader implements XmlHandler {
  readonly #context: SheetContext;
  readonly #cells = new Map<number, SheetValue>();
  readonly #kinds = new Map<string, NumberKind>();
  readonly #merges: Box[] = [];
  readonly #links: { box: Box; text: string }[] = [];
  #lastRow = 1;
  #lastColumn = 1;
  #row = 0;
  #column = 0;
  #depth = 0;
  #rowDepth = 0;
  #cellDepth = 0;
  #cell: OpenCell | null = null;
  #inValue = false;
  #inlineDepth = 0;

  constructor(context: SheetContext) {
    this.#context = context;
  }

  open(name: string, space: string, attributes: Attributes): void {
    this.#depth += 1;
    this.#inValue = false; // only the text before the first child of a <v> counts
    if (this.#inlineDepth > 0) this.#cell?.inline?.open(name, this.#depth - this.#inlineDepth);
    else if (space !== MAIN_SPACE) return;
    else if (this.#cell !== null && this.#depth === this.#cellDepth + 1) this.#openInCell(this.#cell, name);
    else if (name === "c" && this.#rowDepth > 0 && this.#depth === this.#rowDepth + 1) this.#openCell(attributes);
    else if (name === "row") this.#openRow(attributes);
    else if (name === "mergeCell") this.#addMerge(attributes);
    else if (name === "hyperlink") this.#addLink(attributes);
  }

  text(text: string): void {
    if (this.#inValue && this.#cell !== null) this.#cell.value += text;
    else if (this.#inlineDepth > 0) this.#cell?.inline?.text(text);
  }

  close(): void {
    this.#inValue = false;
    if (this.#inlineDepth > 0) {
      if (this.#depth === this.#inlineDepth) this.#inlineDepth = 0;
      else this.#cell?.inline?.close();
    } else if (this.#cell !== null && this.#depth === this.#cellDepth) {
      this.#set(this.#cell.key, this.#valueOf(this.#cell));
      this.#cell = null;
    } else if (this.#depth === this.#rowDepth) {
      this.#rowDepth = 0;
    }
    this.#depth -= 1;
  }

  /** Merged-away cells lose their values first, then empty cells with a link take its target: the order of openpyxl. */
  finish(): Worksheet {
    for (const box of this.#merges) this.#merge(box);
    for (const { box, text } of this.#links) this.#link(box, text);
    return { cells: this.#cells, lastRow: this.#lastRow, lastColumn: this.#lastColumn };
  }

  #openRow(attributes: Attributes): void {
    this.#rowDepth = this.#depth;
    this.#column = 0;
    const written = attributes.get("r");
    const row = written === null ? this.#row + 1 : Number(pythonInt(written) ?? pythonFloat(written) ?? Number.NaN);
    if (!Number.isInteger(row)) throw new WorkbookError(`not a valid row number: ${written}`);
    this.#row = row;
  }

  #openCell(attributes: Attributes): void {
    const name = attributes.get("r");
    const key = name ? parseCellName(name) : cellKey(this.#row, this.#column + 1);
    if (key === null) throw new WorkbookError(`not a cell: ${name}`);
    this.#column = placeOf(key).column;
    this.#cellDepth = this.#depth;
    const kind = this.#kindOf(attributes.get("s") || "0");
    this.#cell = { key, type: attributes.get("t") ?? "n", kind, value: null, inline: null };
  }

  #kindOf(style: string): NumberKind {
    const known = this.#kinds.get(style);
    if (known !== undefined) return known;
    const kind = this.#context.numberKinds.at(Number(integer(style)));
    if (kind === undefined) throw new WorkbookError(`there is no style ${style}`);
    if (this.#kinds.size < MOST_KEPT_STYLES) this.#kinds.set(style, kind);
    return kind;
  }

  #openInCell(cell: OpenCell, name: string): void {
    if (name === "v" && cell.value === null) {
      cell.value = "";
      this.#inValue = true;
    } else if (name === "is" && cell.inline === null) {
      cell.inline = new RichText();
      this.#inlineDepth = this.#depth;
    }
  }

  #valueOf({ type, kind, value, inline }: OpenCell): SheetValue {
    if (type === "inlineStr") return inline === null ? NOTHING : text(inline.content());
    if (value === null || value === "") return NOTHING;
    switch (type) {
      case "n":
        return numberOf(value, kind, this.#context.epoch);
      case "s":
        return text(this.#context.sharedStrings.at(Number(integer(value))) ?? refuse(`no shared string ${value}`));
      case "b":
        return { kind: "bool", value: integer(value) !== 0n };
      case "d":
        return isoToDate(value) ?? refuse(`invalid datetime value ${value}`);
      default: // "str" is the text that a formula gave, "e" an error's text
        return text(value);
    }
  }

  #addMerge(attributes: Attributes): void {
    this.#context.allowance.take("merged ranges");
    this.#merges.push(boxOf(attributes.get("ref")));
  }

  #addLink(attributes: Attributes): void {
    this.#context.allowance.take("links");
    const id = attributes.getLocal("id");
    const target = id ? this.#context.linkTarget(id) : "";
    if (target === undefined) throw new WorkbookError(`unknown relationship: ${id}`);
    this.#links.push({ box: boxOf(attributes.get("ref")), text: target || (attributes.get("location") ?? "") });
  }

  #merge(box: Box): void {
    const area = areaOf(box);
    const kept = cellKey(box.firstRow, box.firstColumn);
    this.#spend(Math.min(area, this.#cells.size));
    const keys = area < this.#cells.size ? keysOf(box) : this.#cells.keys();
    for (const key of keys) {
      const { row, column } = placeOf(key);
      if (key !== kept && isInside(box, row, column)) this.#cells.delete(key);
    }
    this.#reach(box.lastRow, box.lastColumn);
  }

  #link(box: Box, target: string): void {
    this.#spend(areaOf(box) * (1 + this.#merges.length));
    const single = box.firstRow === box.lastRow && box.firstColumn === box.lastColumn;
    for (const key of keysOf(box)) {
      const { row, column } = placeOf(key);
      const merge = this.#merges.find((merge) => isInside(merge, row, column));
      const home = merge === undefined ? key : cellKey(merge.firstRow, merge.firstColumn);
      // A link to one merged-away cell goes to the cell that is seen; within a range such cells are passed over.
      if ((home === key || single) && !this.#cells.has(home) && target !== "") {
        this.#put(home, text(target.slice(0, LONGEST_TEXT)));
      }
    }
    this.#reach(box.lastRow, box.lastColumn);
  }

  #spend(steps: number): void {
    this.#context.allowance.take("steps to join merged ranges and links with cells", steps);
  }

  /** A cell that stands twice in a file has its last value. */
  #set(key: number, value: SheetValue): void {
    if (value.kind === "none") this.#cells.delete(key);
    else this.#put(key, value);
    this.#reach(placeOf(key).row, placeOf(key).column);
  }

  #put(key: number, value: SheetValue): void {
    this.#context.allowance.take("cells with values");
    this.#cells.set(key, value);
  }

  #reach(row: number, column: number): void {
    this.#lastRow = Math.max(this.#lastRow, row);
    this.#lastColumn = Math.max(this.#lastColumn, column);
  }
}

function numberOf(written: string, kind: NumberKind, epoch: number): SheetValue {
  const isFloat = /[.eE]/.test(written);
  const value = isFloat ? pythonFloat(written) : pythonInt(written);
  if (value === null) return refuse(`invalid number ${written}`);
  switch (kind) {
    case "number":
      return typeof value === "bigint" ? { kind: "int", value } : { kind: "float", value };
    case "date":
      return serialToDate(Number(value), epoch);
    case "duration":
      return serialToDuration(Number(value));
    default:
      return kind satisfies never;
  }
}

function text(value: string): SheetValue {
  return { kind: "str", value };
}

function integer(written: string): bigint {
  return pythonInt(written) ?? refuse(`invalid number ${written}`);
}

function boxOf(ref: string | null): Box {
  return parseBox(ref ?? "") ?? refuse(`not a valid coordinate or range: ${ref}`);
}

function areaOf(box: Box): number {
  return (box.lastRow - box.firstRow + 1) * (box.lastColumn - box.firstColumn + 1);
}

function* keysOf(box: Box): Generator<number> {
  for (let row = box.firstRow; row <= box.lastRow; row += 1) {
    for (let column = box.firstColumn; column <= box.lastColumn; column += 1) yield cellKey(row, column);
  }
}

function refuse(problem: string): never {
  throw new WorkbookError(problem);
}

/**
 * Cells of one worksheet as openpyxl 3.1 reads them with `data_only=True`: cached values, never formulas.
 * Rules: `openpyxl/worksheet/_reader.py`; recorded cases: the oracle's `cells.jsonl`.
 */
import { CellList } from "./cell-list.ts";
import { CellSkimmer } from "./cell-skimmer.ts";
import { cellValue, dateValue, kindOfStyle, refuse, textValue, WorkbookError, wholeNumber } from "./cell-values.ts";
import { cellKey, isInside, parseCellName, placeOf } from "./coordinates.ts";
import { Covers } from "./covers.ts";
import { assertColumn, RowDimensions } from "./dimensions.ts";
import type { NumberKind } from "./number-formats.ts";
import { digitsEnd } from "./plain-bytes.ts";
import { pythonFloat, pythonInt } from "./python.ts";
import { RichText } from "./rich-text.ts";
import { MAIN_SPACE, type SheetContext, type Worksheet } from "./sheet-context.ts";
import { NOTHING, type SheetValue } from "./values.ts";
import { type Attributes, parseXml, type XmlHandler } from "./xml.ts";
import { unescapeText, type XmlText } from "./xml-text.ts";

export type { SheetContext, SheetPart, Worksheet } from "./sheet-context.ts";
export { MAIN_SPACE, WorkbookError };

/** Style numbers as they are written, which may be in any number of ways. */
const MOST_KEPT_STYLES = 10_000;
const ROW_OPENING = '<row r="';
const ROW_CLOSING = "</row>";
const SLASH = 0x2f;
const MARKS_AT_ONCE = 10_000;

/** @throws WorkbookError, XmlError, LimitError */
export function readWorksheet(xml: Uint8Array, context: SheetContext): Worksheet {
  const reader = new SheetReader(context);
  parseXml(xml, reader, context.allowance, context.part.stops);
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
  readonly #cells = new CellList();
  readonly #kinds = new Map<string, NumberKind>();
  readonly #covers: Covers;
  readonly #plain = new CellSkimmer();
  #lastRow = 1;
  #lastColumn = 1;
  #row = 0;
  #column = 0;
  #depth = 0;
  /** Elements and attributes that were skimmed and not yet counted. */
  #marks = 0;
  /** Values that were set and not yet counted. */
  #kept = 0;
  #rowDepth = 0;
  #cellDepth = 0;
  #cell: OpenCell | null = null;
  #inValue = false;
  #inlineDepth = 0;
  /** Rows below it are not read. */
  readonly #lastWanted: number;
  readonly #dimensions = new RowDimensions();
  #hasPassed = false;
  /** Depth of the element that holds the rows. */
  #rowsDepth = -1;
  /** Attributes of rows behind their number, as text: those that were found sound, and those of the row at hand. */
  readonly #soundAttributes = new Set<string>();
  #newAttributes: string | null = null;

  constructor(context: SheetContext) {
    this.#context = context;
    this.#covers = new Covers(context.allowance, context.linkTarget);
    const { within, stops } = context.part;
    const isBounded = within?.every(({ lastRow, lastColumn }) => Number.isFinite(lastRow + lastColumn)) === true;
    this.#lastWanted = stops && isBounded ? Math.max(0, ...within.map(({ lastRow }) => lastRow)) : Infinity;
  }

  /** Whether a row is open and nothing in it, or one has ended and none is open. */
  get skims(): boolean {
    return this.#depth === (this.#rowDepth > 0 ? this.#rowDepth : this.#rowsDepth);
  }

  get listens(): boolean {
    return this.#inValue || this.#inlineDepth > 0;
  }

  skim(document: XmlText, at: number, space: string): number {
    if (space !== MAIN_SPACE) return at;
    if (this.#rowDepth > 0) return this.#skimCell(document, at);
    return this.#row < this.#lastWanted ? this.#skimRow(document, at) : this.#passRows(document, at);
  }

  /** A whole row, where another with the same attributes was read before, and all its cells are plain. */
  #skimRow(document: XmlText, at: number): number {
    const { bytes, text } = document;
    const start = at + ROW_OPENING.length;
    const end = text.startsWith(ROW_OPENING, at) ? digitsEnd(bytes, start) : start;
    const tagEnd = end > start && end - start < 8 ? text.indexOf(">", end) : -1;
    if (tagEnd < 0) return at;
    const attributes = text.slice(end, tagEnd);
    this.#newAttributes = attributes;
    if (!this.#soundAttributes.has(attributes)) return at;
    const [row, column] = [this.#row, this.#column];
    this.#row = Number(text.slice(start, end));
    this.#column = 0;
    this.#marks += 2;
    if (bytes[tagEnd - 1] === SLASH) return tagEnd + 1;
    let behind = tagEnd + 1;
    for (let next = this.#skimCell(document, behind); next > behind; next = this.#skimCell(document, behind))
      behind = next;
    if (text.startsWith(ROW_CLOSING, behind)) return behind + ROW_CLOSING.length;
    this.#row = row;
    this.#column = column;
    return at; // read again from its start: a cell that is set twice is the same cell
  }

  #skimCell(document: XmlText, at: number): number {
    const cell = this.#plain;
    const end = cell.read(document, at);
    if (end < 0 || cell.style >= this.#context.numberKinds.length) return at;
    const row = cell.row > 0 ? cell.row : this.#row;
    const column = cell.row > 0 ? cell.column : this.#column + 1;
    const hasValue = cell.valueEnd > cell.valueStart;
    if (hasValue && cell.type === "s" && cell.number >= this.#context.sharedStrings.length) return at;
    if (this.#isWanted(row, column)) this.#set(cellKey(row, column), this.#plainValue(document));
    this.#column = column;
    this.#reach(row, column);
    this.#marks += cell.marks;
    if (this.#marks > MARKS_AT_ONCE) this.#takeMarks();
    return end;
  }

  #passRows({ text }: XmlText, at: number): number {
    const end = this.#hasPassed ? -1 : text.indexOf("</sheetData>", at);
    this.#hasPassed = true;
    return Math.max(at, end);
  }

  open(name: string, space: string, attributes: Attributes): void {
    this.#depth += 1;
    this.#inValue = false; // only the text before the first child of a <v> counts
    if (this.#inlineDepth > 0) this.#cell?.inline?.open(name, this.#depth - this.#inlineDepth);
    else if (this.#cell === null && this.#rowDepth > 0 && this.#depth === this.#rowDepth + 1) {
      this.#openCell(attributes); // whatever its name: openpyxl takes all children of a row for cells
    } else if (space !== MAIN_SPACE) return;
    else if (this.#cell !== null && this.#depth === this.#cellDepth + 1) this.#openInCell(this.#cell, name);
    else if (name === "row") this.#openRow(attributes);
    else if (name === "mergeCell") this.#covers.addMerge(attributes);
    else if (name === "hyperlink") this.#covers.addLink(attributes);
    else if (name === "col") assertColumn(attributes, (style) => this.#kindOf(style));
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

  finish(): Worksheet {
    const cells = this.#cells;
    this.#covers.apply(cells, {
      put: (key, value) => this.#set(key, value),
      reach: (row, column) => this.#reach(row, column),
    });
    this.#dimensions.assertSound();
    this.#takeMarks();
    return { cells, lastRow: this.#lastRow, lastColumn: this.#lastColumn };
  }

  #takeMarks(): void {
    this.#context.allowance.take("tags, attributes and comments", this.#marks);
    this.#marks = 0;
    this.#context.allowance.take("cells with values", this.#kept);
    this.#kept = 0;
  }

  #openRow(attributes: Attributes): void {
    this.#rowDepth = this.#depth;
    this.#column = 0;
    const written = attributes.get("r");
    const row = written === null ? this.#row + 1 : rowNumber(written);
    if (!Number.isInteger(row)) refuse(`not a valid row number: ${written}`);
    this.#row = row;
    this.#dimensions.add(row, attributes, (style) => this.#kindOf(style));
    this.#rowsDepth = this.#depth - 1;
    const fresh = this.#newAttributes;
    this.#newAttributes = null;
    if (this.#dimensions.hasProblems) {
      this.#soundAttributes.clear(); // rows that follow may mend them, so none is skimmed
    } else if (fresh !== null && this.#soundAttributes.size < MOST_KEPT_STYLES && !fresh.includes("xmlns")) {
      this.#soundAttributes.add(fresh);
    }
  }

  #openCell(attributes: Attributes): void {
    const name = attributes.get("r");
    const key = name ? parseCellName(name) : cellKey(this.#row, this.#column + 1);
    if (key === null) throw new WorkbookError(`not a cell: ${name}`);
    this.#column = placeOf(key).column;
    this.#cellDepth = this.#depth;
    const kind = this.#kindOf(attributes.get("s") ?? "0");
    this.#cell = { key, type: attributes.get("t") ?? "n", kind, value: null, inline: null };
  }

  #kindOf(style: string): NumberKind {
    const known = this.#kinds.get(style);
    if (known !== undefined) return known;
    const kind = kindOfStyle(wholeNumber(style), this.#context);
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
    if (type !== "inlineStr") return cellValue(type, value, kind, this.#context);
    return inline === null ? NOTHING : textValue(inline.content());
  }

  #plainValue({ text }: XmlText): SheetValue {
    const { type, style, valueStart, valueEnd, isInline, isWhole, number } = this.#plain;
    if (valueStart === valueEnd) return isInline ? textValue("") : NOTHING;
    const written = text.slice(valueStart, valueEnd);
    if (isInline || type === "str" || type === "e") return textValue(unescapeText(written));
    const kind = this.#context.numberKinds[style] ?? "number";
    if (type === "s") return textValue(this.#context.sharedStrings.at(number) ?? refuse(`no shared string ${number}`));
    if (type !== "n") return cellValue(type, written, kind, this.#context);
    if (kind !== "number") return dateValue(Number(written), kind, this.#context.epoch);
    return isWhole ? { kind: "int", value: BigInt(written) } : { kind: "float", value: Number(written) };
  }

  /** A cell that stands twice in a file has its last value. */
  #set(key: number, value: SheetValue): void {
    const { row, column } = placeOf(key);
    this.#reach(row, column);
    if (!this.#isWanted(row, column)) return;
    if (value.kind === "none") this.#cells.delete(key);
    else this.#put(key, value);
  }

  #put(key: number, value: SheetValue): void {
    this.#cells.set(key, value);
    this.#kept += 1;
    if (this.#kept > MARKS_AT_ONCE) this.#takeMarks();
  }

  #isWanted(row: number, column: number): boolean {
    const { within } = this.#context.part;
    if (within === null) return true;
    for (const box of within) if (isInside(box, row, column)) return true;
    return false;
  }

  #reach(row: number, column: number): void {
    if (row > this.#lastRow) this.#lastRow = row;
    if (column > this.#lastColumn) this.#lastColumn = column;
  }
}

/** Whole, or not a number at all. */
function rowNumber(written: string): number {
  return /^[0-9]{1,9}$/.test(written)
    ? Number(written)
    : Number(pythonInt(written) ?? pythonFloat(written) ?? Number.NaN);
}

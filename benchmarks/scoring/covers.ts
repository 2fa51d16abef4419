/** Merged ranges and links of a sheet: which values they take away and which they add, in the order of openpyxl. */
import type { CellList } from "./cell-list.ts";
import { refuse, textValue } from "./cell-values.ts";
import { type Box, cellKey, isInside, LAST_COLUMN, LAST_ROW, parseBox, placeOf } from "./coordinates.ts";
import type { Allowance } from "./limits.ts";
import type { SheetValue } from "./values.ts";
import type { Attributes } from "./xml.ts";

/** What they do to a sheet beside taking values away. */
export interface Sheet {
  /** Leaves out cells that nobody asked for. */
  put(key: number, value: SheetValue): void;
  reach(row: number, column: number): void;
}

const LONGEST_TEXT = 32_767;

/** Collects while a sheet is read; `apply` comes last. */
export class Covers {
  readonly #allowance: Allowance;
  readonly #linkTarget: (id: string) => string | undefined;
  readonly #merges: Box[] = [];
  readonly #links: { box: Box; text: string }[] = [];

  /** @param linkTarget of a relationship of the sheet, by its id */
  constructor(allowance: Allowance, linkTarget: (id: string) => string | undefined) {
    this.#allowance = allowance;
    this.#linkTarget = linkTarget;
  }

  addMerge(attributes: Attributes): void {
    this.#allowance.take("merged ranges");
    this.#merges.push(boxOf(attributes.get("ref")));
  }

  addLink(attributes: Attributes): void {
    this.#allowance.take("links");
    const id = attributes.getLocal("id");
    const target = id ? this.#linkTarget(id) : "";
    if (target === undefined) refuse(`unknown relationship: ${id}`);
    this.#links.push({ box: boxOf(attributes.get("ref")), text: target || (attributes.get("location") ?? "") });
  }

  /** Merged-away cells lose their values first, then empty cells with a link take its target. */
  apply(cells: CellList, sheet: Sheet): void {
    for (const box of this.#merges) this.#merge(box, cells, sheet);
    for (const { box, text } of this.#links) this.#link(box, text, cells, sheet);
  }

  #merge(box: Box, cells: CellList, sheet: Sheet): void {
    const area = areaOf(box);
    const kept = homeOf(box);
    this.#spend(Math.min(area, cells.size));
    const take = (key: number) => {
      const { row, column } = placeOf(key);
      if (key !== kept && isInside(box, row, column)) cells.delete(key);
    };
    if (area < cells.size) for (const key of keysOf(box)) take(key);
    else cells.forEach((_, key) => void take(key));
    sheet.reach(box.lastRow, box.lastColumn);
  }

  #link(box: Box, target: string, cells: CellList, sheet: Sheet): void {
    this.#spend(areaOf(box) * (1 + this.#merges.length));
    const single = box.firstRow === box.lastRow && box.firstColumn === box.lastColumn;
    for (const key of keysOf(box)) {
      const merges = this.#merges.filter((merge) => isInside(merge, placeOf(key).row, placeOf(key).column));
      const isAway = merges.some((merge) => homeOf(merge) !== key);
      // A link to one merged-away cell goes to the cell that is seen; within a range such cells are passed over.
      const home = isAway && merges[0] !== undefined ? homeOf(merges[0]) : key;
      if ((!isAway || single) && !cells.has(home) && target !== "") {
        sheet.put(home, textValue(target.slice(0, LONGEST_TEXT)));
      }
    }
    sheet.reach(box.lastRow, box.lastColumn);
  }

  #spend(steps: number): void {
    this.#allowance.take("steps to join merged ranges and links with cells", steps);
  }
}

function boxOf(ref: string | null): Box {
  const box = parseBox(ref ?? "");
  const isOnSheet = box !== null && box.firstRow >= 1 && box.lastRow <= LAST_ROW && box.lastColumn <= LAST_COLUMN;
  return isOnSheet ? box : refuse(`not a valid coordinate or range: ${ref}`);
}

/** The cell of a merged range that keeps its value. */
function homeOf(box: Box): number {
  return cellKey(box.firstRow, box.firstColumn);
}

function areaOf(box: Box): number {
  return (box.lastRow - box.firstRow + 1) * (box.lastColumn - box.firstColumn + 1);
}

function* keysOf(box: Box): Generator<number> {
  for (let row = box.firstRow; row <= box.lastRow; row += 1) {
    for (let column = box.firstColumn; column <= box.lastColumn; column += 1) yield cellKey(row, column);
  }
}

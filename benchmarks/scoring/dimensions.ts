/**
 * What openpyxl asks of the attributes of rows and columns (`openpyxl/worksheet/dimensions.py`): it loads no workbook with
 * others. They say nothing about values.
 */
import { refuse, WorkbookError, wholeNumber } from "./cell-values.ts";
import { LAST_COLUMN } from "./coordinates.ts";
import { pythonFloat } from "./python.ts";
import type { Attributes } from "./xml.ts";

const PLAIN_FLOAT = /^[0-9]{1,9}(\.[0-9]{1,20})?$/;
/** More are not kept: one is enough to refuse the workbook, and later rows rarely mend so many. */
const MOST_PROBLEMS = 1000;
const PLAIN_WHOLE = /^[0-9]{1,9}$/;
const WHOLE = ["outlineLevel", "outline_level", "max"];
const OF_COLUMNS = new Set(
  "min max width bestFit hidden outlineLevel outline_level collapsed style customWidth visible auto_size index".split(
    " ",
  ),
);

/**
 * Rows by their numbers: of two with one number the later one is looked at, when all are read. Those that have nothing but a
 * number are not looked at.
 */
export class RowDimensions {
  readonly #problems = new Map<number, WorkbookError>();

  /** @param assertStyle throws where there is no style of the number that is written */
  add(row: number, attributes: Attributes, assertStyle: (written: string) => void): void {
    try {
      assertRow(attributes, assertStyle);
      if (this.#problems.size > 0 && attributes.names().some(makesDimension)) this.#problems.delete(row);
    } catch (error) {
      if (!(error instanceof WorkbookError)) throw error;
      if (this.#problems.size < MOST_PROBLEMS) this.#problems.set(row, error);
    }
  }

  get hasProblems(): boolean {
    return this.#problems.size > 0;
  }

  /** @throws WorkbookError */
  assertSound(): void {
    for (const problem of this.#problems.values()) throw problem;
  }
}

/** @throws WorkbookError */
function assertRow(attributes: Attributes, assertStyle: (written: string) => void): void {
  const style = attributes.get("s");
  const height = attributes.get("ht");
  const level = attributes.get("outlineLevel");
  const number = attributes.get("r");
  if (style !== null) assertStyle(style);
  if (height !== null) assertFloat(height);
  if (level !== null) wholeNumber(level);
  if (number !== null && !PLAIN_WHOLE.test(number) && attributes.names().some(makesDimension)) wholeNumber(number);
}

/** Rows are looked at as such only where they have more than a number. */
function makesDimension(name: string): boolean {
  return name !== "r" && name !== "spans" && name !== "xmlns" && !name.includes(":");
}

/** @throws WorkbookError */
export function assertColumn(attributes: Attributes, assertStyle: (written: string) => void): void {
  const first = wholeNumber(attributes.get("min") ?? "");
  if (first < 1n || first > BigInt(LAST_COLUMN)) refuse(`there is no column ${first}`);
  const stray = attributes.names().find((name) => !OF_COLUMNS.has(name) && !name.startsWith("xmlns"));
  if (stray !== undefined) refuse(`a column has an attribute ${stray}`);
  for (const name of WHOLE) {
    const written = attributes.get(name);
    if (written !== null) wholeNumber(written);
  }
  const [style, width] = [attributes.get("style"), attributes.get("width")];
  if (style !== null) assertStyle(style);
  if (width !== null) assertFloat(width);
}

function assertFloat(written: string): void {
  if (!PLAIN_FLOAT.test(written) && pythonFloat(written) === null) refuse(`invalid number ${written}`);
}

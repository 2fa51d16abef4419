/** An answer written into cells of a workbook: the items in column A of the sheet `Answer`, from A1 down. */
import { python2FloatText } from "./python2.ts";
import { readCells } from "./read-cells.ts";
import { isoDate, type SheetValue, valueText } from "./values.ts";

export const ANSWER_SHEET = "Answer";

export type AnswerItems =
  | { readonly kind: "items"; readonly items: readonly SheetValue[] }
  /** There is no workbook, or no such sheet in it: in words. */
  | { readonly kind: "problem"; readonly problem: string };

/** More items are not read; answers have at most 27. */
const MOST_ITEMS = 1000;
/** Characters; no answer has as many, and scorers should not be kept busy. */
const MOST_TEXT = 2000;

/**
 * The items up to the first blank cell (nothing, or white space alone), at most 1,000. What an agent left is read with care
 * and off this thread; never rejects.
 */
export async function readAnswerItems(output: string): Promise<AnswerItems> {
  const found = await readCells(output, { sheet: ANSWER_SHEET, range: `A1:A${MOST_ITEMS}` });
  if (found.kind === "problem") return found;
  const items: SheetValue[] = [];
  for (const { row, value } of found.cells) {
    if (row !== items.length + 1 || (value.kind === "str" && value.value.trim() === "")) break;
    items.push(value);
  }
  return { kind: "items", items };
}

/**
 * The text of an item, as an evaluator of texts is given it: the value that is stored, whatever its format shows, so that a
 * cell that shows 26% is "0.26" and one that shows $535 is "535". Whole numbers have no ".0", others 12 digits as `str()` of
 * Python 2; days are yyyy-mm-dd, with the time of day behind where there is one; times of day hh:mm:ss; errors as shown.
 */
export function itemText(value: SheetValue): string {
  switch (value.kind) {
    case "str":
      // Cutting alone could make a wrong text right; the mark that is put behind it keeps it wrong.
      return value.value.length > MOST_TEXT
        ? `${value.value.slice(0, MOST_TEXT).toWellFormed()} … too long`
        : value.value;
    case "float":
      return Number.isInteger(value.value) ? String(BigInt(value.value)) : fractionText(value.value);
    case "int":
      return value.value.toString().slice(0, MOST_TEXT);
    case "datetime":
      return value.microsecond === 0 ? isoDate(value.day) : valueText(value);
    case "none":
      return "";
    case "bool":
    case "date":
    case "time":
    case "timedelta":
      return valueText(value);
    default:
      return value satisfies never;
  }
}

function fractionText(value: number): string {
  return Number.isFinite(value) ? python2FloatText(value) : String(value);
}

/** Which number formats make a number a date or a duration, as openpyxl 3.1 has it (`openpyxl/styles/numbers.py`). */

/** Of the formats that files name by number alone, those that hold a date or a time (ECMA-376, 18.8.30). */
const BUILT_IN_DATES: Readonly<Record<number, string>> = {
  14: "mm-dd-yy",
  15: "d-mmm-yy",
  16: "d-mmm",
  17: "mmm-yy",
  18: "h:mm AM/PM",
  19: "h:mm:ss AM/PM",
  20: "h:mm",
  21: "h:mm:ss",
  22: "m/d/yy h:mm",
  45: "mm:ss",
  46: "[h]:mm:ss",
  47: "mmss.0",
};

/** Quoted text, and brackets (colour, locale, condition) other than hours, minutes or seconds. */
const NOT_PLACEHOLDERS = /".*?"|\[(?!hh?\]|mm?\]|ss?\])[^\]]*\]/g;
const DURATION = /\[hh?\](:mm(:ss(\.0*)?)?)?|\[mm?\](:ss(\.0*)?)?|\[ss?\](\.0*)?/i;
const PLACEHOLDER = /(?<![_\\])[dmhys]/i;

export type NumberKind = "number" | "date" | "duration";

/** @param custom format codes of the workbook by number; they go before the built-in ones */
export function kindOfFormat(id: number, custom: ReadonlyMap<number, string>): NumberKind {
  const code = custom.get(id) ?? BUILT_IN_DATES[id];
  if (code === undefined) return "number";
  const [first = ""] = code.split(";"); // the part for positive numbers
  if (!PLACEHOLDER.test(first.replace(NOT_PLACEHOLDERS, ""))) return "number";
  return DURATION.test(first) ? "duration" : "date";
}

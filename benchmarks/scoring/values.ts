/**
 * Cell values as openpyxl reads them, and the normal form in which the official scorers compare them.
 * Days are counted from 1899-12-30; a time of day and the rest of a duration are in microseconds.
 */
import { floatText, pythonFloat, roundHalfEven, roundToHundredths } from "./python.ts";

export type SheetValue =
  | { readonly kind: "none" }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "int"; readonly value: bigint }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "str"; readonly value: string }
  | { readonly kind: "datetime"; readonly day: number; readonly microsecond: number }
  | { readonly kind: "date"; readonly day: number }
  | { readonly kind: "time"; readonly microsecond: number }
  | { readonly kind: "timedelta"; readonly day: number; readonly microsecond: number };

export const NOTHING: SheetValue = { kind: "none" };

/** Python has no float for an integer this big: the official comparison ends in an exception, and the answer fails. */
export class TooLargeError extends Error {
  override readonly name = "TooLargeError";
}

const MOST_SAFE = BigInt(Number.MAX_SAFE_INTEGER);
const DAY_MICROSECONDS = 86_400_000_000;
const UNIX_EPOCH_DAY = 25_569; // 1970-01-01

/**
 * `transform_value`: numbers to two decimals, dates to whole days, times to minutes, text to a number where `float()` takes it.
 * @throws TooLargeError for an integer beyond the floats
 */
export function normalForm(value: SheetValue): SheetValue {
  switch (value.kind) {
    case "bool":
      return float(value.value ? 1 : 0);
    case "int":
      return float(roundToHundredths(floatOf(value.value)));
    case "float":
      return float(roundToHundredths(value.value));
    case "str": {
      const number = pythonFloat(value.value);
      return number === null ? value : float(roundToHundredths(number));
    }
    case "datetime": // microseconds do not count
      return float(roundHalfEven(value.day + Math.floor(value.microsecond / 1e6) / 86_400));
    case "time": // the last three characters: ":SS", or half of the microseconds
      return { kind: "str", value: valueText(value).slice(0, -3) };
    case "none":
    case "date":
    case "timedelta":
      return value;
    default:
      return value satisfies never;
  }
}

/** `compare_cell_value`: nothing equals empty text; otherwise kind and value of the normal forms must agree. NaN equals nothing. */
export function sameValue(a: SheetValue, b: SheetValue): boolean {
  if (isBlank(a) && b.kind === "str") return isBlank(b); // spares looking for numbers where nothing is wanted
  if (isIdentical(a, b)) return true; // nearly all cells of a right answer
  const [left, right] = [normalForm(a), normalForm(b)];
  if (isBlank(left) && isBlank(right)) return true;
  if (left.kind !== right.kind) return false;
  switch (left.kind) {
    case "float":
    case "str":
      return "value" in right && left.value === right.value;
    case "date":
      return "day" in right && left.day === right.day;
    case "timedelta":
      return right.kind === "timedelta" && left.day === right.day && left.microsecond === right.microsecond;
    default: // "none" is blank, and no normal form has another kind
      return false;
  }
}

/** `str()` of the value, as the official messages show it. */
export function valueText(value: SheetValue): string {
  switch (value.kind) {
    case "none":
      return "None";
    case "bool":
      return value.value ? "True" : "False";
    case "int":
    case "str":
      return String(value.value);
    case "float":
      return floatText(value.value);
    case "date":
      return isoDate(value.day);
    case "time":
      return clock(value.microsecond, 2);
    case "datetime":
      return `${isoDate(value.day)} ${clock(value.microsecond, 2)}`;
    case "timedelta": {
      const days = value.day === 0 ? "" : `${value.day} day${Math.abs(value.day) === 1 ? "" : "s"}, `;
      return days + clock(value.microsecond, 1);
    }
    default:
      return value satisfies never;
  }
}

/** Year, month and day as `2024-01-05`. */
export function isoDate(day: number): string {
  return new Date((day - UNIX_EPOCH_DAY) * 86_400_000).toISOString().slice(0, 10);
}

/** The same, in a way that rounding and reading numbers out of text keep the same; for some equal values this is false. */
function isIdentical(a: SheetValue, b: SheetValue): boolean {
  switch (a.kind) {
    case "int":
      return a.kind === b.kind && a.value === b.value && -MOST_SAFE <= a.value && a.value <= MOST_SAFE;
    case "float": // never for NaN
      return a.kind === b.kind && a.value === b.value;
    case "str":
      return a.kind === b.kind && a.value === b.value && !/nan/i.test(a.value);
    default:
      return false;
  }
}

function isBlank(value: SheetValue): boolean {
  return value.kind === "none" || (value.kind === "str" && value.value === "");
}

function float(value: number): SheetValue {
  return { kind: "float", value };
}

function floatOf(integer: bigint): number {
  const number = Number(integer);
  if (!Number.isFinite(number)) throw new TooLargeError("int too large to convert to float");
  return number;
}

function clock(microsecond: number, hourDigits: number): string {
  const within = microsecond % DAY_MICROSECONDS;
  const seconds = Math.floor(within / 1e6);
  const rest = within % 1e6;
  const two = (number: number) => String(number).padStart(2, "0");
  const hours = String(Math.floor(seconds / 3600)).padStart(hourDigits, "0");
  const fraction = rest === 0 ? "" : `.${String(rest).padStart(6, "0")}`;
  return `${hours}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}${fraction}`;
}

/**
 * The official evaluator of WikiTableQuestions, version 1.0.2 (ppasupat/WikiTableQuestions 7d455a5, Python 2.7), in its rules:
 * an answer is a set of strings, numbers and dates; it is right when it has as many items as the target and each item of
 * the target matches one of them. Recorded verdicts: the oracle's `wikitablequestions/cases.jsonl`.
 */
import { normalizeText, PYTHON_2 } from "./denotation-text.ts";
import { python2Float, python2FloatText, python2Int } from "./python2.ts";

/** `normalized` is the item's text, made alike: two items of equal text match, whatever their kinds. */
export type Value =
  | { readonly kind: "string"; readonly normalized: string }
  /** A bigint where it is within 1e-6 of an integer, cut off as Python's `int()` does. */
  | { readonly kind: "number"; readonly normalized: string; readonly amount: bigint | number }
  /** -1 stands for a field that is not known. */
  | {
      readonly kind: "date";
      readonly normalized: string;
      readonly year: bigint;
      readonly month: number;
      readonly day: number;
    };

const TOLERANCE = 1e-6;
const UNKNOWN = -1n;
/** Beyond these the evaluator ends in an exception; here such an item stays a string. */
const MOST_YEAR = 2n ** 63n - 1n;
const MOST_INTEGER = 2n ** 1024n - 2n ** 970n;

/**
 * The distinct items of an answer, the first of those that count as one: numbers of one amount, dates of one day, strings
 * of one normalized text. A number and a string that look alike are two.
 * @param canonical by item, the number or date (`17.0`, `2010-12-06`, `xxxx-12-06`) that a tagger read out of the text; an
 *   empty one, and null for all, lets the text speak for itself
 */
export function denotationOf(items: readonly string[], canonical: readonly string[] | null = null): Value[] {
  const distinct = new Map<string, Value>();
  items.forEach((item, index) => {
    const value = readItem(item, canonical?.[index] || item);
    const key = keyOf(value);
    if (!distinct.has(key)) distinct.set(key, value);
  });
  return [...distinct.values()];
}

/** `check_denotation`: not a bijection, so two target items may match one item of the answer. */
export function sameDenotation(target: readonly Value[], predicted: readonly Value[]): boolean {
  return target.length === predicted.length && target.every((item) => predicted.some((other) => matches(item, other)));
}

/** `to_value`: a number where the canonical text is one, else a date, else a string. */
function readItem(text: string, canonical: string): Value {
  const amount = python2Int(canonical) ?? python2Float(canonical);
  if (amount !== null) return numberOf(amount, text);
  const date = dateOf(canonical);
  if (date === null) return stringOf(text);
  const { year, month, day } = date;
  if (month === -1 && day === -1) return numberOf(year, text);
  if (year > MOST_YEAR) return stringOf(text);
  return { kind: "date", normalized: text === "" ? dateText(date) : normalizeText(text, PYTHON_2), ...date };
}

/** As the evaluator writes a date that has no text of its own: a day that is not known stays -1 there. */
function dateText({ year, month, day }: { year: bigint; month: number; day: number }): string {
  return `${year === UNKNOWN ? "xx" : year}-${month === -1 ? "xx" : month}-${day}`;
}

function stringOf(text: string): Value {
  return { kind: "string", normalized: normalizeText(text, PYTHON_2) };
}

function numberOf(written: bigint | number, text: string): Value {
  if (typeof written === "bigint" && (written >= MOST_INTEGER || written <= -MOST_INTEGER)) return stringOf(text);
  const isWhole = typeof written === "bigint" || Math.abs(written - Math.round(written)) < TOLERANCE;
  const amount = isWhole && typeof written === "number" ? BigInt(Math.trunc(written)) : written;
  const plain = typeof amount === "bigint" ? String(amount) : python2FloatText(amount);
  return { kind: "number", normalized: text === "" ? plain : normalizeText(text, PYTHON_2), amount };
}

/** `yyyy-mm-dd` with `xx` (for the year also `xxxx`) for what is not known; days are not checked against their months. */
function dateOf(text: string): { year: bigint; month: number; day: number } | null {
  const [first = "", second = "", third = "", ...more] = text.toLowerCase().split("-");
  if (more.length > 0) return null;
  const year = first === "xxxx" ? UNKNOWN : dateField(first);
  const [month, day] = [dateField(second), dateField(third)];
  if (year === null || month === null || day === null) return null;
  if (year === UNKNOWN && month === UNKNOWN && day === UNKNOWN) return null;
  if (month !== UNKNOWN && (month < 1n || month > 12n)) return null;
  if (day !== UNKNOWN && (day < 1n || day > 31n)) return null;
  return { year, month: Number(month), day: Number(day) };
}

function dateField(text: string): bigint | null {
  return text === "xx" ? UNKNOWN : python2Int(text);
}

function matches(a: Value, b: Value): boolean {
  if (a.normalized === b.normalized) return true;
  switch (a.kind) {
    case "string":
      return false;
    case "number":
      return b.kind === "number" && isNear(a.amount, b.amount);
    case "date":
      return b.kind === "date" && keyOf(a) === keyOf(b);
    default:
      return a satisfies never;
  }
}

function isNear(a: bigint | number, b: bigint | number): boolean {
  if (typeof a === "bigint" && typeof b === "bigint") return a === b;
  return Math.abs(Number(a) - Number(b)) < TOLERANCE;
}

function keyOf(value: Value): string {
  switch (value.kind) {
    case "string":
      return `string ${value.normalized}`;
    case "number":
      return `number ${value.amount}`;
    case "date":
      return `date ${value.year} ${value.month} ${value.day}`;
    default:
      return value satisfies never;
  }
}

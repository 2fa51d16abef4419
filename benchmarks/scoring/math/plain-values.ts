/**
 * Numbers and simple sums that stand in a text without any signs of a formula: `1,234.5`, `$12`, `3 percent`, `1/2`.
 * One must follow white space, an equals sign or the beginning, so that no digit is taken out of a word.
 */
import { matchAt } from "./latex-spans.ts";
import { decimalNumber } from "./parse-number.ts";
import { parsePlain } from "./parse-plain.ts";
import type { Value } from "./syntax.ts";

export interface PlainValue {
  readonly end: number;
  /** Null for what looks like a sum but is none. */
  readonly value: Value | null;
  readonly text: string;
}

export interface PlainReader {
  /** A sum that begins there, the character before it included. */
  sumAt(start: number): PlainValue | null;
  /** A number that begins there, likewise. */
  numberAt(start: number, options: { readonly noEqualsAfter: boolean }): PlainValue | null;
}

const CURRENCY = "$€£¥₹₽₪₩₫฿₡₢₣₤₥₦₧₨₭₮₯₰₱₲₳₴₵₶₷₸₺₻₼₾₿";
const PREFIX = String.raw`(?:(?:^|\s|=)(?:\*\*)?)`;
const PERCENT = String.raw`(\s*(?:%|[Pp]ercentage|[Pp]ercent|[Pp]ct))?`;
const NUMBER = String.raw`(?<!\d)(?:(-?[1-9]\d{0,2}(?:[ ,]\d{3})+)(\.\d+)?|(-?\d+)([.,]\d+)|(\.\d+)|(-?\d+))`;
const PLAIN_NUMBER = new RegExp(`${PREFIX}[${CURRENCY}]?${NUMBER}${PERCENT}`, "y");
const NUMBER_WITHOUT_EQUALS = new RegExp(`${PLAIN_NUMBER.source}(?!\\s*=)`, "y");
const SUM_START = new RegExp(String.raw`${PREFIX}(-?\(?-?\d)`, "y");
const LONGEST = 200;
const BEFORE = /[\s=]/;
const SIGNS = "+-*×/^()÷";

export function plainReader(text: string): PlainReader {
  const mayBegin = (start: number) => start === 0 || BEFORE.test(text[start] ?? "");
  const inSum = Uint8Array.from({ length: text.length }, (_, at) => kindOf(text[at] ?? ""));
  return {
    numberAt(start, { noEqualsAfter }) {
      if (!mayBegin(start)) return null;
      const found = matchAt(noEqualsAfter ? NUMBER_WITHOUT_EQUALS : PLAIN_NUMBER, text, start);
      return found === null ? null : plainNumber(found, start);
    },
    sumAt(start) {
      if (!mayBegin(start)) return null;
      const [match, lead = ""] = matchAt(SUM_START, text, start) ?? [];
      return match === undefined ? null : plainSum(text, inSum, start + match.length - lead.length, lead.length);
    },
  };
}

function plainNumber(found: RegExpExecArray, start: number): PlainValue {
  const [match, grouped, groupedPart, whole, part, partAlone, digits, percent] = found;
  const integer = (grouped ?? whole ?? digits ?? "").replace(/[ ,]/g, "").replace(/^0+(?=\d)/, "");
  const decimal = (groupedPart ?? part ?? partAlone ?? "").replace(",", ".");
  const text = `${integer === "" ? "0" : integer}${decimal}`;
  const number = decimalNumber(text);
  const value: Value | null = number !== null && percent !== undefined ? { kind: "percent", of: number } : number;
  return { end: start + match.length, value, text };
}

/**
 * From the first digit on, as far as digits, signs and spaces go; it must hold a sign of arithmetic, and end before a
 * mark of punctuation or white space.
 */
function plainSum(text: string, inSum: Uint8Array, from: number, lead: number): PlainValue | null {
  let runEnd = from + lead;
  let hasSign = false;
  while (runEnd - from < LONGEST && (inSum[runEnd] ?? 0) > 0) {
    hasSign ||= inSum[runEnd] === 2;
    runEnd += 1;
  }
  if (!hasSign) return null;
  for (let end = runEnd; end > from + lead + 1; end -= 1) {
    const mark = text[end] === "*" && text[end + 1] === "*" ? end + 2 : end;
    if (mark < text.length && !/[.,:\s)$]/.test(text[mark] ?? "")) continue;
    const written = text.slice(from, end);
    if (!/[+\-*×/^()÷]/.test(written.slice(lead, -1))) return null;
    return { end: Math.min(text.length, mark + 1), value: parsePlain(written), text: written };
  }
  return null;
}

/** 1 for what may stand in a sum, 2 for a sign of arithmetic, 0 for all else. */
function kindOf(character: string): number {
  if (SIGNS.includes(character)) return 2;
  return (character >= "0" && character <= "9") || character === "." || character === " " || /\s/.test(character)
    ? 1
    : 0;
}

/**
 * `normalize` of the WikiTableQuestions evaluator 1.0.2: how texts are made alike before they are compared.
 * HiTab's code has the same function for Python 3, where white space, digits and lower case differ a little.
 * Regular expressions of the original are loops here, which take time by the length of a text and not by its square.
 */
import { PYTHON_2_SPACES, python2Lower } from "./python2.ts";

export interface PythonText {
  /** Characters of a class, for a regular expression. */
  readonly spaces: string;
  /** A whole text that is a bracketed number, such as `[12]`. */
  readonly numbered: RegExp;
  readonly lower: (text: string) => string;
}

export const PYTHON_2: PythonText = { spaces: PYTHON_2_SPACES, numbered: /^\[[0-9]+\]$/, lower: python2Lower };
export const PYTHON_3: PythonText = {
  spaces: PYTHON_2_SPACES.replace("\\u180e", ""),
  numbered: /^\[\p{Nd}+\]$/u,
  lower: (text) => text.toLowerCase(),
};

const CITATION_MARKS = new Set("•♦†‡*#+");

/**
 * Without accents; curly quotes and dashes plain; without citations (`[1]`, `†`, `*` …) and ` (details)` at the end and quotes
 * around the whole, as often as there are any; without one final period; white space collapsed; in lower case.
 */
export function normalizeText(text: string, python: PythonText): string {
  const space = new RegExp(`[${python.spaces}]`);
  const strip = (text: string) => stripped(text, space);
  let left = text
    .normalize("NFKD")
    .replace(/\p{Mn}/gu, "")
    .replace(/[‘’´`]/g, "'")
    .replace(/[“”]/g, '"')
    .replace(/[‐‑‒–—−]/g, "-");
  for (let before: string | null = null; before !== left; ) {
    before = left;
    left = withoutCitations(strip(left), python);
    left = withoutDetails(strip(left));
    left = withoutQuotes(strip(left));
  }
  if (left.endsWith(".")) left = left.slice(0, -1);
  return strip(python.lower(left.replace(new RegExp(`[${python.spaces}]+`, "g"), " ")));
}

/** `re.sub(r"((?<!^)\[[^\]]*\]|\[\d+\]|[•♦†‡*#+])*$", "", x)`. A bracket that begins the text goes only with a number in it. */
function withoutCitations(text: string, { numbered }: PythonText): string {
  let end = text.length;
  for (;;) {
    if (end > 0 && CITATION_MARKS.has(text.charAt(end - 1))) {
      end -= 1;
      continue;
    }
    const open = opening(text, end, "[", "]");
    const begins = open === 0 && !numbered.test(text.slice(0, end)) ? opening(text, end, "[", "]", 1) : open;
    if (begins === null) return text.slice(0, end);
    end = begins;
  }
}

/** `re.sub(r"(?<!^)( \([^)]*\))*$", "", x)`; the text is stripped, so that none begins with a space. */
function withoutDetails(text: string): string {
  let end = text.length;
  for (;;) {
    const open = opening(text, end, " (", ")");
    if (open === null) return text.slice(0, end);
    end = open;
  }
}

/** `re.sub(r'^"([^"]*)"$', r"\1", x)`. */
function withoutQuotes(text: string): string {
  return text.length > 1 && text.startsWith('"') && text.indexOf('"', 1) === text.length - 1 ? text.slice(1, -1) : text;
}

/**
 * Where a group that closes just before `end` opens: at the first place behind the close before it (groups may hold their
 * own opening), and at `from` at the earliest. Null where no group closes there.
 */
function opening(text: string, end: number, open: string, close: string, from = 0): number | null {
  if (end < 2 || text.charAt(end - 1) !== close) return null;
  const at = text.indexOf(open, Math.max(from, text.lastIndexOf(close, end - 2) + 1));
  return at === -1 || at + open.length > end - 1 ? null : at;
}

function stripped(text: string, space: RegExp): string {
  let start = 0;
  let end = text.length;
  while (start < end && space.test(text.charAt(start))) start += 1;
  while (end > start && space.test(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

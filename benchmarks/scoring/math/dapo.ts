/**
 * The rules of DAPO for answers that are whole numbers (`eval/math_dapo.py`, `compute_score`), to the letter of their
 * Python. `minerva`: what follows the last "Answer:" of the last 300 characters, normalised, is the accepted answer;
 * its usual way. `strict box`: the last box of the last 100 characters holds exactly the accepted answer.
 * Verdicts of the official code are recorded in the oracle's `dapo_minerva` and `dapo_strict_box`.
 */
import { isDigit, strip } from "../python.ts";
import { lastBraced, lastCharacters, PYTHON_SPACES } from "./python-text.ts";

export const DAPO_RULES = "dapo-minerva/1";

export interface DapoVerdict {
  readonly right: boolean;
  /** What was taken as the answer; null where there was no box. */
  readonly found: string | null;
}

const WINDOW = 300;
const BOX_WINDOW = 100;
const NO_ANSWER = "[INVALID]";
const ANSWER = new RegExp(`Answer[${PYTHON_SPACES}]*:[${PYTHON_SPACES}]*([^\\n]+)`, "giu");

/** In this order, everywhere in the text. */
const REPLACED: readonly (readonly [string, string])[] = [
  ["an ", ""],
  ["a ", ""],
  [".$", "$"],
  ["\\$", ""],
  ["\\ ", ""],
  [" ", ""],
  ["mbox", "text"],
  [",\\text{and}", ","],
  ["\\text{and}", ","],
  ["\\text{m}", "\\text{}"],
];
const REMOVED: readonly string[] = [
  ..."square ways integers dollars mph inches hours km units".split(" "),
  "\\ldots",
  ..."sue points feet minutes digits cents degrees cm gm pounds meters meals edges students childrentickets multiples".split(
    " ",
  ),
  ..."\\text{s} \\text{.} \\text{\ns} \\text{}^2 \\text{}^3 \\text{\n} \\text{} \\mathrm{th} ^\\circ ^{\\circ} \\; ,\\! {,}".split(
    " ",
  ),
  '"',
  "\\dots",
];

/** What follows "Answer:" equals the accepted answer, both normalised. */
export function judgeMinerva(wanted: string, response: string): DapoVerdict {
  const matches = [...lastCharacters(response, WINDOW).matchAll(ANSWER)];
  const found = normalizeAnswer(matches.at(-1)?.[1] ?? NO_ANSWER);
  return { right: found === normalizeAnswer(wanted), found };
}

/** The last box holds the accepted answer and nothing else, not even a space. */
export function judgeStrictBox(wanted: string, response: string): DapoVerdict {
  const end = lastCharacters(lastCharacters(response, WINDOW), BOX_WINDOW);
  const box = lastBraced(end, "\\boxed{");
  const found = box === null ? null : box.slice("\\boxed{".length, -1);
  return { right: found === wanted, found };
}

function normalizeAnswer(answer: string): string {
  let text = answer.split("=").at(-1) ?? "";
  for (const [before, after] of REPLACED) text = text.replaceAll(before, after);
  for (const word of REMOVED) text = text.replaceAll(word, "");
  // A dot in a Python pattern is anything but a line feed.
  text = text
    .replace(/[^\n]*?\$([^\n]*?)\$[^\n]*/g, "$$$1$$")
    .replace(/\\text\{([^\n]*?)\}/g, "$1")
    .replace(/\\textbf\{([^\n]*?)\}/g, "$1")
    .replace(/\\overline\{([^\n]*?)\}/g, "$1")
    .replace(/\\boxed\{([^\n]*)\}/g, "$1")
    .replace(/frac([^{])([^\n])/gu, "frac{$1}{$2}")
    .replace(/sqrt([^{])/gu, "sqrt{$1}")
    .replaceAll("$", "");
  const digits = text.replaceAll(",", "");
  return strip(digits !== "" && Array.from(digits).every(isDigit) ? digits : text);
}

/** LaTeX as people and models write it, in the one form that the grammar reads; the steps are latex2sympy2_extended's. */
import { boxedContent } from "./boxed.ts";
import { LONGEST_FORMULA } from "./limits.ts";
import { withoutUnits } from "./units.ts";

const LEFT = /\\m?left(\\[{|]|[{|[(]|\\(?:lgroup|lbrace|lbrack|vert|lvert|lceil|lfloor|langle|llcorner|ulcorner))/g;
const RIGHT = /\\m?right(\\[}|]|[}|\])]|\\(?:rgroup|rbrace|rbrack|vert|rvert|rceil|rfloor|rangle|lrcorner|urcorner))/g;
/** `(n)_{k}`: the number of ways to take k of n in order. */
const FALLING = /\(([a-zA-Z0-9+\-*/\\ ]+)\)_\{([a-zA-Z0-9+\-*/\\ ]+)\}/g;
const REMOVED = /\\mathrm\{th\}|\\!\s*|\\text\s*\{\s*\}|\\\$|\$|(?<!\\)["']|\\displaystyle/g;

/** The first that fits at a place is taken, in one pass. */
const REPLACED: readonly (readonly [RegExp, string])[] = [
  [/\\math(?:rm|it|bf)/, "\\text"],
  [/\\text(?:normal|bf|it|rm)/, "\\text"],
  [/\\[dtc]frac/, "\\frac"],
  [/\s\./, " 0."],
  [/\{\./, "{0."],
  [/~=/, "\\approx"],
  [/\s*\{\s*,\s*\}/, ","],
  [/(?<![a-zA-Z]),?\s*(?:and|or)(?![a-zA-Z])/, ","],
  [/,?\s*\\text\{\s*(?:and|or)\s*\}/, ","],
  [/(?<!\\)\\\s/, " "],
  [/infinity/, "\\infty"],
  [/,?\\ldots/, " "],
  [/\s*\b(?:percentage|percent|pct)\b/, "%"],
  [/\\text\{(?:percent|pct|percentage)\}/, "%"],
  [/(?<!\\)inf(?!inity)/, "\\infty"],
  [/ sqrt/, "\\sqrt"],
];
const REPLACEABLE = new RegExp(REPLACED.map(([{ source }]) => `(${source})`).join("|"), "g");

const MENDED: readonly (readonly [RegExp, string])[] = [
  [/\^\s?\((.*?)\)/g, "^{$1}"],
  [/sqrt\s?\((.*?)\)/g, "\\sqrt{$1}"],
  [/\\frac\s?(\d)\s?(\d+)/g, "\\frac{$1}{$2}"],
  [/\\log_\s?(\d)\s?(\d+)/g, "\\log_{$1}{$2}"],
  [/\\frac\s?\{([^{}]*)\}\s?(\d)/g, "\\frac{$1}{$2}"],
  [/\\frac\s?(\d)\s?\{([^{}]*)\}/g, "\\frac{$1}{$2}"],
  [/\\sqrt\s?(\d)/g, "\\sqrt{$1}"],
];

/** @param boxes which boxes of the text hold the answer */
export function normalizeLatex(text: string, boxes: "all" | "last"): string {
  // Runs of white space say nothing, and cost the patterns below much.
  const content = boxedContent(text, boxes).replace(/\s{2,}/g, " ");
  // What is longer is not read at all; the text is kept to be shown and compared as it is.
  if (content.length > 2 * LONGEST_FORMULA) return content.slice(0, 2 * LONGEST_FORMULA).trim();
  const plain = withLeadingZero(withoutUnits(plainLatex(content)));
  return slashFraction(bracedFractions(bracedRoots(mended(plain)))).trim();
}

function plainLatex(text: string): string {
  const simple = text
    .replaceAll("\\mathrm{T}", "T")
    .replaceAll("\\mathrm{d}", "d")
    .replaceAll("{\\rm d}", "d")
    .replaceAll("\\left[\\begin{matrix}", "\\begin{bmatrix}")
    .replaceAll("\\end{matrix}\\right]", "\\end{bmatrix}")
    .replace(LEFT, "$1")
    .replace(RIGHT, "$1")
    .replace(FALLING, "\\frac{($1)!}{(($1)-($2))!}")
    .replace(REMOVED, "")
    .replace(REPLACEABLE, (_, ...groups: unknown[]) => replacement(groups))
    .replace(/[\n\t]/g, " ");
  // `\\frac` for `\frac`, as in text that was escaped twice; in a matrix, `\\` ends a row.
  return simple.includes("matrix") ? simple : simple.replace(/\\\\(?=[a-zA-Z])/g, "\\");
}

function replacement(groups: readonly unknown[]): string {
  const index = groups.findIndex((group) => typeof group === "string");
  return REPLACED[index]?.[1] ?? "";
}

function withLeadingZero(text: string): string {
  const whole = text.startsWith(".") ? `0${text}` : text;
  return whole === "0.5" ? "\\frac{1}{2}" : whole;
}

function mended(text: string): string {
  return MENDED.reduce((result, [pattern, by]) => result.replace(pattern, by), text).replaceAll(" sqrt", "\\sqrt");
}

/** `\sqrt3` takes one character. */
function bracedRoots(text: string): string {
  return text
    .split("\\sqrt")
    .map((part, index) => {
      const rest = part.trimStart();
      if (index === 0) return part;
      return rest === "" || /^[{[]/.test(rest) ? `\\sqrt${part.trimStart()}` : `\\sqrt{${rest[0]}}${rest.slice(1)}`;
    })
    .join("");
}

/** `\frac12`, `\frac1{72}`, `\frac ab`; nothing is changed where one has fewer than two characters behind it. */
function bracedFractions(text: string): string {
  const [first = "", ...parts] = text.split("\\frac").map((part, index) => (index === 0 ? part : part.trimStart()));
  if (parts.some((part) => part.length < 2 && !part.startsWith("{"))) return text;
  const mendedParts = parts.map((part) => {
    if (part.startsWith("{")) return part;
    return part[1] === "{" ? `{${part[0]}}${part.slice(1)}` : `{${part[0]}}{${part[1]}}${part.slice(2)}`;
  });
  return [first, ...mendedParts].join("\\frac");
}

function slashFraction(text: string): string {
  const [, upper, lower] = /^(-?[1-9]\d*|0)\/(-?[1-9]\d*|0)$/.exec(text) ?? [];
  return upper === undefined ? text : `\\frac{${upper}}{${lower}}`;
}

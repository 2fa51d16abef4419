/**
 * A formula as a value: an expression, a relation or a chain of them, a tuple, a set, an interval, or a list of these.
 * A list without brackets is a set: `1, 2` and `\{2, 1\}` are the same answer. `(1, 2)` is an open interval, and
 * compares as a pair where a pair is asked for.
 */
import { latexTokens } from "./latex-tokens.ts";
import { DEEPEST, LONGEST_FORMULA, MOST_NODES } from "./limits.ts";
import { atom } from "./parse-expression.ts";
import { decimalNumber } from "./parse-number.ts";
import { element, plainElement, semicolonGroups, setDifference } from "./parse-sets.ts";
import { everyPart, type Relation, setOf, type Value } from "./syntax.ts";
import { readTokens, type TokenCursor } from "./token-cursor.ts";

const GROUPED_NUMBER = /^\s*(-?)(\d{1,3}(?:,\d{3})+)(\.\d+)?\s*$/;
/** Null for what is no formula in this grammar, and for what is larger than the limits. */
export function parseLatex(text: string): Value | null {
  return parseWhole(text) ?? parseLastSide(text);
}

/** Of `a = b = c`, where the whole cannot be read, `c`. */
function parseLastSide(text: string): Value | null {
  if (/[,;]/.test(text)) return null;
  const sides = text.split(/(?<![\\<!>])=/);
  return sides.length > 2 ? parseWhole(sides.at(-1) ?? "") : null;
}

function parseWhole(text: string): Value | null {
  if (isTooLarge(text)) return null;
  const grouped = groupedNumber(text);
  if (grouped !== null) return grouped;
  const tokens = latexTokens(text);
  if (tokens === null || tokens.length === 0) return null;
  const value = readTokens(tokens, formula);
  return value === null || everyPart(value).length > MOST_NODES ? null : value;
}

/** Longer or deeper than what is read. */
export function isTooLarge(text: string): boolean {
  return text.length > LONGEST_FORMULA || deepestOf(text) > DEEPEST;
}

/** Brackets of any kind that are open at once. */
function deepestOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [bracket] of text.matchAll(/[{([]|[})\]]|\\begin|\\end/g)) {
    if (/^[{([]$|begin/.test(bracket)) depth += 1;
    else if (depth > 0) depth -= 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

/** `1,000` is a thousand, and `0,111` a decimal; with a space after the comma, either would be two numbers. */
function groupedNumber(text: string): Value | null {
  const [match, sign = "", digits = "", part = ""] = GROUPED_NUMBER.exec(text) ?? [];
  if (match === undefined) return null;
  const written = digits.startsWith("0") ? digits.replace(",", ".").replaceAll(",", "") : digits.replaceAll(",", "");
  return decimalNumber(`${sign}${written}${part}`);
}

/** The alternatives in order of preference: `x = 1, 2` is one relation, `x = 1, y = 2` is two. */
function formula(cursor: TokenCursor): Value {
  const alternatives = [namedElements, elements, setRelation];
  for (const alternative of alternatives) {
    const value = cursor.attempt(() => {
      const read = alternative(cursor);
      return cursor.atEnd() ? read : cursor.giveUp();
    });
    if (value !== null) return value;
  }
  return cursor.giveUp();
}

/** `x = 1, 2`, `x \in \{1, 2\}`, `(x, y) = (1, 2), (2, 1)`. */
function namedElements(cursor: TokenCursor): Value {
  const left = names(cursor);
  if (!cursor.skipSign("=") && !cursor.skipCommand("in")) return cursor.giveUp();
  return { kind: "relation", operator: "=", left, right: listed(semicolonGroups(cursor, plainElement)) };
}

function elements(cursor: TokenCursor): Value {
  return listed(semicolonGroups(cursor, element));
}

function setRelation(cursor: TokenCursor): Value {
  const named = cursor.attempt((): Relation => {
    const left = names(cursor);
    if (!cursor.skipCommand("in") && !cursor.skipSign("=")) return cursor.giveUp();
    return { kind: "relation", operator: "=", left, right: setDifference(cursor) };
  });
  return named ?? setDifference(cursor);
}

function names(cursor: TokenCursor): Value {
  if (!cursor.skipSign("(")) return nameAtom(cursor);
  const items = [nameAtom(cursor)];
  while (cursor.skipSign(",")) items.push(nameAtom(cursor));
  cursor.expectSign(")");
  return items.length === 1 && items[0] !== undefined ? items[0] : { kind: "tuple", items };
}

function nameAtom(cursor: TokenCursor): Value {
  const value = atom(cursor);
  return value === null || value.kind === "number" || value.kind === "percent" ? cursor.giveUp() : value;
}

/** One item is itself, several are a set; groups of several are a set of tuples. */
function listed(groups: readonly (readonly Value[])[]): Value {
  const [first = [], ...more] = groups;
  const [only] = first;
  if (more.length === 0) return first.length === 1 && only !== undefined ? only : setOf(first);
  if (groups.every((group) => group.length === 1)) return setOf(groups.flat());
  return setOf(groups.map((items): Value => ({ kind: "tuple", items })));
}

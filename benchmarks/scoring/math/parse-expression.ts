/**
 * Expressions: sums, products with and without signs, powers, fractions, roots, functions, matrices.
 * The grammar is latex2sympy2_extended's: so `a b^c^d` is `a · (b^c)^d`, `2\frac{1}{2}` is two and a half, a subscript
 * belongs to its letter and is passed over after a number, and a degree sign says nothing. Apart from it on purpose:
 * the argument of `\sin` without parentheses ends at a sign of multiplication, `i` is the imaginary unit, and `2(3)` is 6.
 */
import type { Token } from "./latex-tokens.ts";
import { functionCall, isFunctionName } from "./parse-function.ts";
import { decimalNumber } from "./parse-number.ts";
import { integer, isWhole, negative, product, quotient, ratio, sum, type Value } from "./syntax.ts";
import type { TokenCursor } from "./token-cursor.ts";

const GREEK = new Set(
  "alpha beta gamma Gamma delta Delta epsilon varepsilon zeta eta theta Theta vartheta iota kappa lambda Lambda mu nu xi Xi omicron Pi varpi rho varrho sigma Sigma varsigma tau upsilon Upsilon phi Phi varphi chi psi Psi omega Omega".split(
    " ",
  ),
);
const OTHER_SYMBOLS = new Set("angle triangle ell hbar prime varnothing square Re Im nabla imath jmath".split(" "));
const TIMES = ["times", "cdot", "ast"];
const CLOSERS: Readonly<Record<string, string>> = { "(": ")", "{": "}", "[": "]", "\\{": "\\}" };
const COMMAND_CLOSERS: Readonly<Record<string, string>> = {
  lvert: "rvert",
  vert: "vert",
  lfloor: "rfloor",
  lceil: "rceil",
  lbrace: "rbrace",
  lbrack: "rbrack",
  lgroup: "rgroup",
};
/** Letters that stand for a function when one name in parentheses follows. */
const FUNCTION_LETTERS = /^[fghpqFGHPQ]$/;
const MATRICES = new Set(["matrix", "pmatrix", "bmatrix", "array"]);

export function expression(cursor: TokenCursor): Value {
  const terms = [multiplied(cursor)];
  while (cursor.isSign("+", "-")) {
    const minus = cursor.skipSign("-") || !cursor.take();
    const term = multiplied(cursor);
    terms.push(minus ? negative(term) : term);
  }
  return terms.length === 1 && terms[0] !== undefined ? terms[0] : sum(terms);
}

function multiplied(cursor: TokenCursor): Value {
  let value = signed(cursor);
  for (;;) {
    if (cursor.skipSign("*") || cursor.skipCommand(...TIMES)) value = product([value, signed(cursor)]);
    else if (cursor.skipSign("/", ":") || cursor.skipCommand("div")) value = quotient(value, signed(cursor));
    else if (cursor.skipCommand("mod", "bmod")) {
      value = { kind: "call", name: "mod", inputs: [value, signed(cursor)] };
    } else return value;
  }
}

function signed(cursor: TokenCursor): Value {
  if (cursor.skipSign("+")) return signed(cursor);
  if (cursor.skipSign("-")) return negative(signed(cursor));
  return juxtaposed(cursor, true);
}

/** What stands side by side; after a function without parentheses, up to the next function. */
export function juxtaposed(cursor: TokenCursor, functionsToo: boolean): Value {
  const parts = [postfixed(cursor)];
  while (startsFactor(cursor) && (functionsToo || !startsFunction(cursor))) parts.push(postfixed(cursor));
  return mixedNumber(parts) ?? (parts.length === 1 && parts[0] !== undefined ? parts[0] : product(parts));
}

/** `2 \frac{1}{2}`: a whole number and a fraction. */
function mixedNumber([whole, part, ...more]: readonly Value[]): Value | null {
  if (more.length > 0 || whole === undefined || part?.kind !== "number" || !isWhole(whole)) return null;
  if (part.decimal || part.denominator === 1n || part.numerator <= 0n) return null;
  const sign = whole.numerator < 0n ? -1n : 1n;
  return ratio(whole.numerator * part.denominator + sign * part.numerator, part.denominator);
}

function postfixed(cursor: TokenCursor): Value {
  let value = raised(cursor);
  for (;;) {
    if (cursor.skipSign("!")) value = { kind: "call", name: "factorial", inputs: [value] };
    else if (!skipDegree(cursor)) return value;
  }
}

function raised(cursor: TokenCursor): Value {
  let value = component(cursor);
  while (cursor.isSign("^") && !isDegree(cursor)) {
    cursor.take();
    value = { kind: "power", base: value, exponent: exponentOf(cursor) };
  }
  return value;
}

/** After `^` or `_`: an expression in braces, or one name or number. */
export function exponentOf(cursor: TokenCursor): Value {
  if (!cursor.skipSign("{")) return atom(cursor) ?? cursor.giveUp();
  const value = expression(cursor);
  cursor.expectSign("}");
  return value;
}

function isDegree(cursor: TokenCursor): boolean {
  const inner = isSignToken(cursor.peek(1), "{") ? cursor.peek(2) : cursor.peek(1);
  return isSignToken(inner, "°") || (inner?.kind === "command" && ["circ", "degree"].includes(inner.name));
}

function skipDegree(cursor: TokenCursor): boolean {
  if (!cursor.isSign("^") || !isDegree(cursor)) return false;
  cursor.take();
  const braced = cursor.skipSign("{");
  cursor.take();
  if (braced) cursor.expectSign("}");
  return true;
}

function component(cursor: TokenCursor): Value {
  const token = cursor.peek();
  if (token?.kind === "sign") return bracketed(cursor, token.text);
  if (token?.kind === "begin") return matrix(cursor);
  if (token?.kind === "command") {
    const closer = COMMAND_CLOSERS[token.name];
    if (closer !== undefined) return enclosed(cursor, token.name, closer);
    if (token.name === "frac") return fraction(cursor);
    if (isFunctionName(token)) return functionCall(cursor);
  }
  return atom(cursor) ?? cursor.giveUp();
}

function bracketed(cursor: TokenCursor, opener: string): Value {
  if (opener === "|") {
    cursor.take();
    const inner = expression(cursor);
    cursor.expectSign("|");
    return { kind: "call", name: "abs", inputs: [inner] };
  }
  const closer = CLOSERS[opener];
  if (closer === undefined) return cursor.giveUp();
  cursor.take();
  const upper = expression(cursor);
  const value = cursor.skipCommand("choose") ? chosen(upper, expression(cursor)) : upper;
  cursor.expectSign(closer);
  return value;
}

function enclosed(cursor: TokenCursor, opener: string, closer: string): Value {
  cursor.take();
  const inner = expression(cursor);
  cursor.expectCommand(closer);
  if (opener === "lfloor" || opener === "lceil")
    return { kind: "call", name: nameOfEnclosure(opener), inputs: [inner] };
  return opener.endsWith("vert") ? { kind: "call", name: "abs", inputs: [inner] } : inner;
}

function nameOfEnclosure(opener: "lfloor" | "lceil"): "floor" | "ceil" {
  return opener === "lfloor" ? "floor" : "ceil";
}

function fraction(cursor: TokenCursor): Value {
  cursor.take();
  const upper = inBraces(cursor);
  return quotient(upper, inBraces(cursor));
}

export function inBraces(cursor: TokenCursor): Value {
  cursor.expectSign("{");
  const value = expression(cursor);
  cursor.expectSign("}");
  return value;
}

export function chosen(upper: Value, lower: Value): Value {
  return { kind: "call", name: "binomial", inputs: [upper, lower] };
}

function matrix(cursor: TokenCursor): Value {
  const begin = cursor.take();
  const name = begin.kind === "begin" ? begin.name : "";
  if (!MATRICES.has(name) && name !== "vmatrix") return cursor.giveUp();
  if (name === "array") skipColumns(cursor);
  const rows = [row(cursor)];
  while (cursor.skipSign("\\\\") && cursor.peek()?.kind !== "end") rows.push(row(cursor));
  if (cursor.take().kind !== "end" || rows.some((cells) => cells.length !== rows[0]?.length)) return cursor.giveUp();
  return name === "vmatrix" ? (determinant(rows) ?? cursor.giveUp()) : { kind: "matrix", rows };
}

/** Written out; null for a matrix that is not square, or larger than 4 by 4. */
function determinant(rows: readonly (readonly Value[])[]): Value | null {
  const [first = [], ...below] = rows;
  if (rows.length > 4 || first.length !== rows.length) return null;
  if (rows.length === 1) return first[0] ?? null;
  const terms = first.map((cell, column) => {
    const minor = determinant(below.map((cells) => cells.toSpliced(column, 1))) ?? integer(0n);
    return column % 2 === 0 ? product([cell, minor]) : negative(product([cell, minor]));
  });
  return sum(terms);
}

function skipColumns(cursor: TokenCursor): void {
  cursor.expectSign("{");
  while (!cursor.skipSign("}")) cursor.take();
}

function row(cursor: TokenCursor): Value[] {
  const cells = [expression(cursor)];
  while (cursor.skipSign("&")) cells.push(expression(cursor));
  return cells;
}

/** A number, a letter, a name: what may stand in an exponent without braces. Null where none is next. */
export function atom(cursor: TokenCursor): Value | null {
  const token = cursor.peek();
  if (token?.kind === "number") return numberAtom(cursor, token.text);
  if (token?.kind === "command" && token.name === "infty") {
    cursor.take();
    return { kind: "constant", name: "infinity" };
  }
  const name = nameOf(token);
  if (name === null) return null;
  cursor.take();
  if (name === "e") return { kind: "constant", name: "e" };
  if (name === "pi" && token?.kind !== "word") return { kind: "constant", name: "pi" };
  const subscript = subscriptOf(cursor);
  if (subscript === "" && (name === "i" || name === "I") && token?.kind === "letter")
    return { kind: "constant", name: "i" };
  return applied(cursor, `${name}${subscript}`);
}

function numberAtom(cursor: TokenCursor, text: string): Value {
  cursor.take();
  const value = decimalNumber(text) ?? cursor.giveUp();
  if (cursor.skipSign("%")) return { kind: "percent", of: value };
  subscriptOf(cursor); // the base of a numeral: 204_5 is read as 204, and so is the right answer
  return value;
}

function nameOf(token: Token | undefined): string | null {
  if (token?.kind === "letter") return token.text === "π" ? "pi" : token.text;
  if (token?.kind === "word") return token.text;
  if (token?.kind !== "command") return null;
  return token.name === "pi" || GREEK.has(token.name) || OTHER_SYMBOLS.has(token.name) ? token.name : null;
}

/** The tokens of a subscript as part of a name; empty where there is none. */
function subscriptOf(cursor: TokenCursor): string {
  if (!cursor.skipSign("_")) return "";
  if (!cursor.skipSign("{")) return `_${tokenText(cursor.take())}`;
  let text = "";
  while (!cursor.isSign("}")) text += tokenText(cursor.take());
  cursor.take();
  return `_${text}`;
}

function tokenText(token: Token): string {
  return "text" in token ? token.text : token.name;
}

function applied(cursor: TokenCursor, name: string): Value {
  const symbol: Value = { kind: "symbol", name };
  if (!FUNCTION_LETTERS.test(name) || !cursor.isSign("(")) return symbol;
  const input = cursor.attempt(() => {
    cursor.take();
    const inner = atom(cursor) ?? cursor.giveUp();
    cursor.expectSign(")");
    return inner;
  });
  return input === null ? symbol : { kind: "applied", name, inputs: [input] };
}

function startsFactor(cursor: TokenCursor): boolean {
  const token = cursor.peek();
  if (token === undefined || token.kind === "end") return false;
  if (token.kind === "sign") return token.text in CLOSERS;
  if (token.kind !== "command") return true;
  if (token.name === "vert") return false; // ends a bar as often as it begins one
  return (
    token.name === "infty" ||
    token.name === "frac" ||
    token.name in COMMAND_CLOSERS ||
    nameOf(token) !== null ||
    isFunctionName(token)
  );
}

function startsFunction(cursor: TokenCursor): boolean {
  const token = cursor.peek();
  return token?.kind === "command" && isFunctionName(token) && !["sqrt", "binom"].includes(token.name);
}

function isSignToken(token: Token | undefined, text: string): boolean {
  return token?.kind === "sign" && token.text === text;
}

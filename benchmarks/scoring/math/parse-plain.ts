/** Arithmetic as a program would write it: numbers, `+ - * / ^` and parentheses, no sign left out. */
import { DEEPEST } from "./limits.ts";
import { decimalNumber } from "./parse-number.ts";
import { negative, product, quotient, sum, type Value } from "./syntax.ts";

const TOKEN = /\s*(\d+\.?\d*|\.\d+|\*\*|[-+*/^()])/y;

/** Null for what is no such expression. */
export function parsePlain(text: string): Value | null {
  const tokens = tokensOf(text.trim());
  if (tokens === null) return null;
  const reader = { tokens, position: 0, depth: 0 };
  const value = additive(reader);
  return reader.position === tokens.length ? value : null;
}

interface Reader {
  readonly tokens: readonly string[];
  position: number;
  depth: number;
}

function tokensOf(text: string): string[] | null {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const [, token] = TOKEN.exec(text) ?? [];
    if (token === undefined) return null;
    tokens.push(token === "**" ? "^" : token);
  }
  return tokens;
}

function take(reader: Reader, ...wanted: readonly string[]): string | null {
  const token = reader.tokens[reader.position];
  if (token === undefined || !wanted.includes(token)) return null;
  reader.position += 1;
  return token;
}

function additive(reader: Reader): Value | null {
  let value = multiplicative(reader);
  for (let sign = take(reader, "+", "-"); sign !== null; sign = take(reader, "+", "-")) {
    const next = multiplicative(reader);
    if (value === null || next === null) return null;
    value = sum([value, sign === "-" ? negative(next) : next]);
  }
  return value;
}

function multiplicative(reader: Reader): Value | null {
  let value = unary(reader);
  for (let sign = take(reader, "*", "/"); sign !== null; sign = take(reader, "*", "/")) {
    const next = unary(reader);
    if (value === null || next === null) return null;
    value = sign === "*" ? product([value, next]) : quotient(value, next);
  }
  return value;
}

/** A sign binds less than a power: -2^2 is -4. */
function unary(reader: Reader): Value | null {
  const sign = take(reader, "-", "+");
  if (sign === null) return power(reader);
  reader.depth += 1;
  const value = reader.depth > DEEPEST ? null : unary(reader);
  return value === null || sign === "+" ? value : negative(value);
}

function power(reader: Reader): Value | null {
  const base = primary(reader);
  if (base === null || take(reader, "^") === null) return base;
  const exponent = unary(reader);
  return exponent === null ? null : { kind: "power", base, exponent };
}

function primary(reader: Reader): Value | null {
  if (take(reader, "(") !== null) {
    reader.depth += 1;
    const value = reader.depth > DEEPEST ? null : additive(reader);
    return take(reader, ")") === null ? null : value;
  }
  const token = reader.tokens[reader.position];
  if (token === undefined || !/^[\d.]/.test(token) || /^0\d/.test(token)) return null;
  reader.position += 1;
  return decimalNumber(token.endsWith(".") ? `${token}0` : token);
}

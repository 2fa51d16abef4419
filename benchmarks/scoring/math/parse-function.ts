/** Named functions and roots. Integrals, limits, sums and products over an index are in no grammar of ours. */
import type { Token } from "./latex-tokens.ts";
import { chosen, exponentOf, expression, inBraces, juxtaposed } from "./parse-expression.ts";
import { type FunctionName, integer, negative, quotient, type Value } from "./syntax.ts";
import type { TokenCursor } from "./token-cursor.ts";

const TRIGONOMETRIC = ["sin", "cos", "tan", "csc", "sec", "cot", "sinh", "cosh", "tanh"] as const;
const ONE_INPUT: Readonly<Record<string, FunctionName>> = {
  ...Object.fromEntries(TRIGONOMETRIC.map((name) => [name, name])),
  ...Object.fromEntries(["sin", "cos", "tan", "csc", "sec", "cot"].map((name) => [`arc${name}`, inverse(name)])),
  ...Object.fromEntries(
    ["sinh", "cosh", "tanh"].flatMap((name) => [
      [`arc${name}`, inverse(name)],
      [`ar${name}`, inverse(name)],
    ]),
  ),
  log: "log",
  ln: "log",
  exp: "exp",
  floor: "floor",
  ceil: "ceil",
};
const SEVERAL_INPUTS: Readonly<Record<string, FunctionName>> = { gcd: "gcd", lcm: "lcm", max: "max", min: "min" };
const ROOTS = new Set(["sqrt", "binom", "tbinom", "dbinom", "operatorname"]);

export function isFunctionName(token: Token): boolean {
  if (token.kind !== "command") return false;
  return Object.hasOwn(ONE_INPUT, token.name) || Object.hasOwn(SEVERAL_INPUTS, token.name) || ROOTS.has(token.name);
}

/** Reads from the function's name on. */
export function functionCall(cursor: TokenCursor): Value {
  const token = cursor.take();
  const command = token.kind === "command" ? token.name : cursor.giveUp();
  if (command === "sqrt") return root(cursor);
  if (command.endsWith("binom")) {
    const upper = inBraces(cursor);
    return chosen(upper, inBraces(cursor));
  }
  const name = command === "operatorname" ? operatorName(cursor) : command;
  if (Object.hasOwn(SEVERAL_INPUTS, name)) return severalInputs(cursor, SEVERAL_INPUTS[name] ?? cursor.giveUp());
  return oneInput(cursor, name, ONE_INPUT[name] ?? cursor.giveUp());
}

function root(cursor: TokenCursor): Value {
  let degree: Value = integer(2n);
  if (cursor.skipSign("[")) {
    degree = expression(cursor);
    cursor.expectSign("]");
  }
  return { kind: "power", base: inBraces(cursor), exponent: quotient(integer(1n), degree) };
}

function operatorName(cursor: TokenCursor): string {
  let name = "";
  cursor.expectSign("{");
  while (!cursor.skipSign("}")) {
    const token = cursor.take();
    name += token.kind === "letter" ? token.text : cursor.giveUp();
  }
  return Object.hasOwn(ONE_INPUT, name) || Object.hasOwn(SEVERAL_INPUTS, name) ? name : cursor.giveUp();
}

function severalInputs(cursor: TokenCursor, name: FunctionName): Value {
  cursor.expectSign("(");
  const inputs = [expression(cursor)];
  while (cursor.skipSign(",")) inputs.push(expression(cursor));
  cursor.expectSign(")");
  return { kind: "call", name, inputs };
}

function oneInput(cursor: TokenCursor, written: string, name: FunctionName): Value {
  let base: Value | null = null;
  let power: Value | null = null;
  while (cursor.isSign("^", "_")) {
    if (cursor.skipSign("_")) base = exponentOf(cursor);
    else if (cursor.skipSign("^")) power = exponentOf(cursor);
  }
  const input = functionInput(cursor);
  if (isMinusOne(power) && TRIGONOMETRIC.some((known) => known === name)) {
    return { kind: "call", name: inverse(name) as FunctionName, inputs: [input] };
  }
  const call: Value = { kind: "call", name, inputs: name === "log" ? [input, ...logBase(written, base)] : [input] };
  return power === null ? call : { kind: "power", base: call, exponent: power };
}

/** Of the natural logarithm, none; `\log` alone is of base 10, as Math-Verify has it. */
function logBase(written: string, base: Value | null): Value[] {
  if (base !== null) return [base];
  return written === "log" ? [integer(10n)] : [];
}

function functionInput(cursor: TokenCursor): Value {
  if (cursor.skipSign("(")) {
    const inner = expression(cursor);
    cursor.expectSign(")");
    return inner;
  }
  if (cursor.skipSign("-")) return negative(juxtaposed(cursor, false));
  return juxtaposed(cursor, false);
}

function isMinusOne(value: Value | null): boolean {
  return value?.kind === "number" && value.numerator === -1n && value.denominator === 1n;
}

function inverse(name: string): FunctionName {
  return `a${name}` as FunctionName;
}

/** What a formula says, as plain data: numbers, expressions, relations, sets. Nothing is computed here. */

export type Operator = "=" | "!=" | "<" | "<=" | ">" | ">=";

export type FunctionName =
  | "abs"
  | "factorial"
  | "floor"
  | "ceil"
  | "binomial"
  | "gcd"
  | "lcm"
  | "max"
  | "min"
  | "mod"
  | "log"
  | "exp"
  | "sin"
  | "cos"
  | "tan"
  | "csc"
  | "sec"
  | "cot"
  | "asin"
  | "acos"
  | "atan"
  | "acsc"
  | "asec"
  | "acot"
  | "sinh"
  | "cosh"
  | "tanh"
  | "asinh"
  | "acosh"
  | "atanh";

/** Exact: a decimal is kept as the fraction that it writes, and remembers that it was one. */
export interface ExactNumber {
  readonly kind: "number";
  readonly numerator: bigint;
  /** Positive. */
  readonly denominator: bigint;
  /** Written with a decimal point or an exponent: it then stands for all numbers that round to it. */
  readonly decimal: boolean;
}

export interface Relation {
  readonly kind: "relation";
  readonly operator: Operator;
  readonly left: Value;
  readonly right: Value;
}

export interface Interval {
  readonly kind: "interval";
  readonly low: Value;
  readonly high: Value;
  readonly lowOpen: boolean;
  readonly highOpen: boolean;
}

export type Value =
  | ExactNumber
  | { readonly kind: "percent"; readonly of: Value }
  | { readonly kind: "symbol"; readonly name: string }
  | { readonly kind: "constant"; readonly name: "pi" | "e" | "i" | "infinity" }
  | { readonly kind: "sum" | "product"; readonly parts: readonly Value[] }
  | { readonly kind: "power"; readonly base: Value; readonly exponent: Value }
  | { readonly kind: "call"; readonly name: FunctionName; readonly inputs: readonly Value[] }
  /** A function that is not known, such as f in f(x). */
  | { readonly kind: "applied"; readonly name: string; readonly inputs: readonly Value[] }
  | { readonly kind: "matrix"; readonly rows: readonly (readonly Value[])[] }
  | Relation
  /** a < b < c: each relation's left side is the right side of the one before. */
  | { readonly kind: "chain"; readonly relations: readonly Relation[] }
  | { readonly kind: "tuple" | "set"; readonly items: readonly Value[] }
  | Interval
  | { readonly kind: "named-set"; readonly name: string }
  | {
      readonly kind: "joined-sets";
      readonly operator: "union" | "intersection" | "minus";
      readonly left: Value;
      readonly right: Value;
    };

export function integer(value: bigint): ExactNumber {
  return { kind: "number", numerator: value, denominator: 1n, decimal: false };
}

/** In lowest terms, for a denominator other than 0. */
export function ratio(numerator: bigint, denominator: bigint, decimal = false): ExactNumber {
  const sign = denominator < 0n ? -1n : 1n;
  const divisor = greatestCommonDivisor(numerator, denominator) * sign;
  return { kind: "number", numerator: numerator / divisor, denominator: denominator / divisor, decimal };
}

export function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x === 0n ? 1n : x;
}

/** The negative: of a number, a number. */
export function negative(value: Value): Value {
  if (value.kind === "number") return { ...value, numerator: -value.numerator };
  return product([integer(-1n), value]);
}

/** Products within a product are taken apart. */
export function product(parts: readonly Value[]): Value {
  return { kind: "product", parts: parts.flatMap((part) => (part.kind === "product" ? part.parts : [part])) };
}

export function sum(parts: readonly Value[]): Value {
  return { kind: "sum", parts: parts.flatMap((part) => (part.kind === "sum" ? part.parts : [part])) };
}

/** A fraction of two whole numbers is a number; of anything else, a product with a reciprocal. */
export function quotient(upper: Value, lower: Value): Value {
  if (isWhole(upper) && isWhole(lower) && lower.numerator !== 0n) return ratio(upper.numerator, lower.numerator);
  return product([upper, { kind: "power", base: lower, exponent: integer(-1n) }]);
}

export function isWhole(value: Value): value is ExactNumber {
  return value.kind === "number" && value.denominator === 1n && !value.decimal;
}

/** The parts of which a value is made, itself left out. */
export function partsOf(value: Value): readonly Value[] {
  switch (value.kind) {
    case "number":
    case "symbol":
    case "constant":
    case "named-set":
      return [];
    case "percent":
      return [value.of];
    case "sum":
    case "product":
      return value.parts;
    case "power":
      return [value.base, value.exponent];
    case "call":
    case "applied":
      return value.inputs;
    case "matrix":
      return value.rows.flat();
    case "relation":
    case "joined-sets":
      return [value.left, value.right];
    case "chain":
      return value.relations;
    case "tuple":
    case "set":
      return value.items;
    case "interval":
      return [value.low, value.high];
    default:
      return value satisfies never;
  }
}

/** All values that a value holds, itself among them. */
export function everyPart(value: Value): Value[] {
  return [value, ...partsOf(value).flatMap(everyPart)];
}

/** Equal for values that are written the same, whatever the order of terms, factors and members of sets. */
export function keyOf(value: Value): string {
  const parts = partsOf(value).map(keyOf);
  switch (value.kind) {
    case "number":
      return `${value.numerator}/${value.denominator}`;
    case "symbol":
    case "constant":
    case "named-set":
      return `${value.kind}:${JSON.stringify(value.name)}`;
    case "sum":
    case "product":
    case "set":
      return `${value.kind}(${parts.sort()})`;
    case "call":
    case "applied":
      return `${value.kind}:${JSON.stringify(value.name)}(${parts})`;
    case "relation":
    case "joined-sets":
      return `${value.operator}(${parts})`;
    case "matrix":
      return `matrix${value.rows.length}(${parts})`;
    case "interval":
      return `${value.lowOpen ? "(" : "["}${parts}${value.highOpen ? ")" : "]"}`;
    case "percent":
    case "power":
    case "chain":
    case "tuple":
      return `${value.kind}(${parts})`;
    default:
      return value satisfies never;
  }
}

/** Equal members are one. */
export function setOf(items: readonly Value[]): Value {
  return { kind: "set", items: [...new Map(items.map((item) => [keyOf(item), item])).values()] };
}

/** A name, or names alone multiplied, added or divided: what `= 5` may be left out of. */
export function isOfNamesOnly(value: Value): boolean {
  if (value.kind === "symbol") return true;
  if (value.kind === "power") {
    const { exponent, base } = value;
    if (exponent.kind === "number")
      return exponent.numerator === -1n && exponent.denominator === 1n && isOfNamesOnly(base);
  }
  const parts = partsOf(value);
  return parts.length > 0 && parts.every(isOfNamesOnly);
}

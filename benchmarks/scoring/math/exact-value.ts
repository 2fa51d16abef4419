/** Exact arithmetic: what a value is as a fraction, with a limit on its size. */
import { MOST_BITS } from "./limits.ts";
import { type ExactNumber, type FunctionName, greatestCommonDivisor, ratio, type Value } from "./syntax.ts";

/** Values of names; null for none, where only constants can be computed. */
export type Point = (name: string) => ExactNumber;

const LARGEST = 1n << BigInt(MOST_BITS);
const LARGEST_FACTORIAL = 400n;
const HIGHEST_ROOT = 64n;

/** The fraction that a value is; null when it is none, cannot be told to be one, or is too large. */
export function exactValue(value: Value, point: Point | null): ExactNumber | null {
  switch (value.kind) {
    case "number":
      return limited(value);
    case "percent":
      return combine(exactValue(value.of, point), ratio(1n, 100n), times);
    case "symbol":
      return point === null ? null : point(value.name);
    case "sum":
      return folded(value.parts, ratio(0n, 1n), plus, point);
    case "product":
      return folded(value.parts, ratio(1n, 1n), times, point);
    case "power":
      return combine(exactValue(value.base, point), exactValue(value.exponent, point), power);
    case "call":
      return called(value.name, value.inputs, point);
    default:
      return null;
  }
}

function folded(
  parts: readonly Value[],
  start: ExactNumber,
  operation: (a: ExactNumber, b: ExactNumber) => ExactNumber | null,
  point: Point | null,
): ExactNumber | null {
  let result: ExactNumber | null = start;
  for (const part of parts) {
    result = combine(result, exactValue(part, point), operation);
    if (result === null) return null;
  }
  return result;
}

function combine(
  a: ExactNumber | null,
  b: ExactNumber | null,
  operation: (a: ExactNumber, b: ExactNumber) => ExactNumber | null,
): ExactNumber | null {
  return a === null || b === null ? null : limited(operation(a, b));
}

function limited(value: ExactNumber | null): ExactNumber | null {
  if (value === null) return null;
  const { numerator, denominator } = value;
  return numerator > LARGEST || numerator < -LARGEST || denominator > LARGEST ? null : value;
}

function plus(a: ExactNumber, b: ExactNumber): ExactNumber {
  return ratio(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);
}

function times(a: ExactNumber, b: ExactNumber): ExactNumber {
  return ratio(a.numerator * b.numerator, a.denominator * b.denominator);
}

function power(base: ExactNumber, exponent: ExactNumber): ExactNumber | null {
  const root = exponent.denominator === 1n ? base : rootOf(base, exponent.denominator);
  return root === null ? null : wholePower(root, exponent.numerator);
}

function wholePower(base: ExactNumber, exponent: bigint): ExactNumber | null {
  const size = exponent < 0n ? -exponent : exponent;
  if (base.numerator === 0n) return exponent > 0n ? ratio(0n, 1n) : null;
  if (size * BigInt(Math.max(bitsOf(base.numerator), bitsOf(base.denominator))) > BigInt(2 * MOST_BITS)) {
    return isUnit(base) ? ratio(base.numerator === -1n && size % 2n === 1n ? -1n : 1n, 1n) : null;
  }
  const [upper, lower] = [base.numerator ** size, base.denominator ** size];
  return exponent < 0n ? ratio(lower, upper) : ratio(upper, lower);
}

function isUnit({ numerator, denominator }: ExactNumber): boolean {
  return denominator === 1n && (numerator === 1n || numerator === -1n);
}

function bitsOf(value: bigint): number {
  return value.toString(16).length * 4;
}

function rootOf({ numerator, denominator }: ExactNumber, degree: bigint): ExactNumber | null {
  if (numerator < 0n || degree > HIGHEST_ROOT) return null;
  const upper = wholeRoot(numerator, degree);
  const lower = wholeRoot(denominator, degree);
  return upper === null || lower === null ? null : ratio(upper, lower);
}

/** The whole number whose power that is, by Newton's method from above; null where there is none. */
function wholeRoot(value: bigint, degree: bigint): bigint | null {
  if (value < 2n) return value;
  let guess = 1n << (BigInt(bitsOf(value)) / degree + 1n);
  for (;;) {
    const next = ((degree - 1n) * guess + value / guess ** (degree - 1n)) / degree;
    if (next >= guess) return guess ** degree === value ? guess : null;
    guess = next;
  }
}

function called(name: FunctionName, inputs: readonly Value[], point: Point | null): ExactNumber | null {
  const values = inputs.map((input) => exactValue(input, point));
  const known = values.flatMap((value) => (value === null ? [] : [value]));
  return known.length === values.length ? limited(computed(name, known)) : null;
}

function computed(name: FunctionName, inputs: readonly ExactNumber[]): ExactNumber | null {
  const [first, second] = inputs;
  if (first === undefined) return null;
  switch (name) {
    case "abs":
      return { ...first, numerator: first.numerator < 0n ? -first.numerator : first.numerator };
    case "floor":
      return ratio(floored(first), 1n);
    case "ceil":
      return ratio(-floored({ ...first, numerator: -first.numerator }), 1n);
    case "max":
    case "min":
      return inputs.reduce((best, next) => (isLess(best, next) === (name === "max") ? next : best));
    case "mod":
      return second === undefined ? null : remainder(first, second);
    default:
      return ofWholeNumbers(name, inputs);
  }
}

function ofWholeNumbers(name: FunctionName, inputs: readonly ExactNumber[]): ExactNumber | null {
  if (inputs.some(({ denominator }) => denominator !== 1n)) return null;
  const [first = 0n, second = 0n] = inputs.map(({ numerator }) => numerator);
  switch (name) {
    case "factorial":
      return first < 0n || first > LARGEST_FACTORIAL ? null : ratio(factorial(first), 1n);
    case "binomial":
      return binomial(first, second);
    case "gcd":
      return ratio(inputs.map(({ numerator }) => numerator).reduce(greatestCommonDivisor), 1n);
    case "lcm":
      return ratio(
        inputs.map(({ numerator }) => numerator).reduce((a, b) => (a * b) / greatestCommonDivisor(a, b)),
        1n,
      );
    default:
      return null;
  }
}

function factorial(value: bigint): bigint {
  let result = 1n;
  for (let factor = 2n; factor <= value; factor += 1n) result *= factor;
  return result;
}

function binomial(n: bigint, k: bigint): ExactNumber | null {
  if (n < 0n || n > LARGEST_FACTORIAL) return null;
  if (k < 0n || k > n) return ratio(0n, 1n);
  return ratio(factorial(n) / (factorial(k) * factorial(n - k)), 1n);
}

/** Of the sign of the divisor. */
function remainder(a: ExactNumber, b: ExactNumber): ExactNumber | null {
  if (b.numerator === 0n) return null;
  const quotient = floored(ratio(a.numerator * b.denominator, a.denominator * b.numerator));
  return plus(a, times(b, ratio(-quotient, 1n)));
}

function floored({ numerator, denominator }: ExactNumber): bigint {
  const whole = numerator / denominator;
  return numerator < 0n && numerator % denominator !== 0n ? whole - 1n : whole;
}

export function isLess(a: ExactNumber, b: ExactNumber): boolean {
  return a.numerator * b.denominator < b.numerator * a.denominator;
}

export function isSameNumber(a: ExactNumber, b: ExactNumber): boolean {
  return a.numerator === b.numerator && a.denominator === b.denominator;
}

/** In whole millionths, ties to even: how decimals are compared. */
export function millionths({ numerator, denominator }: ExactNumber): bigint {
  const below = floored(ratio(numerator * 1_000_000n, denominator));
  const twice = 2n * (numerator * 1_000_000n - below * denominator);
  if (twice === denominator) return below % 2n === 0n ? below : below + 1n;
  return twice > denominator ? below + 1n : below;
}

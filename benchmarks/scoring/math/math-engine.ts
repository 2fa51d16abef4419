/**
 * Numeric evaluation on mathjs: its arithmetic and functions alone, called one by one over our own syntax tree. Its
 * parser and its `evaluate` are never used, so no text can name a function of it.
 */
import { createRequire } from "node:module";
import type * as MathJs from "mathjs";
import type { ExactNumber, FunctionName, Value } from "./syntax.ts";
import { keyOf } from "./syntax.ts";

type Computed = MathJs.BigNumber | MathJs.Complex | number;

/** A complex number in double precision. */
export interface Approximation {
  readonly real: number;
  readonly imaginary: number;
}

/** Significant digits of the precise evaluation. */
const PRECISION = 40;
/** Beyond these, double precision has to do: the functions of decimal numbers take long there. */
const LARGEST_EXPONENT = 1000;
const MOST_SLOW_CALLS = 12;
const MOST_ROOTS = 60;
/** What may be left of a difference of equals. */
const NOTHING = 1e-36;

let engine: MathJs.MathJsInstance | undefined;

/** The one file that holds all of mathjs loads in a tenth of the time of its 1,500 modules. */
function math(): MathJs.MathJsInstance {
  if (engine === undefined) {
    const { create, all } = createRequire(import.meta.url)("mathjs/lib/browser/math.js") as typeof MathJs;
    engine = create(all ?? {}, { precision: PRECISION }) as MathJs.MathJsInstance;
  }
  return engine;
}

/** Loads mathjs now rather than at the first formula that needs it. */
export function loadMathEngine(): void {
  math();
}

/**
 * What a value is about, in double precision.
 * @param point what each name stands for
 * @returns null for sets and relations, and where a function has no value
 */
export function approximate(value: Value, point: (name: string) => ExactNumber): Approximation | null {
  const result = compute(
    value,
    (number) => Number(number.numerator) / Number(number.denominator) || exactQuotient(number),
    point,
  );
  if (result === null) return null;
  const { re, im } = math().complex(result as MathJs.Complex);
  return Number.isFinite(re) && Number.isFinite(im) ? { real: re, imaginary: im } : null;
}

/** For numbers whose parts are larger than a double. */
function exactQuotient({ numerator, denominator }: ExactNumber): number {
  if (numerator === 0n) return 0;
  const shift = BigInt(Math.max(0, denominator.toString(2).length - numerator.toString(2).length + 64));
  return Number((numerator << shift) / denominator) / 2 ** Number(shift);
}

/**
 * How far apart two real constants are, relative to the larger, to 40 digits.
 * @returns null where either is not real, or would take long to compute
 */
export function preciseDistance(a: Value, b: Value): number | null {
  if (isSlow(a) || isSlow(b)) return null;
  const { bignumber, isBigNumber } = math();
  const big = ({ numerator, denominator }: ExactNumber) =>
    bignumber(numerator.toString()).div(bignumber(denominator.toString()));
  const noNames = () => ({ kind: "number", numerator: 0n, denominator: 1n, decimal: false }) as const;
  const [x, y] = [compute(a, big, noNames), compute(b, big, noNames)];
  if (!isBigNumber(x) || !isBigNumber(y) || !x.isFinite() || !y.isFinite()) return null;
  const scale = x.abs().greaterThan(y.abs()) ? x.abs() : y.abs();
  const difference = x.minus(y).abs();
  return difference.lessThan(NOTHING) ? 0 : difference.div(scale).toNumber();
}

function isSlow(value: Value): boolean {
  let slow = 0;
  let roots = 0;
  const visit = (part: Value, parts: readonly Value[]): void => {
    if (part.kind === "call") slow += 1;
    else if (part.kind === "power" && isHalf(part.exponent)) roots += 1;
    else if (part.kind === "power" && !isWholeNumber(part.exponent)) slow += 1;
    for (const inner of parts) visit(inner, childrenOf(inner));
  };
  visit(value, childrenOf(value));
  return slow > MOST_SLOW_CALLS || roots > MOST_ROOTS;
}

function childrenOf(value: Value): readonly Value[] {
  if (value.kind === "sum" || value.kind === "product") return value.parts;
  if (value.kind === "power") return [value.base, value.exponent];
  if (value.kind === "call") return value.inputs;
  return value.kind === "percent" ? [value.of] : [];
}

function isHalf(value: Value): boolean {
  return value.kind === "number" && value.numerator === 1n && value.denominator === 2n;
}

function isWholeNumber(value: Value): boolean {
  return value.kind === "number" && value.denominator === 1n;
}

function compute(
  value: Value,
  leaf: (number: ExactNumber) => Computed,
  point: (name: string) => ExactNumber,
): Computed | null {
  const m = math();
  const inner = (part: Value) => compute(part, leaf, point);
  switch (value.kind) {
    case "number":
      return leaf(value);
    case "percent":
      return joined(
        [inner(value.of), leaf({ kind: "number", numerator: 1n, denominator: 100n, decimal: false })],
        m.multiply,
      );
    case "symbol":
      return leaf(point(value.name));
    case "applied":
      return leaf(point(keyOf(value)));
    case "constant":
      return constant(value.name, leaf);
    case "sum":
      return joined(value.parts.map(inner), m.add);
    case "product":
      return joined(value.parts.map(inner), m.multiply);
    case "power":
      return power(inner(value.base), inner(value.exponent), isHalf(value.exponent));
    case "call":
      return called(value.name, value.inputs.map(inner));
    default:
      return null;
  }
}

function constant(name: "pi" | "e" | "i" | "infinity", leaf: (number: ExactNumber) => Computed): Computed | null {
  const m = math();
  if (name === "infinity") return null;
  if (name === "i") return m.complex(0, 1);
  const one = leaf({ kind: "number", numerator: 1n, denominator: 1n, decimal: false });
  if (name === "e") return m.exp(one as MathJs.Complex);
  return m.acos(m.unaryMinus(one) as number) as Computed;
}

function joined(values: readonly (Computed | null)[], operation: unknown): Computed | null {
  const apply = operation as (a: Computed, b: Computed) => Computed;
  let result: Computed | null = null;
  for (const value of values) {
    if (value === null) return null;
    result = result === null ? value : apply(result, value);
  }
  return result;
}

function power(base: Computed | null, exponent: Computed | null, isRoot: boolean): Computed | null {
  const m = math();
  if (base === null || exponent === null) return null;
  if (isRoot) return m.sqrt(base as MathJs.Complex);
  if (m.isBigNumber(exponent) && exponent.abs().greaterThan(LARGEST_EXPONENT)) return null;
  return m.pow(base, exponent) as Computed;
}

function called(name: FunctionName, inputs: readonly (Computed | null)[]): Computed | null {
  const m = math();
  const [first, second] = inputs;
  if (first === undefined || first === null || inputs.includes(null)) return null;
  if (m.isBigNumber(first) && first.abs().greaterThan(LARGEST_EXPONENT)) return null;
  const isReal = (value: unknown) => typeof value === "number" || m.isBigNumber(value);
  switch (name) {
    case "factorial":
      return isReal(first) && m.larger(first, -1) && m.smaller(first, 170) ? gamma(first) : null;
    case "binomial":
    case "gcd":
    case "lcm":
      return null; // of whole numbers they are exact, and of others none
    case "max":
    case "min":
      return inputs.every(isReal) ? (m[name](...(inputs as number[])) as Computed) : null;
    case "mod":
      return isReal(first) && isReal(second) ? (m.mod(first as number, second as number) as Computed) : null;
    case "log":
      return second === undefined
        ? m.log(first as MathJs.Complex)
        : (m.log(first as never, second as never) as Computed);
    default:
      return (m[name] as (input: Computed) => Computed)(first);
  }
}

function gamma(value: Computed): Computed {
  const m = math();
  return m.gamma(m.number(value as MathJs.BigNumber) + 1);
}

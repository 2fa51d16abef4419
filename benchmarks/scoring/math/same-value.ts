/**
 * Whether two expressions are equal: exactly where both are fractions (decimals after rounding to six places), else by
 * their values, with names at several points that are chosen by a hash and so are always the same.
 * 1/3 equals 0.333333, but no decimal equals an irrational number.
 */
import { fractionOf } from "../../../harness/hash.ts";
import { exactValue, isSameNumber, millionths } from "./exact-value.ts";
import { type Approximation, approximate, preciseDistance } from "./math-engine.ts";
import { type ExactNumber, everyPart, integer, keyOf, ratio, type Value } from "./syntax.ts";

/** Points that are tried, and those of them at which both must have a value. */
const POINTS = 8;
const LEAST_POINTS = 4;
/** Relative differences in double precision: beyond the first two values differ, within the second they are equal. */
const SURELY_DIFFERENT = 1e-9;
const SURELY_SAME = 1e-12;
const AT_POINTS = 1e-10;
/** With forty digits. */
const PRECISELY_SAME = 1e-25;
/** Functions of whole numbers: names in them stand for whole numbers. */
const OF_WHOLE_NUMBERS = new Set(["factorial", "binomial", "gcd", "lcm", "mod"]);

export type SamplePoint = (name: string) => ExactNumber;

export function sameExpression(a: Value, b: Value): boolean {
  if (keyOf(a) === keyOf(b)) return true;
  return namesOf([a, b]).size === 0 ? sameConstant(a, b) : sameAtPoints(a, b);
}

export function namesOf(values: readonly Value[]): Set<string> {
  const parts = values.flatMap(everyPart);
  return new Set(parts.flatMap((part) => (part.kind === "symbol" || part.kind === "applied" ? [keyOf(part)] : [])));
}

/** Points at which to compare values that hold names; the same for equal values. */
export function samplePoints(values: readonly Value[]): SamplePoint[] {
  const whole = values
    .flatMap(everyPart)
    .some((part) => part.kind === "call" && OF_WHOLE_NUMBERS.has(part.name) && namesOf([part]).size > 0);
  return Array.from({ length: POINTS }, (_, index) => (name) => {
    const chance = fractionOf("math", index, name);
    if (whole) return integer(BigInt(2 + Math.floor(chance * 8)));
    const hundredths = BigInt(Math.floor(chance * 300) + 7);
    return ratio(index % 3 === 2 ? -hundredths : hundredths, 101n);
  });
}

function sameConstant(a: Value, b: Value): boolean {
  const [x, y] = [exactValue(a, null), exactValue(b, null)];
  if (x !== null && y !== null) {
    return isSameNumber(x, y) || ((isDecimal(a) || isDecimal(b)) && millionths(x) === millionths(y));
  }
  const none: SamplePoint = () => integer(0n);
  const distance = relativeDistance(approximate(a, none), approximate(b, none));
  if (distance === null || distance > SURELY_DIFFERENT) return false;
  const precise = preciseDistance(a, b);
  return precise === null ? distance < SURELY_SAME : precise < PRECISELY_SAME;
}

/** A decimal, or so many per cent: only these are rounded. */
function isDecimal(value: Value): boolean {
  return value.kind === "percent" ? isDecimal(value.of) : value.kind === "number" && value.decimal;
}

function sameAtPoints(a: Value, b: Value): boolean {
  let compared = 0;
  for (const point of samplePoints([a, b])) {
    const same = sameAt(a, b, point);
    if (same === false) return false;
    if (same === true) compared += 1;
  }
  return compared >= LEAST_POINTS;
}

/** Null where one of them has no value. */
function sameAt(a: Value, b: Value, point: SamplePoint): boolean | null {
  const [x, y] = [exactValue(a, point), exactValue(b, point)];
  if (x !== null && y !== null) return isSameNumber(x, y);
  const distance = relativeDistance(approximate(a, point), approximate(b, point));
  return distance === null ? null : distance < AT_POINTS;
}

/** Of the difference to the larger, where that is not tiny itself; null where either is missing. */
export function relativeDistance(a: Approximation | null, b: Approximation | null): number | null {
  if (a === null || b === null) return null;
  const difference = Math.hypot(a.real - b.real, a.imaginary - b.imaginary);
  return difference / Math.max(Math.hypot(a.real, a.imaginary), Math.hypot(b.real, b.imaginary), 1e-3);
}

/**
 * Sets of real numbers with numbers for ends: intervals, finite sets, what is joined of them, and the solutions of
 * relations in one name. Two are equal when they hold the same of all their ends, and of one point of each stretch between.
 */
import { exactValue } from "./exact-value.ts";
import { approximate } from "./math-engine.ts";
import { namesOf } from "./same-value.ts";
import { type ExactNumber, everyPart, integer, type Operator, type Relation, ratio, type Value } from "./syntax.ts";

interface RealSet {
  /** Where membership may change. */
  readonly ends: readonly number[];
  readonly has: (point: number) => boolean;
}

/** Ends that are closer are one, relative to their size. */
const CLOSE = 1e-10;
const NO_NAMES = (): ExactNumber => integer(0n);

/** Null when either is no such set. */
export function sameRealSets(a: Value, b: Value): boolean | null {
  const [x, y] = [realSet(a), realSet(b)];
  if (x === null || y === null) return null;
  return probes([...x.ends, ...y.ends]).every((point) => x.has(point) === y.has(point));
}

function probes(ends: readonly number[]): number[] {
  const sorted = ends.filter(Number.isFinite).sort((a, b) => a - b);
  const first = sorted[0] ?? 0;
  const last = sorted.at(-1) ?? 0;
  const between = sorted.flatMap((end, index) => {
    const next = sorted[index + 1];
    return next === undefined || isClose(end, next) ? [] : [(end + next) / 2];
  });
  return [first - 1, ...sorted, ...between, last + 1];
}

function isClose(a: number, b: number): boolean {
  if (!Number.isFinite(a) || !Number.isFinite(b)) return a === b;
  return Math.abs(a - b) <= CLOSE * Math.max(1, Math.abs(a), Math.abs(b));
}

function realSet(value: Value): RealSet | null {
  switch (value.kind) {
    case "set": {
      const numbers = value.items.map(realConstant);
      if (numbers.includes(null)) return null;
      const ends = numbers.filter((number) => number !== null);
      return { ends, has: (point) => ends.some((end) => isClose(end, point)) };
    }
    case "interval":
      return intervalSet(value);
    case "named-set":
      return value.name === "R" ? { ends: [], has: () => true } : null;
    case "joined-sets":
      return joinedSets(value.operator, realSet(value.left), realSet(value.right));
    case "relation":
      return solutions(value);
    case "chain":
      return value.relations.map(solutions).reduce((a, b) => joinedSets("intersection", a, b));
    default:
      return null;
  }
}

function intervalSet({ low, high, lowOpen, highOpen }: Extract<Value, { kind: "interval" }>): RealSet | null {
  const [from, to] = [realConstant(low), realConstant(high)];
  if (from === null || to === null) return null;
  const has = (point: number) => {
    if (isClose(point, from)) return !lowOpen && (point <= to || isClose(point, to));
    if (isClose(point, to)) return !highOpen && point >= from;
    return point > from && point < to;
  };
  return { ends: [from, to], has };
}

function joinedSets(
  operator: "union" | "intersection" | "minus",
  a: RealSet | null,
  b: RealSet | null,
): RealSet | null {
  if (a === null || b === null) return null;
  const ends = [...a.ends, ...b.ends];
  switch (operator) {
    case "union":
      return { ends, has: (point) => a.has(point) || b.has(point) };
    case "intersection":
      return { ends, has: (point) => a.has(point) && b.has(point) };
    case "minus":
      return { ends, has: (point) => a.has(point) && !b.has(point) };
    default:
      return operator satisfies never;
  }
}

/** Infinity with its sign, or a real number; null for what is neither, and for what holds a name. */
export function realConstant(value: Value): number | null {
  if (value.kind === "constant" && value.name === "infinity") return Infinity;
  if (value.kind === "product") {
    const [sign, infinity, ...more] = value.parts;
    const endless = more.length === 0 && infinity?.kind === "constant" && infinity.name === "infinity";
    if (endless && sign?.kind === "number") return sign.numerator < 0n ? -Infinity : Infinity;
  }
  if (namesOf([value]).size > 0) return null;
  const exact = exactValue(value, null);
  const result = approximate(exact ?? value, NO_NAMES);
  return result !== null && Math.abs(result.imaginary) < CLOSE ? result.real : null;
}

/** The real numbers for which a relation in one name holds: of degree two at most, between the bends of absolute values. */
function solutions(relation: Relation): RealSet | null {
  const [name, ...more] = namesOf([relation]);
  const variable = everyPart(relation).find((part) => part.kind === "symbol");
  if (name === undefined || more.length > 0 || variable?.kind !== "symbol") return null;
  const at = (side: Value, x: number) => valueAt(side, x);
  const difference = (x: number) => at(relation.left, x) - at(relation.right, x);
  const bends = everyPart(relation)
    .flatMap((part) => (part.kind === "call" && part.name === "abs" ? part.inputs : []))
    .map((inner) => rootsWithin((x) => at(inner, x), -Infinity, Infinity));
  if (bends.includes(null)) return null;
  const edges = [-Infinity, ...bends.flatMap((roots) => roots ?? []).sort((a, b) => a - b), Infinity];
  const pieces = edges.slice(1).map((edge, index) => rootsWithin(difference, edges[index] ?? -Infinity, edge));
  if (pieces.includes(null)) return null;
  const roots = pieces.flatMap((piece) => piece ?? []);
  return {
    ends: roots,
    has: (point) =>
      roots.some((root) => isClose(root, point))
        ? holdsAtZero(relation.operator)
        : holds(relation.operator, difference(point)),
  };
}

function valueAt(side: Value, x: number): number {
  const exact = ratio(BigInt(Math.round(x * 2 ** 20)), 2n ** 20n);
  const result = approximate(side, () => exact);
  return result === null || Math.abs(result.imaginary) > CLOSE ? Number.NaN : result.real;
}

/** Zeros in a stretch where the function is a polynomial of degree two at most; null where it is none. */
function rootsWithin(f: (x: number) => number, from: number, to: number): number[] | null {
  const low = Number.isFinite(from) ? from : Number.isFinite(to) ? to - 4 : -2;
  const high = Number.isFinite(to) ? to : low + 4;
  const step = (high - low) / 4;
  const [y0 = Number.NaN, y1 = Number.NaN, y2 = Number.NaN, y3 = Number.NaN, y4 = Number.NaN] = [0, 1, 2, 3, 4].map(
    (i) => f(low + i * step),
  );
  // Third differences of a parabola are 0.
  const bend = y2 - 2 * y1 + y0;
  const size = Math.max(1, Math.abs(y0), Math.abs(y2), Math.abs(y4));
  const isParabola =
    Math.abs(y3 - 3 * y2 + 3 * y1 - y0) < 1e-6 * size && Math.abs(y4 - 3 * y3 + 3 * y2 - y1) < 1e-6 * size;
  if (!isParabola) return null;
  const inSteps = zerosOf(bend / 2, y1 - y0 - bend / 2, y0, size);
  return inSteps.map((t) => low + t * step).filter((x) => x >= from - 1e-6 && x <= to + 1e-6);
}

/** Of a t² + b t + c. */
function zerosOf(a: number, b: number, c: number, size: number): number[] {
  if (Math.abs(a) < 1e-9 * size) return Math.abs(b) < 1e-9 * size ? [] : [-c / b];
  const root = b * b - 4 * a * c;
  if (root < -1e-9) return [];
  const distance = Math.sqrt(Math.max(0, root));
  return [(-b - distance) / (2 * a), (-b + distance) / (2 * a)];
}

function holdsAtZero(operator: Operator): boolean {
  return operator === "=" || operator === "<=" || operator === ">=";
}

function holds(operator: Operator, difference: number): boolean {
  switch (operator) {
    case "=":
      return false;
    case "!=":
      return true;
    case "<":
    case "<=":
      return difference < 0;
    case ">":
    case ">=":
      return difference > 0;
    default:
      return operator satisfies never;
  }
}

/**
 * Whether two relations say the same: `x < 3` and `3 > x` and `2x < 6`, `y = 2x` and `2x - y = 0`. The difference of the
 * sides of one must be a constant multiple of the other's; of an inequality, a positive one.
 */
import { approximate } from "./math-engine.ts";
import type { Compare } from "./same-answer.ts";
import { namesOf, sameExpression, samplePoints } from "./same-value.ts";
import { negative, type Relation, sum, type Value } from "./syntax.ts";

const LEAST_POINTS = 4;
const SAME_RATIO = 1e-9;
const FLIPPED = { "=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<=" } as const;

export function sameRelation(wanted: Value, found: Value, compare: Compare): boolean {
  if (wanted.kind === "chain" && found.kind === "chain") return sameChain(wanted.relations, found.relations, compare);
  return wanted.kind === "relation" && found.kind === "relation" && sameSingle(wanted, found, compare);
}

/** Link by link, from either end. */
function sameChain(wanted: readonly Relation[], found: readonly Relation[], compare: Compare): boolean {
  const backwards = found.map(flipped).reverse();
  const fits = (other: readonly Relation[]) =>
    wanted.every((relation, index) => {
      const opposite = other[index];
      return opposite !== undefined && sameSingle(relation, opposite, compare);
    });
  return wanted.length === found.length && (fits(found) || fits(backwards));
}

function flipped({ left, right, operator }: Relation): Relation {
  return { kind: "relation", operator: FLIPPED[operator], left: right, right: left };
}

function sameSingle(wanted: Relation, found: Relation, compare: Compare): boolean {
  if (wanted.operator === found.operator && sameSides(wanted, found, compare)) return true;
  const other = flipped(found);
  if (wanted.operator === other.operator && sameSides(wanted, other, compare)) return true;
  return wanted.operator === "=" || wanted.operator === "!="
    ? wanted.operator === found.operator && isMultiple(differenceOf(wanted), differenceOf(found), false)
    : isMultiple(aboveZero(wanted), aboveZero(found), true) && isStrict(wanted) === isStrict(found);
}

function sameSides(a: Relation, b: Relation, compare: Compare): boolean {
  return compare(a.left, b.left) && compare(a.right, b.right);
}

function differenceOf({ left, right }: Relation): Value {
  return sum([left, negative(right)]);
}

/** What an inequality says to be above zero. */
function aboveZero(relation: Relation): Value {
  return relation.operator.startsWith(">") ? differenceOf(relation) : differenceOf(flipped(relation));
}

function isStrict({ operator }: Relation): boolean {
  return operator === "<" || operator === ">";
}

function isMultiple(a: Value, b: Value, positive: boolean): boolean {
  const names = namesOf([a]);
  if (names.size === 0 || names.symmetricDifference(namesOf([b])).size > 0) return false;
  if (sameExpression(a, b)) return true;
  const ratios: number[] = [];
  for (const point of samplePoints([a, b])) {
    const [x, y] = [approximate(a, point), approximate(b, point)];
    if (x === null || y === null || Math.abs(x.imaginary) + Math.abs(y.imaginary) > SAME_RATIO) continue;
    if (Math.abs(x.real) > SAME_RATIO || Math.abs(y.real) > SAME_RATIO) ratios.push(x.real / y.real);
  }
  const [first] = ratios;
  if (first === undefined || ratios.length < LEAST_POINTS || !Number.isFinite(first) || first === 0) return false;
  return (first > 0 || !positive) && ratios.every((ratio) => Math.abs(ratio / first - 1) < SAME_RATIO);
}

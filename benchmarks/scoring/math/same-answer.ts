/**
 * Whether an answer says what the accepted one says, by the rules of Math-Verify 0.8. The accepted answer comes first,
 * and tells the form: where it is a value, `x = 3` is taken for 3; where it is an equation, 3 is not taken for it
 * unless it only names a value (`x = 3`). The two forms of a relation, and the members of a set, may come in any order.
 */
import { MOST_COMPARISONS } from "./limits.ts";
import { withMatricesJoined } from "./matrices.ts";
import { realConstant, sameRealSets } from "./real-sets.ts";
import { sameRelation } from "./same-relation.ts";
import { sameExpression } from "./same-value.ts";
import { type Interval, isOfNamesOnly, keyOf, type Relation, setOf, type Value } from "./syntax.ts";

/** Compares parts; false once the work it may cost is spent. */
export type Compare = (wanted: Value, found: Value) => boolean;

export function sameAnswer(wanted: Value, found: Value): boolean {
  let comparisons = 0;
  const compare: Compare = (a, b) => {
    comparisons += 1;
    return comparisons <= MOST_COMPARISONS && sameForm(unwrapped(a, b), compare);
  };
  return compare(wanted, found);
}

interface Pair {
  readonly wanted: Value;
  readonly found: Value;
}

/** Both in one form: without the name where only one of them gives it, chains cut to their ends. */
function unwrapped(wanted: Value, found: Value): Pair {
  const [gives, names] = [isAssignment(wanted), isAssignment(found)];
  const wantedWhole = gives ? firstAndLast(wanted) : wanted;
  const foundWhole = names ? firstAndLast(found) : found;
  if (isEquation(found) && !isEquation(wanted)) return { wanted, found: rightSide(foundWhole) };
  if (gives && !isEquation(found)) return { wanted: rightSide(wantedWhole), found };
  return { wanted: wantedWhole, found: foundWhole };
}

function isEquation(value: Value): boolean {
  return relationsOf(value).length > 0 && relationsOf(value).every(({ operator }) => operator === "=");
}

/** An equation of a name with what it is. */
function isAssignment(value: Value): boolean {
  const [first] = relationsOf(value);
  return first !== undefined && isEquation(value) && isOfNamesOnly(first.left);
}

export function relationsOf(value: Value): readonly Relation[] {
  if (value.kind === "relation") return [value];
  return value.kind === "chain" ? value.relations : [];
}

function firstAndLast(value: Value): Value {
  const [first] = relationsOf(value);
  const last = relationsOf(value).at(-1);
  return first === undefined || last === undefined ? value : { ...first, right: last.right };
}

function rightSide(value: Value): Value {
  return relationsOf(value).at(-1)?.right ?? value;
}

function sameForm({ wanted, found }: Pair, compare: Compare): boolean {
  const a = settled(wanted);
  const b = settled(found);
  if (keyOf(a) === keyOf(b)) return true;
  if (relationsOf(a).length > 0) {
    if (relationsOf(b).length > 0) return sameRelation(a, b, compare);
    return isSet(b) && sameRealSets(a, b) === true;
  }
  if (isSet(a) || isSet(b)) return sameSets(a, b, compare);
  if (a.kind === "matrix" || b.kind === "matrix") return sameMatrices(a, b, compare);
  return relationsOf(b).length === 0 && (sameName(a, b) || sameExpression(a, b));
}

/** Intervals whose ends cannot be in that order are pairs, and an endless end is open. */
function settled(value: Value): Value {
  if (value.kind !== "interval") return withMatricesJoined(value);
  const { low, high, lowOpen, highOpen } = value;
  const [from, to] = [realConstant(low), realConstant(high)];
  if (from === null || to === null) return value;
  if ((lowOpen && highOpen && to <= from) || (!lowOpen && !highOpen && to < from))
    return { kind: "tuple", items: [low, high] };
  return { ...value, lowOpen: lowOpen || from === -Infinity, highOpen: highOpen || to === Infinity };
}

function isSet(value: Value): boolean {
  return ["set", "tuple", "interval", "named-set", "joined-sets"].includes(value.kind);
}

function sameSets(wanted: Value, found: Value, compare: Compare): boolean {
  const a = isSet(wanted) ? wanted : setOf([wanted]);
  const b = isSet(found) ? found : setOf([found]);
  if (a.kind === "interval" && b.kind === "interval") return sameIntervals(a, b, compare);
  if (keyOf(a) === keyOf(b)) return true;
  if (a.kind !== "tuple" && b.kind !== "tuple" && sameRealSets(a, b) === true) return true;
  if (a.kind === "joined-sets" && b.kind === "joined-sets") return sameMembers(joinedParts(a), joinedParts(b), compare);
  return sameLists(pairOf(a, b), pairOf(b, a), compare);
}

/** An open interval beside a list of two is a pair. */
function pairOf(value: Value, other: Value): Value {
  if (value.kind !== "interval" || (other.kind !== "set" && other.kind !== "tuple")) return value;
  const { low, high, lowOpen, highOpen } = value;
  return lowOpen && highOpen ? { kind: "tuple", items: [low, high] } : value;
}

function sameIntervals(a: Interval, b: Interval, compare: Compare): boolean {
  return a.lowOpen === b.lowOpen && a.highOpen === b.highOpen && compare(a.low, b.low) && compare(a.high, b.high);
}

/** Sets of one kind of joining: their parts in any order. */
function joinedParts(value: Extract<Value, { kind: "joined-sets" }>): Value[] {
  const inner = (part: Value) =>
    part.kind === "joined-sets" && part.operator === value.operator && value.operator !== "minus"
      ? joinedParts(part)
      : [part];
  const parts = [...inner(value.left), ...inner(value.right)];
  return value.operator === "minus" ? [{ kind: "tuple", items: parts }] : parts;
}

/** Where a tuple is wanted, the order counts. */
function sameLists(a: Value, b: Value, compare: Compare): boolean {
  if ((a.kind !== "set" && a.kind !== "tuple") || (b.kind !== "set" && b.kind !== "tuple")) return false;
  if (a.items.length !== b.items.length) return false;
  if (a.kind === "set") return sameMembers(a.items, b.items, compare);
  return a.items.every((item, index) => {
    const other = b.items[index];
    return other !== undefined && compare(item, other);
  });
}

/** Each wanted member has a found one of its own: equality carries over, so that the first that fits will do. */
function sameMembers(wanted: readonly Value[], found: readonly Value[], compare: Compare): boolean {
  const left = [...found];
  return (
    wanted.length === found.length &&
    wanted.every((item) => {
      const index = left.findIndex((other) => compare(item, other));
      if (index >= 0) left.splice(index, 1);
      return index >= 0;
    })
  );
}

function sameMatrices(a: Value, b: Value, compare: Compare): boolean {
  if (a.kind !== "matrix" || b.kind !== "matrix" || a.rows.length !== b.rows.length) return false;
  return a.rows.every((row, i) => {
    const other = b.rows[i];
    return (
      other !== undefined &&
      row.length === other.length &&
      row.every((cell, j) => {
        const opposite = other[j];
        return opposite !== undefined && compare(cell, opposite);
      })
    );
  });
}

/** `\text{odd}` is one name, and `odd` three letters side by side: the same word. Capitals count in single letters alone. */
function sameName(a: Value, b: Value): boolean {
  const [x, y] = [wordOf(a), wordOf(b)];
  if (x === null || y === null || (a.kind !== "symbol" && b.kind !== "symbol")) return false;
  return x === y || (x.length > 1 && x.toLowerCase() === y.toLowerCase());
}

function wordOf(value: Value): string | null {
  if (value.kind === "symbol") return value.name;
  if (value.kind === "constant") return value.name === "e" || value.name === "i" ? value.name : null;
  if (value.kind !== "product") return null;
  const letters = value.parts.map(wordOf);
  return letters.includes(null) ? null : letters.join("");
}

/** Which lines two texts share: Myers' shortest edit script (Algorithmica 1:251, 1986). No library for it is at hand. Pure. */

export interface DiffLine {
  readonly kind: "same" | "removed" | "added";
  readonly text: string;
  /** Number in the old text, or null for an added line; from 1. */
  readonly before: number | null;
  /** Number in the new text, or null for a removed line. */
  readonly after: number | null;
}

/** Above this many changes the memory that the search takes grows too far: the rest is shown as replaced. */
const MOST_CHANGES = 1_500;

/** Lines of both texts in order; of a change, what was removed stands before what was added. */
export function diffLines(before: readonly string[], after: readonly string[]): DiffLine[] {
  const start = sharedStart(before, after);
  const end = sharedStart(before.slice(start).reverse(), after.slice(start).reverse());
  const [old, fresh] = [before.slice(start, before.length - end), after.slice(start, after.length - end)];
  const pairs = [
    ...range(start).map((index) => [index, index] as const),
    ...matches(old, fresh).map(([one, other]) => [one + start, other + start] as const),
    ...range(end).map((index) => [before.length - end + index, after.length - end + index] as const),
  ];
  return spread(before, after, pairs);
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function sharedStart(one: readonly string[], other: readonly string[]): number {
  const length = Math.min(one.length, other.length);
  const first = range(length).find((index) => one[index] !== other[index]);
  return first ?? length;
}

type Pair = readonly [number, number];

/** Places of the lines that both have in common, as many as there can be. */
function matches(old: readonly string[], fresh: readonly string[]): Pair[] {
  const trace: Map<number, number>[] = [];
  const furthest = new Map<number, number>([[1, 0]]);
  const most = Math.min(old.length + fresh.length, MOST_CHANGES);
  for (let changes = 0; changes <= most; changes += 1) {
    trace.push(new Map(furthest));
    for (let diagonal = -changes; diagonal <= changes; diagonal += 2) {
      let x = stepTo(furthest, diagonal, changes);
      while (x < old.length && x - diagonal < fresh.length && old[x] === fresh[x - diagonal]) x += 1;
      furthest.set(diagonal, x);
      if (x >= old.length && x - diagonal >= fresh.length) return backtrack(trace, [old.length, fresh.length]);
    }
  }
  return [];
}

/** Down (a line was added) or right (one was removed), whichever leads further. */
function stepTo(furthest: ReadonlyMap<number, number>, diagonal: number, changes: number): number {
  const below = furthest.get(diagonal + 1) ?? -1;
  const beside = furthest.get(diagonal - 1) ?? -1;
  return diagonal === -changes || (diagonal !== changes && beside < below) ? below : beside + 1;
}

function backtrack(trace: readonly ReadonlyMap<number, number>[], [endX, endY]: Pair): Pair[] {
  const pairs: Pair[] = [];
  let [x, y] = [endX, endY];
  for (let changes = trace.length - 1; changes >= 0; changes -= 1) {
    const furthest = trace[changes] ?? new Map<number, number>();
    const diagonal = x - y;
    const down =
      diagonal === -changes ||
      (diagonal !== changes && (furthest.get(diagonal - 1) ?? -1) < (furthest.get(diagonal + 1) ?? -1));
    const from = diagonal + (down ? 1 : -1);
    const fromX = changes === 0 ? 0 : (furthest.get(from) ?? 0);
    const fromY = changes === 0 ? 0 : fromX - from;
    while (x > fromX && y > fromY) {
      x -= 1;
      y -= 1;
      pairs.push([x, y]);
    }
    [x, y] = [fromX, fromY];
  }
  return pairs.reverse();
}

function spread(before: readonly string[], after: readonly string[], pairs: readonly Pair[]): DiffLine[] {
  const lines: DiffLine[] = [];
  let [x, y] = [0, 0];
  for (const [oldAt, newAt] of [...pairs, [before.length, after.length] as const]) {
    for (; x < oldAt; x += 1) lines.push({ kind: "removed", text: before[x] ?? "", before: x + 1, after: null });
    for (; y < newAt; y += 1) lines.push({ kind: "added", text: after[y] ?? "", before: null, after: y + 1 });
    if (oldAt === before.length && newAt === after.length) break;
    lines.push({ kind: "same", text: before[oldAt] ?? "", before: oldAt + 1, after: newAt + 1 });
    [x, y] = [oldAt + 1, newAt + 1];
  }
  return lines;
}

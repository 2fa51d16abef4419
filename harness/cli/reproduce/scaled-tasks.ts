/** A share of a benchmark's tasks that has something of every kind. */
import { unitOf } from "../../../reports/rows.ts";
import type { Task } from "../../records.ts";

/**
 * Ids of so many tasks, one of each kind in turn, in their order; cases of one family stay together and count as one.
 * Equal tasks give equal ids, and a larger share holds a smaller one.
 */
export function spreadOverKinds(tasks: readonly Task[], count: number): string[] {
  const families = [...Map.groupBy(tasks, unitOf).values()];
  const kinds = [...Map.groupBy(families, ([first]) => first?.kind).values()];
  const rounds = Math.max(0, ...kinds.map((kind) => kind.length));
  const inTurn = Array.from({ length: rounds }, (_, round) => kinds.flatMap((kind) => [kind[round] ?? []]));
  return inTurn
    .flat()
    .filter((family) => family.length > 0)
    .slice(0, count)
    .flatMap((family) => family.map(({ id }) => id));
}

/** How many tasks that a mean counts as one each, with families as one. */
export function countUnits(tasks: readonly Task[]): number {
  return new Set(tasks.map(unitOf)).size;
}

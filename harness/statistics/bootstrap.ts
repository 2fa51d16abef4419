/** The bootstrap: how much would a mean move had other tasks been drawn? It is asked of the tasks that are there. */
import type { Random } from "../random.ts";
import { grouped } from "./clusters.ts";
import { normalCdf, normalQuantile } from "./distributions.ts";
import { type Interval, mean, sum } from "./interval.ts";

const DRAWS = 9_999;

export interface BootstrapOptions {
  readonly random: Random;
  /** Name of the cluster of each value, which are drawn whole; null (or left out) where each stands alone. */
  readonly clusters?: readonly string[] | null;
}

/** Values of a cluster come and go together, so their number and their sum are all that counts. */
interface Cluster {
  readonly count: number;
  readonly total: number;
}

/**
 * Bias-corrected and accelerated bootstrap interval of a mean, at 95 %. It follows a lopsided spread,
 * which Student's t does not; with fewer than about 30 tasks it is too narrow, as all bootstraps are.
 * Where all values are the same it has no width: use `meanInterval` for scores and `differenceInterval` for differences.
 * @throws RangeError with fewer than two clusters
 * @see Efron 1987, Journal of the American Statistical Association 82:171; acceleration by the jackknife as in Efron and Tibshirani 1993, 14.15
 */
export function bcaInterval(values: readonly number[], options: BootstrapOptions): Interval {
  const { random, clusters = null } = options;
  const groups = grouped(values, clusters).map((group) => ({ count: group.length, total: sum(group) }));
  if (groups.length < 2) throw new RangeError(`expected at least 2 clusters to draw from, got ${groups.length}`);
  const means = drawnMeans(groups, random);
  const seen = ratio(groups);
  const shift = correction(means, seen);
  if (shift === null) return { low: seen, high: seen };
  const acceleration = accelerationOf(groups);
  const bound = (share: number) => {
    const reach = shift + normalQuantile(share);
    return quantile(means, normalCdf(shift + reach / (1 - acceleration * reach)));
  };
  return { low: bound(0.025), high: bound(0.975) };
}

/** In order of size. */
function drawnMeans(groups: readonly Cluster[], random: Random): Float64Array {
  const means = Float64Array.from({ length: DRAWS }, () => ratio(groups.map(() => random.pick(groups))));
  return means.sort();
}

/** How far the middle of the draws lies from what was seen, in standard normal units; null where nothing moves. */
function correction(means: Float64Array, seen: number): number | null {
  const rounding = 1e-12 * Math.max(1, Math.abs(seen));
  let below = 0;
  let equal = 0;
  for (const drawn of means) {
    if (drawn < seen - rounding) below++;
    else if (drawn <= seen + rounding) equal++;
  }
  return equal === means.length ? null : normalQuantile((below + equal / 2) / means.length);
}

function accelerationOf(groups: readonly Cluster[]): number {
  const count = sum(groups.map((group) => group.count));
  const total = sum(groups.map((group) => group.total));
  const without = groups.map((group) => (total - group.total) / (count - group.count));
  const centre = mean(without);
  const squares = sum(without.map((value) => (centre - value) ** 2));
  return squares === 0 ? 0 : sum(without.map((value) => (centre - value) ** 3)) / (6 * squares ** 1.5);
}

function ratio(groups: readonly Cluster[]): number {
  let [count, total] = [0, 0];
  for (const group of groups) {
    count += group.count;
    total += group.total;
  }
  return total / count;
}

/** Between neighbours by their distance. */
function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(at)] ?? 0, sorted[Math.ceil(at)] ?? 0];
  return low + (at - Math.floor(at)) * (high - low);
}

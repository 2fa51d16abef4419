/** The error of a mean over tasks that come in clusters (a family of cases, the questions on one table): tasks of a cluster resemble each other. */
import { mean, sum } from "./interval.ts";

/** A mean and what is known of its error. */
export interface Estimate {
  /** The mean of all values, each weighing the same; or near it, where an interval has its centre elsewhere. */
  readonly centre: number;
  /** In the unit of the values. */
  readonly standardError: number;
  /** Of freedom of the standard error: a t interval is read off Student's distribution with so many. */
  readonly degrees: number;
  readonly clusters: number;
  /** `agresti-min` where two made-up pairs are added, see `differenceEstimate`. */
  readonly method: "t" | "agresti-min";
}

/**
 * Cluster-robust standard error of a mean, corrected for few clusters and for clusters of unlike size (CR2), with the
 * degrees of freedom of Bell and McCaffrey. Where every value is a cluster of its own, that is the ordinary standard error
 * with n - 1 degrees; where clusters are of one size, it is that of the means of clusters.
 * @param clusters name of the cluster of each value, or null where each stands alone
 * @throws RangeError with fewer than two clusters, or with more or fewer names than values
 * @see arXiv:2411.00640, equation 4, which is this without the correction; Bell and McCaffrey 2002, Survey Methodology 28:169;
 * Pustejovsky and Tipton 2018, Journal of Business and Economic Statistics 36:672
 */
export function clusterEstimate(values: readonly number[], clusters: readonly string[] | null): Estimate {
  const groups = grouped(values, clusters);
  if (groups.length < 2) {
    throw new RangeError(`expected at least 2 clusters to tell a spread from, got ${groups.length}`);
  }
  const centre = mean(values);
  const shares = groups.map((group) => group.length / values.length);
  const squares = groups.map(
    (group, index) => sum(group.map((value) => value - centre)) ** 2 / (1 - (shares[index] ?? 0)),
  );
  return {
    centre,
    standardError: Math.sqrt(sum(squares)) / values.length,
    degrees: degreesOf(shares),
    clusters: groups.length,
    method: "t",
  };
}

/** The values of each cluster, in order of first appearance. */
export function grouped(values: readonly number[], clusters: readonly string[] | null): readonly (readonly number[])[] {
  if (clusters === null) return values.map((value) => [value]);
  if (clusters.length !== values.length) {
    throw new RangeError(`expected a cluster for each of ${values.length} values, got ${clusters.length}`);
  }
  return [...Map.groupBy(values.keys(), (index) => clusters[index]).values()].map((indices) =>
    indices.map((index) => values[index] ?? 0),
  );
}

/** A number for each cluster, of the same mean as all values: its sum, in units of a cluster of the mean size. A value that stands alone is itself. */
export function weighedClusters(values: readonly number[], clusters: readonly string[] | null): number[] {
  if (clusters === null) return [...values];
  const groups = grouped(values, clusters);
  return groups.map((group) => (sum(group) * groups.length) / values.length);
}

/** Satterthwaite's, were values of one cluster as independent as others: one less than the number of clusters of one size. */
function degreesOf(shares: readonly number[]): number {
  const parts = shares.map((share) => share ** 2 / (1 - share));
  const crossed = sum(parts) ** 2 - sum(parts.map((part) => part ** 2));
  return 1 / (sum(shares.map((share) => share ** 2)) + crossed);
}

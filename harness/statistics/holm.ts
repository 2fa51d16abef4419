/** Several comparisons at once: by luck alone one in twenty is significant at 5 %. */

/**
 * Holm's step-down adjustment: a difference whose adjusted p is at most 0.05 belongs to a list that holds a false one
 * in at most 5 of 100 experiments, however the comparisons depend on each other.
 * @param ps one of each comparison that was made, in any order; all of them, not just the small ones
 * @returns adjusted ps in the order given, at most 1
 * @throws RangeError for a p outside of [0, 1]
 * @see Holm 1979, Scandinavian Journal of Statistics 6:65; adjusted ps as in Wright 1992, Biometrics 48:1005
 */
export function holm(ps: readonly number[]): number[] {
  const wrong = ps.find((p) => !(p >= 0 && p <= 1));
  if (wrong !== undefined) throw new RangeError(`expected ps in [0, 1], got ${wrong}`);
  const adjusted = ps.map(() => 0);
  const bySize = ps.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  let largest = 0;
  for (const [rank, { p, index }] of bySize.entries()) {
    largest = Math.max(largest, Math.min(1, (ps.length - rank) * p));
    adjusted[index] = largest;
  }
  return adjusted;
}

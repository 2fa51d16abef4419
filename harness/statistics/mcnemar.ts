/** McNemar's exact test: of the tasks that only one of two arms passed, is it one arm's more often than chance would have it? */

/**
 * Two-sided exact p of `wins` against `losses`: twice the smaller tail of a fair coin thrown `wins + losses` times, at most 1.
 * In `midP` outcomes exactly as uneven as the one seen are counted by half.
 * The sign-flip test gives the same where all differences are -1, 0 or 1; this one is exact for any number of them.
 * @throws RangeError for counts that are no whole numbers of at least 0
 * @see McNemar 1947, Psychometrika 12:153; the exact form as in Fagerland, Lydersen and Laake 2013, BMC Medical Research Methodology 13:91
 */
export function mcnemarTest(wins: number, losses: number): { readonly p: number; readonly midP: number } {
  if (![wins, losses].every((count) => Number.isInteger(count) && count >= 0)) {
    throw new RangeError(`expected whole numbers of wins and losses, got ${wins} and ${losses}`);
  }
  const count = wins + losses;
  let [tail, last] = [0, 0];
  let logTerm = -count * Math.LN2; // log of the share of throws without one head
  for (let heads = 0; heads <= Math.min(wins, losses); heads++) {
    last = Math.exp(logTerm);
    tail += last;
    logTerm += Math.log(count - heads) - Math.log(heads + 1);
  }
  const asFar = wins === losses ? last : 2 * last;
  const p = Math.min(1, 2 * tail);
  return { p: aboveNothing(p), midP: aboveNothing(p - asFar / 2) };
}

/** A chance that is too small to be written down is not 0. */
function aboveNothing(chance: number): number {
  return Math.max(Number.MIN_VALUE, chance);
}

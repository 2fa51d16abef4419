/** What k tries at a task come to, from n tries that were made: one try that passes, or all of them. */

/** Tries at one task, and how many of them passed. */
export interface Tries {
  readonly tries: number;
  readonly passes: number;
}

/**
 * pass@k: the chance that at least one of k tries passes, without bias for k up to `tries`.
 * @throws RangeError for k below 1 or above the number of tries, and for passes that are no part of the tries
 * @see Chen et al. 2021, arXiv:2107.03374, equation 1
 */
export function passAtK(of: Tries, k: number): number {
  refuse(of, k);
  return 1 - shareOfChoices(of.tries - of.passes, of.tries, k);
}

/**
 * pass^k: the chance that all of k tries pass, without bias for k up to `tries`.
 * @throws RangeError as `passAtK`
 * @see Yao et al. 2024, arXiv:2406.12045, section 3
 */
export function passHatK(of: Tries, k: number): number {
  refuse(of, k);
  return shareOfChoices(of.passes, of.tries, k);
}

/** Of the choices of k things out of `all`, the share that takes `some` of them only. */
function shareOfChoices(some: number, all: number, k: number): number {
  let share = 1;
  for (let taken = 0; taken < k; taken++) share *= Math.max(0, some - taken) / (all - taken);
  return share;
}

function refuse({ tries, passes }: Tries, k: number): void {
  if (!Number.isInteger(k) || k < 1 || k > tries) {
    throw new RangeError(`expected k from 1 to the ${tries} tries that were made, got ${k}`);
  }
  if (!Number.isInteger(passes) || passes < 0 || passes > tries) {
    throw new RangeError(`expected passes from 0 to the ${tries} tries that were made, got ${passes}`);
  }
}

/** What McNemar's exact test can see: its p moves in steps, so that it finds less than a t test of the same tasks would. */
import { ALPHA } from "./alpha.ts";

/** Of at most so many losses among some number of tasks that only one arm passes, each lost with chance `share`. */
interface Tail {
  readonly share: number;
  losses: number;
  /** The chance of just so many, and of at most so many. */
  exactly: number;
  upTo: number;
}

/**
 * The chance that McNemar's exact test at 5 % finds a true difference of that size, for what it is, a gain or a loss. Counted
 * out over how many tasks only one arm passes, and how many of these the worse arm does; takes as many steps as there are tasks.
 * @param effect in [-1, 1], other than 0
 * @param variance of the difference on one task, tried once with each arm: taken to be no less than right or wrong tasks have
 */
export function mcnemarPower(effect: number, variance: number, tasks: number): number {
  const size = Math.abs(effect);
  // Of tasks that only one arm passes; just below 1, whose logarithm has a finite partner.
  const differing = Math.min(Math.max(variance + size ** 2, size), 1 - 1e-9);
  const fair: Tail = { share: 0.5, losses: 0, exactly: 1, upTo: 1 };
  const seen: Tail = { share: Math.max(0, (1 - size / differing) / 2), losses: 0, exactly: 1, upTo: 1 };
  const odds = Math.log(differing) - Math.log1p(-differing);
  let logChance = tasks * Math.log1p(-differing);
  let power = 0;
  for (let count = 0; count <= tasks; count++) {
    if (2 * fair.upTo <= ALPHA) power += Math.exp(logChance) * seen.upTo;
    logChance += Math.log((tasks - count) / (count + 1)) + odds;
    for (const tail of [fair, seen]) addTask(tail, count);
    const more = nextExactly(fair, count + 1);
    if (2 * (fair.upTo + more) <= ALPHA) for (const tail of [fair, seen]) addLoss(tail, count + 1);
  }
  return Math.min(1, power);
}

/** One task more than `count`, as many losses at most. */
function addTask(tail: Tail, count: number): void {
  tail.upTo -= tail.share * tail.exactly;
  tail.exactly *= ((count + 1) / (count + 1 - tail.losses)) * (1 - tail.share);
}

function addLoss(tail: Tail, count: number): void {
  tail.exactly = nextExactly(tail, count);
  tail.upTo += tail.exactly;
  tail.losses++;
}

/** The chance of just one loss more. */
function nextExactly({ share, losses, exactly }: Tail, count: number): number {
  return exactly * ((count - losses) / (losses + 1)) * (share / (1 - share));
}

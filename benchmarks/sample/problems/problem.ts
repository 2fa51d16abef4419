/** A problem of mathematics with an integer for an answer, as a kind of problem makes it from a seed. */
import type { Random } from "../../../harness/random.ts";

/** Habits that spoil a solution: the last reduction is left out; an end of the range that was asked for is left out. */
export type ProblemSlip = "no-remainder-check" | "ignores-asked-range";

export interface Problem {
  readonly statement: string;
  /** Worked out in exact integers, in another way than `program` does. */
  readonly answer: bigint;
  /** Python that leaves the answer in `answer`, or what the slip makes of it (contract: `AnswerKeyEntry.program`). */
  readonly program: (slip: ProblemSlip | null) => string;
  /** Those that change the answer. */
  readonly slips: readonly ProblemSlip[];
}

export interface ProblemKind {
  readonly name: string;
  /**
   * Makes one problem. Equal generators and variants give equal problems.
   * @param variant from 0; chooses the wording
   */
  generate(random: Random, variant: number): Problem;
}

export const BOTH_SLIPS: readonly ProblemSlip[] = ["no-remainder-check", "ignores-asked-range"];
const MOST_DRAWS = 1_000;

/** The first draw that will do: numbers with which the slips matter. */
export function drawUntil<T>(draw: () => T, willDo: (drawn: T) => boolean): T {
  for (let tries = 0; tries < MOST_DRAWS; tries += 1) {
    const drawn = draw();
    if (willDo(drawn)) return drawn;
  }
  throw new RangeError(`nothing that will do in ${MOST_DRAWS} draws`);
}

/** Python: the last line of a solution that reduces, which one slip leaves out. */
export function reduced(slip: ProblemSlip | null, value: string, modulus: number): string {
  return slip === "no-remainder-check" ? `answer = ${value}\n` : `answer = ${value} % ${modulus}\n`;
}

/** Python: a range with both ends, or as the slip has it without its last. */
export function rangeOf(slip: ProblemSlip | null, from: number | string, to: number): string {
  return slip === "ignores-asked-range" ? `range(${from}, ${to})` : `range(${from}, ${to} + 1)`;
}

export function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestCommonDivisor(b, a % b);
}

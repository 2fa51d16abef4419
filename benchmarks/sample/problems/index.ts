/** The kinds of sample problems: a new one is a new file and a line here. */
import { sha256 } from "../../../harness/hash.ts";
import { seededRandom } from "../../../harness/random.ts";
import { congruences } from "./congruences.ts";
import { dice } from "./dice.ts";
import { digitSums } from "./digit-sums.ts";
import { divisorSums } from "./divisor-sums.ts";
import { integerRoots } from "./integer-roots.ts";
import { integerTriangles } from "./integer-triangles.ts";
import { latticePoints } from "./lattice-points.ts";
import { powerSums } from "./power-sums.ts";
import type { Problem, ProblemKind, ProblemSlip } from "./problem.ts";
import { recurrences } from "./recurrences.ts";
import { sparseSubsets } from "./sparse-subsets.ts";

export const PROBLEM_KINDS: readonly ProblemKind[] = [
  powerSums,
  latticePoints,
  divisorSums,
  digitSums,
  congruences,
  dice,
  recurrences,
  sparseSubsets,
  integerRoots,
  integerTriangles,
];

/** Changes when problems change on purpose: all of them are then other problems. */
const SEED = "sample mathematics 1";
const PROBLEMS_A_KIND = 6;

export interface SampleProblem extends Problem {
  readonly id: string;
  readonly kind: string;
  /** From 0 within the kind. */
  readonly variant: number;
  /** Those of `slips` that the simulated model is prone to here: one or two. */
  readonly habits: readonly ProblemSlip[];
}

/** All problems, by kind. Equal calls give equal problems, and none depends on another one. */
export function makeProblems(): SampleProblem[] {
  return PROBLEM_KINDS.flatMap((kind) =>
    Array.from({ length: PROBLEMS_A_KIND }, (_, variant) => makeProblem(kind, variant)),
  );
}

function makeProblem(kind: ProblemKind, variant: number): SampleProblem {
  const id = `${kind.name}-${variant + 1}`;
  const random = seededRandom(Number.parseInt(sha256(`${SEED}/${id}`).slice(0, 8), 16) | 0);
  const problem = kind.generate(random, variant);
  const habits = random.shuffle(problem.slips).slice(0, random.integer(1, 2));
  return { ...problem, id, kind: kind.name, variant, habits };
}

/** An output scored twice: as it is, and with its formulas calculated anew. */
import type { Score } from "../../harness/records.ts";
import { SandboxError } from "../../harness/roles.ts";
import type { Recalculated, Recalculator } from "./recalculator.ts";

/**
 * The score of the output as calculated anew, with both verdicts in its metrics: `cached` (of the values that the file
 * holds) and `recalculated`. Where the engine cannot read the file, both are the cached one and `recalculationFailed` is 1.
 * Only the output is calculated anew, never the golden.
 */
export async function scoreBoth(
  output: string,
  judge: (path: string) => Promise<Score>,
  recalculator: Recalculator,
): Promise<Score> {
  const cached = await judge(output);
  if (cached.kind === "unscored") return cached;
  const anew = await tryRecalculate(output, recalculator);
  const as = (how: string, score: typeof cached, recalculationFailed: 0 | 1): Score => ({
    ...score,
    explanation: `${score.explanation}\n(${how})`,
    metrics: { cached: cached.value, recalculated: score.value, recalculationFailed },
  });
  switch (anew.kind) {
    case "unscored":
      return anew;
    case "absent":
      return as("nothing to calculate anew", cached, 0);
    case "failed":
      return as(`the values stored in the file, for ${recalculator.identity} ${anew.problem}`, cached, 1);
    case "recalculated": {
      const score = await judge(anew.path);
      const stored = cached.value === 1 ? "pass" : "fail";
      if (score.kind === "unscored") return score;
      return as(`as calculated anew by ${recalculator.identity}; the values stored in the file ${stored}`, score, 0);
    }
    default:
      return anew satisfies never;
  }
}

async function tryRecalculate(
  output: string,
  recalculator: Recalculator,
): Promise<Recalculated | Extract<Score, { kind: "unscored" }>> {
  try {
    return await recalculator.recalculate(output);
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    return { kind: "unscored", reason: "sandbox-failed", detail: error.message };
  }
}

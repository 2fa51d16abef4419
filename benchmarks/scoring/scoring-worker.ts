/** The thread that reads workbooks for `score-workbooks.ts`: takes pairs, tells which file it is at, gives comparisons. */
import { parentPort } from "node:worker_threads";
import type { Rules } from "./answer-position.ts";
import { type Comparison, compareOutput, goldenUnreadable, readGolden } from "./compare-workbooks.ts";

export interface Pair {
  readonly golden: string;
  readonly output: string;
  readonly answerPosition: string;
  readonly rules: Rules;
}

export type Progress =
  | { readonly kind: "reads"; readonly file: "golden" | "output" }
  | { readonly kind: "done"; readonly comparison: Comparison };

parentPort?.on("message", async (pair: Pair) => {
  tell({ kind: "reads", file: "golden" });
  const wanted = await readGolden(pair.golden, pair.answerPosition, pair.rules);
  if ("problem" in wanted) return tell({ kind: "done", comparison: goldenUnreadable(wanted.problem) });
  tell({ kind: "reads", file: "output" });
  tell({ kind: "done", comparison: await compareOutput(wanted, pair.output) });
});

function tell(progress: Progress): void {
  parentPort?.postMessage(progress);
}

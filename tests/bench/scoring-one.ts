/** `scoring-one.ts GOLDEN OUTPUT`: scores one output, and prints what it cost and how long this thread was held up meanwhile. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { scoreWorkbooks } from "../../benchmarks/scoring/score-workbooks.ts";
import { workbookScore } from "../../benchmarks/scoring/workbook-score.ts";
import { ownPeakMb } from "./measure.ts";

/** What is printed. */
export interface Cost {
  readonly ms: number;
  readonly peakMb: number;
  /** Longest time that this thread could do nothing else. */
  readonly heldUpMs: number;
  readonly value: number | null;
  readonly explanation: string;
}

const EVERYWHERE = "A1:XFD1048576";

const [golden = "", output = ""] = process.argv.slice(2);
await scoreWorkbooks(golden, golden, EVERYWHERE, "trace2skill"); // starts the thread
const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
const started = performance.now();
const score = workbookScore(await scoreWorkbooks(golden, output, EVERYWHERE, "trace2skill"));
const ms = performance.now() - started;
delay.disable();
const cost: Cost = {
  ms,
  peakMb: ownPeakMb(),
  heldUpMs: Number.isFinite(delay.max) ? delay.max / 1e6 : 0,
  value: score.kind === "scored" ? score.value : null,
  explanation: score.kind === "scored" ? score.explanation : score.detail,
};
console.log(JSON.stringify(cost));

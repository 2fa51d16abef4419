/**
 * `scoring-ours.ts PAIRS.json here|thread`: scores pairs one after the other, and prints what each took and the peak memory.
 * here: on this thread, as openpyxl works; thread: on the scoring thread with its limits, as runs do.
 */
import { readFile } from "node:fs/promises";
import { compareWorkbooks } from "../../benchmarks/scoring/compare-workbooks.ts";
import { scoreWorkbooks } from "../../benchmarks/scoring/score-workbooks.ts";
import { workbookScore } from "../../benchmarks/scoring/workbook-score.ts";
import { ownPeakMb } from "./measure.ts";
import type { Ours, Pair } from "./scoring-pairs.ts";

const [list = "", where] = process.argv.slice(2);
const compare = where === "thread" ? scoreWorkbooks : compareWorkbooks;
const pairs = JSON.parse(await readFile(list, "utf8")) as Pair[];
const explanations: string[] = [];
const passed: boolean[] = [];
await compare("none", "none", "A1", "trace2skill"); // starts the thread: the interpreter's start is not counted either
const seconds = await scoreAll();
const peakMb = ownPeakMb();
const again = await scoreAll(); // by now compiled, as after the first minutes of a run
console.log(JSON.stringify({ seconds, again, passed, explanations, peakMb } satisfies Ours));

async function scoreAll(): Promise<[number, number][]> {
  const took: [number, number][] = [];
  for (const [i, { golden, output, position }] of pairs.entries()) {
    const [wall, cpu] = [performance.now(), process.cpuUsage()];
    const score = workbookScore(await compare(golden, output, position, "trace2skill"));
    const { user, system } = process.cpuUsage(cpu); // of all threads: compiling and collecting too
    took.push([(performance.now() - wall) / 1000, (user + system) / 1e6]);
    passed[i] = score.kind === "scored" && score.value === 1;
    explanations[i] = score.kind === "scored" ? score.explanation.slice(0, 200) : `unscored: ${score.reason}`;
  }
  return took;
}

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { measure, median } from "./measure.ts";
import { hostileTable } from "./scoring-hostile.ts";
import { DATA, type Ours, type Pair, recordedVerdicts, scoringPairs } from "./scoring-pairs.ts";

const OURS = fileURLToPath(new URL("./scoring-ours.ts", import.meta.url));
const OPENPYXL = fileURLToPath(new URL("./scoring-openpyxl.py", import.meta.url));
/** Debian's, with its package python3-openpyxl; another may come first in the path. */
const PYTHON = "/usr/bin/python3";

interface Timed {
  readonly name: string;
  /** Wall clock and processor, a pair each. */
  readonly seconds: readonly [number, number][];
}

/**
 * Our scorer beside openpyxl on the same pairs of workbooks, and what hostile workbooks cost.
 * Wanted: 20 times faster than loading both in full as the official scorer does, 10 times faster than reading the answer range
 * in read-only mode, the largest workbook included; under 200 MB over all; under 2 s and 300 MB for a hostile one.
 */
export async function scoringBench(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "trace2skill-bench-"));
  try {
    const pairs = await scoringPairs(join(folder, "cache"));
    if (pairs === null) console.log(`  no pairs of workbooks: ${DATA} is not here`);
    else await againstOpenpyxl(pairs, folder);
    await hostileTable(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function againstOpenpyxl(pairs: readonly Pair[], folder: string): Promise<void> {
  const list = join(folder, "pairs.json");
  await writeFile(list, JSON.stringify(pairs));
  // Ours before, between and after the others, so that all meet the same noise.
  const runs = [await runOurs(list, "here")];
  const full = await runPython(list, "full");
  runs.push(await runOurs(list, "here"));
  const readOnly = await runPython(list, "read-only");
  runs.push(await runOurs(list, "here"));
  const ours = averageOf(runs, "ours, one thread, mean of three fresh processes");
  const warm = averageOf(
    runs.map(({ again }) => ({ name: "", seconds: again })),
    "ours, one thread, a second pass in each of them",
  );
  const threaded = await runOurs(list, "thread");

  console.log(
    `  ${pairs.length} pairs: goldens beside themselves and beside inputs, in turn; numpy kept out of Python`,
  );
  for (const timed of [full, readOnly, ours, warm, threaded]) console.log(line(timed));
  for (const mine of [ours, warm]) {
    console.log(ratio(full, mine, 20, pairs));
    console.log(ratio(readOnly, mine, 10, pairs));
  }
  console.log(`  peak memory over all, on the scoring thread: ${threaded.peakMb.toFixed(0)} MB (wanted: under 200)`);
  console.log(`  ${await agreement(pairs, threaded)}`);
}

async function runOurs(list: string, where: "here" | "thread"): Promise<Ours & Timed> {
  const { out } = await measure(process.execPath, [OURS, list, where]);
  return { name: "ours, on the scoring thread", ...(JSON.parse(out) as Ours) };
}

function averageOf(runs: readonly Timed[], name: string): Timed {
  const mean = (pair: number, clock: number) => runs.reduce((sum, run) => sum + at(run, pair, clock), 0) / runs.length;
  return { name, seconds: (runs[0]?.seconds ?? []).map((_, pair) => [mean(pair, 0), mean(pair, 1)]) };
}

function ratio(other: Timed, ours: Timed, wanted: number, pairs: readonly Pair[]): string {
  const largest = largestOf(pairs);
  const { id = "", bytes = 0 } = pairs[largest] ?? {};
  const [wall, cpu] = [0, 1].map((clock) => times(total(other, clock) / total(ours, clock)));
  const [largestWall, largestCpu] = [0, 1].map((clock) => times(at(other, largest, clock) / at(ours, largest, clock)));
  return (
    `  ${ours.name}: ${wall} times as fast by wall clock, ${cpu} by processor time (wanted: ${wanted}) as ${other.name}; ` +
    `the largest files (${id}, ${(bytes / 2 ** 20).toFixed(2)} MB) alone ${largestWall}, ${largestCpu}`
  );
}

async function runPython(list: string, mode: "full" | "read-only"): Promise<Timed> {
  const { out } = await measure(PYTHON, [OPENPYXL, list, mode]);
  const { version, failed, seconds } = JSON.parse(out) as {
    version: string;
    failed: number;
    seconds: [number, number][];
  };
  const what = mode === "full" ? "both loaded in full" : "answer range, read-only mode";
  return { name: `openpyxl ${version}, ${what}${failed > 0 ? ` (${failed} pairs not taken)` : ""}`, seconds };
}

function line(timed: Timed): string {
  const clocks = [0, 1].map((clock) => `${total(timed, clock).toFixed(2)} s`);
  const middle = median(timed.seconds.map(([wall]) => wall)) * 1000;
  const most = Math.max(...timed.seconds.map(([wall]) => wall)) * 1000;
  return `  ${timed.name.padEnd(58)} total ${clocks.join(", processor ")}; median ${middle.toFixed(1)} ms, longest ${most.toFixed(0)} ms`;
}

/** The pair with the most bytes on disk. */
function largestOf(pairs: readonly Pair[]): number {
  const most = Math.max(...pairs.map(({ bytes }) => bytes));
  return pairs.findIndex(({ bytes }) => bytes === most);
}

async function agreement(pairs: readonly Pair[], { passed, explanations }: Ours): Promise<string> {
  const recorded = await recordedVerdicts(pairs);
  if (recorded.size === 0) return "no recorded verdicts are here";
  const differing = pairs.flatMap((pair, i) => {
    const verdict = recorded.get(pair);
    return verdict === undefined || verdict === passed[i]
      ? []
      : [`${pair.id}: recorded ${verdict}; ${explanations[i]}`];
  });
  const told = differing.map((one) => `\n    ${one}`).join("");
  return `verdicts: ${recorded.size - differing.length} of ${recorded.size} that were recorded are ours too${told}`;
}

function total({ seconds }: Timed, clock: number): number {
  return seconds.reduce((sum, one) => sum + (one[clock] ?? 0), 0);
}

function at({ seconds }: Timed, pair: number, clock: number): number {
  return seconds[pair]?.[clock] ?? 0;
}

function times(ratio: number): string {
  return ratio.toFixed(1);
}

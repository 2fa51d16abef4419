/** The pairs of workbooks that the bench scores: the first rows of SpreadsheetBench-Verified, beside the repository. */
import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { findCases, openSpreadsheetSet } from "../../benchmarks/spreadsheetbench-files.ts";

export interface Pair {
  readonly id: string;
  readonly golden: string;
  readonly output: string;
  readonly position: string;
  /** Whether the output is the golden itself, or the input untouched. */
  readonly isGolden: boolean;
  readonly bytes: number;
}

/** What `scoring-ours.ts` prints. */
export interface Ours {
  /** Wall clock and processor, a pair each. */
  readonly seconds: [number, number][];
  /** The same in a second pass of the same process. */
  readonly again: [number, number][];
  readonly passed: boolean[];
  readonly explanations: string[];
  readonly peakMb: number;
}

const SHARED = fileURLToPath(new URL("../../../shared", import.meta.url));
export const DATA = join(SHARED, "data/spreadsheetbench_verified_400");
const CASES = join(SHARED, "oracle/spreadsheetbench/cases.jsonl");
/** A comma in its sheet's name splits the position: nothing can pass. */
const UNUSABLE = "130-9";
const VERIFIED = { name: "spreadsheetbench", folder: "spreadsheetbench_verified_400", layout: "the first 300 rows" };
const Recorded = z.object({
  source: z.string(),
  task_id: z.string(),
  mutation: z.string(),
  trace2skill: z.object({ pass: z.boolean() }),
});

/** Goldens as their own outputs, and inputs, in turn; null where the data is not here. */
export async function scoringPairs(cacheDirectory: string): Promise<Pair[] | null> {
  if (!existsSync(DATA)) return null;
  const { rows, roots } = await openSpreadsheetSet(VERIFIED, DATA, cacheDirectory);
  const found = await Promise.all(rows.map(async (row) => ({ row, files: (await findCases(row, roots))[0] })));
  const pairs: Pair[] = [];
  for (const { row, files } of found) {
    if (!files?.golden || !files.input || row.id === UNUSABLE) continue;
    const isGolden = pairs.length % 2 === 0;
    const output = isGolden ? files.golden : files.input;
    const sizes = await Promise.all([files.golden, output].map(async (path) => (await stat(path)).size));
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    pairs.push({ id: row.id, golden: files.golden, output, position: row.answer_position, isGolden, bytes });
  }
  return pairs;
}

/** What the official code said of these pairs, by pair; those that were not recorded are left out. */
export async function recordedVerdicts(pairs: readonly Pair[]): Promise<Map<Pair, boolean>> {
  if (!existsSync(CASES)) return new Map();
  const verdicts = new Map<string, boolean>();
  for (const line of (await readFile(CASES, "utf8")).trim().split("\n")) {
    const { source, task_id, mutation, trace2skill } = Recorded.parse(JSON.parse(line));
    if (source === "verified400") verdicts.set(`${task_id} ${mutation}`, trace2skill.pass);
  }
  const told = pairs.flatMap((pair): [Pair, boolean][] => {
    const verdict = verdicts.get(`${pair.id} ${pair.isGolden ? "golden_itself" : "input_unchanged"}`);
    return verdict === undefined ? [] : [[pair, verdict]];
  });
  return new Map(told);
}

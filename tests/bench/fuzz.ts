import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { scoreWorkbooks } from "../../benchmarks/scoring/score-workbooks.ts";
import { workbookScore } from "../../benchmarks/scoring/workbook-score.ts";
import { seededRandom } from "../../harness/random.ts";
import { BEND_NAMES, bent } from "../benchmarks/scoring/mutate.ts";
import { DATA, type Pair, scoringPairs } from "./scoring-pairs.ts";

const TIMES = 2000;
const SEED = 2000;
/** Bytes on disk: the mutation of larger ones takes longer than their scoring. */
const LARGEST = 200_000;

/** 2,000 real workbooks bent at random. Wanted: none unscored, none without an explanation, none that ends the thread. */
export async function fuzzBench(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "trace2skill-bench-"));
  try {
    const pairs = await scoringPairs(join(folder, "cache"));
    if (pairs === null) return console.log(`  no workbooks: ${DATA} is not here`);
    const small = pairs.filter(({ bytes }) => bytes < LARGEST);
    await fuzz(small, join(folder, "output.xlsx"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function fuzz(pairs: readonly Pair[], output: string): Promise<void> {
  const random = seededRandom(SEED);
  const counts = { passed: 0, failed: 0, unscored: 0, unexplained: 0, broken: 0 };
  let longest = { ms: 0, how: "" };
  for (let i = 0; i < TIMES; i += 1) {
    const how = BEND_NAMES[i % BEND_NAMES.length] ?? "";
    const { id, golden, position } = random.pick(pairs);
    await writeFile(output, bent(random, await readFile(golden), how));
    const started = performance.now();
    const score = workbookScore(await scoreWorkbooks(golden, output, position, "trace2skill"));
    const ms = performance.now() - started;
    if (ms > longest.ms) longest = { ms, how: `${how}, of ${id}` };
    if (score.kind === "unscored") counts.unscored += 1;
    else {
      counts[score.value === 1 ? "passed" : "failed"] += 1;
      if (score.explanation === "") counts.unexplained += 1;
      if (/could not be read within|scoring thread/.test(score.explanation)) counts.broken += 1;
    }
  }
  const { passed, failed, unscored, unexplained, broken } = counts;
  console.log(`  ${TIMES} bent workbooks, seed ${SEED}: ${passed} still pass, ${failed} score 0`);
  console.log(
    `  unscored ${unscored}, without explanation ${unexplained}, ended the thread ${broken} (wanted: 0 each)`,
  );
  console.log(
    `  longest ${longest.ms.toFixed(0)} ms (${longest.how}); peak memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB with the bending`,
  );
}

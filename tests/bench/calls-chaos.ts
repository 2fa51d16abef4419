/** Real trials on a server where every fifth try fails, in every way that passes: what it costs, and what it must not change. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { FAULTS } from "../../harness/simulator/faults.ts";
import { repairsOf } from "../../reports/repairs.ts";
import { delivered, playTwice, scoresOf } from "../support/chaotic-run.ts";

const TRIALS = { benchmark: "sample-mathematics", tasks: "0:40", seeds: "41,42,43", protocol: "tools" } as const;
const RATE = 0.2;

export async function chaosSection(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "trace2skill-bench-"));
  try {
    const { first: calm } = await playTwice({ ...TRIALS, rate: 0, folder: join(folder, "calm") });
    const { first, again } = await playTwice({ ...TRIALS, rate: RATE, folder: join(folder, "chaos") });
    const { total, faults } = first.server;
    const failed = Object.values(faults).reduce((sum, times) => sum + times, 0);
    const unscored = first.trials.filter(({ score }) => score.kind !== "scored").length;
    const equal = isDeepStrictEqual(scoresOf(first.trials), scoresOf(calm.trials));
    const twice = first.made - delivered(first.server) + again.made;
    console.log(
      `  chaos: ${failed} of ${total} tries failed (${percent(failed / total)}), in ${Object.keys(faults).length} of ${FAULTS.length} ways; the calm run took ${calm.server.total} tries`,
    );
    console.log(`    trials ended: ${first.trials.length} of ${calm.trials.length}, unscored: ${unscored} (wanted: 0)`);
    console.log(`    answers lost or paid twice, the same command again included: ${twice} (wanted: 0)`);
    console.log(`    scores equal to those of the calm run: ${equal ? "yes" : "NO"} (wanted: yes)`);
    const { replies = 0, by = {} } = repairsOf(first.trials) ?? {};
    const told = Object.entries(by).map(([kind, times]) => `${kind} ${times}`);
    console.log(`    put right, of ${replies} replies: ${told.join(", ")}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

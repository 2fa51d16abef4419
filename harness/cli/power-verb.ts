/** What verb `power` does. */
import { seededRandom } from "../random.ts";
import { readOutcomes } from "../run/store.ts";
import { clustersOf } from "./compare-clusters.ts";
import type { Io } from "./io.ts";
import type { PowerSettings } from "./power.ts";
import { powerReport } from "./power-plan.ts";
import { powerText } from "./power-text.ts";

/** Of the generator that draws splits and signs where there are too many: fixed, so that the answer repeats. */
const POWER_SEED = 1;

export async function powerVerb(directories: readonly string[], settings: PowerSettings, io: Io): Promise<void> {
  const { tasks, seeds, effect, power, score, agreement, clusters, json } = settings;
  const runs = await Promise.all(directories.map(readOutcomes));
  const clusterOf = clusters === undefined ? null : await clustersOf(clusters, runs);
  const asked = { tasks, seeds, effect, power, assumed: { score, agreement }, clusterOf };
  const report = powerReport(runs, asked, seededRandom(POWER_SEED));
  io.out(json ? JSON.stringify(report, null, 1) : powerText(report));
}

/** `npm run bench [-- NAME …]`: prints measurements of one run on this machine. Ratios count; absolute times are noisy. */
import { callsBench } from "./calls.ts";
import { demoBench } from "./demo.ts";
import { distillBench } from "./distill.ts";
import { fuzzBench } from "./fuzz.ts";
import { journalBench } from "./journal.ts";
import { mathBench } from "./math.ts";
import { pageBench } from "./page.ts";
import { restartBench } from "./restart.ts";
import { sandboxBench } from "./sandbox.ts";
import { scoringBench } from "./scoring.ts";
import { simulatorBench } from "./simulator.ts";
import { startupBench } from "./startup.ts";
import { statisticsBench } from "./statistics.ts";

const BENCHES: Readonly<Record<string, () => Promise<void>>> = {
  calls: callsBench,
  startup: startupBench,
  simulator: simulatorBench,
  demo: demoBench,
  journal: journalBench,
  restart: restartBench,
  math: mathBench,
  scoring: scoringBench,
  fuzz: fuzzBench,
  distill: distillBench,
  sandbox: sandboxBench,
  page: pageBench,
  statistics: statisticsBench,
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  console.error(`unknown bench ${unknown.join(", ")}; there are: ${Object.keys(BENCHES).join(", ")}`);
  process.exit(2);
}
for (const [name, bench] of Object.entries(BENCHES)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.log(`\n${name}`);
  await bench();
}

/** One distillation in a process of its own, so that its memory can be told: `URL TRIALS OUT STRATEGY MERGE`. Prints what it took as JSON. */
import { join } from "node:path";
import { type DistillOptions, distill } from "../../distill/distill.ts";
import { openJournal } from "../../harness/journal/journal.ts";
import { journalledModel } from "../../harness/model/model.ts";
import { openEndpoint } from "../../harness/model/openai.ts";
import { errorTrials } from "./error-trials.ts";

const [url = "", count = "0", directory = "", strategy = "parallel", merge = "model"] = process.argv.slice(2);
using journal = openJournal(join(directory, "..", "journal.sqlite"));
let calls = 0;
const model = journalledModel({
  name: "sim/large",
  identity: "simulated:bench",
  simulated: true,
  sampling: {},
  journal,
  onCall: () => {
    calls += 1;
  },
  open: async () => openEndpoint({ baseUrl: url, apiKey: "none", maxRetries: 2, timeoutMs: 600_000 }),
});
const started = performance.now();
let at = started;
const stages: Record<string, number> = {};
const done = await distill({
  trials: errorTrials(Number(count)),
  start: null,
  benchmark: null,
  sandboxes: null,
  model,
  lessons: "error",
  errorAnalyst: "single-call",
  strategy: strategy as NonNullable<DistillOptions["strategy"]>,
  merge: merge as NonNullable<DistillOptions["merge"]>,
  batch: 1,
  width: 128,
  seed: 41,
  name: "bench-skill",
  directory,
  artifactsOf: () => null,
  imagesOf: () => null,
  seen: () => ({ first: (_, text) => text }),
  onEvent: ({ stage }) => {
    const now = performance.now();
    stages[stage] = (stages[stage] ?? 0) + now - at;
    at = now;
  },
  signal: new AbortController().signal,
});
const ms = performance.now() - started;
stages.written = performance.now() - at;
const { user, system } = process.cpuUsage();
const cpuMs = (user + system) / 1000;
console.log(
  JSON.stringify({ ms, cpuMs, stages, calls, lessons: done.stages.lessonsKept, levels: done.stages.patchesPerLevel }),
);

/** One run against the server of `calls.ts`, in a process of its own, so that its memory and time are its own. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { bashAgent } from "../../agents/bash-agent.ts";
import { trialsAtOnce } from "../../harness/cli/connection-options.ts";
import { holdHeap } from "../../harness/heap.ts";
import { openJournal } from "../../harness/journal/journal.ts";
import { openServers } from "../../harness/model/endpoints.ts";
import { journalledModel } from "../../harness/model/model.ts";
import { openEndpoint } from "../../harness/model/openai.ts";
import type { Sandboxes } from "../../harness/roles.ts";
import { runBenchmark } from "../../harness/run/run.ts";
import { openSandboxes } from "../../harness/sandbox/bubblewrap.ts";
import { manifest } from "../support/builders.ts";
import { sumBenchmark } from "../support/sum-benchmark.ts";
import { ownPeakMb } from "./measure.ts";

export interface Asked {
  readonly url: string;
  readonly trials: number;
  readonly inFlight: number;
  readonly sandboxed: boolean;
}

export interface Outcome {
  readonly wallMs: number;
  readonly cpuMs: number;
  /** Of commands and all they started; what starting them cost the process that does it is told apart. */
  readonly commandsCpuMs: number;
  readonly starterCpuMs: number;
  readonly peakMb: number;
  readonly delayP99Ms: number;
  readonly delayMaxMs: number;
  readonly scored: number;
}

holdHeap(); // as the command line does

const RESOLUTION_MS = 5;
const folder = mkdtempSync(join(tmpdir(), "bench-calls-"));
try {
  process.stdout.write(JSON.stringify(await work(JSON.parse(process.argv[2] ?? "") as Asked)));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function work({ url, trials, inFlight, sandboxed }: Asked): Promise<Outcome> {
  const benchmark = await sumBenchmark(join(folder, "data"), trials);
  using journal = openJournal(join(folder, "journal.sqlite"));
  await using servers = openServers({ silenceMs: 600_000 });
  await using sandboxes = sandboxed ? await openSandboxes() : openFolders(trials);
  const connections = { floor: 1, cap: inFlight, start: inFlight };
  const endpoint = { baseUrl: url, apiKey: "k", maxRetries: 3, timeoutMs: 600_000, servers, connections };
  const model = journalledModel({
    name: "bench",
    identity: url,
    simulated: false,
    sampling: {},
    journal,
    onCall: () => {},
    open: async () => openEndpoint(endpoint),
  });
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  const before = { cpu: process.cpuUsage(), commands: childrenMs(), started: performance.now() };
  delay.enable();
  const { trials: done } = await runBenchmark({
    directory: join(folder, "run"),
    manifest: manifest({
      benchmark: { name: "sums", split: "evolve", data: null, taskIds: benchmark.tasks.map(({ id }) => id) },
    }),
    benchmark,
    agent: bashAgent("tools"),
    model,
    skill: null,
    seen: journal.seen,
    limits: { turns: 50, timeMs: 3_600_000, tokens: 1e9, commandTimeoutMs: 120_000 },
    sandboxes,
    width: trialsAtOnce({ maxConnections: inFlight }),
    signal: new AbortController().signal,
    onTrial: () => {},
  });
  delay.disable();
  const { user, system } = process.cpuUsage(before.cpu);
  return {
    wallMs: performance.now() - before.started,
    cpuMs: (user + system) / 1_000,
    commandsCpuMs: childrenMs() - before.commands,
    starterCpuMs: startersMs(),
    peakMb: ownPeakMb(),
    delayP99Ms: delay.percentile(99) / 1e6 - RESOLUTION_MS,
    delayMaxMs: delay.max / 1e6 - RESOLUTION_MS,
    scored: done.filter(({ score }) => score.kind === "scored").length,
  };
}

/** Folders without a shell, there before the clock starts: what the commands of the server would print is told. */
function openFolders(trials: number): Sandboxes & AsyncDisposable {
  const free = Array.from({ length: trials }, () => mkdtempSync(join(folder, "work-")));
  return {
    identity: "folders",
    async open() {
      const directory = free.pop() ?? mkdtempSync(join(folder, "work-"));
      return {
        directory,
        run: async (command) => {
          const turn = /'TURN'':(\d+)/.exec(command)?.[1] ?? "0";
          if (turn === "1") await writeFile(join(directory, "output.txt"), "6\n");
          return { output: `6\nTURN:${turn}\n`, exitCode: 0, timedOut: false, durationMs: 0 };
        },
        [Symbol.asyncDispose]: async () => {},
      };
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

function startersMs(): number {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").split(" ").filter(Boolean);
  return 10 * children.reduce((sum, pid) => sum + ticks(pid, [11, 12]), 0);
}

/** Processor time of all processes started from here and from them, as the kernel counts it: ticks of 10 ms. */
function childrenMs(): number {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").split(" ").filter(Boolean);
  return 10 * (ticks("self", [13, 14]) + children.reduce((sum, pid) => sum + ticks(pid, [13, 14]), 0));
}

function ticks(pid: string, fields: readonly number[]): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const values = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields.reduce((sum, field) => sum + Number(values[field]), 0);
}

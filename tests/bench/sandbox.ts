/**
 * What a sandbox costs, what hostile commands do to the others and to the harness, and what a thousand trials leave behind.
 * Ends with 1 when something is not as wanted.
 */
import { fork } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { openSandboxes } from "../../harness/sandbox/bubblewrap.ts";
import type { OpenedSandboxes } from "../../harness/sandbox/driver.ts";
import { makeEtc } from "../../harness/sandbox/etc.ts";
import { bubblewrapArguments } from "../../harness/sandbox/frame.ts";
import { findBubblewrap } from "../../harness/sandbox/host.ts";
import { DEFAULT_LIMITS } from "../../harness/sandbox/limits.ts";
import { median } from "./measure.ts";
import type { TimedEnd } from "./sandbox-by-hand.ts";

const NEVER = new AbortController().signal;
const MB = 1024 ** 2;
const COMMANDS = [
  { name: "true", command: "true", times: 200, mostRatio: null },
  { name: "python3 -c 'import openpyxl'", command: "python3 -c 'import openpyxl'", times: 200, mostRatio: 1.3 },
];
const AT_ONCE = 64;
const TRIALS = 1_000;
const MOST_P99_MS = 100;

export async function sandboxBench(): Promise<void> {
  await using sandboxes = await openSandboxes();
  console.log(`  limits held by ${sandboxes.heldBy}`);
  const byHand = await makeByHand();
  try {
    for (const command of COMMANDS) await cost(sandboxes, byHand, command);
  } finally {
    byHand.end();
    await rm(byHand.directory, { recursive: true });
  }
  await crowd(availableParallelism()); // as the tool runs them
  await crowd(AT_ONCE);
  await leftovers();
}

interface ByHand {
  argumentsOf(command: string): string[];
  /** Milliseconds that a program took, started by a small process. */
  start(line: readonly string[]): Promise<number>;
}

/** The same world by bubblewrap alone: no limits, no watcher, no filter, no proof that all has ended. */
async function makeByHand(): Promise<ByHand & { directory: string; end(): void }> {
  const directory = await mkdtemp(join(tmpdir(), "trace2skill-bench-"));
  await makeEtc(directory);
  const work = await mkdtemp(join(directory, "work-"));
  const frame = bubblewrapArguments({
    root: directory,
    mounts: [{ from: work, to: "/work", writable: true }],
    limits: DEFAULT_LIMITS,
  });
  const world = frame.slice(0, frame.indexOf("BASH_ENV") - 1); // the limits stand last
  const starter = fork(fileURLToPath(new URL("./sandbox-by-hand.ts", import.meta.url)));
  return {
    directory,
    end: () => void starter.kill(),
    argumentsOf: (command) => [findBubblewrap() ?? "bwrap", ...world, "--", "/bin/bash", "-c", command],
    async start(line) {
      const { promise, resolve } = Promise.withResolvers<TimedEnd>();
      starter.once("message", resolve);
      starter.send(line);
      const { code, ms } = await promise;
      if (code !== 0) throw new Error(`${line[0]} ended with ${code}`);
      return ms;
    },
  };
}

async function cost(
  sandboxes: OpenedSandboxes,
  byHand: ByHand,
  { name, command, times, mostRatio }: (typeof COMMANDS)[number],
): Promise<void> {
  const taken: Record<"bare" | "by hand" | "ours", number[]> = { bare: [], "by hand": [], ours: [] };
  await using sandbox = await sandboxes.open({ skill: null });
  const ours = () => sandbox.run(command, { timeoutMs: 60_000, signal: NEVER });
  await ours(); // what is compiled at first use does not count
  for (let round = 0; round < times; round += 1) {
    taken.bare.push(await byHand.start(["/bin/bash", "-c", command]));
    taken["by hand"].push(await byHand.start(byHand.argumentsOf(command)));
    taken.ours.push(await timed(ours));
  }
  const ratio = median(taken.ours) / median(taken["by hand"]);
  console.log(`  ${name}, ${times} times each in turn, median and p95 in ms`);
  for (const [who, ms] of Object.entries(taken)) {
    console.log(
      `    ${who.padEnd(8)} ${median(ms).toFixed(1).padStart(7)} ${percentile(ms, 95).toFixed(1).padStart(7)}`,
    );
  }
  const wanted = mostRatio === null ? "" : ` (wanted: at most ${mostRatio})`;
  console.log(`    ours is ${ratio.toFixed(2)} times bubblewrap by hand${wanted}`);
  judge(mostRatio === null || ratio <= mostRatio, `the cost of ${name}`);
}

/** A fork bomb and a memory hog among sandboxes that are all asked at once. @param width commands that run at once */
async function crowd(width: number): Promise<void> {
  await using sandboxes = await openSandboxes({
    limits: { ...DEFAULT_LIMITS, memoryBytes: 512 * MB, processes: 128 },
    width: Math.max(2, width),
  });
  const work = "python3 -c 'import openpyxl; print(sum(range(10**6)))'";
  const hostile = [":(){ :|:& };:; sleep 30", "python3 -c 'b = []\nwhile True: b.append(bytearray(10**7))'"];
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const started = performance.now();
  const ends = await Promise.all(
    Array.from({ length: AT_ONCE }, async (_, index) => {
      await using sandbox = await sandboxes.open({ skill: null });
      return await sandbox.run(hostile[index] ?? work, { timeoutMs: 300_000, signal: NEVER });
    }),
  );
  delay.disable();
  const fine = ends.slice(hostile.length).filter(({ output }) => output === "499999500000\n").length;
  console.log(
    `  ${AT_ONCE} sandboxes open, ${Math.max(2, width)} commands at once: ${fine} of ${AT_ONCE - hostile.length} finished their work`,
  );
  console.log(
    `    in ${((performance.now() - started) / 1_000).toFixed(1)} s; bomb and hog: ${ends
      .slice(0, 2)
      .map(({ killed, output }) => killed ?? output.slice(-60).trim())
      .join("; ")}`,
  );
  console.log(
    `    event loop: p50 ${(delay.percentile(50) / 1e6).toFixed(0)}, p99 ${(delay.percentile(99) / 1e6).toFixed(0)}, max ${(delay.max / 1e6).toFixed(0)} ms (wanted: p99 below ${MOST_P99_MS})`,
  );
  judge(fine === AT_ONCE - hostile.length, `the work of others beside a bomb, ${width} at once`);
  judge(delay.percentile(99) / 1e6 < MOST_P99_MS, `the event loop beside a bomb, ${width} at once`);
}

async function leftovers(): Promise<void> {
  const before = counts();
  {
    await using sandboxes = await openSandboxes();
    await runTrials(sandboxes, TRIALS);
  }
  const after = counts();
  const rows = Object.entries(before).map(([name, count]) => `${name} ${count} → ${after[name as keyof typeof after]}`);
  console.log(`  ${TRIALS} trials, each leaving a process behind; before → after: ${rows.join(", ")}`);
  for (const name of ["processes", "mounts", "folders"] as const)
    judge(after[name] <= before[name], `what is left: ${name}`);
}

function judge(isAsWanted: boolean, what: string): void {
  if (isAsWanted) return;
  console.log(`    NOT AS WANTED: ${what}`);
  process.exitCode = 1;
}

async function runTrials(sandboxes: OpenedSandboxes, count: number): Promise<void> {
  const one = async () => {
    await using sandbox = await sandboxes.open({ skill: null });
    await sandbox.run("setsid nohup sleep 7531 > /dev/null 2>&1 & echo x > f", { timeoutMs: 60_000, signal: NEVER });
  };
  for (let done = 0; done < count; done += 20) await Promise.all(Array.from({ length: 20 }, one));
}

/** What could be left: all of this machine's, but for the processes, which other users of it start, too. */
function counts() {
  const processes = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && lineOf(name).includes("sleep\x007531"));
  const folders = readdirSync(tmpdir()).filter((name) => name.startsWith(`trace2skill-sandboxes-${process.pid}-`));
  return {
    processes: processes.length,
    mounts: readFileSync("/proc/self/mountinfo", "utf8").trim().split("\n").length,
    "control groups": (readFileSync("/proc/cgroups", "utf8").match(/^memory\t\d+\t(\d+)/m) ?? [])[1] ?? "none",
    folders: folders.length,
    descriptors: readdirSync("/proc/self/fd").length,
  };
}

function lineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1");
  } catch {
    return ""; // has ended meanwhile
  }
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await act();
  return performance.now() - started;
}

function percentile(values: readonly number[], percent: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length * percent) / 100)] ?? Number.NaN;
}

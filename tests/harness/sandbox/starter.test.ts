import { execFileSync, spawnSync } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { SandboxError } from "../../../harness/roles.ts";
import { findBubblewrap } from "../../../harness/sandbox/bubblewrap.ts";
import { DEFAULT_LIMITS, makeEtc } from "../../../harness/sandbox/frame.ts";
import { openRoot } from "../../../harness/sandbox/root.ts";
import { openStarter } from "../../../harness/sandbox/starter.ts";

const NEVER = new AbortController().signal;

async function setting() {
  const root = await openRoot();
  await makeEtc(root.directory);
  const work = join(root.directory, "work-1");
  await mkdir(work);
  const starter = openStarter();
  onTestFinished(async () => {
    await starter[Symbol.asyncDispose]();
    await root[Symbol.asyncDispose]();
  });
  await expect.poll(() => starter.isReady(), { timeout: 20_000 }).toBe(true);
  const host = { bwrap: findBubblewrap() ?? "", root: root.directory, limits: DEFAULT_LIMITS };
  const mounts = [{ from: work, to: "/work", writable: true }];
  const run = (command: string, { timeoutMs = 20_000, signal = NEVER } = {}) =>
    starter.run({ host, mounts, command, timeoutMs }, signal);
  return { starter, run };
}

/** Numbers of the processes whose command line holds that text, and of their parents. */
function processesWith(text: string): { pid: number; parent: number }[] {
  const lines = execFileSync("ps", ["-eo", "pid=,ppid=,args="], { encoding: "utf8" }).split("\n");
  const found = lines.filter((line) => line.includes(text) && !line.includes("ps -eo"));
  return found
    .map((line) => line.trim().split(/\s+/))
    .map(([pid, parent]) => ({ pid: Number(pid), parent: Number(parent) }));
}

test("commands give what they print and their exit code, many at once", async () => {
  const { run } = await setting();
  const results = await Promise.all([1, 2, 3, 4].map((n) => run(`echo says ${n} ü; exit ${n}`)));
  expect(results.map(({ output, exitCode }) => [output, exitCode])).toEqual(
    [1, 2, 3, 4].map((n) => [`says ${n} ü\n`, n]),
  );
});

test("a time limit and an abort kill what was started", async () => {
  const { run } = await setting();
  expect(await run("sleep 8881", { timeoutMs: 300 })).toMatchObject({ timedOut: true, exitCode: null });
  const abort = new AbortController();
  const running = run("sleep 8882", { signal: abort.signal });
  await expect.poll(() => processesWith("sleep 8882").length, { timeout: 10_000 }).toBeGreaterThan(0);
  abort.abort();
  expect(await running).toMatchObject({ exitCode: null });
  expect([...processesWith("sleep 8881"), ...processesWith("sleep 8882")]).toEqual([]);
});

test("its end kills what it started, and whoever waits is told that the sandbox failed", async () => {
  const { run, starter } = await setting();
  const running = run("sleep 8883");
  running.catch(() => {});
  await expect.poll(() => processesWith("sleep 8883").length, { timeout: 10_000 }).toBeGreaterThan(0);
  const [bubblewrap] = processesWith("sleep 8883").toSorted((a, b) => a.pid - b.pid);
  process.kill(bubblewrap!.parent, "SIGKILL"); // the starter itself
  await expect(running).rejects.toBeInstanceOf(SandboxError);
  expect(starter.isReady()).toBe(false);
  await expect.poll(() => processesWith("sleep 8883"), { timeout: 10_000 }).toEqual([]);
});

test("disposing it ends commands that are under way", async () => {
  const { run, starter } = await setting();
  const running = run("sleep 8884");
  running.catch(() => {});
  await expect.poll(() => processesWith("sleep 8884").length, { timeout: 10_000 }).toBeGreaterThan(0);
  await starter[Symbol.asyncDispose]();
  await expect(running).rejects.toBeInstanceOf(SandboxError);
  expect(processesWith("sleep 8884")).toEqual([]);
});

test("one that is ended before it came up says nothing", () => {
  const program = `
    import { openStarter } from ${JSON.stringify(new URL("../../../harness/sandbox/starter.ts", import.meta.url).href)};
    for (const waitMs of [0, 20, 40, 60, 80, 100]) {
      const starter = openStarter();
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      await starter[Symbol.asyncDispose]();
    }`;
  const { stderr, status } = spawnSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" });
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
});

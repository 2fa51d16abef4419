/**
 * The programs that hold agents are killed themselves: what they held ends with them, and nothing stays behind.
 *
 * Seen to fail: the first, before what a killed starter had begun was ended and waited for; those on sandboxes that are just
 * being made (one hung, and agents lived on), before bubblewrap was killed with its process group.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { SandboxError } from "../../harness/roles.ts";
import { childrenOf, holdOn, processesWith } from "./held.ts";
import { attack, openAttacked, openVictim, runIn } from "./support.ts";

const WORKER = "namespace-worker";
const mark = () => `9${Math.floor(Math.random() * 1e12)}.${process.pid}`;
/** The processes of this one that start commands; there is one, or none yet. */
const starters = (parent: number) =>
  childrenOf(parent).filter((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(WORKER));
/** As long as it takes on a busy machine. */
const SOON = { timeout: 20_000, interval: 5 };

/** What cannot be ended by any signal but one, and has left its session. */
const stubborn = (time: string) =>
  `trap '' TERM INT HUP QUIT; setsid -f sleep ${time}; for i in $(seq 100); do sleep ${time} & done; sleep ${time}`;

test("the process that starts commands is killed: the command is a SandboxError, all of it is dead by then, the next one works", async () => {
  await using sandboxes = await openAttacked();
  const time = mark();
  const running = runIn(sandboxes, stubborn(time), 60_000).then(
    () => null,
    (error: unknown) => ({ error, left: processesWith(time) }),
  );
  await expect.poll(() => processesWith(time).length, SOON).toBeGreaterThan(100);
  expect(starters(process.pid)).toHaveLength(1);

  for (const pid of starters(process.pid)) process.kill(pid, "SIGKILL");

  const end = await running;
  expect(end?.error).toBeInstanceOf(SandboxError);
  expect(end?.left).toEqual([]);
  expect((await runIn(sandboxes, "echo on")).output).toBe("on\n");
});

test("it is killed before a command has begun, and between two", async () => {
  await using sandboxes = await openAttacked();
  for (let round = 0; round < 3; round += 1) {
    for (const pid of starters(process.pid)) process.kill(pid, "SIGKILL");
    await runIn(sandboxes, "true").catch((error: unknown) => expect(error).toBeInstanceOf(SandboxError));
    await expect.poll(() => runIn(sandboxes, "echo on").catch(() => null), SOON).toMatchObject({ output: "on\n" });
  }
});

test("commands that are cancelled while their sandboxes are being made leave nothing behind, and hang nowhere", async () => {
  await using sandboxes = await openAttacked();
  const time = mark();
  const ends = Array.from({ length: 160 }, async (_, index) => {
    await using sandbox = await sandboxes.open({ skill: null });
    const abort = new AbortController();
    const running = sandbox.run(`sleep ${time}`, { timeoutMs: 60_000, signal: abort.signal });
    setTimeout(() => abort.abort(new Error("cancelled")), 40 + index * 4 + (index % 7) / 3);
    await expect(running).rejects.toThrow("cancelled");
  });
  await Promise.all(ends);

  await expect.poll(() => processesWith(time), SOON).toEqual([]);
});

test("nor do those whose starter is killed at that time", async () => {
  await using sandboxes = await openAttacked();
  const time = mark();
  for (let round = 0; round < 12; round += 1) {
    const running = Array.from({ length: 2 }, () => runIn(sandboxes, `sleep ${time}`).catch(() => null));
    await expect.poll(() => processesWith(time).length, { timeout: 20_000, interval: 1 }).toBeGreaterThan(0);
    for (const pid of starters(process.pid)) process.kill(pid, "SIGKILL");
    await Promise.all(running);
    expect(processesWith(time)).toEqual([]);
  }
});

test("a trial whose commands lost their sandbox is unscored, and the trial after it is scored", async () => {
  await using sandboxes = await openAttacked();
  await using victim = await openVictim();
  const time = mark();
  const spoilt = attack(sandboxes, victim, [`echo 4 > output.txt; sleep ${time}`]);
  await expect.poll(() => processesWith(time).length, SOON).toBeGreaterThan(0);
  for (const pid of starters(process.pid)) process.kill(pid, "SIGKILL");

  expect((await spoilt).trial.score).toMatchObject({ kind: "unscored", reason: "sandbox-failed" });
  expect((await attack(sandboxes, victim, ["echo 4 > output.txt"])).value).toBe(1);
});

test("kill -9 of the harness leaves no process and no mount, and of its folders none beyond the next start", async () => {
  const time = mark();
  const held = holdOn(stubborn(time));
  await expect.poll(() => processesWith(time).length, SOON).toBeGreaterThan(4);
  const [opened] = held.events();
  if (opened?.kind !== "opened") throw new Error("it did not open a sandbox");
  const [starter = 0] = starters(held.pid);
  expect(starter).toBeGreaterThan(0);

  process.kill(held.pid, "SIGKILL");
  await held.ended;

  await expect
    .poll(() => [...processesWith(time), ...(existsSync(`/proc/${starter}`) ? [starter] : [])], SOON)
    .toEqual([]);
  const root = dirname(dirname(opened.directory));
  expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(root);
  const next = await openAttacked();
  expect(existsSync(root)).toBe(false);
  await next[Symbol.asyncDispose]();
  const left = (await readdir(tmpdir())).filter((name) => name.startsWith(`trace2skill-sandboxes-${process.pid}-`));
  expect(left.filter((name) => existsSync(join(tmpdir(), name, "etc")))).toEqual([]);
});

test("Ctrl-C in a terminal reaches no command before its trial is cancelled; then all of it ends, and nothing is left", async () => {
  const time = mark();
  const held = holdOn(`trap 'echo INTERRUPTED' INT; sleep ${time}`, { leads: true, graceMs: 700 });
  await expect.poll(() => processesWith(time).length, SOON).toBeGreaterThan(4);
  const asleep = processesWith(time);

  process.kill(-held.pid, "SIGINT"); // as a terminal does: to all of the group
  await expect.poll(() => held.events().some(({ kind }) => kind === "interrupted"), SOON).toBe(true);
  await sleep(200);
  const during = { alive: processesWith(time), events: held.events().map(({ kind }) => kind) };
  const { events } = await held.ended;

  expect(during).toEqual({ alive: asleep, events: ["opened", "interrupted"] });
  expect(events.map(({ kind }) => kind)).toEqual(["opened", "interrupted", "cancelled", "threw"]);
  expect(events.at(-1)).toMatchObject({ message: "Error: cancelled" });
  expect(processesWith(time)).toEqual([]);
});

test("commands are in no session and no process group of the harness, so that no terminal signals them", async () => {
  await using sandboxes = await openAttacked();
  const time = mark();
  const running = runIn(sandboxes, `sleep ${time}`, 20_000).catch(() => null);
  await expect.poll(() => processesWith(time).length, SOON).toBeGreaterThan(1);

  const [group, session] = ofProcess(process.pid);
  const theirs = processesWith(time).map(ofProcess);
  expect(theirs.length).toBeGreaterThan(1);
  for (const pid of starters(process.pid)) process.kill(pid, "SIGKILL");
  await running;

  expect(theirs.filter(([own, its]) => own === group || its === session)).toEqual([]);
});

test("forty commands leave no process, folder or descriptor behind", async () => {
  await using sandboxes = await openAttacked();
  await runIn(sandboxes, "true");
  const [starter = 0] = starters(process.pid);
  const count = () => [process.pid, starter].map((pid) => readdirSync(`/proc/${pid}/fd`).length);
  const before = count();
  const time = mark();

  for (let round = 0; round < 4; round += 1)
    await Promise.all(Array.from({ length: 10 }, () => runIn(sandboxes, `setsid -f sleep ${time}; echo x > f`)));

  expect(processesWith(time)).toEqual([]);
  await expect.poll(() => count().map((now, index) => now <= (before[index] ?? 0) + 3), SOON).toEqual([true, true]);
  expect(childrenOf(starter)).toEqual([]);
  const root = (await readdir(tmpdir())).filter((name) => name.startsWith(`trace2skill-sandboxes-${process.pid}-`));
  for (const name of root) {
    expect((await readdir(join(tmpdir(), name))).filter((one) => /^trial|^probe|^command/.test(one))).toEqual([]);
  }
});

/** Process group and session. */
function ofProcess(pid: number): (string | undefined)[] {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  return stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .slice(2, 4);
}

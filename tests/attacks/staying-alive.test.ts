/**
 * Staying alive: whatever a command starts is dead when it returns, and with it all that could change what is scored.
 *
 * Seen to succeed with bubblewrap's namespace of processes taken out of `frame.ts`: the first table.
 */
import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { OpenedSandboxes } from "../../harness/sandbox/driver.ts";
import { processesWith } from "./held.ts";
import { attack, openAttacked, openVictim, python, SMALL, type Victim } from "./support.ts";

let sandboxes: OpenedSandboxes;
let victim: Victim;
beforeAll(async () => {
  [sandboxes, victim] = await Promise.all([openAttacked(SMALL), openVictim()]);
});
afterAll(async () => {
  await victim[Symbol.asyncDispose]();
  await sandboxes[Symbol.asyncDispose]();
});

/** A number of seconds that nobody else sleeps. */
const mark = () => `7${Math.floor(Math.random() * 1e12)}.${process.pid}`;

const DOUBLE_FORK = (time: string, first: string) =>
  python(
    "import os, signal, ctypes",
    "if os.fork() == 0:",
    "  os.setsid()",
    `  ${first}`,
    "  if os.fork() == 0:",
    `    for n in range(3): os.close(n)`,
    `    os.execvp('sleep', ['sleep', '${time}'])`,
    "  os._exit(0)",
  );

const WAYS: readonly (readonly [name: string, command: (time: string) => string])[] = [
  ["a program in the background", (time) => `sleep ${time} & disown`],
  ["nohup", (time) => `nohup sleep ${time} > /dev/null 2>&1 &`],
  ["a session of its own", (time) => `setsid -f sleep ${time}`],
  ["a double fork, with nothing open", (time) => DOUBLE_FORK(time, "pass")],
  [
    "a double fork that no signal but one ends",
    (time) => DOUBLE_FORK(time, "[signal.signal(n, signal.SIG_IGN) for n in (1, 2, 3, 15)]"),
  ],
  ["a double fork cut off from its parent's death", (time) => DOUBLE_FORK(time, "ctypes.CDLL(None).prctl(1, 0)")],
  ["a parent for orphans of its own", (time) => DOUBLE_FORK(time, "ctypes.CDLL(None).prctl(36, 1)")],
  ["a stopped program", (time) => `sleep ${time} & kill -STOP $!`],
  ["a traced and a waiting program", (time) => `(sleep ${time} | sleep ${time}) & (read x < <(sleep ${time})) &`],
  ["a program under another name", (time) => `cp /usr/bin/sleep ./harness; setsid -f ./harness ${time}`],
  [
    "many that start one another",
    (time) => `f() { [ $1 -gt 0 ] && (f $(($1 - 1)) &); sleep ${time}; }; f 12 & sleep 0.3`,
  ],
];

test.each(WAYS)("%s: nothing is left when the command has ended", async (_, command) => {
  const time = mark();
  const started = performance.now();
  const { observations } = await attack(sandboxes, victim, [`${command(time)}\nsleep 0.1; echo tried`]);

  expect(processesWith(time)).toEqual([]);
  expect(observations[0]).toMatch(/tried$/);
  expect(performance.now() - started).toBeLessThan(30_000); // it did not hold up the trial
});

test.each([
  ["at", (time: string) => `echo "sleep ${time}" | at now`],
  ["cron", (time: string) => `echo "* * * * * sleep ${time}" | crontab -`],
  ["systemd-run", (time: string) => `systemd-run --no-block sleep ${time}`],
  ["systemd-run", (time: string) => `systemd-run --user --no-block sleep ${time}`],
])("work handed to a service of the machine, by %s: nobody takes it", async (_, command) => {
  const time = mark();
  const { observations } = await attack(sandboxes, victim, [`${command(time)} && echo TAKEN; echo tried`]);

  expect(observations[0]).toMatch(/command not found|Failed to connect to bus|Can't operate|Cannot|cannot|denied/);
  expect(observations[0]).toMatch(/^tried$/m);
  expect(observations[0]).not.toMatch(/^TAKEN$/m);
  expect(processesWith(time)).toEqual([]);
});

test.each(WAYS.slice(1, 8))("%s: nothing is left when its time is up", async (_, command) => {
  const time = mark();
  const waiting = `trap '' TERM INT HUP QUIT; ${command(time)}\nsleep ${time}`;
  const { observations } = await attack(sandboxes, victim, [waiting], { limits: { commandTimeoutMs: 700 } });

  expect(processesWith(time)).toEqual([]);
  expect(observations[0]).toBe("[killed after 0.7 s, with all that it had started]");
});

test.each([
  ["its first process", "kill -9 1; kill -STOP 1; kill -TERM 1"],
  ["all that it may", "kill -9 -1"],
  ["all that it may, stopped", "trap '' CONT; kill -STOP -1"],
  ["its parents", "kill -9 $PPID; kill -STOP $PPID"],
  ["the harness", `kill -9 ${process.pid} ${process.ppid}; kill -STOP ${process.pid}`],
])("a command that sends signals to %s: the trial goes on", async (_, command) => {
  const { observations, trial } = await attack(sandboxes, victim, [command, "echo 4 > output.txt; echo on"], {
    limits: { commandTimeoutMs: 1_500 },
  });

  expect(observations[1]).toBe("on");
  expect(trial.score).toMatchObject({ kind: "scored", value: 1 });
});

test("a daemon that would write the right answer after the last command, or over what is scored, does not live to do it", async () => {
  const daemon = "for i in $(seq 200); do sleep 0.02; echo 4 > output.txt; done";
  const { value } = await attack(sandboxes, victim, [
    `echo 5 > output.txt; setsid -f bash -c '${daemon}' > /dev/null 2>&1; (setsid bash -c '${daemon}' &)`,
  ]);
  await sleep(100);

  expect(value).toBe(0);
});

test("nothing is alive while an output is scored, and what is scored lies outside of the sandbox", async () => {
  const time = mark();
  const seen: { alive: number[]; scored: string; opened: string; isThere: boolean }[] = [];
  const { benchmark } = victim;
  let opened = "";
  const watched: OpenedSandboxes = {
    ...sandboxes,
    async open(options) {
      const sandbox = await sandboxes.open(options);
      opened = sandbox.directory;
      return sandbox;
    },
  };
  await attack(watched, victim, [`echo 4 > output.txt; setsid -f sleep ${time}; (trap '' TERM; sleep ${time} &)`], {
    benchmark: {
      score: (task, submission) => {
        const { directory: scored } = submission;
        seen.push({ alive: processesWith(time), scored, opened, isThere: existsSync(join(scored, "output.txt")) });
        return benchmark.score(task, submission);
      },
    },
  });

  expect(seen).toMatchObject([{ alive: [], isThere: true }]);
  const [{ scored = "", opened: sandbox = "" } = {}] = seen;
  expect(relative(dirname(sandbox), scored)).toMatch(/^\.\.\//);
});

/** `--sandbox none`: no protection, but the same folders, limits and ends as far as they can be held without one. */
import { readdir } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { OpenedSandboxes } from "../../../harness/sandbox/driver.ts";
import { openSandboxesOf } from "../../../harness/sandbox/open.ts";
import { skill } from "../../support/distill-builders.ts";
import { linesOfProcesses, mark, OPTIONS, runIn, SMALL } from "./support.ts";

let sandboxes: OpenedSandboxes;
beforeAll(async () => {
  const env = { PATH: "/usr/bin:/bin", CANARY_KEY: "CANARY" };
  sandboxes = await openSandboxesOf({ kind: "none", limits: SMALL }, env);
});
afterAll(() => sandboxes[Symbol.asyncDispose]());
const run = (command: string, options: Partial<typeof OPTIONS> = {}) => runIn(sandboxes, command, options);

test("it says of itself that there is none", () => {
  expect(sandboxes.identity).toMatch(/^none\/1/);
});

test("agents find their folder under the name that they know, in commands and in what these print", async () => {
  await using sandbox = await sandboxes.open({ skill: null });
  const { output } = await sandbox.run(
    "echo one > /work/a.txt; ls /work; pwd; cat '/work/a.txt'; echo x/work /works",
    OPTIONS,
  );

  expect(output).toBe("a.txt\n/work\none\nx/work /works\n");
  expect(await readdir(sandbox.directory)).toEqual(["a.txt"]);
});

test("a skill's files lie where the prompt says", async () => {
  await using sandbox = await sandboxes.open({ skill: skill() });
  expect((await sandbox.run("ls /skill", OPTIONS)).output).toContain("SKILL.md\n");
});

test("the environment is the one of every sandbox, without what the user has in it", async () => {
  const { output } = await run("env | sort");
  expect(output).not.toContain("CANARY");
  expect(output).toContain("LANG=C.UTF-8\n");
});

test.each([
  ["memory", "python3 -c 'b = []\nwhile True: b.append(bytearray(8_000_000))'", /^more than 256 MB of memory$/],
  ["processes", "for i in $(seq 100); do sleep 5 & done; wait", /^more than 64 processes$/],
  ["one file", "head -c 20000000 /dev/zero > big", /^more than 16 MB in one file$/],
  ["the disk", "for i in 1 2 3 4 5; do head -c 12000000 /dev/zero > f$i; done", /^more than 48 MB of disk/],
  ["output", "yes", /^more than 625 KB of output$/],
])("what strikes is named: %s", async (_, command, killed) => {
  expect(await run(command)).toMatchObject({ exitCode: null, killed: expect.stringMatching(killed) });
});

test("the end of a command, and its time limit, end what it sent away", async () => {
  const sleeper = mark();
  await run(`setsid nohup sleep ${sleeper} > /dev/null 2>&1 & (setsid sleep ${sleeper} > /dev/null 2>&1 &); echo done`);
  const timed = await run(`trap '' TERM; setsid sleep ${sleeper} & sleep ${sleeper}`, { timeoutMs: 800 });

  expect(timed.timedOut).toBe(true);
  expect(linesOfProcesses(sleeper)).toEqual([]);
});

test("what hid itself and holds the command's output does not hold up the harness", async () => {
  const { output, exitCode } = await run("env -i setsid sh -c 'echo $$; exec sleep 300' & sleep 0.3");
  process.kill(Number(output)); // nobody finds it but by what it said

  expect(exitCode).toBe(0);
});

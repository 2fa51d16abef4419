/** `--sandbox none`: no protection, but the same folders, limits and ends as far as they can be held without one. */
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SandboxError } from "../../../harness/roles.ts";
import type { OpenedSandboxes } from "../../../harness/sandbox/driver.ts";
import { explainWorld } from "../../../harness/sandbox/explain.ts";
import { openSandboxesOf } from "../../../harness/sandbox/open.ts";
import { skill } from "../../support/distill-builders.ts";
import { temporaryFolder } from "../../support/temporary.ts";
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

test("what the host shows is told as it is: /tmp is the host's, and the skill can be written", async () => {
  const { paths } = await explainWorld(sandboxes, "none", OPTIONS.signal);

  expect(Object.fromEntries(paths)).toMatchObject({
    "/tmp": "THE HOST'S OWN",
    "/skill": expect.stringMatching(/can be written$/),
    $TMPDIR: expect.stringMatching(/48 MB with \/work$/),
  });
});

test("a path that a shell would not read as one word is refused, with what to do", async () => {
  const folder = join(await temporaryFolder(), "my files");
  await mkdir(folder);
  const before = process.env.TMPDIR;
  process.env.TMPDIR = folder;
  try {
    await expect(openSandboxesOf({ kind: "none", limits: SMALL }, {})).rejects.toThrow(
      /Set TMPDIR to one without blanks/,
    );
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
  expect(await readdir(folder)).toEqual([]);
});

test("where a watch cannot look any more, the sandbox has failed, and nothing of the command is left", async () => {
  const sleeper = mark();
  const blinding = `setsid nohup sleep ${sleeper} > /dev/null 2>&1 & rm -r /work; sleep 0.5`;

  await expect(run(blinding)).rejects.toBeInstanceOf(SandboxError);

  expect(linesOfProcesses(sleeper)).toEqual([]);
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

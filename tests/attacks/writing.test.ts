/**
 * Writing: outside of the folder, into skill, run and scorer, and outputs that are not what they seem.
 *
 * Seen to succeed with ATTACKED=none: the first table. Outputs that are links were seen to score 1, and pipes to hold up
 * the run, without O_NOFOLLOW and O_NONBLOCK in `copyRegularFile`.
 */
import { existsSync, statSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { copyRegularFile } from "../../harness/run/regular-file.ts";
import type { OpenedSandboxes } from "../../harness/sandbox/driver.ts";
import { skill } from "../support/distill-builders.ts";
import { temporaryFolder } from "../support/temporary.ts";
import {
  attack,
  MB,
  openAttacked,
  openHarmless,
  openVictim,
  python,
  REACHED,
  SMALL,
  textBelow,
  type Victim,
} from "./support.ts";

let sandboxes: OpenedSandboxes;
let harmless: OpenedSandboxes;
let victim: Victim;
beforeAll(async () => {
  const limits = { ...SMALL, fileBytes: 100 * MB, diskBytes: 200 * MB };
  [sandboxes, harmless, victim] = await Promise.all([openAttacked(limits), openHarmless(limits), openVictim()]);
});
afterAll(async () => {
  await victim[Symbol.asyncDispose]();
  await sandboxes[Symbol.asyncDispose]();
  await harmless[Symbol.asyncDispose]();
});

const SCORER = resolve("benchmarks/scoring");
const OUTSIDE: readonly (readonly [name: string, command: (victim: Victim) => string])[] = [
  ["the right answer", ({ truth }) => `echo WRITTEN > ${truth}`],
  ["the right answer, by a link", ({ truth }) => `ln -s ${truth} l; echo WRITTEN > l; echo WRITTEN | tee l`],
  ["the data set", ({ data }) => `echo WRITTEN > ${data}/new; rm -f ${data}/sum-3`],
  ["the trials of the run, to forge a score", ({ run }) => `echo WRITTEN > ${run}/trials/sum-2.41.json`],
  ["the manifest of the run", ({ run }) => `echo WRITTEN >> ${run}/manifest.json`],
  ["the journal", ({ run }) => `echo WRITTEN >> ${run}/journal.sqlite; echo WRITTEN > ${run}/journal.sqlite-wal`],
  ["what another trial handed in", ({ run }) => `echo WRITTEN > ${run}/artifacts/sum-2.41/output.txt`],
  ["the folder of a program outside", ({ pid }) => `echo WRITTEN > /proc/${pid}/cwd/new`],
  ["the user's start-up files", ({ home }) => `echo WRITTEN >> ${home}/.bashrc; echo WRITTEN > ${home}/.ssh/id`],
];

test.each(OUTSIDE)("%s: not written", async (_, command) => {
  const before = await textBelow(join(victim.run, ".."));
  const { trial } = await attack(harmless, victim, [`${command(victim)}; echo tried`]);

  expect(trial.trajectory?.steps[0]?.observation).toMatch(/^tried$/m);
  const mine = (text: string) => text.split("\n").filter((line) => /^CANARY|^WRITTEN|^[0-9]+$/.test(line));
  expect(mine(await textBelow(join(victim.run, "..")))).toEqual(mine(before));
});

const SYSTEM = [
  ["the scorer", `touch ${SCORER}/attack.ts && echo REACHED; rm -f ${SCORER}/attack.ts`],
  ["programs", "touch /usr/bin/attack && echo REACHED; rm -f /usr/bin/attack"],
  [
    "Python's libraries",
    "touch $(python3 -c 'import openpyxl; print(openpyxl.__path__[0])')/attack.py && echo REACHED",
  ],
  ["what every shell of the sandbox reads first", "echo : >> /etc/limits.bash && echo REACHED"],
  [
    "what every program of the machine loads first",
    "touch /etc/ld.so.preload && echo REACHED; rm -f /etc/ld.so.preload",
  ],
  [
    "tasks of the machine's clock",
    "echo : | crontab - && echo REACHED; touch /etc/cron.d/attack && echo REACHED; rm -f /etc/cron.d/attack",
  ],
  ["the names of the machine", "hostname attacked && echo REACHED"],
] as const;

test.each(SYSTEM)("%s: cannot be written", async (_, command) => {
  const { observations } = await attack(sandboxes, victim, [`${command}\necho tried`]);

  expect(observations[0]).toMatch(/^tried$/m);
  expect(observations[0]).not.toMatch(REACHED);
});

test.each([
  ["adding to it", "echo WRITTEN >> /skill/SKILL.md"],
  ["a new file", "echo WRITTEN > /skill/references.md"],
  ["taking it away", "rm -rf /skill/SKILL.md /skill; mv /skill moved"],
  ["making it writable", "chmod -R u+w /skill; echo WRITTEN >> /skill/SKILL.md"],
  ["another way to it", "echo WRITTEN >> /proc/self/root/skill/SKILL.md; echo WRITTEN >> /proc/1/root/skill/SKILL.md"],
  ["mounting over it", "mount -t tmpfs none /skill && { echo WRITTEN; umount /skill; }"],
  ["a hard link that can be written", "ln /skill/SKILL.md mine && echo WRITTEN >> mine"],
])("a skill is for all trials, and none changes it by %s, neither for itself nor for the next", async (_, command) => {
  const own = skill();
  const { observations: mine } = await attack(sandboxes, victim, [command, "cat /skill/*"], { skill: own });
  const { observations: next } = await attack(sandboxes, victim, ["cat /skill/*"], { skill: own });

  expect(next[0]).toContain("# Workbooks");
  expect(mine[1]).toBe(next[0]);
});

test("an input that is written to is the trial's own: the data set and the next trial have theirs", async () => {
  await attack(sandboxes, victim, ["echo 999 >> input.txt; chmod 000 input.txt; touch -d 2030-01-01 input.txt"]);
  const { observations } = await attack(sandboxes, victim, ["cat input.txt; stat -c %y input.txt"]);

  expect(observations[0]).toMatch(/^1\n2\n1\n2026-01-01 00:00:00/);
  expect(await readFile(join(victim.data, "sum-1"), "utf8")).toBe("1\n2\n1\n");
});

test.each<[name: string, found: string, command: (victim: Victim) => string]>([
  ["a link to the right answer", "symbolic link", ({ right }) => `ln -s ${right} output.txt`],
  ["a link to a link to it", "symbolic link", ({ right }) => `ln -s ${right} l; ln -s l output.txt`],
  ["a link to an answer inside", "symbolic link", () => "echo 4 > answer; ln -s answer output.txt"],
  ["a link into the memory of the kernel", "symbolic link", () => "ln -s /proc/self/environ output.txt"],
  ["a pipe", "fifo", () => "mkfifo output.txt"],
  ["a socket", "socket", () => python("import socket", "socket.socket(socket.AF_UNIX).bind('output.txt')")],
  ["a folder", "directory", () => "mkdir output.txt; echo 4 > output.txt/output.txt"],
  ["a device", "none", () => "mknod output.txt c 1 5"],
  ["a terabyte with nothing in it", "none", () => "truncate -s 1T output.txt || rm output.txt"],
  ["more than is kept, with nothing in it", "regular file", () => "echo 4 > output.txt; truncate -s 90M output.txt"],
  [
    "a file in a folder that is barred",
    "symbolic link",
    () => "mkdir d; echo 4 > d/output.txt; chmod 000 d; ln -s d/output.txt output.txt",
  ],
])("an output that is %s counts as missing, and holds up nothing", async (_, found, command) => {
  const { value, trial, all, observations } = await attack(sandboxes, victim, [
    `${command(victim)}\nstat -c 'made: %F' output.txt || echo made: none`,
  ]);

  expect(observations[0]).toMatch(new RegExp(`^made: ${found}$`, "m"));
  expect(value).toBe(0);
  expect(trial.artifacts).toEqual([]);
  expect(all).not.toContain(victim.canary);
});

test.each(["/dev/zero", "/dev/null"])("a device such as %s is no output: it is not read", async (device) => {
  const to = join(await temporaryFolder(), "output.txt");

  expect(await copyRegularFile(device, to, 64 * MB)).toBe(false);
  expect(existsSync(to)).toBe(false);
});

test("what is kept of an output is the file alone: no owner, no mode, no other name comes along", async () => {
  const { trial } = await attack(sandboxes, victim, [
    "echo 4 > output.txt; ln output.txt other; chmod 6777 output.txt",
  ]);
  expect(trial).toMatchObject({ score: { value: 1 }, artifacts: ["sum-1.41/output.txt"] });

  const runs = (await readdir(victim.run)).filter((name) => name.startsWith("run-"));
  const kept = runs
    .map((name) => join(victim.run, name, "artifacts/sum-1.41/output.txt"))
    .filter((path) => existsSync(path));
  expect(kept.map((path) => [(statSync(path).mode & 0o7777).toString(8), statSync(path).uid])).toEqual(
    kept.map(() => ["644", process.getuid?.()]),
  );
  expect(kept.length).toBeGreaterThan(0);
});

test.each([
  ["that are no UTF-8", `mkdir $'a\\xff'; echo x > $'a\\xff/b\\xfe'; mkdir -p $'a\\xff/c/\\xfd'`],
  ["with line ends, dashes, quotes and tabs", `touch -- $'a\\nb' '-rf' "'; rm -rf /" $'\\t' '*' '$(id)'`],
  ["as long as they may be", `for c in a b; do mkdir $(printf "$c%.0s" $(seq 255)); done`],
  ["deeper than a path can be long", "for i in $(seq 40); do mkdir $(printf 'd%.0s' $(seq 200)); cd d*; done"],
])("files with names %s are scored around and deleted", async (_, command) => {
  const opened: string[] = [];
  const watched: OpenedSandboxes = {
    ...sandboxes,
    async open(options) {
      const sandbox = await sandboxes.open(options);
      opened.push(sandbox.directory);
      return sandbox;
    },
  };
  const { value } = await attack(watched, victim, [`${command}; cd /work; echo 4 > output.txt`]);

  expect(value).toBe(1);
  expect(opened.map((path) => existsSync(join(path, "..")))).toEqual(opened.map(() => false));
});

test("a folder that its agent has barred is read by us all the same, and deleted", async () => {
  const { value } = await attack(sandboxes, victim, ["echo 4 > output.txt; chmod 000 /work /tmp"]);
  expect(value).toBe(process.getuid?.() === 0 ? 1 : 0);
});

/**
 * Reading: right answers, other trials, the user's own files, and what programs outside know.
 *
 * Seen to succeed with ATTACKED=none: the whole table, and then those on other trials and other arms. What was open in the
 * harness and handed on was read before the sandboxes' process closed it; pictures by links without O_NOFOLLOW and without
 * the look at the opened file's place in `readFileBelow`.
 */
import { closeSync, openSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { OpenedSandboxes } from "../../harness/sandbox/driver.ts";
import { skill } from "../support/distill-builders.ts";
import { picture } from "../support/pictures.ts";
import { holdOn } from "./held.ts";
import { attack, openAttacked, openHarmless, openVictim, python, REACHED, type Victim } from "./support.ts";

let sandboxes: OpenedSandboxes;
let harmless: OpenedSandboxes;
let victim: Victim;
beforeAll(async () => {
  [sandboxes, harmless, victim] = await Promise.all([openAttacked(), openHarmless(), openVictim()]);
});
afterAll(async () => {
  await victim[Symbol.asyncDispose]();
  await sandboxes[Symbol.asyncDispose]();
  await harmless[Symbol.asyncDispose]();
});

const ATTACKS: readonly (readonly [name: string, command: (victim: Victim) => string])[] = [
  ["the right answer, by its path", ({ truth }) => `cat ${truth}`],
  ["the right answer, by climbing out of the folder", ({ truth }) => `cat ../../../../../../../..${truth}`],
  ["the right answer, by a symbolic link", ({ truth }) => `ln -s ${truth} leak; cat leak; cp leak output.txt`],
  ["the right answer, by a hard link", ({ truth }) => `ln ${truth} leak && cat leak`],
  [
    "the right answer, by its name, wherever it is",
    () => "find / -path /proc -prune -o -name 'golden-sum-1*' -exec cat {} +",
  ],
  ["the right answer, by guessing where temporary folders are", () => "cat /tmp/*/data/golden* /var/tmp/*/data/*"],
  ["the data set, as a listing", ({ data }) => `ls ${data} && echo REACHED`],
  [
    "a key in the user's home",
    ({ home }) => `cat ${home}/.ssh/id; [ -e /root ] && echo REACHED; [ -e /home ] && echo REACHED`,
  ],
  ["the journal of all calls", ({ run }) => `cat ${run}/journal.sqlite`],
  ["what is known of the run", ({ run }) => `cat ${run}/manifest.json ${run}/trials/*`],
  ["what another trial handed in", ({ run }) => `cat ${run}/artifacts/*/output.txt`],
  ["the environment of a program outside", ({ pid }) => `cat /proc/${pid}/environ | tr '\\0' '\\n'`],
  ["the command line of a program outside", ({ pid }) => `cat /proc/${pid}/cmdline; ps -p ${pid} -o args`],
  ["an open file of a program outside", ({ pid }) => `cat /proc/${pid}/fd/9`],
  ["the folder of a program outside", ({ pid }) => `cat /proc/${pid}/cwd/golden*`],
  ["the root of a program outside", ({ pid, truth }) => `cat /proc/${pid}/root${truth}`],
  [
    "the memory of a program outside",
    ({ pid }) =>
      python(
        "import re",
        `for line in open('/proc/${pid}/maps'):`,
        "  if '[stack]' not in line: continue",
        "  start, end = [int(x, 16) for x in line.split()[0].split('-')]",
        `  memory = open('/proc/${pid}/mem', 'rb'); memory.seek(start)`,
        "  print(re.findall(rb'CANARY[0-9a-f]{32}', memory.read(end - start)))",
      ),
  ],
  ["the root of the first process", ({ truth }) => `cat /proc/1/root${truth}; cat /proc/self/root${truth}`],
  [
    "the root that bubblewrap came from",
    ({ truth }) => `cat /oldroot${truth} /newroot${truth} /.old*${truth} ${truth}`,
  ],
  ["a folder outside, bound to one inside", ({ data }) => `mkdir m; mount --bind ${data} m && cat m/golden*; umount m`],
  ["a folder outside, bound by another bubblewrap", ({ truth }) => `bwrap --ro-bind / / cat ${truth}`],
  ["the first process's mounts", ({ truth }) => `nsenter -t 1 -m cat ${truth}; nsenter -t $PPID -m cat ${truth}`],
  ["another root", ({ truth }) => `chroot /proc/1/root cat ${truth}; chroot / cat ${truth}`],
  [
    "disks and memory as devices",
    () => "for d in /dev/vd? /dev/sd? /dev/nvme* /dev/mem /dev/kmsg /dev/fuse; do [ -e $d ] && echo REACHED; done",
  ],
  ["a device of one's own making", () => "mknod disk b 254 0 && echo REACHED; mknod memory c 1 1 && echo REACHED"],
  [
    "what the kernel tells of the machine",
    () => "dmesg > /dev/null && echo REACHED; [ -e /sys/class/block ] && echo REACHED",
  ],
  [
    "the users of the machine",
    () => "[ -e /etc/shadow ] && echo REACHED; [ $(wc -l < /etc/passwd) -gt 5 ] && echo REACHED",
  ],
  ["this tool and the answers of its sample", () => `ls ${resolve("benchmarks/sample")} && echo REACHED`],
];

test("devices are those that every program needs, and no others", async () => {
  const { observations } = await attack(sandboxes, victim, ["ls /dev | tr '\\n' ' '"]);

  expect(observations[0]?.trim()).toBe(
    "core fd full null ptmx pts random shm stderr stdin stdout tty urandom zero", // core leads to what only root reads
  );
});

test.each(ATTACKS)("%s: not read", async (_, command) => {
  const { all, observations } = await attack(harmless, victim, [
    `PATH=$PATH:/usr/sbin\n${command(victim)}\necho tried`,
  ]);

  expect(observations[0]).toMatch(/^tried$/m);
  expect(all).not.toContain(victim.canary);
  expect(observations[0]).not.toMatch(REACHED);
});

test("what the harness has open, or was itself handed down as open, is not handed on: neither files nor folders", async () => {
  const file = openSync(victim.truth, "r");
  const command = "cat /proc/self/fd/* /proc/self/fd/*/golden*; ls /proc/self/fd | tr '\\n' ' '";
  const own = await attack(sandboxes, victim, [`timeout 2 bash -c '${command.replaceAll("'", "'\\''")}'`]);
  const handed = await holdOn(command, { open: [victim.truth, victim.data] }).ended;
  closeSync(file);

  expect(own.observations[0]).toMatch(/0 1 2 3/);
  expect(own.all + handed.out).not.toContain(victim.canary);
  expect(handed.result?.output).toMatch(/0 1 2 3 $/); // the last is of the listing itself
});

test("the harness's environment is not inherited, by a command nor by the programs above it", async () => {
  process.env.ATTACKED_KEY = victim.canary;
  const look = "env; cat /proc/self/environ /proc/$PPID/environ /proc/1/environ; echo; echo tried";
  const { all, observations } = await attack(sandboxes, victim, [look]);
  delete process.env.ATTACKED_KEY;

  expect(observations[0]).toMatch(/^PWD=\/work$/m);
  expect(observations[0]).toMatch(/^tried$/m);
  expect(all).not.toContain(victim.canary);
});

test("a trial that is under way at the same time: neither its folder, its /tmp nor its shared memory", async () => {
  await using other = await sandboxes.open({ skill: null });
  const write = `for d in /tmp /dev/shm /work; do echo ${victim.canary} > $d/theirs; done; sleep 600`;
  const stop = new AbortController();
  const under = other.run(write, { timeoutMs: 60_000, signal: stop.signal }).catch(() => "stopped");
  await expect.poll(() => openable(join(other.directory, "theirs"))).toBe(true);

  const { all, observations } = await attack(sandboxes, victim, [
    `cat ${other.directory}/* ${other.directory}/../tmp/* /tmp/trace2skill-sandboxes-*/*/work/* /dev/shm/* /tmp/*; echo tried`,
  ]);
  stop.abort();

  expect(await under).toBe("stopped"); // it was there all the time
  expect(observations[0]).toMatch(/^tried$/m);
  expect(all).not.toContain(victim.canary);
});

test("what an earlier trial left behind for a later one", async () => {
  const places = "/tmp /var/tmp /dev/shm /run /work /skill /dev /etc";
  const left = `left-${victim.canary.slice(-8)}`;
  const write = `for d in ${places}; do echo ${victim.canary} > $d/${left}; done; ls /work/${left}`;
  const { observations: wrote } = await attack(sandboxes, victim, [write]);
  const look = `for d in ${places}; do cat $d/left-*; done; echo tried`;
  const { all, observations: looked } = await attack(sandboxes, victim, [look]);
  for (const place of ["/tmp", "/var/tmp", "/dev/shm", "/run", "/dev", "/etc"])
    await rm(join(place, left), { force: true });

  expect(wrote[0]).toContain(`\n/work/${left}`);
  expect(looked[0]).toMatch(/^tried$/m);
  expect(all).not.toContain(victim.canary);
});

test("the skill of another arm: where there is none, none is to be found", async () => {
  const own = skill(`---\nname: weak\ndescription: A skill.\n---\n\n# Weak\n\n${victim.canary}\n`);
  await using other = await sandboxes.open({ skill: own });
  const signal = new AbortController().signal;
  expect((await other.run("cat /skill/SKILL.md", { timeoutMs: 20_000, signal })).output).toContain(victim.canary);

  const search = "ls -A /skill; find / -path /proc -prune -o -name SKILL.md -exec cat {} +";
  const { all, observations } = await attack(sandboxes, victim, [`${search}; echo tried`]);

  expect(observations[0]).toMatch(/^tried$/m);
  expect(all).not.toContain(victim.canary);
});

test.each([
  ["its path", (path: string) => ["true", path] as const],
  ["climbing", (path: string) => ["true", `/work/../../../../../..${path}`] as const],
  ["a link", (path: string) => [`ln -s ${path} page.png`, "page.png"] as const],
  ["a folder that is a link", (path: string) => [`ln -s $(dirname ${path}) d`, "d/secret.png"] as const],
])("a picture outside, by %s: the tool that shows pictures shows none", async (_, move) => {
  const path = join(victim.data, "secret.png");
  await writeFile(path, await (await picture(40, 40)).png().toBuffer());
  const [command, asked] = move(path);

  const { trial } = await attack(sandboxes, victim, [command], {
    // The task has a picture, so that there is the tool; the first is shown before any attack.
    task: { images: ["first.png"], files: ["first.png"], output: null },
    benchmark: {
      prepare: async (_, folder) => writeFile(join(folder, "first.png"), await (await picture(9, 9)).png().toBuffer()),
    },
    calls: [["view_image", { path: asked }]],
  });

  const [made, look] = trial.trajectory?.steps ?? [];
  expect(made?.observation).toBe("[no output]"); // of `ln`: the link is there
  expect(look?.observation).toMatch(/^Not shown/);
  expect(look?.images).toBeUndefined();
});

function openable(path: string): boolean {
  try {
    closeSync(openSync(path, "r"));
    return true;
  } catch {
    return false;
  }
}

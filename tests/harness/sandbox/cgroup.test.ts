/** Control groups: where they are found, what is written, and on a real hierarchy that what is in one ends with it. */
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { cgroupSettings, closeCgroups, openCgroup, openCgroups } from "../../../harness/sandbox/cgroup.ts";
import { runProcess } from "../../../harness/sandbox/process.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { linesOfProcesses, mark, SMALL } from "./support.ts";

/** A folder that looks like a mounted hierarchy, with this process in the group `own`. */
async function hierarchy({ own = "/user.slice/mine.scope", controllers = "cpu memory pids" } = {}) {
  const folder = await temporaryFolder();
  const parent = join(folder, "cg", own === "/" ? "" : "user.slice");
  await mkdir(join(folder, "cg", own), { recursive: true });
  for (const name of ["cgroup.procs", "cgroup.subtree_control"]) await writeFile(join(parent, name), "");
  await writeFile(join(parent, "cgroup.controllers"), controllers);
  const files = { mounts: join(folder, "mountinfo"), own: join(folder, "own") };
  await writeFile(files.mounts, `31 25 0:27 / ${join(folder, "cg")} rw,relatime shared:9 - cgroup2 cgroup2 rw\n`);
  await writeFile(files.own, `12:pids:/elsewhere\n0::${own}\n`);
  return { files, parent };
}

test("groups are made beside the group of the tool itself, which may hold none, and get the controllers", async () => {
  const { files, parent } = await hierarchy();

  const place = await openCgroups(["memory", "pids", "cpu"], files);

  expect(place).toEqual({
    kind: "place",
    directory: expect.stringMatching(`^${join(parent, `trace2skill-${process.pid}-`)}[0-9a-f-]{36}$`),
  });
  expect(await openCgroups(["memory", "pids", "cpu"], files)).not.toEqual(place);
  expect(await readFile(join(parent, "cgroup.subtree_control"), "utf8")).toBe("+memory +pids +cpu");
});

test.each([
  ["no controller for memory", { controllers: "cpu pids" }, /has no controller for memory$/, "nobody"],
  [
    "the tool in the root, which may hold both",
    { own: "/", controllers: "" },
    /has no controller for memory, pids, cpu/,
    "nobody",
  ],
])("%s: none, and why", async (_, shape, why, belongsTo) => {
  const { files } = await hierarchy(shape);
  expect(await openCgroups(undefined, files)).toEqual({ kind: "none", why: expect.stringMatching(why), belongsTo });
});

test("without version 2 there are none", async () => {
  const folder = await temporaryFolder();
  const files = { mounts: join(folder, "m"), own: join(folder, "o") };
  await writeFile(files.mounts, "31 25 0:27 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n");
  await writeFile(files.own, "12:pids:/x\n");
  expect(await openCgroups(undefined, files)).toMatchObject({ kind: "none", why: "version 2 is not mounted" });
});

test("where there is no /proc there are none, and nothing is thrown", async () => {
  const folder = await temporaryFolder();
  const files = { mounts: join(folder, "m"), own: join(folder, "o") };
  expect(await openCgroups(undefined, files)).toEqual({
    kind: "none",
    why: "there is no /proc",
    belongsTo: "nobody",
  });
});

test("limits are written as the kernel reads them; what the watcher ends is stopped by the kernel a little later", () => {
  expect(cgroupSettings({ ...SMALL, cpus: 0.5 })).toEqual([
    ["memory.max", "268435456"],
    ["memory.oom.group", "1"],
    ["memory.swap.max", "0"],
    ["pids.max", "128"],
    ["cpu.max", "50000 100000"],
  ]);
});

test("what is in a group ends with it, whatever it did to stay: a real hierarchy", async (ctx) => {
  const real = await openCgroups([]);
  if (real.kind === "none") return ctx.skip(`no control groups of version 2 can be made here: ${real.why}`);
  const sleeper = mark();
  const group = await openCgroup(real.directory, { name: "test", limits: null, owner: null });
  const [program = "", ...args] = [
    ...group.launcher,
    "/bin/bash",
    "-c",
    `(setsid nohup sleep ${sleeper} > /dev/null 2>&1 &); sleep 0.2; cat /proc/self/cgroup`,
  ];

  const { output } = await runProcess(program, args, { timeoutMs: 10_000, env: { PATH: "/usr/bin:/bin" } });

  expect(output).toMatch(/^0::\/.*trace2skill-\d+-[0-9a-f-]+\/test$/m);
  expect(linesOfProcesses(sleeper)).toHaveLength(1);
  expect(await group.struck()).toBeNull();
  await group.remove();
  expect(linesOfProcesses(sleeper)).toEqual([]);
  await closeCgroups(real);
  expect(existsSync(real.directory)).toBe(false);
});

test("two openings of one process share nothing: the end of one ends no command of the other; what a killed process left goes with the next", async (ctx) => {
  const [mine, other] = [await openCgroups([]), await openCgroups([])];
  if (mine.kind === "none" || other.kind === "none") return ctx.skip("no control groups of version 2 can be made here");
  const left = join(dirname(mine.directory), `trace2skill-${2 ** 22 + 1}-${randomUUID()}`); // no process has such a number
  await mkdir(left);
  const group = await openCgroup(mine.directory, { name: "test", limits: null, owner: null });
  const [program = "", ...args] = [...group.launcher, "/bin/bash", "-c", "echo in; sleep 0.3; echo done"];
  const running = runProcess(program, args, { timeoutMs: 10_000 });
  await expect.poll(() => readFile(join(mine.directory, "test", "cgroup.procs"), "utf8")).not.toBe("");

  await closeCgroups(other);
  await closeCgroups(await openCgroups([]));

  expect((await running).output).toBe("in\ndone\n");
  expect(existsSync(left)).toBe(false);
  await closeCgroups(mine);
});

test("a program that root starts in a group is in it, and no root; bubblewrap works so, too", async (ctx) => {
  const real = await openCgroups([]);
  if (real.kind === "none") return ctx.skip(`no control groups of version 2 can be made here: ${real.why}`);
  if (process.geteuid?.() !== 0) return ctx.skip("the tests do not run as root");
  const group = await openCgroup(real.directory, { name: "test", limits: null, owner: 61_999 });
  const look = "id -u; id -g; id -G; grep CapEff /proc/self/status; cat /proc/self/cgroup | tail -n 1";
  const started = async (...line: string[]) => {
    const [program = "", ...args] = [...group.launcher, ...line];
    return (await runProcess(program, args, { timeoutMs: 10_000 })).output;
  };

  const seen = await started("/bin/bash", "-c", look);
  const inside = await started("/usr/bin/bwrap", "--unshare-all", "--ro-bind", "/", "/", "--", "/bin/echo", "alive");

  expect(seen).toMatch(/^61999\n61999\n61999\nCapEff:\t0000000000000000\n0::\/.*\/test\n$/);
  expect(inside).toBe("alive\n");
  await closeCgroups(real);
});

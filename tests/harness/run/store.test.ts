import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SetupError } from "../../../harness/errors.ts";
import { writeJson } from "../../../harness/run/files.ts";
import { createRun, fileNameOf, makeFolder, readRun, writeTrial } from "../../../harness/run/store.ts";
import { runProcess } from "../../../harness/sandbox/process.ts";
import { manifest, task, trial } from "../../support/builders.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const twoTasks = manifest({ benchmark: { name: "b", split: "test", data: null, taskIds: ["a/b", "a_b"] } });

test("what was written is read back, in the order of tasks, whatever their ids hold", async () => {
  const directory = await temporaryFolder();
  await createRun(directory, twoTasks);
  writeTrial(directory, trial({ task: task({ id: "a_b" }) }));
  writeTrial(directory, trial({ task: task({ id: "a/b" }) }));
  const run = await readRun(directory);
  expect(run.trials.map((read) => read.task.id)).toEqual(["a/b", "a_b"]);
  expect(run.manifest).toEqual(twoTasks);
});

test("ids that look alike as file names are kept apart", () => {
  expect(fileNameOf("13-1")).toBe("13-1");
  expect(new Set(["a/b", "a_b", "a b", "../a"].map(fileNameOf)).size).toBe(4);
  expect(fileNameOf("../../etc/passwd")).not.toMatch(/[/.]/);
});

test("a half-written trial counts as not done", async () => {
  const directory = await temporaryFolder();
  await createRun(directory, twoTasks);
  writeTrial(directory, trial({ task: task({ id: "a/b" }) }));
  const text = await readFile(join(directory, "trials", `${fileNameOf("a/b")}.41.json`), "utf8");
  await writeFile(join(directory, "trials", "a_b.41.json"), text.slice(0, text.length / 2));
  expect((await readRun(directory)).trials).toHaveLength(1);
});

test("another run in the same folder is refused with what differs", async () => {
  const directory = await temporaryFolder();
  await createRun(directory, twoTasks);
  const other = { ...twoTasks, fingerprint: { ...twoTasks.fingerprint, model: "other" } };
  await expect(createRun(directory, other)).rejects.toThrow(
    /holds another run \(model: "sim\/large" there, "other" asked\)/,
  );
});

test("more seeds of the same run are added", async () => {
  const directory = await temporaryFolder();
  await createRun(directory, twoTasks);
  await createRun(directory, { ...twoTasks, seeds: [42] });
  expect((await readRun(directory)).manifest.seeds).toEqual([41, 42]);
});

test("a folder of another format version is refused, not guessed at", async () => {
  const directory = await temporaryFolder();
  await writeJson(join(directory, "manifest.json"), { ...twoTasks, version: 99 });
  await expect(readRun(directory)).rejects.toThrow(/format version 99; this trace2skill reads version 1/);
});

test("a folder that is no run, and a damaged manifest, are the user's to mend", async () => {
  const directory = await temporaryFolder();
  await expect(readRun(directory)).rejects.toThrow(/is no run folder/);
  await writeFile(join(directory, "manifest.json"), "{");
  await expect(readRun(directory)).rejects.toThrow(/manifest\.json is damaged/);
});

test("a full disk is told, what was there stays, and nothing half-written is left", async (context) => {
  const directory = join(await temporaryFolder(), "tiny");
  await mkdir(directory);
  const mounted = await runProcess("/bin/mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", directory], {
    timeoutMs: 5_000,
  });
  if (mounted.exitCode !== 0) context.skip("a tiny tmpfs needs the right to mount");
  try {
    await createRun(directory, twoTasks);
    const large = trial({
      task: task({ id: "a/b" }),
      score: { kind: "scored", value: 0, explanation: "x".repeat(100_000) },
    });
    const write = () => writeTrial(directory, large);
    expect(write).toThrow(SetupError);
    expect(write).toThrow(/the disk is full.*same command again/s);
    expect(await readdir(join(directory, "trials"))).toEqual([]);
    expect((await readRun(directory)).manifest).toEqual(twoTasks);
  } finally {
    await runProcess("/bin/umount", [directory], { timeoutMs: 5_000 });
  }
});

test("where a trial cannot be written, that is told with its place, whatever cleaning up meets", async () => {
  const directory = await temporaryFolder();
  await writeFile(join(directory, "trials"), "no folder");

  expect(() => writeTrial(directory, trial({ task: task({ id: "b" }) }))).toThrow(
    /^cannot write .*b\.\d+\.json: ENOTDIR/,
  );
});

test("a file that holds the trial of another task or seed is refused, with what was expected", async () => {
  const directory = await temporaryFolder();
  const asked = manifest({
    benchmark: { name: "sums", split: "evolve", data: null, taskIds: ["a", "b"] },
    seeds: [41],
  });
  await createRun(directory, asked);
  writeTrial(directory, trial({ task: task({ id: "b" }), seed: 41 }));
  await rename(join(directory, "trials", "b.41.json"), join(directory, "trials", "a.41.json"));

  await expect(readRun(directory)).rejects.toThrow(/a\.41\.json holds the trial of another task .* found b\.41\.json/);
});

test("a folder is made with those above it, by many at once; where none can be made, that is told and nothing waits", async () => {
  const folder = await temporaryFolder();
  await Promise.all(Array.from({ length: 8 }, () => makeFolder(join(folder, "a", "b", "c"))));
  await writeFile(join(folder, "file"), "");

  expect(await readdir(join(folder, "a", "b"))).toEqual(["c"]);
  await expect(makeFolder(join(folder, "file", "x"))).rejects.toThrow(/cannot make the folder .*ENOTDIR/);
  await expect(makeFolder(join(folder, "file"))).rejects.toThrow(SetupError);
  await expect(makeFolder("/proc/no/folder")).rejects.toThrow(/cannot make the folder \/proc\/no\/folder: ENOENT/);
});

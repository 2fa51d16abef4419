import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { memoryFrom, writeMemory } from "../../../harness/memory/memory.ts";
import { unfence } from "../../../harness/prompt.ts";
import { readRun } from "../../../harness/run/store.ts";
import { trace2skill } from "../../support/command-line.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { experience, item } from "../memory/support.ts";

const TASKS = "totals-by-group-2,filter-by-dates-2";
const run = (out: string, ...more: string[]) => [
  ...["run", "sample-spreadsheet", "--tasks", TASKS, "--model", "sim/large", "--out", out, "--json"],
  ...more,
];

/** A folder with a memory of two tasks; the words of the first are nearest to totals, those of the second to dates. */
async function folderWithMemory(): Promise<string> {
  const cwd = await temporaryFolder();
  const known = memoryFrom("tidy", [
    experience("totals-by-group-1", "Write the total of each group beside the list of groups.", {
      items: [item("run/totals-by-group-1.41#1", { content: "Save computed values." })],
    }),
    experience("filter-by-dates-1", "Keep only the rows whose date lies between two dates.", {
      items: [item("run/filter-by-dates-1.41#1", { content: "Compare dates as dates." })],
    }),
  ]);
  await writeMemory(cwd, known);
  return cwd;
}

test("run --memory shows the nearest items, writes how they were found, resumes without a call, and ranks against no memory", async () => {
  const cwd = await folderWithMemory();
  const asked = run("remembering", "--memory", ".", "--embedding-model", "sim/embedding");
  const first = await trace2skill(asked, { cwd });
  expect(first.code, first.err).toBe(0);
  const { manifest, trials } = await readRun(join(cwd, "remembering"));
  expect(manifest.arm).toBe("memory");
  expect(manifest.memory).toMatchObject({
    name: "tidy",
    retrieval: "embedding",
    top: 1,
    embedding: { model: "sim/embedding", endpoint: expect.stringMatching(/^simulated:/) },
    leftOut: [],
  });
  expect(manifest.fingerprint.memory).toMatchObject({ hash: manifest.memory?.hash, top: 1 });
  for (const { recalled = [], trajectory } of trials) {
    expect(recalled).toHaveLength(1);
    const [shown = ""] = unfence("memory", trajectory?.prompt[0]?.content ?? "");
    expect(shown).toContain(recalled[0]?.task === "filter-by-dates-1" ? "as dates" : "computed values");
  }
  const second = JSON.parse((await trace2skill(asked, { cwd })).out);
  expect(second.calls.made).toBe(0);
  expect(second.summary.memory).toEqual({ hash: manifest.memory?.hash, leftOut: 0 });

  expect((await trace2skill(run("plain"), { cwd })).code).toBe(0);
  const compared = await trace2skill(["compare", "plain", "remembering", "--json"], { cwd });
  expect(compared.code, compared.err).toBe(10); // two tasks are no evidence
  expect(JSON.parse(compared.out).differences[0].arm.arm).toBe("memory");
});

test.each([
  ["none", []],
  ["another way to search", ["--memory", ".", "--memory-top", "2"]],
])("a run with a memory is not gone on with under %s", async (_, more) => {
  const cwd = await folderWithMemory();
  await trace2skill(run("out", "--memory", "."), { cwd });
  const { code, err } = await trace2skill(run("out", ...more), { cwd });
  expect(code).toBe(1);
  expect(err).toMatch(/holds another run \(memory: \{.*"bm25"/);
});

test("tasks that the memory was drawn from are shown only what others taught, and the run says so", async () => {
  const cwd = await folderWithMemory();
  const asked = run("out", "--memory", ".", "--memory-top", "2");
  const { err } = await trace2skill(
    asked.map((part) => (part === TASKS ? "totals-by-group-1,totals-by-group-2" : part)),
    { cwd },
  );
  expect(err).toMatch(/drawn from 1 of these 2 tasks; each is shown only what other tasks taught \(leave-one-out\)/);
  const { manifest, trials } = await readRun(join(cwd, "out"));
  expect(manifest.memory?.leftOut).toEqual(["totals-by-group-1"]);
  const recalledBy = (id: string) => trials.find(({ task }) => task.id === id)?.recalled?.map(({ task }) => task) ?? [];
  expect(recalledBy("totals-by-group-1")).not.toContain("totals-by-group-1");
  expect(recalledBy("totals-by-group-2")).toContain("totals-by-group-1");
});

test.each([
  [["--memory-top", "2"], 2, /give one with --memory DIR/],
  [["--embedding-model", "sim/embedding"], 2, /give one with --memory DIR/],
  [["--memory", ".", "--embedding-base-url", "http://localhost:1/v1"], 2, /give its name with --embedding-model/],
  [["--memory", ".", "--embedding-model", "Qwen3"], 2, /unknown embedding model "Qwen3".*--embedding-base-url/],
  [["--memory", ".", "--memory-top", "0"], 2, /--memory-top must be a whole number of at least 1/],
  [["--memory", "elsewhere"], 1, /elsewhere holds no memory.*distill RUN --strategy retrieval/],
])("what cannot be is told before anything is run: %j", async (more, code, message) => {
  const cwd = await folderWithMemory();
  const ended = await trace2skill(run("out", ...more), { cwd });
  expect(ended.err).toMatch(message);
  expect(ended.code).toBe(code);
});

test("a memory that is moved is the same memory", async () => {
  const cwd = await folderWithMemory();
  await trace2skill(run("out", "--memory", "."), { cwd });
  await cp(join(cwd, "memory.json"), join(cwd, "moved", "memory.json"));
  const { code, err, out } = await trace2skill(run("out", "--memory", "moved"), { cwd });
  expect(code, err).toBe(0);
  expect(JSON.parse(out).calls.made).toBe(0);
  expect(await readFile(join(cwd, "out", "manifest.json"), "utf8")).toContain("moved");
});

/** The trials that a page holds: what is packed, what leads to it, and what lies beside the page. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inflateRawSync } from "node:zlib";
import { expect, test } from "vitest";
import { trialName } from "../../harness/run/store.ts";
import { holdTrials, type TrialIndex, type UnpackedChunk } from "../../reports/page/data.ts";
import { BROWSER_MODULES, SCRIPT } from "../../reports/page/script.ts";
import { packedLength, pageLinks } from "../../reports/page/trials.ts";
import { reportPage, writeReport } from "../../reports/page.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { type ExampleExperiment, exampleExperiment, HOSTILE } from "./browser-example.ts";

const ROOT = join(import.meta.dirname, "../..");
const SMALL = { tasks: 6, steps: 2 };

/** A name at the top of a module: of two functions with one name the later would be taken, without a word. */
const DECLARED = /^(?:export )?(?:async )?(?:function\*?|const|let|class) ([\w$]+)/gm;

/** What a browser makes of packed text. */
function unpacked<T>(packed: string): T {
  return JSON.parse(inflateRawSync(Buffer.from(packed, "base64")).toString("utf8")) as T;
}

async function example(size = SMALL): Promise<ExampleExperiment & { readonly folder: string }> {
  const folder = await temporaryFolder();
  return { folder, ...(await exampleExperiment(join(folder, "runs"), size)) };
}

test("every trial is in the index with its score, and its place in a chunk holds its steps", async () => {
  const { runs } = await example();

  const { index, packed, chunks } = await holdTrials(runs);

  expect(unpacked<TrialIndex>(packed)).toEqual(JSON.parse(JSON.stringify(index).replaceAll("\u202e", "\ufffd")));
  expect(index.trials).toHaveLength(4 * 6 * 2);
  const opened = chunks.map((chunk) => unpacked<UnpackedChunk>(chunk.packed));
  for (const [run, task, seed, value, , steps, , place] of index.trials) {
    const trial = opened[place![0]]!.trials[place![1]]!;
    const outcome = runs[run]!.trials.find((each) => each.task.id === index.tasks[task]!.id && each.seed === seed)!;
    expect(value).toBe(outcome.score.kind === "scored" ? outcome.score.value : null);
    expect(trial.steps).toHaveLength(steps);
    expect(trial.usage).toEqual(outcome.usage);
  }
});

test("a prompt that many trials share is kept once", async () => {
  const { runs } = await example();

  const { texts } = unpacked<UnpackedChunk>((await holdTrials(runs)).chunks[0]!.packed);

  expect(texts.filter((text) => text.startsWith("You work on spreadsheets"))).toHaveLength(2); // with and without the lesson
});

test("a trial whose file was damaged since keeps its score in the table, and its page says so", async () => {
  const { runs } = await example();
  const [{ directory, trials }] = runs as [(typeof runs)[number]];
  await writeFile(join(directory, "trials", `${trialName(trials[0]!.task.id, 41)}.json`), "{");

  const { index } = await holdTrials(runs);

  expect(index.trials[0]![3]).toBe(trials[0]!.score.kind === "scored" ? trials[0]!.score.value : null);
  expect(index.trials.map((trial) => trial.at(-1) === null)).toEqual([true, ...index.trials.slice(1).map(() => false)]);
});

test("links lead from a lesson's trial and from a lost task to what the page holds, and nowhere else", async () => {
  const { runs } = await example();
  const { index } = await holdTrials(runs);
  const [baseline, arm] = [index.runs[0]!, index.runs[2]!];
  const links = pageLinks(index);
  const task = index.tasks.find(({ id }) => id === "task 1002")!;

  expect(links.trial("evolve/sheet-10.41")).toBe(`#trial=${index.runs[3]!.key}/sheet-10.41`);
  expect(links.trial("evolve/sheet-99.41")).toBeNull();
  expect(links.diff({ arm: arm.fingerprint, baseline: baseline.fingerprint }, "task 1002")).toBe(
    `#diff=${baseline.key}/${task.name}.41..${arm.key}/${task.name}.41`,
  );
  expect(links.diff({ arm: arm.fingerprint, baseline: "gone" }, "task 1002")).toBeNull();
});

test("a trial's name that two runs of the page share leads nowhere, for it could be either", async () => {
  const [one, other] = [await example(), await example()];
  const { index } = await holdTrials([...one.runs, ...other.runs]);

  expect(pageLinks(index).trial("evolve/sheet-10.41")).toBeNull();
});

test("no text of a model stands in the page or beside it but packed, and the same trials give the same bytes", async () => {
  const { folder, report, runs } = await example();
  const held = await holdTrials(runs);
  const page = reportPage(report, { held, folder: null });

  expect(page).not.toContain("window.hurt");
  expect(page).not.toContain(HOSTILE.slice(-8));
  expect(reportPage(report, { held: await holdTrials(runs), folder: null })).toBe(page);
  const { folder: beside } = await writeReport(join(folder, "page.html"), report, runs, 0);
  for (const name of await readdir(beside!)) {
    expect(await readFile(join(beside!, name), "utf8")).toMatch(
      /^trace2skillChunk\("[0-9a-f]{16}","[A-Za-z0-9+/=]+"\);\n$/,
    );
  }
});

test("trials that are too many lie beside the page; a later page takes the old ones away, and nothing that is not its own", async () => {
  const { folder, report, runs } = await example();
  const path = join(folder, "pages", "report.html");
  const trials = join(folder, "pages", "report.trials");

  expect(await writeReport(path, report, runs, 0)).toEqual({ page: path, folder: trials });
  const page = await readFile(path, "utf8");
  expect(page).toContain('data-trials="report.trials"');
  expect(page).toContain("&#39;strict-dynamic&#39;");
  await writeFile(join(trials, "notes.txt"), "mine");
  expect(await writeReport(path, report, runs.slice(0, 2), 0)).toEqual({ page: path, folder: trials });
  expect((await readdir(trials)).filter((name) => name.endsWith(".js"))).toHaveLength(1);

  expect(await writeReport(path, report, runs)).toEqual({ page: path, folder: null });
  expect(await readdir(trials)).toEqual(["notes.txt"]);
  expect(await readFile(path, "utf8")).not.toContain("strict-dynamic");
});

test("the index counts as what a page may hold, and of an instruction it has the start alone", async () => {
  const { folder, report, runs } = await example();
  const told = runs.map((run) => ({
    ...run,
    trials: run.trials.map((trial) => ({ ...trial, task: { ...trial.task, instruction: "x".repeat(5_000) } })),
  }));
  const held = await holdTrials(told);
  const ofChunks = held.chunks.reduce((sum, { packed }) => sum + packed.length, 0);

  expect(held.index.tasks.every(({ instruction }) => instruction.length === 1_000)).toBe(true);
  expect(packedLength(held)).toBe(ofChunks + held.packed.length);
  expect(
    (await writeReport(join(folder, "page.html"), report, told, ofChunks + held.packed.length - 1)).folder,
  ).not.toBeNull();
  expect((await writeReport(join(folder, "page.html"), report, told, ofChunks + held.packed.length)).folder).toBeNull();
});

test("a file that has the name of the folder for trials stays, and the page is written all the same", async () => {
  const { folder, report, runs } = await example();
  await writeFile(join(folder, "report.trials"), "mine");

  expect(await writeReport(join(folder, "report.html"), report, runs)).toMatchObject({ folder: null });

  expect(await readFile(join(folder, "report.trials"), "utf8")).toBe("mine");
});

test("the script is all modules of its folder, none takes a name of another's, and it reads no markup from strings", async () => {
  const folder = join(ROOT, "reports", "page", "browser");
  const files = await readdir(folder);
  const modules = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
  const declared = modules.flatMap((module) => [...module.matchAll(DECLARED)].map(([, name]) => name));

  expect([...BROWSER_MODULES].sort()).toEqual(files.sort());
  expect(SCRIPT).not.toMatch(
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|^\s*(import|export) /m,
  );
  expect(declared.length).toBeGreaterThan(80);
  expect(declared.filter((name, index) => declared.indexOf(name) < index)).toEqual([]);
});

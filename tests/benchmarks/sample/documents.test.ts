import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sampleDocuments } from "../../../benchmarks/sample/documents.ts";
import { canvas } from "../../../benchmarks/sample/pages/canvas.ts";
import { makeQuestions, PAGE_KINDS } from "../../../benchmarks/sample/pages/index.ts";
import { answerSimilarity } from "../../../benchmarks/scoring/anls.ts";
import { hashJson, sha256 } from "../../../harness/hash.ts";
import { fitImage, imageSize, renderSvg } from "../../../harness/images/raster.ts";
import { Task } from "../../../harness/records.ts";
import { HABITS } from "../../../harness/simulator/habits.ts";
import { HONEST } from "../../../harness/simulator/script.ts";
import { wordAnswer } from "../../../harness/simulator/word-answer.ts";
import { asked } from "../../support/load-options.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const QUESTIONS = makeQuestions();

/** When pages or questions change on purpose, change this too: results from before are then not comparable. */
const KNOWN = "e07f3fbd65367e4455966737b2975afff4a262c475984407862340e0e038feb7";

test("pages and truth do not drift: the same data as ever, on whatever machine", () => {
  expect(hashJson(QUESTIONS.map(({ id, text, answers, svg }) => [id, text, answers, svg]))).toBe(KNOWN);
});

test("there are at least 40 questions, and at least ten of each of the four kinds", () => {
  expect(QUESTIONS.length).toBeGreaterThanOrEqual(40);
  expect(PAGE_KINDS.map(({ name }) => name)).toEqual(["form", "table", "receipt", "chart"]);
  for (const { name } of PAGE_KINDS)
    expect(QUESTIONS.filter(({ kind }) => kind === name).length, name).toBeGreaterThanOrEqual(10);
});

test("no question is asked twice, and none holds its own answer", () => {
  expect(new Set(QUESTIONS.map(({ text }) => text)).size).toBe(QUESTIONS.length);
  const [first] = QUESTIONS;
  expect(first!.text).toMatch(/\?$/);
  for (const { id, text, answers } of QUESTIONS)
    for (const answer of answers) expect(text.split(/[\s"?,]+/), id).not.toContain(answer);
});

test("the halves share no page, and have as many questions of each kind", async () => {
  const [evolve, held] = await Promise.all(["evolve", "test"].map((split) => sampleDocuments(asked({ split }))));
  const pagesOf = (ids: readonly { id: string }[]) =>
    new Set(ids.map(({ id }) => QUESTIONS.find((question) => question.id === id)!.svg));
  expect(pagesOf(evolve!.tasks).intersection(pagesOf(held!.tasks)).size).toBe(0);
  expect(pagesOf(evolve!.tasks).size + pagesOf(held!.tasks).size).toBe(24);
  const kinds = (tasks: readonly Task[]) => tasks.map(({ kind }) => kind).toSorted();
  expect(kinds(evolve!.tasks)).toEqual(kinds(held!.tasks));
  expect(held!.tasks.map((task) => held!.splitOf(task))).toEqual(held!.tasks.map(() => "test"));
  expect(evolve!.dataHash).not.toBe(held!.dataHash);
});

test("a task is the page as a file and as an image, and nothing that holds an answer", async () => {
  const { tasks } = await sampleDocuments(asked());
  for (const task of tasks) {
    expect(Task.parse(task)).toMatchObject({ files: ["page.png"], images: ["page.png"], output: null });
    expect(Object.keys(task).toSorted()).toEqual(["files", "id", "images", "instruction", "kind", "output"]);
  }
});

test("prepare lays down the page and nothing else, drawn once for all its questions", async () => {
  const cacheDirectory = await temporaryFolder();
  const benchmark = await sampleDocuments(asked({ cacheDirectory, split: "test" }));
  expect(await readdir(cacheDirectory)).toEqual([]);
  const [first, second] = benchmark.tasks;
  const folders = [await temporaryFolder(), await temporaryFolder()];
  await Promise.all([benchmark.prepare(first!, folders[0]!), benchmark.prepare(second!, folders[1]!)]);
  for (const folder of folders) expect(await readdir(folder)).toEqual(["page.png"]);
  const pages = (await readdir(cacheDirectory, { recursive: true })).filter((path) => path.endsWith(".png"));
  expect(pages).toHaveLength(1);
  const bytes = await Promise.all(folders.map((folder) => readFile(join(folder, "page.png"))));
  expect(sha256(bytes[0]!)).toBe(sha256(bytes[1]!));
  expect(await imageSize(bytes[0]!)).toEqual({ width: 1000, height: 1400 });
});

test("pages are not blank, differ from each other, and come out the same bytes twice", async () => {
  const pages = [...new Set(QUESTIONS.map(({ svg }) => svg))];
  const { bytes: blank } = await renderSvg(canvas(1000, 1400, { paper: "#ffffff", tilt: 0 }).svg());
  const hashes = new Set<string>();
  for (const svg of pages) {
    const { bytes } = await renderSvg(svg);
    hashes.add(sha256(bytes));
    expect(bytes.length).toBeGreaterThan(5 * blank.length);
  }
  expect(hashes.size).toBe(24);
  expect(sha256((await renderSvg(pages[0]!)).bytes)).toBe([...hashes][0]);
}, 60_000);

test("no page needs a font, or anything else that a machine may lack", () => {
  for (const { id, svg } of QUESTIONS) expect(svg, id).not.toMatch(/<text|font|href|<image|<style/);
});

test("a page as a model is sent it keeps its size", async () => {
  const { bytes } = await renderSvg(QUESTIONS[0]!.svg);
  expect(await fitImage(bytes)).toMatchObject({ width: 1000, height: 1400 });
});

test("the truth scores 1, the empty answer 0, and what stands beside the truth less than 1", async () => {
  const benchmark = await sampleDocuments(asked());
  for (const task of benchmark.tasks) {
    const truth = await benchmark.submitTruth(task, "nowhere");
    expect(await benchmark.score(task, truth), task.id).toMatchObject({ value: 1, metrics: { accuracy: 1 } });
    expect(await benchmark.score(task, { directory: "", answer: "" }), task.id).toMatchObject({ value: 0 });
    const { answers, decoy } = QUESTIONS.find(({ id }) => id === task.id)!;
    expect(decoy, task.id).not.toBe("");
    expect(answerSimilarity(decoy, answers).anls, task.id).toBeLessThan(1);
  }
});

test("each habit of a task costs it points, by itself and with the other", async () => {
  const benchmark = await sampleDocuments(asked());
  const entries = await benchmark.answerKey(benchmark.tasks);
  for (const [index, entry] of entries.entries()) {
    const task = benchmark.tasks[index]!;
    const biting = HABITS.filter(({ name }) => entry.habits.includes(name));
    expect(biting.length, task.id).toBe(entry.habits.length);
    for (const habits of [...biting.map((habit) => [habit]), biting]) {
      const answer = wordAnswer(entry, { ...HONEST, biting: habits }, null);
      const score = await benchmark.score(task, { directory: "", answer });
      expect(score, `${task.id}: ${answer}`).toMatchObject({ kind: "scored" });
      if (score.kind === "scored") expect(score.value, `${task.id}: ${answer}`).toBeLessThan(0.75);
    }
  }
  expect(entries.filter(({ habits }) => habits.includes("adds-to-the-span")).length).toBeGreaterThan(25);
});

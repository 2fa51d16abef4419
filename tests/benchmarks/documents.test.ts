/** DocVQA and the receipts: layouts, splits, scores, and what the user is told of what is missing. */
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { docVqa } from "../../benchmarks/docvqa.ts";
import { receipts } from "../../benchmarks/receipts.ts";
import { AnswerKey } from "../../harness/simulator/answer-key.ts";
import { asked } from "../support/load-options.ts";
import { noise, picture } from "../support/pictures.ts";
import { temporaryFolder } from "../support/temporary.ts";

const REAL = fileURLToPath(new URL("../../../shared/data/docvqa", import.meta.url));
const NOT_HERE = "the pages (../shared/data/docvqa) are not here";

const png = async (width: number) => (await picture(width, 20)).png().toBuffer();

/** Question number `id` on a page, in lines of our own. */
const line = (id: number, image: string | null, more: object = {}) => ({
  question_id: id,
  question: `What is ${id}?`,
  document: id,
  image,
  answers: [`answer ${id}`, `Answer ${id}`],
  ...more,
});

async function folderWith(files: Record<string, string | Uint8Array>): Promise<string> {
  const folder = await temporaryFolder();
  for (const name of ["images", "documents", "receipts"]) await mkdir(join(folder, name));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return folder;
}

const lines = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
const load = (data: string, split = "all", tasks: Parameters<typeof asked>[0] = {}) =>
  docVqa(asked({ data, split, ...tasks }));
const idsOf = ({ tasks }: { tasks: readonly { id: string }[] }) => tasks.map(({ id }) => id);

/** The official release in small: pages `docN_1.png`. */
async function release(count: number, file = "val_v1.0_withQT.json") {
  const data = Array.from({ length: count }, (_, index) => ({
    questionId: 100 + index,
    question: `What is ${index}?`,
    question_types: ["handwritten"],
    image: `documents/doc${index % 3}_1.png`,
    docId: index % 3,
    ucsf_document_id: `doc${index % 3}`,
    ucsf_document_page_no: "1",
    answers: [`${index}`],
    data_split: "val",
  }));
  const pages = await Promise.all(
    [0, 1, 2].map(async (page) => [`documents/doc${page}_1.png`, await png(20 + page)] as const),
  );
  return folderWith({ [file]: JSON.stringify({ dataset_name: "docvqa", data }), ...Object.fromEntries(pages) });
}

test.each(["val_v1.0_withQT.json", "val_v1.0.json"])("the official release is read as it is: %s", async (file) => {
  const benchmark = await load(await release(4, file));

  expect(idsOf(benchmark)).toEqual(["100", "101", "102", "103"]);
  expect(benchmark.tasks[0]).toMatchObject({
    files: ["doc0_1.png"],
    images: ["doc0_1.png"],
    output: null,
    kind: "document",
  });
  expect(benchmark.tasks[0]?.instruction).toMatch(/`\/work\/doc0_1\.png`[\s\S]*What is 0\?[\s\S]*bare answer/);
  expect(benchmark.notices).toContainEqual(expect.stringMatching(/4 of the 5,349 questions/));
  expect(benchmark).toMatchObject({ metric: "ANLS", split: "all", settings: { split: "all" } });
});

test("the paper's halves are positions 0:2700 and 2700:5349 of the official file", async () => {
  const data = await release(5_349);
  const [evolve, testHalf] = [await load(data, "evolve"), await load(data, "test")];

  expect([evolve.tasks.length, testHalf.tasks.length]).toEqual([2_700, 2_649]);
  expect([idsOf(evolve).at(-1), idsOf(testHalf)[0]]).toEqual(["2799", "2800"]);
  expect(evolve.notices).toEqual([]);
  expect(evolve.splitOf(evolve.tasks[0]!)).toBe("evolve");
  expect(testHalf.splitOf(testHalf.tasks[0]!)).toBe("test");
});

test("the halves by document share no document, and together are all", async () => {
  const pages = Array.from({ length: 40 }, (_, index) => `d${index % 20}_${Math.floor(index / 20)}.png`);
  const images = await Promise.all(pages.map(async (page) => [`images/${page}`, await png(20)] as const));
  const data = await folderWith({
    "val_questions.jsonl": lines(pages.map((page, index) => line(index, page))),
    ...Object.fromEntries(images),
  });

  const [one, other] = [await load(data, "documents-evolve"), await load(data, "documents-test")];

  const documents = (benchmark: typeof one) => new Set(idsOf(benchmark).map((id) => Number(id) % 20));
  expect(documents(one).intersection(documents(other))).toEqual(new Set());
  expect(idsOf(one).length + idsOf(other).length).toBe(40);
  expect(Math.min(documents(one).size, documents(other).size)).toBeGreaterThan(3);
  const all = await load(data);
  for (const task of all.tasks) expect(all.splitOf(task)).toBe(idsOf(one).includes(task.id) ? "evolve" : "test");
});

test("lines that tell no official order say so, and are halved by document; lines with positions are halved as in the paper", async () => {
  const image = { "images/a_1.png": await png(20), "images/b_1.png": await png(20) };
  const rows = [line(1, "a_1.png"), line(2, "b_1.png")];
  const told = [line(1, "a_1.png", { position: 2_699 }), line(2, "b_1.png", { position: 2_700 })];

  const untold = await load(await folderWith({ "val_questions.jsonl": lines(rows), ...image }));
  const placed = await load(await folderWith({ "val_questions.jsonl": lines(told), ...image }));

  expect(untold.notices).toContainEqual(expect.stringMatching(/does not tell the official order.*by document/));
  expect(placed.notices).not.toContainEqual(expect.stringMatching(/does not tell the official order/));
  expect(placed.tasks.map((task) => placed.splitOf(task))).toEqual(["evolve", "test"]);
});

test("questions without their page are left out with one notice, and rows are those that are left", async () => {
  const rows = [line(1, null), line(2, "gone_1.png"), line(3, "here_1.png"), line(4, "here_1.png")];
  const data = await folderWith({ "val_questions.jsonl": lines(rows), "images/here_1.png": await png(20) });

  const benchmark = await load(data, "all", { tasks: { kind: "rows", from: 0, to: 1 } });

  expect(idsOf(benchmark)).toEqual(["3"]);
  expect(benchmark.notices.filter((notice) => /page image/.test(notice))).toEqual([
    '2 questions of the split "all" are left out, as their page image is not there; 2 remain',
  ]);
  await expect(load(data, "all", { tasks: { kind: "ids", ids: ["1"] } })).rejects.toThrow(
    /questions with a page image: there is no task "1"/,
  );
});

test("answers are scored by ANLS with accuracy beside it, and truth submits as itself", async () => {
  const data = await folderWith({
    "val_questions.jsonl": lines([line(49_153, "a_1.png", { answers: ["0.28"] }), line(2, "a_1.png")]),
    "images/a_1.png": await png(20),
  });
  const benchmark = await load(data);
  const [noisy, plain] = benchmark.tasks;
  const score = (answer: string) => benchmark.score(plain!, { directory: data, answer });

  expect(await score("ANSWER 2")).toMatchObject({ kind: "scored", value: 1, metrics: { accuracy: 1 } });
  expect(await score("answer 3")).toMatchObject({ value: 0.875, metrics: { accuracy: 1 } });
  expect(await score("")).toMatchObject({ value: 0, metrics: { accuracy: 0 } });
  expect(await score("The answer to the question is answer 2.")).toMatchObject({
    value: 0,
    explanation: 'wanted "answer 2" or "Answer 2"; found "The answer to the question is answer 2." (ANLS 0)',
  });
  expect(await benchmark.score(plain!, await benchmark.submitTruth(plain!, data))).toMatchObject({ value: 1 });
  expect(benchmark.errata).toEqual({ "49153": expect.stringMatching(/0\.28/) });
  expect(noisy?.id).toBe("49153");
  expect(AnswerKey.parse(await benchmark.answerKey([plain!]))).toMatchObject([
    { text: "answer 2", instruction: plain?.instruction, habits: ["full-sentence", "adds-to-the-span"] },
  ]);
});

test("the page lies in the sandbox as it is on disk, writable, and no answer lies with it", async () => {
  const photograph = await noise(40, 30).withMetadata({ orientation: 6 }).jpeg().toBuffer();
  const data = await folderWith({ "val_questions.jsonl": lines([line(1, "a_1.JPG")]), "images/a_1.JPG": photograph });
  const benchmark = await load(data);
  const sandbox = await temporaryFolder();

  await benchmark.prepare(benchmark.tasks[0]!, sandbox);

  expect(await readdir(sandbox)).toEqual(["a_1.jpg"]);
  expect(await readFile(join(sandbox, "a_1.jpg"))).toEqual(photograph);
  expect(JSON.stringify(benchmark.tasks)).not.toMatch(/answer 1/i);
});

test("another page, question or answer is another hash of the data; what was not chosen does not matter", async () => {
  const first = [{ kind: "rows", from: 0, to: 1 }] as const;
  const hash = async (answer: string, width: number, second: string) => {
    const rows = [line(1, "a_1.png", { answers: [answer] }), line(2, "a_1.png", { answers: [second] })];
    const data = await folderWith({ "val_questions.jsonl": lines(rows), "images/a_1.png": await png(width) });
    return (await load(data, "all", { tasks: first[0] })).dataHash;
  };
  const base = await hash("x", 20, "y");
  expect(await hash("x", 20, "z")).toBe(base);
  expect(await hash("z", 20, "y")).not.toBe(base);
  expect(await hash("x", 21, "y")).not.toBe(base);
});

test("a folder that is something else, a broken line, and pages that are all missing are told with what to do", async () => {
  await expect(load(await folderWith({}))).rejects.toThrow(/expected one of val_v1\.0_withQT\.json.*data fetch docvqa/);
  await expect(
    load(await folderWith({ "val_questions.jsonl": `${lines([line(1, null)])}{"question_id": 2}\n` })),
  ).rejects.toThrow(/val_questions\.jsonl:2: not a question of DocVQA/);
  await expect(load(await folderWith({ "val_questions.jsonl": lines([line(1, null)]) }))).rejects.toThrow(
    /no question of the split has its page/,
  );
  await expect(load(await folderWith({ "val_v1.0.json": "{" }))).rejects.toThrow(/cannot use .*val_v1\.0\.json/);
  await expect(receipts(asked({ data: await folderWith({}) }))).rejects.toThrow(
    /cannot read .*receipts_questions\.jsonl/,
  );
});

const receiptLine = (receipt: string, field: string) => ({
  question_id: `sroie-${receipt}-${field}`,
  question: `What is the ${field} on the receipt?`,
  image: `receipts/${receipt}.jpg`,
  answers: [`${field} ${receipt}`],
});

test("a receipt stands on one side of the split with all its questions, also where it is there under two names", async () => {
  const names = Array.from({ length: 24 }, (_, index) => String(index).padStart(3, "0"));
  const scans = await Promise.all(
    names.map(
      async (name, index) =>
        [
          `receipts/${name}.jpg`,
          await noise(20, 20 + (index % 12))
            .jpeg()
            .toBuffer(),
        ] as const,
    ),
  );
  const rows = names.flatMap((name) => ["company", "total"].map((field) => receiptLine(name, field)));
  const data = await folderWith({ "receipts_questions.jsonl": lines(rows), ...Object.fromEntries(scans) });

  const [evolve, testHalf] = await Promise.all(["evolve", "test"].map((split) => receipts(asked({ data, split }))));

  const scansOf = (ids: string[]) => new Set(ids.map((id) => Number(id.split("-")[1]) % 12));
  expect(scansOf(idsOf(evolve!)).intersection(scansOf(idsOf(testHalf!)))).toEqual(new Set());
  expect(idsOf(evolve!).length + idsOf(testHalf!).length).toBe(48);
  expect(Math.min(scansOf(idsOf(evolve!)).size, scansOf(idsOf(testHalf!)).size)).toBeGreaterThan(1);
  expect(evolve?.tasks.map(({ kind }) => kind).slice(0, 2)).toEqual(["company", "total"]);
});

test("the real pages and receipts load, truth scores 1 for each, and nothing scores for none", async ({ skip }) => {
  if (!existsSync(REAL)) return skip(NOT_HERE);
  for (const benchmark of [await load(REAL), await receipts(asked({ data: REAL }))]) {
    for (const task of benchmark.tasks) {
      const truth = await benchmark.submitTruth(task, REAL);
      expect(await benchmark.score(task, truth), task.id).toMatchObject({ value: 1 });
      expect(await benchmark.score(task, { ...truth, answer: "" }), task.id).toMatchObject({ value: 0 });
    }
    expect(benchmark.tasks.length).toBeGreaterThan(20);
  }
});

test("one question about two pages is two instructions, so that nobody who knows tasks by them takes one for the other", async () => {
  const pages = Object.fromEntries(
    await Promise.all(["a", "b"].map(async (name) => [`images/${name}_1.png`, await png(20)])),
  );
  const rows = ["a_1.png", "b_1.png"].map((image, index) => ({
    ...line(index, image),
    question: "What is the total?",
  }));

  const { tasks } = await load(await folderWith({ "val_questions.jsonl": lines(rows), ...pages }));

  expect(new Set(tasks.map(({ instruction }) => instruction)).size).toBe(2);
});

import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parquetWriteFile } from "hyparquet-writer";
import { expect, test } from "vitest";
import { take } from "../../../benchmarks/data/make.ts";
import { sha256 } from "../../../harness/hash.ts";
import { temporaryFolder } from "../../support/temporary.ts";

async function folders() {
  const root = await temporaryFolder();
  const both = { downloads: join(root, "downloads"), made: join(root, "made") };
  await Promise.all(Object.values(both).map((path) => mkdir(path)));
  return both;
}

async function lines(path: string): Promise<unknown[]> {
  return (await readFile(path, "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

const WRAPPED =
  "Solve the following math problem step by step. The last line of your response should be of the form Answer: $Answer " +
  '(without quotes) where $Answer is the answer to the problem.\n\nWhat is $1+1$?\n\nRemember to put your answer on its own line after "Answer:".';

test("DAPO loses its wrapper, repeats up to white space, Chinese problems and answers that are no integers", async () => {
  const { downloads, made } = await folders();
  const prompts = [WRAPPED, "求 $x$ 的值", "What is\n $1+1$? ", "Half of one?", "Minus one?"];
  parquetWriteFile({
    filename: join(downloads, "dapo.parquet"),
    columnData: [
      { name: "prompt", data: prompts.map((content) => [{ role: "user", content }]), type: "JSON" },
      {
        name: "reward_model",
        data: ["2", "3", "2", "0.5", "-1"].map((ground_truth) => ({ ground_truth })),
        type: "JSON",
      },
    ],
  });

  const notes = await take({ kind: "dapo", from: "dapo.parquet", to: "dapo_math.jsonl" }, { downloads, made });

  expect(await lines(join(made, "dapo_math.jsonl"))).toEqual([
    { id: "dapo-0", problem: "What is $1+1$?", answer: "2" },
    { id: "dapo-4", problem: "Minus one?", answer: "-1" },
  ]);
  expect(notes[0]).toMatch(/5 rows: 1 repeats, 1 Chinese problems and 1 without an integer answer/);
});

test("a column that is not there is named with file and row", async () => {
  const { downloads, made } = await folders();
  parquetWriteFile({
    filename: join(downloads, "dapo.parquet"),
    columnData: [{ name: "text", data: ["What?"], type: "STRING" }],
  });

  await expect(take({ kind: "dapo", from: "dapo.parquet", to: "x" }, { downloads, made })).rejects.toThrow(
    /dapo.parquet, row 0: not as expected:[\s\S]*expected a problem and an answer/,
  );
});

const ANSWERS = Array.from({ length: 30 }, (_, index) => index * 3);

function aimeParquet(filename: string, answers: readonly number[], from = 1): void {
  parquetWriteFile({
    filename,
    columnData: [
      { name: "problem_idx", data: answers.map((_, index) => BigInt(index + from)), type: "INT64" },
      { name: "problem", data: answers.map((answer) => `Find ${answer}.`), type: "STRING" },
      { name: "answer", data: answers.map(BigInt), type: "INT64" },
    ],
  });
}

const aime = { kind: "aime", to: "aime.jsonl", year: 2024, answersSha256: sha256(ANSWERS.join(",")) } as const;

test("AIME comes in the official order, from one file or from one a contest, numbered from 1 or going on", async () => {
  const { downloads, made } = await folders();
  aimeParquet(join(downloads, "all.parquet"), ANSWERS);
  aimeParquet(join(downloads, "I.parquet"), ANSWERS.slice(0, 15));
  aimeParquet(join(downloads, "II.parquet"), ANSWERS.slice(15));
  aimeParquet(join(downloads, "II-on.parquet"), ANSWERS.slice(15), 16);

  const made30 = [];
  for (const from of [["all.parquet"], ["I.parquet", "II.parquet"], ["I.parquet", "II-on.parquet"]]) {
    await take({ ...aime, from }, { downloads, made });
    made30.push(await lines(join(made, "aime.jsonl")));
  }

  expect(made30[1]).toEqual(made30[0]);
  expect(made30[2]).toEqual(made30[0]);
  expect(made30[0]?.[15]).toEqual({
    id: "aime2024-II-1",
    year: 2024,
    contest: "AIME II",
    number: 1,
    problem: "Find 45.",
    answer: 45,
    answer_text: "45",
  });
});

test("AIME with two answers exchanged is not the official one", async () => {
  const { downloads, made } = await folders();
  aimeParquet(join(downloads, "all.parquet"), [3, 0, ...ANSWERS.slice(2)]);

  await expect(take({ ...aime, from: ["all.parquet"] }, { downloads, made })).rejects.toThrow(
    /not the 30 official ones/,
  );
});

test("DocVQA's pages are written once, byte by byte, under their official names", async () => {
  const { downloads, made } = await folders();
  const page = new Uint8Array([0x89, 0x50, 0xff, 0x00, 0x80]); // no text in any encoding
  const image = { bytes: page, path: "x.png" };
  parquetWriteFile({
    filename: join(downloads, "v.parquet"),
    schema: [
      { name: "root", num_children: 7 },
      { name: "questionId", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
      { name: "question", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
      { name: "docId", type: "INT64", repetition_type: "OPTIONAL" },
      { name: "ucsf_document_id", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
      { name: "ucsf_document_page_no", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
      { name: "image", num_children: 2, repetition_type: "OPTIONAL" },
      { name: "bytes", type: "BYTE_ARRAY", repetition_type: "OPTIONAL" },
      { name: "path", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
      { name: "answers", num_children: 1, converted_type: "LIST", repetition_type: "OPTIONAL" },
      { name: "list", num_children: 1, repetition_type: "REPEATED" },
      { name: "element", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
    ],
    columnData: [
      { name: "questionId", data: ["49153", "24580"] },
      { name: "question", data: ["What?", "Who?"] },
      { name: "docId", data: [14465n, 14465n] },
      { name: "ucsf_document_id", data: ["pybv0228", "pybv0228"] },
      { name: "ucsf_document_page_no", data: ["81", "81"] },
      { name: "image", data: [image, image] },
      { name: "answers", data: [["0.28"], ["University of California", "UC, San Diego"]] },
    ],
  });

  await take({ kind: "docvqa", from: ["v.parquet"], to: "q.jsonl", images: "images" }, { downloads, made });

  expect(await readdir(join(made, "images"))).toEqual(["pybv0228_81.png"]);
  expect(new Uint8Array(await readFile(join(made, "images", "pybv0228_81.png")))).toEqual(page);
  expect((await lines(join(made, "q.jsonl")))[1]).toEqual({
    question_id: 24580,
    question: "Who?",
    document: 14465,
    image: "pybv0228_81.png",
    answers: ["University of California", "UC, San Diego"],
    position: 1,
    answers_are_original: true,
  });
});

test("a receipt gives a question a field it has; one whose fields cannot be read is left out and told of", async () => {
  const { downloads, made } = await folders();
  await mkdir(join(downloads, "img"));
  await mkdir(join(downloads, "key"));
  for (const id of ["000", "001"]) await writeFile(join(downloads, "img", `${id}.jpg`), `scan ${id}`);
  const key = { company: "A SDN BHD", date: "25/12/2018", address: " ", total: "9.00" };
  await writeFile(join(downloads, "key", "000.json"), JSON.stringify(key));
  await writeFile(join(downloads, "key", "001.json"), "{");

  const notes = await take(
    { kind: "receipts", images: "img", keys: "key", to: "receipts_questions.jsonl" },
    { downloads, made },
  );

  const found = await lines(join(made, "receipts_questions.jsonl"));
  expect(found).toHaveLength(3);
  expect(found[2]).toEqual({
    question_id: "sroie-000-total",
    question: "What is the total amount on the receipt?",
    image: "receipts/000.jpg",
    answers: ["9.00"],
  });
  expect(await readdir(join(made, "receipts"))).toEqual(["000.jpg"]);
  expect(notes[0]).toMatch(/receipt 001 is left out/);
});

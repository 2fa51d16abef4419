/**
 * DocVQA, validation set: 5,349 questions about 1,286 scanned pages of industry documents.
 * Source: Mathew et al., WACV 2021, arXiv:2007.00398. Licence: terms of docvqa.org, for research only; pages of the UCSF
 * Industry Documents Library.
 * Score: ANLS by the script of the Robust Reading Competition, and accuracy at 0.5.
 */
import { access } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { SetupError } from "../harness/errors.ts";
import { fractionOf } from "../harness/hash.ts";
import type { Benchmark } from "../harness/roles.ts";
import { dataFolder, documentBenchmark, type Question, withImages } from "./documents.ts";
import { readJson } from "./json-file.ts";
import { readJsonLines } from "./json-lines.ts";
import type { LoadOptions } from "./load-options.ts";

/** The official file has so many questions; the paper distills from those at positions 0 to 2,699 and judges on the rest. */
const VALIDATION_QUESTIONS = 5_349;
const FIRST_TEST_POSITION = 2_700;
/** Of the first question of the official file. */
const FIRST_QUESTION = "49153";
const OFFICIAL = ["val_v1.0_withQT.json", "val_v1.0.json"];
/** Lines of our own: those of `trace2skill data fetch`, or a part of them. */
const LINES = ["val_questions.jsonl", "val_with_images.jsonl"];
const IMAGE_FOLDERS = ["documents", "images"];
const ERRATA = { [FIRST_QUESTION]: "the chart shows about 0.24 for 1975, and only 0.28 is accepted" };

const Answers = z.array(z.string()).min(1);
const OfficialFile = z.object({
  data: z.array(
    z.object({
      questionId: z.number(),
      question: z.string().min(1),
      image: z.string(),
      docId: z.number().optional(),
      ucsf_document_id: z.string().optional(),
      answers: Answers,
    }),
  ),
});
const Line = z.object({
  question_id: z.union([z.number(), z.string()]),
  question: z.string().min(1),
  /** Name of the page's file, or null where it is not known. */
  image: z.string().nullish(),
  /** Number of the page. */
  document: z.union([z.number(), z.string()]).nullish(),
  answers: Answers,
  /** In the official file, from 0; where it is missing, the order of the lines says nothing. */
  position: z.int().nonnegative().nullish(),
});

interface Row {
  readonly id: string;
  readonly question: string;
  readonly answers: readonly string[];
  readonly image: string | null;
  /** What must not stand on both sides of a split. */
  readonly document: string;
  /** In the official file; null where it cannot be known. */
  readonly position: number | null;
}

/**
 * Loads the questions of a split whose page image is there, from the official release (`val_v1.0_withQT.json` or
 * `val_v1.0.json`, pages in `documents/`) or from lines (`val_questions.jsonl`, pages in `images/`).
 * `evolve` and `test` are the paper's halves by position in the official file, where the positions are known; else they are
 * the halves by document, and a notice says so. `documents-evolve` and `documents-test` never share a document.
 * @throws SetupError when the folder does not hold the data set, or no question is left
 */
export async function docVqa(options: LoadOptions): Promise<Benchmark> {
  const data = dataFolder("docvqa", options);
  const { split } = options.settings;
  const { rows, file } = await readRows(data);
  const byPosition = !split.startsWith("documents-") && rows.every(({ position }) => position !== null);
  const halfOf = (row: Row) => (byPosition ? halfByPosition(row) : halfByDocument(row));
  const wanted = split.endsWith("evolve") ? "evolve" : split.endsWith("test") ? "test" : null;
  const ofSplit = rows.filter((row) => wanted === null || halfOf(row) === wanted);
  const { there, missing } = await withImages(data, ofSplit, ({ image }) => image, IMAGE_FOLDERS);
  const notices = noticesOf({ file, total: rows.length, split, byPosition, missing, held: there.length });
  if (there.length === 0)
    throw new SetupError(`docvqa: ${data}: no question of the split has its page\n${notices.join("\n")}`);
  const questions = there.map(({ row, image }): Question => {
    const { id, question, answers } = row;
    return { id, question, answers, image, kind: "document", half: halfOf(row) };
  });
  return documentBenchmark({ name: "docvqa", questions, errata: ERRATA, notices }, options);
}

function halfByPosition({ position }: Row): Question["half"] {
  return (position ?? 0) < FIRST_TEST_POSITION ? "evolve" : "test";
}

function halfByDocument({ document }: Row): Question["half"] {
  return fractionOf("docvqa", "halves by document", document) < 0.5 ? "evolve" : "test";
}

async function readRows(data: string): Promise<{ rows: readonly Row[]; file: string }> {
  for (const file of OFFICIAL) {
    if (await isThere(join(data, file)))
      return { rows: officialRows(await readJson(join(data, file), OfficialFile)), file };
  }
  for (const file of LINES) {
    if (await isThere(join(data, file))) {
      return { rows: lineRows(await readJsonLines(join(data, file), Line, "a question of DocVQA")), file };
    }
  }
  throw new SetupError(
    `docvqa: ${data}: expected one of ${[...OFFICIAL, ...LINES].join(", ")}, and page images in ${IMAGE_FOLDERS.join("/ or ")}/. ` +
      "Fetch the data with: trace2skill data fetch docvqa",
  );
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function officialRows({ data }: z.infer<typeof OfficialFile>): Row[] {
  return data.map(({ questionId, question, image, docId, ucsf_document_id, answers }, position) => ({
    id: String(questionId),
    question,
    answers,
    image,
    document: ucsf_document_id ?? documentOf(image) ?? String(docId ?? image),
    position,
  }));
}

function lineRows(lines: readonly z.infer<typeof Line>[]): Row[] {
  const inOrder = lines.length === VALIDATION_QUESTIONS && String(lines[0]?.question_id) === FIRST_QUESTION;
  return lines.map(({ question_id, question, answers, image = null, document, position }, index) => ({
    id: String(question_id),
    question,
    answers,
    image,
    document: documentOf(image) ?? String(document ?? question_id),
    position: position ?? (inOrder ? index : null),
  }));
}

/** Pages are named by the document of the library and the number of the page in it: `pybv0228_81.png`. */
function documentOf(image: string | null): string | null {
  return /([^/]+)_\d+\.\w+$/.exec(image ?? "")?.[1] ?? null;
}

interface Held {
  readonly file: string;
  readonly total: number;
  readonly split: string;
  readonly byPosition: boolean;
  readonly missing: number;
  /** Questions of the split with their page. */
  readonly held: number;
}

function noticesOf({ file, total, split, byPosition, missing, held }: Held): string[] {
  const count = (number: number) => number.toLocaleString("en-US");
  const isPart = total < VALIDATION_QUESTIONS;
  return [
    ...(isPart ? [`${file} has ${count(total)} of the ${count(VALIDATION_QUESTIONS)} questions`] : []),
    ...(isPart && byPosition
      ? ["positions are those in this file: where questions are missing, the halves are not quite the paper's"]
      : []),
    ...(byPosition || split.startsWith("documents-")
      ? []
      : [
          `${file} does not tell the official order, so the paper's halves (positions 0:2700 and 2700:5349) cannot be told: ` +
            "the halves are taken by document, by hash",
        ]),
    ...(missing > 0
      ? [
          `${count(missing)} questions of the split "${split}" are left out, as their page image is not there; ${count(held)} remain`,
        ]
      : []),
  ];
}

/**
 * Receipts: the key fields (company, date, address, total) of real scanned receipts, asked for one by one.
 * Source: ICDAR 2019 SROIE, arXiv:2103.10213, from GitHub zzzDavid/ICDAR-2019-SROIE (MIT); the questions' wording is ours.
 * Score: ANLS by the script of the Robust Reading Competition, and accuracy at 0.5.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { SetupError } from "../harness/errors.ts";
import { fractionOf, sha256 } from "../harness/hash.ts";
import type { Benchmark } from "../harness/roles.ts";
import { dataFolder, documentBenchmark, type Question, withImages } from "./documents.ts";
import { readJsonLines } from "./json-lines.ts";
import type { LoadOptions } from "./load-options.ts";

const FILE = "receipts_questions.jsonl";
const IMAGE_FOLDERS = ["receipts", "img", "images"];

const Line = z.object({
  question_id: z.string().min(1),
  question: z.string().min(1),
  /** Path of the scan below the data folder. */
  image: z.string(),
  answers: z.array(z.string()).min(1),
});
type Line = z.infer<typeof Line>;

/**
 * Loads the questions of a split whose scan is there, from `receipts_questions.jsonl` and `receipts/` (or `img/`).
 * The halves are by receipt, by hash of the scan: a receipt that is there twice under two names is on one side.
 * @throws SetupError when the folder does not hold the data set, or no question is left
 */
export async function receipts(options: LoadOptions): Promise<Benchmark> {
  const data = dataFolder("receipts", options);
  const { split } = options.settings;
  const lines = await readJsonLines(join(data, FILE), Line, "a question about a receipt");
  const { there, missing } = await withImages(data, lines, ({ image }) => image, IMAGE_FOLDERS);
  if (there.length === 0) {
    throw new SetupError(
      `receipts: ${data}: no question has its receipt. Expected images in ${IMAGE_FOLDERS.join("/ or ")}/`,
    );
  }
  const halves = await halvesOf(data, [...new Set(there.map(({ image }) => image))]);
  const questions = there
    .map(({ row, image }) => questionOf(row, image, halves.get(image) ?? "test"))
    .filter(({ half }) => split === "all" || half === split);
  const notices = missing > 0 ? [`${missing} questions are left out, as the image of their receipt is not there`] : [];
  return documentBenchmark({ name: "receipts", questions, errata: {}, notices }, options);
}

function questionOf({ question_id: id, question, answers }: Line, image: string, half: Question["half"]): Question {
  const kind = /-([a-z]+)$/.exec(id)?.[1] ?? "receipt"; // sroie-000-total
  return { id, question, answers, image, kind, half };
}

/** A scan has some 200 KB, and there are about a thousand. */
async function halvesOf(data: string, images: readonly string[]): Promise<Map<string, Question["half"]>> {
  const halves = new Map<string, Question["half"]>();
  for (const image of images) {
    const hash = sha256(await readFile(join(data, image)));
    halves.set(image, fractionOf("receipts", "halves by receipt", hash) < 0.5 ? "evolve" : "test");
  }
  return halves;
}

/**
 * Questions about the images of single pages, each answered by a span of text: what DocVQA and the receipts have in common.
 * Score: ANLS of the submitted text; `accuracy` beside it is 1 for an ANLS of at least 0.5, as in arXiv:2603.25158.
 */
import { chmod, copyFile, readdir, readFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import pLimit from "p-limit";
import { hasCode, messageOf, SetupError } from "../harness/errors.ts";
import { hashJson, sha256 } from "../harness/hash.ts";
import { loadPrompt } from "../harness/prompt.ts";
import type { Score, Task } from "../harness/records.ts";
import { type Benchmark, BenchmarkError } from "../harness/roles.ts";
import type { AnswerKeyEntry } from "../harness/simulator/answer-key.ts";
import { chooseRows, type LoadOptions } from "./load-options.ts";
import { answerSimilarity, withoutPadding } from "./scoring/anls.ts";

const PROMPT = loadPrompt(new URL("./prompts/document.md", import.meta.url), ["question", "page"]);
export const DOCUMENT_SCORER = "anls/rrc-0.5/1";
const READ_AT_ONCE = 8;
/** Characters of an answer that an explanation shows. */
const LONGEST_SHOWN = 300;

export interface Question {
  readonly id: string;
  readonly question: string;
  /** All that are accepted; the first is the one to give. */
  readonly answers: readonly string[];
  /** Path below the data folder. */
  readonly image: string;
  readonly kind: string;
  readonly half: "evolve" | "test";
}

export interface DocumentSet {
  readonly name: string;
  /** Of the split, in its order, with their images there. */
  readonly questions: readonly Question[];
  /** Defects by id of the question. */
  readonly errata: Readonly<Record<string, string>>;
  readonly notices: readonly string[];
}

/**
 * The benchmark of a set's questions that were chosen; only their images are read.
 * The page lies in the sandbox under the name that it has on disk, byte for byte: where its EXIF data say that
 * it is turned, the file is left so, and what the agent is shown is upright.
 * @throws SetupError when no question is left, or an image cannot be read
 */
export async function documentBenchmark(set: DocumentSet, options: LoadOptions): Promise<Benchmark> {
  const { name, notices } = set;
  const data = dataFolder(name, options);
  const { settings, tasks: selection } = options;
  const chosen = chooseRows(
    set.questions,
    selection,
    `${name}: ${data}: split "${settings.split}", questions with a page image`,
  );
  const pages = await hashPages(name, data, chosen);
  const tasks = chosen.map(taskOf);

  // Answers stay in this closure, so that no agent can be shown one by mistake.
  const byId = new Map(chosen.map((question) => [question.id, question]));
  const questionOf = ({ id }: Task) => byId.get(id) ?? fail(name, `no task ${id} was loaded`);

  return {
    name,
    split: settings.split,
    data,
    tasks,
    dataHash: hashJson(chosen.map((question) => [question, pages.get(question.image)])),
    scorer: DOCUMENT_SCORER,
    metric: "ANLS",
    settings,
    errata: Object.fromEntries(Object.entries(set.errata).filter(([id]) => byId.has(id))),
    notices,
    splitOf: (task) => questionOf(task).half,
    async prepare(task, directory) {
      const { image } = questionOf(task);
      const target = join(directory, pageName(image));
      await copyFile(join(data, image), target).catch((cause: unknown) => {
        throw new BenchmarkError(`${name}: task ${task.id}: cannot copy its page: ${messageOf(cause)}`, { cause });
      });
      await chmod(target, 0o644); // data folders are often read-only, and the mode is copied too
    },
    score: async (task, { answer }) => scoreSpan(answer, questionOf(task).answers),
    submitTruth: async (task, directory) => ({ directory, answer: questionOf(task).answers[0] ?? "" }),
    answerKey: async (asked) =>
      asked.map((task) => keyEntry(task, questionOf(task), pages.get(questionOf(task).image) ?? "")),
  };
}

/** The folder that was given. @throws SetupError where there is none */
export function dataFolder(name: string, { data }: LoadOptions): string {
  return data ?? fail(name, "it needs its data: give the folder with --data DIR");
}

export interface Sorted<Row> {
  /** With the path of their image, below the data folder. */
  readonly there: readonly { readonly row: Row; readonly image: string }[];
  readonly missing: number;
}

/**
 * Tells rows whose image is on disk from those whose image is not.
 * @param imageOf name of a row's image, or null where it is not known
 * @param folders below `data` where images may lie, the first that has one counts
 */
export async function withImages<Row>(
  data: string,
  rows: readonly Row[],
  imageOf: (row: Row) => string | null,
  folders: readonly string[],
): Promise<Sorted<Row>> {
  const paths = new Map<string, string>();
  for (const folder of folders.toReversed()) {
    for (const file of await namesIn(join(data, folder))) paths.set(file, join(folder, file));
  }
  const there = rows.flatMap((row) => {
    const image = paths.get((imageOf(row) ?? "").split("/").at(-1) ?? "");
    return image === undefined ? [] : [{ row, image }];
  });
  return { there, missing: rows.length - there.length };
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: unknown) => {
    if (hasCode(error, "ENOENT") || hasCode(error, "ENOTDIR")) return [];
    throw error;
  });
}

async function hashPages(name: string, data: string, questions: readonly Question[]): Promise<Map<string, string>> {
  const limit = pLimit(READ_AT_ONCE);
  const images = [...new Set(questions.map(({ image }) => image))];
  const hash = async (image: string) => {
    const bytes = await readFile(join(data, image)).catch((cause: unknown) =>
      fail(name, `cannot read ${join(data, image)}: ${messageOf(cause)}`, cause),
    );
    return [image, sha256(bytes)] as const;
  };
  return new Map(await Promise.all(images.map((image) => limit(hash, image))));
}

/** As the set names it, so that equal questions on two pages are two instructions; nothing in it that a shell would read. */
function pageName(image: string): string {
  const ending = extname(image);
  const safe = basename(image, ending).replace(/[^A-Za-z0-9_-]+/g, "_");
  return `${safe}${ending.toLowerCase()}`;
}

/** The whole text of a task. @param page name of the image in the working folder */
export function documentInstruction(asked: { readonly question: string; readonly page: string }): string {
  return PROMPT.fill(asked);
}

function taskOf({ id, question, image, kind }: Question): Task {
  const page = pageName(image);
  return {
    id,
    instruction: documentInstruction({ question, page }),
    files: [page],
    output: null,
    kind,
    images: [page],
  };
}

/** By ANLS, with the accuracy beside it. */
export function scoreSpan(answer: string, answers: readonly string[]): Score {
  const { anls, accurate } = answerSimilarity(withoutPadding(answer), answers);
  const wanted = answers.map(shown).join(" or ");
  return {
    kind: "scored",
    value: anls,
    metrics: { accuracy: accurate ? 1 : 0 },
    explanation: `wanted ${wanted}; found ${shown(answer)} (ANLS ${Number(anls.toFixed(4))})`,
  };
}

function shown(text: string): string {
  const cut = text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}... (${text.length} characters)` : text;
  return JSON.stringify(cut.toWellFormed());
}

/** @param page hash of its file: many pages are asked the same */
function keyEntry({ id, instruction, kind }: Task, { answers }: Question, page: string): AnswerKeyEntry {
  const habits = ["full-sentence", "adds-to-the-span"];
  return {
    task: id,
    instruction,
    kind,
    habits,
    sheet: "",
    program: null,
    slips: {},
    cells: [],
    text: answers[0] ?? "",
    inputHash: page,
  };
}

function fail(name: string, problem: string, cause?: unknown): never {
  throw new SetupError(`${name}: ${problem}`, { cause });
}

/**
 * Our own questions about document pages (`sample-documents`): forms, tables, receipts and charts, drawn by code from a fixed
 * seed with a lettering of our own (`pages/`). No data of others is in them.
 * Score: ANLS of the submitted text, and accuracy at 0.5, as for DocVQA (`../documents.ts`).
 */
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { hashJson } from "../../harness/hash.ts";
import type { Task } from "../../harness/records.ts";
import type { Benchmark } from "../../harness/roles.ts";
import type { AnswerKeyEntry } from "../../harness/simulator/answer-key.ts";
import { DOCUMENT_SCORER, documentInstruction, scoreSpan } from "../documents.ts";
import { chooseRows, type LoadOptions } from "../load-options.ts";
import { fileCache } from "./file-cache.ts";
import { halfOf, noTask, ofSplit } from "./halves.ts";
import { makeQuestions, type SampleQuestion } from "./pages/index.ts";

const NAME = "sample-documents";
const PAGE = "page.png";
/** Goes up when the same drawing gives other bytes, so that files of an older one are not taken for it. */
const RENDERER_VERSION = 1;

/** 72 questions about 24 pages of 4 kinds; all questions about a page are in one half. Draws nothing until a page is needed. */
export async function sampleDocuments({ tasks: selection, settings, cacheDirectory }: LoadOptions): Promise<Benchmark> {
  const { split } = settings;
  const made = chooseRows(ofSplit(makeQuestions(), split), selection, `${NAME}, split ${split}`);
  const pages = fileCache(join(cacheDirectory, NAME), "page");
  const tasks = made.map(taskOf);
  // Answers stay in this closure, so that no agent can be shown one by mistake.
  const byId = new Map(made.map((question) => [question.id, question]));
  const questionOf = ({ id }: Task) => byId.get(id) ?? noTask(NAME, split, id);
  return {
    name: NAME,
    split,
    settings,
    metric: "ANLS",
    errata: {},
    data: null,
    tasks,
    dataHash: hashJson({ tasks, truth: made.map(({ answers, svg }) => ({ answers, svg })) }),
    scorer: DOCUMENT_SCORER,
    notices: [],
    splitOf: (task) => halfOf(questionOf(task).variant),
    async prepare(task, directory) {
      const { svg } = questionOf(task);
      const page = await pages.fileOf(PAGE, [RENDERER_VERSION, svg], () => drawn(svg));
      await copyFile(page, join(directory, PAGE));
    },
    score: async (task, { answer }) => scoreSpan(answer, questionOf(task).answers),
    submitTruth: async (task, directory) => ({ directory, answer: questionOf(task).answers[0] }),
    answerKey: async (asked) => asked.map((task) => keyEntry(task, questionOf(task))),
  };
}

/** The renderer is loaded when the first page is drawn. */
async function drawn(svg: string): Promise<Uint8Array> {
  const { renderSvg } = await import("../../harness/images/raster.ts");
  return (await renderSvg(svg)).bytes;
}

function taskOf({ id, kind, text }: SampleQuestion): Task {
  const instruction = documentInstruction({ question: text, page: PAGE });
  return { id, instruction, files: [PAGE], output: null, kind, images: [PAGE] };
}

function keyEntry(
  { id, instruction, kind }: Task,
  { answers, decoy, reworded }: Pick<SampleQuestion, "answers" | "decoy" | "reworded">,
): AnswerKeyEntry {
  const slips = reworded === null ? {} : { "adds-to-the-span": reworded };
  return {
    task: id,
    instruction,
    kind,
    habits: ["full-sentence", ...Object.keys(slips)],
    sheet: "",
    program: null,
    slips,
    cells: [],
    text: answers[0],
    decoy,
  };
}

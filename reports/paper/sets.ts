/** The tasks of the paper's tables, and those of ours that stand in for them with simulated models. */
import type { TaskSet } from "./paper-table.ts";

/** Rows 0 to 199 of SpreadsheetBench-Verified. */
const EVOLVE: TaskSet = {
  real: { benchmark: "spreadsheetbench", split: "evolve" },
  published: 200,
  sample: { benchmark: "sample-spreadsheet", split: "evolve" },
};
/** Rows 200 to 399. */
const VERIFIED: TaskSet = {
  real: { benchmark: "spreadsheetbench", split: "test" },
  published: 200,
  sample: { benchmark: "sample-spreadsheet", split: "test" },
};
/** All of SpreadsheetBench but the tasks that skills are distilled from, up to three workbooks a task. */
const FULL: TaskSet = {
  real: { benchmark: "spreadsheetbench-912", split: "test" },
  published: 912 - 200,
  sample: null,
};
const WIKITQ: TaskSet = {
  real: { benchmark: "wikitq", split: "test", outOfDistribution: true },
  published: 2_810,
  sample: { benchmark: "sample-tables", split: "test", outOfDistribution: true },
};
const HITAB: TaskSet = {
  real: { benchmark: "hitab", split: "test", outOfDistribution: true },
  published: 1_585,
  sample: null,
};

/** Of the spreadsheet tables; those without tables out of distribution leave the last two out. */
export const SPREADSHEET_SETS = { evolve: EVOLVE, Vrf: VERIFIED, full: FULL, WikiTQ: WIKITQ, HiTab: HITAB } as const;

export const MATHEMATICS_SETS = {
  evolve: {
    real: { benchmark: "dapo-math", split: "evolve" },
    published: 400,
    sample: { benchmark: "sample-mathematics", split: "evolve" },
  },
  "D-Test": {
    real: { benchmark: "dapo-math", split: "test" },
    published: 100,
    sample: { benchmark: "sample-mathematics", split: "test" },
  },
  AIME: {
    // avg@8: the paper does not name its eight seeds.
    real: { benchmark: "aime-2026", split: "test", seeds: [41, 42, 43, 44, 45, 46, 47, 48], outOfDistribution: true },
    published: 30,
    sample: null,
  },
} as const satisfies Readonly<Record<string, TaskSet>>;

const DOCUMENT_SAMPLE = {
  evolve: { benchmark: "sample-documents", split: "evolve" },
  test: { benchmark: "sample-documents", split: "test" },
} as const;

/** As version 3 has it: evolve on the first 2,700 of the 5,349 questions, judge on the rest. */
export const DOCVQA_HALVES = {
  evolve: { real: { benchmark: "docvqa", split: "evolve" }, published: 2_700, sample: DOCUMENT_SAMPLE.evolve },
  DocVQA: { real: { benchmark: "docvqa", split: "test" }, published: 2_649, sample: DOCUMENT_SAMPLE.test },
} as const satisfies Readonly<Record<string, TaskSet>>;

/** As the later revision has it: evolve on 50 questions, judge on the other 5,299. */
export const DOCVQA_FIFTY = {
  evolve: { real: { benchmark: "docvqa", split: "all", tasks: "0:50" }, published: 50, sample: DOCUMENT_SAMPLE.evolve },
  DocVQA: {
    real: { benchmark: "docvqa", split: "all", tasks: "50:5349" },
    published: 5_299,
    sample: DOCUMENT_SAMPLE.test,
  },
} as const satisfies Readonly<Record<string, TaskSet>>;

/** An experiment of realistic size and shape: three arms, two models, a test split and an out-of-distribution sample. Made up. */

import type { ReportSource } from "../../harness/cli/report-source.ts";
import { sha256 } from "../../harness/hash.ts";
import { seededRandom } from "../../harness/random.ts";
import type { Trial, Usage } from "../../harness/records.ts";
import { type Arm, compareArms, type Difference } from "../../reports/compare.ts";
import {
  agentCost,
  type Cost,
  type Distillation,
  type ExperimentReport,
  experimentReport,
} from "../../reports/experiment.ts";
import { summarize } from "../../reports/summary.ts";
import { manifest, task, trajectory, trial } from "../support/builders.ts";

const KINDS = [
  "lookup across sheets",
  "deduplicate and sort",
  "fill a formula down",
  "filter by dates",
  "delete rows by rule",
  "totals by group",
];
const SEEDS = [41, 42];
const BENCHMARKS = [
  { name: "sample-spreadsheet", split: "test", tasks: 30 },
  { name: "sample-tables", split: "ood", tasks: 24 },
];
const RATES: Record<string, Record<string, [number, number]>> = {
  "sim/small": { "no skill": [0.3, 0.42], "start skill": [0.37, 0.42], "evolved (errors + successes)": [0.63, 0.58] },
  "sim/large": { "no skill": [0.53, 0.67], "start skill": [0.6, 0.67], "evolved (errors + successes)": [0.86, 0.79] },
};

export function usage(calls: number): Usage {
  return {
    calls,
    inputTokens: calls * 5200,
    cachedTokens: calls * 3900,
    outputTokens: calls * 310,
    reasoningTokens: 0,
    simulatedMs: calls * 7300,
  };
}

/** Where a report is given whole: its tables need no more than it. */
export const NO_SOURCE: ReportSource = {
  name: "",
  runs: [],
  paid: [],
  differences: [],
  transfers: [],
  distilled: [],
  costs: [],
  missing: [],
};

/** The report that the screenshots and the tests of terminal and page are made from. */
export function exampleReport(): ExperimentReport {
  const random = () => seededRandom(7);
  const runs = BENCHMARKS.flatMap((_, place) =>
    Object.entries(RATES).map(([model, rates]) => Object.keys(rates).map((arm) => exampleRun({ arm, model, place }))),
  );
  const differences = runs.flatMap(([none, start, evolved]): Difference[] => {
    const comparisons = [
      compareArms([none!, start!, evolved!], { random }),
      compareArms([start!, evolved!], { random }),
    ];
    return comparisons.flatMap((comparison) => (comparison.kind === "ranked" ? comparison.differences : []));
  });
  return experimentReport({
    name: "Demonstration on the sample benchmark",
    runs: runs.flat(),
    differences,
    costs: [...runs.flat().map((run) => agentCost(summarize(run), 12)), ...distillationCosts()],
    distillations: [exampleDistillation()],
  });
}

function exampleRun({ arm, model, place }: { arm: string; model: string; place: number }): Arm {
  const benchmark = BENCHMARKS[place]!;
  const random = seededRandom(arm.length * 131 + model.length + place);
  const rate = RATES[model]![arm]![place]!;
  const taskIds = Array.from(
    { length: benchmark.tasks },
    (_, index) => `${place === 0 ? "sheet" : "table"}-${100 + index}`,
  );
  const trials = taskIds.flatMap((id, index) =>
    SEEDS.map((seed): Trial => {
      // Each task has a difficulty of its own, so that seeds of a task agree more than tasks do.
      const hard = ((index * 37) % benchmark.tasks) / benchmark.tasks;
      const passed = hard < rate + 0.24 * (random.fraction() - 0.5);
      const spoilt = arm === "start skill" && model === "sim/small" && place === 1 && index === 3;
      return trial({
        task: task({ id, kind: KINDS[index % KINDS.length]! }),
        seed,
        trajectory: trajectory({ exit: !passed && random.fraction() < 0.04 ? "format-errors" : "submitted" }),
        score: spoilt
          ? { kind: "unscored", reason: "sandbox-failed", detail: "out of memory" }
          : { kind: "scored", value: passed ? 1 : 0, explanation: "" },
        usage: usage(4 + (index % 5)),
      });
    }),
  );
  const skill = arm === "no skill" ? null : { name: "spreadsheet-work", hash: sha256(arm), path: `runs/demo/${arm}` };
  const base = manifest().fingerprint;
  return {
    manifest: manifest({
      arm,
      benchmark: { name: benchmark.name, split: benchmark.split, data: null, taskIds },
      model: { name: model, simulated: true },
      seeds: SEEDS,
      skill,
      fingerprint: {
        ...base,
        benchmark: benchmark.name,
        split: benchmark.split,
        data: sha256(benchmark.name),
        scorer: place === 0 ? "workbook-range/1" : "denotation/1",
        limits: { turns: 100, timeMs: 600_000, tokens: 2_000_000, commandTimeoutMs: 120_000 },
        sampling: { temperature: 0.7, top_p: 0.8, max_tokens: 8192 },
        model,
        skill: skill?.hash ?? null,
      },
    }),
    trials,
  };
}

function distillationCosts(): Cost[] {
  const cost = (caller: Cost["caller"], calls: number): Cost => ({
    part: "distill errors + successes",
    caller,
    model: "sim/large",
    simulated: true,
    usage: usage(calls),
    fromJournal: 0,
  });
  return [cost("error-analyst", 148), cost("success-analyst", 19), cost("proposer", 38), cost("merger", 9)];
}

const RULES: [title: string, rule: string, support: number, fate: string][] = [
  [
    "Write values, not formulas without a cached value",
    "Compute in Python and write the number; a formula that openpyxl writes has no value until a spreadsheet program opens it.",
    14,
    "in SKILL.md",
  ],
  [
    "Keep every sheet of the workbook",
    "Open the workbook with openpyxl and change it in place; DataFrame.to_excel writes a new workbook with one sheet.",
    11,
    "in SKILL.md",
  ],
  [
    "Read the answer back before submitting",
    "Load output.xlsx again with data_only=True and print the range that was asked for, first and last cell included.",
    9,
    "in SKILL.md",
  ],
  [
    "Delete rows from the bottom up",
    "Rows below a deleted one move up: collect the row numbers, then delete them in descending order.",
    6,
    "in SKILL.md",
  ],
  [
    "Keep numbers and dates as numbers and dates",
    "Write 1234.5 and a date, not “1,234.50” and “31/12/2024”; set number_format for how they look.",
    6,
    "in SKILL.md",
  ],
  [
    "Convert numbers stored as text before computing",
    "Strip spaces and thousands separators, then float(); skip nothing without printing it.",
    5,
    "in SKILL.md",
  ],
  [
    "Do not stop at the first blank row",
    "Take the last row from ws.max_row and check it; tables have blank rows inside.",
    4,
    "in SKILL.md",
  ],
  ["Name the sheet, never wb.active", "The sheet that was open last is rarely the one asked about.", 3, "in SKILL.md"],
  [
    "Several tables on one sheet",
    "Find the header row of each table before reading; the first one is not always meant.",
    2,
    "in references/layout.md",
  ],
  [
    "Merged headers hide values",
    "Only the top left cell of a merged range has the value: unmerge in memory and fill.",
    2,
    "in references/layout.md",
  ],
  ["Two-digit years", "Say which century is meant; 30 and above is 19xx in Excel.", 1, "in references/dates.md"],
  [
    "Count the rows that changed",
    "Print how many rows were changed and compare with what the instruction lets expect.",
    1,
    "merged into another",
  ],
  [
    "Answer with the bare value",
    "Give the value that was asked for, without a sentence around it.",
    1,
    "dropped at a merge",
  ],
  ["Try another library when one fails", "", 1, "not verified"],
];

export function exampleDistillation(): Distillation {
  const tasksOf = (support: number, offset: number) =>
    Array.from({ length: support }, (_, index) => `sheet-${10 + ((index * 7 + offset) % 36)}`);
  const lessons = RULES.map(([title, rule, support, fate], index) => ({
    id: `evolve/sheet-${10 + index}.41#1`,
    kind: index % 3 === 2 ? ("success" as const) : ("error" as const),
    title,
    rule,
    tasks: tasksOf(support, index),
    fate: {
      kind: fate,
      kept: fate.startsWith("in "),
      detail:
        fate === "not verified"
          ? "the fix scored 0 when it was run afresh"
          : fate.startsWith("dropped")
            ? "the merger: says the same as the task"
            : "",
    },
    // The browser's example has such trials.
    source: {
      task: `sheet-${10 + index}`,
      trial: `evolve/sheet-${10 + index}.41`,
      reason: "",
      verified: index % 3 !== 2,
    },
  }));
  return {
    name: "errors + successes",
    model: "sim/large",
    simulated: true,
    skill: { path: "runs/demo/skills/errors-and-successes/SKILL.md", hash: sha256("evolved") },
    tasks: 36,
    levels: [
      { patches: 38, edits: 87 },
      { patches: 8, edits: 31 },
      { patches: 2, edits: 19 },
      { patches: 1, edits: 14 },
    ],
    lessons,
    lines: RULES.slice(0, 10).map(([, rule, support, fate], index) => ({
      file: fate.replace("in ", ""),
      text: `- ${rule}`,
      tasks: tasksOf(support, index),
    })),
    origin: exampleOrigin(lessons),
  };
}

/** The first eight rules in SKILL.md, each with a heading of the start skill above it and an edit of its own; the chain 38, 8, 2, 1. */
function exampleOrigin(lessons: Distillation["lessons"]): NonNullable<Distillation["origin"]> {
  const edits = lessons.slice(0, 8).map(({ id, tasks }, index) => ({
    id: `e-${index}`,
    op: "append_to_section",
    lessons: [id],
    tasks,
    by: tasks.length > 1 ? ("merge" as const) : ("trial" as const),
    proposals: tasks.length,
  }));
  const lines = edits.flatMap(({ id }, index) => [
    { text: `## Rule ${index + 1}`, edits: [] },
    { text: `- ${lessons[index]!.rule}`, edits: [id] },
  ]);
  const level = (depth: number, count: number, above: number) =>
    Array.from({ length: count }, (_, index) => ({
      id: `p-${depth}-${index}`,
      level: depth,
      into: above === 0 ? null : `p-${depth + 1}-${Math.floor((index * above) / count)}`,
      trials: Math.round(38 / count),
    }));
  return {
    start: sha256("start skill"),
    patches: [...level(0, 38, 8), ...level(1, 8, 2), ...level(2, 2, 1), ...level(3, 1, 0)],
    edits,
    files: [{ file: "SKILL.md", lines: [{ text: "# Spreadsheet work", edits: [] }, ...lines] }],
  };
}

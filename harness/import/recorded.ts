/** The recorded run of a real model as a run of ours, so that it can be distilled, compared and reported like any other. */
import { join } from "node:path";
import { hashJson } from "../hash.ts";
import type { Manifest } from "../manifest.ts";
import {
  type Action,
  FORMAT_VERSION,
  NO_USAGE,
  type Step,
  type Trajectory,
  type Trial,
  type Usage,
} from "../records.ts";
import { parseSkill, type Skill } from "../skill/skill.ts";
import type { Imported } from "./imported.ts";
import { type Recorded, readRecorded } from "./recorded-lines.ts";

const MODEL = "Qwen3.5-122B-A10B";
/** When the record was published; when each trial ran is not known. */
const RECORDED_AT = "2026-04-29T00:00:00.000Z";
/** From this row on, the tasks of the official release are its test split. */
const FIRST_TEST_ROW = 200;
/** Most rounds that the prompt grants. */
const TURNS = 100;
const ONE_CALL: Usage = { ...NO_USAGE, calls: 1 };

/**
 * Reads the folder of the recorded run. Equal folders give equal records.
 * Scores are the official labels, which were taken after LibreOffice had calculated all formulas; tokens and times are
 * not in the record and count as 0.
 * @param options.data folder of the SpreadsheetBench release whose tasks these are, or null when there is none at hand
 * @throws SetupError naming file and line, when something is missing or damaged
 */
export async function importRecorded(directory: string, { data }: { data: string | null }): Promise<Imported> {
  const recorded = await readRecorded(join(directory, "labeled_trajectories.jsonl.gz"));
  const trials = recorded.map(trialOf);
  const skill = commonSkill(recorded);
  return { manifest: manifestOf(directory, data, recorded, skill), trials, skill, notices: noticesOf(recorded) };
}

function trialOf(recorded: Recorded): Trial {
  const {
    id,
    label,
    metadata,
    trajectory: { conversation },
  } = recorded;
  const [prompt = ""] = conversation;
  return {
    version: FORMAT_VERSION,
    // The files' names are those of our own SpreadsheetBench, so that an analyst can work on the task.
    task: {
      id,
      instruction: instructionIn(prompt),
      files: ["input.xlsx"],
      output: "output.xlsx",
      kind: metadata.instruction_type,
    },
    seed: 0,
    trajectory: trajectoryOf(conversation),
    score: {
      kind: "scored",
      value: label === "T+" ? 1 : 0,
      explanation: `official label ${label} after LibreOffice recalculation; answer range ${metadata.answer_position}`,
    },
    usage: { ...NO_USAGE, calls: Math.floor(conversation.length / 2) },
    startedAt: RECORDED_AT,
    durationMs: 0,
    artifacts: [],
  };
}

/** The task as the model saw it: the prompt without skill, rules of the game and limits. */
function instructionIn(prompt: string): string {
  const start = prompt.lastIndexOf("### instruction\n");
  const end = prompt.lastIndexOf("\nThe solution of the question can be");
  return start < 0 ? prompt : prompt.slice(start, end > start ? end : undefined).trim();
}

function trajectoryOf([prompt = "", ...turns]: readonly string[]): Trajectory {
  const replies = turns.filter((_, index) => index % 2 === 0);
  const steps = replies.map((reply, index) => stepOf(reply, turns[2 * index + 1] ?? ""));
  const last = steps.at(-1)?.action.kind;
  // The last code is the solution; without one the model was still trying when the record ends.
  const unfinished = steps.length >= TURNS ? "turn-limit" : "format-errors";
  return {
    protocol: "text",
    prompt: [{ role: "user", content: prompt }],
    steps,
    exit: last === "command" ? "submitted" : unfinished,
    answer: "",
  };
}

function stepOf(reply: string, observation: string): Step {
  return {
    reply: { role: "assistant", content: reply, toolCalls: [], reasoning: null },
    action: actionOf(reply),
    observation,
    usage: ONE_CALL,
    modelMs: 0,
    commandMs: 0,
  };
}

/** The recorder ran the first Python block of a reply, and a reply without one as a whole, which is no Python. */
function actionOf(reply: string): Action {
  const code = /```python[ \t]*\r?\n([\s\S]*?)(?:```|$)/.exec(reply)?.[1];
  if (code === undefined)
    return { kind: "invalid", problem: "no fenced Python block: the reply as a whole was run as code" };
  return { kind: "command", command: `python3 - <<'END_OF_CODE'\n${code.trimEnd()}\nEND_OF_CODE` };
}

function commonSkill(recorded: readonly Recorded[]): Skill | null {
  const texts = new Set(recorded.map(({ trajectory: { conversation } }) => skillIn(conversation[0] ?? "")));
  const [text] = texts;
  if (texts.size !== 1 || text === undefined || text === null) return null;
  const head =
    "---\nname: spreadsheet-parametric\ndescription: How to read, change and check .xlsx workbooks with Python." +
    " Use it for any task on a spreadsheet.\n---\n\n";
  return parseSkill(new Map([["SKILL.md", new TextEncoder().encode(`${head}${text}\n`)]]), "of the recorded run");
}

function skillIn(prompt: string): string | null {
  return /<SKILL\.md>\n([\s\S]*?)\n<\/SKILL\.md>/.exec(prompt)?.[1]?.trim() ?? null;
}

/** The recorded run split the tasks at random, not at the official row. */
function noticesOf(recorded: readonly Recorded[]): string[] {
  const test = recorded.filter(isSealed).length;
  if (test === 0) return [];
  return [
    `${test} of the ${recorded.length} tasks are of the official test split (rows ${FIRST_TEST_ROW} and up): ` +
      "distill leaves their trials out, so that skills can be judged on that split",
  ];
}

function isSealed({ official_index: row }: Recorded): boolean {
  return row !== undefined && row >= FIRST_TEST_ROW;
}

function manifestOf(
  directory: string,
  data: string | null,
  recorded: readonly Recorded[],
  skill: Skill | null,
): Manifest {
  const taskIds = recorded.map(({ id }) => id);
  const sealed = recorded.filter(isSealed).map(({ id }) => id);
  return {
    version: FORMAT_VERSION,
    kind: "run",
    createdAt: RECORDED_AT,
    arm: "recorded",
    benchmark: { name: "spreadsheetbench", split: sealed.length === 0 ? "evolve" : "all", data, taskIds, sealed },
    model: { name: MODEL, simulated: false },
    skill: skill === null ? null : { name: skill.name, hash: skill.hash, path: "" },
    seeds: [0],
    fingerprint: {
      benchmark: "spreadsheetbench",
      split: sealed.length === 0 ? "evolve" : "all",
      data: hashJson(recorded.map(({ metadata }) => metadata)),
      scorer: "imported: official labels after LibreOffice recalculation",
      agent: "imported: ReAct with a Python kernel",
      limits: { turns: TURNS },
      sandbox: "imported: Jupyter kernel",
      model: MODEL,
      endpoint: "imported",
      sampling: {},
      skill: skill?.hash ?? null,
      tool: "imported",
    },
    importedFrom: directory,
  };
}

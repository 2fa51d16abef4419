/**
 * Our own problems of mathematics (`sample-mathematics`), generated from a fixed seed, with integer answers worked out by
 * code (`problems/`, one file a kind). No data of others is in them.
 * Score: 1 when the integer in the last box, or behind the last `Answer:`, is the answer, else 0 (`../scoring/math/last-integer.ts`).
 */
import { hashJson } from "../../harness/hash.ts";
import { loadPrompt } from "../../harness/prompt.ts";
import type { Score, Task } from "../../harness/records.ts";
import type { Benchmark } from "../../harness/roles.ts";
import type { AnswerKeyEntry } from "../../harness/simulator/answer-key.ts";
import { chooseRows, type LoadOptions } from "../load-options.ts";
import { lastInteger } from "../scoring/math/last-integer.ts";
import { halfOf, noTask, ofSplit } from "./halves.ts";
import { makeProblems, type SampleProblem } from "./problems/index.ts";

const NAME = "sample-mathematics";
const SCORER = "last-integer/1";
/** Characters of an answer without an integer that an explanation shows, from its end. */
const LONGEST_SHOWN = 200;
const PROMPT = loadPrompt(new URL("../prompts/sample-problem.md", import.meta.url), ["problem"]);

/** 60 problems of 10 kinds; the two halves of the split have three of each kind. */
export async function sampleMathematics({ tasks: selection, settings }: LoadOptions): Promise<Benchmark> {
  const { split } = settings;
  const made = chooseRows(ofSplit(makeProblems(), split), selection, `${NAME}, split ${split}`);
  const tasks = made.map(taskOf);
  // Answers stay in this closure, so that no agent can be shown one by mistake.
  const byId = new Map(made.map((problem) => [problem.id, problem]));
  const problemOf = ({ id }: Task) => byId.get(id) ?? noTask(NAME, split, id);
  return {
    name: NAME,
    split,
    settings,
    metric: "pass",
    errata: {},
    data: null,
    tasks,
    dataHash: hashJson({ tasks, truth: made.map(({ answer }) => String(answer)) }),
    scorer: SCORER,
    notices: [],
    splitOf: (task) => halfOf(problemOf(task).variant),
    prepare: async () => {}, // a problem comes without files
    score: async (task, { answer }) => scoreInteger(answer, problemOf(task).answer),
    submitTruth: async (task, directory) => ({ directory, answer: rightAnswer(problemOf(task)) }),
    answerKey: async (asked) => asked.map((task) => keyEntry(task, problemOf(task))),
  };
}

function taskOf({ id, kind, statement }: SampleProblem): Task {
  return { id, instruction: PROMPT.fill({ problem: statement }), files: [], output: null, kind };
}

function rightAnswer({ answer }: SampleProblem): string {
  return `Answer: ${answer}`;
}

function keyEntry({ id, instruction, kind }: Task, problem: SampleProblem): AnswerKeyEntry {
  return {
    task: id,
    instruction,
    kind,
    habits: [...problem.habits],
    sheet: "",
    program: problem.program(null),
    slips: Object.fromEntries(problem.slips.map((slip) => [slip, problem.program(slip)])),
    cells: [],
    text: rightAnswer(problem),
  };
}

/** Slips of form are let pass, as `lastInteger` tells; the number is compared exactly. */
function scoreInteger(answer: string, wanted: bigint): Score {
  const found = lastInteger(answer);
  const shown = found === null ? `no integer in ${JSON.stringify(answer.slice(-LONGEST_SHOWN).toWellFormed())}` : found;
  return { kind: "scored", value: found === wanted ? 1 : 0, explanation: `wanted ${wanted}; found ${shown}` };
}

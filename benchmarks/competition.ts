/** Problems whose answer is handed in as text and judged by a rule: what DAPO-Math, AIME and MATH-500 have in common. */
import { SetupError } from "../harness/errors.ts";
import { hashJson } from "../harness/hash.ts";
import type { Score, Task } from "../harness/records.ts";
import type { Benchmark } from "../harness/roles.ts";
import type { AnswerKeyEntry } from "../harness/simulator/answer-key.ts";
import { chooseRows, type LoadOptions } from "./load-options.ts";

/** Characters at the end of a submission that an explanation shows. */
const LONGEST_SHOWN = 200;

export interface Problem {
  readonly id: string;
  readonly statement: string;
  readonly answer: string;
  readonly kind: string;
  readonly half: "evolve" | "test";
}

export interface Judged {
  readonly right: boolean;
  /** What was taken as the answer; null where nothing was. */
  readonly found: string | null;
  /** The same submission by other rules, from 0 to 1. */
  readonly metrics: Readonly<Record<string, number>>;
  /** What is amiss where the answer itself is right; null otherwise. */
  readonly amiss: string | null;
}

export interface ProblemSet {
  readonly name: string;
  /** Of the split, in its order. */
  readonly problems: readonly Problem[];
  /** Name and version of the rule. */
  readonly scorer: string;
  readonly notices: readonly string[];
  /** Habits of the simulated model that can spoil an answer here. */
  readonly habits: readonly string[];
  readonly instruction: (problem: Problem) => string;
  /** A right submission. */
  readonly handIn: (answer: string) => string;
  readonly judge: (wanted: string, submitted: string) => Judged;
}

/** The benchmark of a set's problems that were chosen. @throws SetupError when none is */
export async function competitionBenchmark(set: ProblemSet, options: LoadOptions): Promise<Benchmark> {
  const { name } = set;
  const { settings, tasks: selection } = options;
  const data = dataFolder(name, options);
  const chosen = chooseRows(set.problems, selection, `${name}: ${data}: split "${settings.split}"`);

  // Answers stay in this closure, so that no agent can be shown one by mistake.
  const byId = new Map(chosen.map((problem) => [problem.id, problem]));
  const problemOf = ({ id }: Task): Problem => {
    const problem = byId.get(id);
    if (problem === undefined) throw new SetupError(`${name}: no task ${id} was loaded`);
    return problem;
  };

  return {
    name,
    split: settings.split,
    data,
    tasks: chosen.map((problem) => taskOf(problem, set)),
    dataHash: hashJson(chosen),
    scorer: set.scorer,
    metric: "pass",
    settings,
    errata: {},
    notices: set.notices,
    splitOf: (task) => problemOf(task).half,
    prepare: async () => {}, // a problem comes without files
    score: async (task, { answer }) => scoreOf(set, problemOf(task), answer),
    submitTruth: async (task, directory) => ({ directory, answer: set.handIn(problemOf(task).answer) }),
    answerKey: async (tasks) => tasks.map((task) => keyEntry(task, set, problemOf(task))),
  };
}

/** The folder that was given. @throws SetupError where there is none */
export function dataFolder(name: string, { data }: LoadOptions): string {
  if (data === null) throw new SetupError(`${name}: it needs its data: give the folder with --data DIR`);
  return data;
}

function taskOf(problem: Problem, set: ProblemSet): Task {
  return { id: problem.id, instruction: set.instruction(problem), files: [], output: null, kind: problem.kind };
}

function scoreOf({ judge }: ProblemSet, { answer }: Problem, submitted: string): Score {
  const { right, found, metrics, amiss } = judge(answer, submitted);
  const taken = found === null ? `no answer in ${shown(submitted)}` : shown(found);
  return {
    kind: "scored",
    value: right ? 1 : 0,
    metrics: { ...metrics },
    explanation: `wanted ${shown(answer)}; found ${taken}${!right && amiss !== null ? ` (${amiss})` : ""}`,
  };
}

function shown(text: string): string {
  const end = text.length > LONGEST_SHOWN ? `...${text.slice(-LONGEST_SHOWN)}` : text;
  return JSON.stringify(end.toWellFormed());
}

function keyEntry(
  { id, instruction, kind }: Task,
  { habits, handIn }: ProblemSet,
  { answer }: Problem,
): AnswerKeyEntry {
  return {
    task: id,
    instruction,
    kind,
    habits: [...habits],
    sheet: "",
    program: null,
    slips: {},
    cells: [],
    text: handIn(answer),
  };
}

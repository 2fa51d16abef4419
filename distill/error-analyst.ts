/**
 * The agentic error analyst: works in a sandbox until it can hand in a fix as a script. The harness runs that script in a
 * fresh sandbox with the inputs only and scores what it makes: only then are its lessons verified (design section 6; W5).
 */
import { z } from "zod";
import { BASH, observe } from "../agents/bash-tools.ts";
import { converse, type Outcome } from "../agents/loop.ts";
import { toolsCodec } from "../agents/tools-codec.ts";
import { hashJson } from "../harness/hash.ts";
import { loadPrompt } from "../harness/prompt.ts";
import type { Action, Exit, Message, Task, Trajectory } from "../harness/records.ts";
import type { AgentLimits, Sandbox, Seen, Tool } from "../harness/roles.ts";
import { cutMiddle, OBSERVATION_LIMITS } from "../harness/truncate.ts";
import { sumUsage } from "../harness/usage.ts";
import type { Analysed } from "./analysed.ts";
import { expectedValues, spellsOut, valuesIn } from "./answer-values.ts";
import type { Asking } from "./ask.ts";
import type { Fix } from "./documents.ts";
import { DraftLessons } from "./draft-lessons.ts";
import { valuesInInputs } from "./input-values.ts";
import { leakIn } from "./lesson-guard.ts";
import { type Bench, openWorkspace, scoreWorkspace, type Verdict } from "./workspace.ts";

/** Turns as the official release's run (method, section 2). No limit of time: how fast a machine is must decide nothing here. */
export const ANALYST_LIMITS: AgentLimits = {
  turns: 100,
  timeMs: Number.POSITIVE_INFINITY,
  tokens: 2_000_000,
  commandTimeoutMs: 120_000,
};
/** How often an analyst may hand in; the last one counts. */
export const MAX_SUBMISSIONS = 3;

const Submission = z.strictObject({
  fix: z
    .string()
    .min(1)
    .refine((fix) => !fix.includes("\0"), { error: "a script cannot hold a NUL character" }),
  lessons: DraftLessons,
});
type Submission = z.infer<typeof Submission>;

const EVALUATE: Tool = {
  name: "evaluate",
  description: "Compare what lies in /work with what was wanted: says where and how they differ. Takes no arguments.",
  parameters: z.toJSONSchema(z.strictObject({})),
};
const SUBMIT_ANALYSIS: Tool = {
  name: "submit_analysis",
  description:
    "Hand in a bash script that does the task from its inputs alone, and one to three lessons. Ends the work.",
  parameters: z.toJSONSchema(Submission),
};
const CODEC = toolsCodec([BASH, EVALUATE, SUBMIT_ANALYSIS]);
const PROMPT = loadPrompt(new URL("./prompts/error-analyst.md", import.meta.url), []);
export const ERROR_ANALYST_HASH = PROMPT.hash;

export interface FailedTrial {
  readonly task: Task;
  readonly agent: Trajectory;
  /** Folder of what the agent left, or null. */
  readonly artifacts: string | null;
  /** What the scorer said of the trial. */
  readonly verdict: string;
  /** What was shown before, when this analysis was begun and killed. */
  readonly seen: Seen;
}

/**
 * Analyses a failed trial.
 * @param user the fenced task, skill and trajectory
 * @throws ModelError, SandboxError, BenchmarkError, SetupError
 */
export async function analyseError(failed: FailedTrial, user: string, asking: Asking, bench: Bench): Promise<Analysed> {
  const { task, agent, artifacts, seen, verdict } = failed;
  await using sandbox = await openWorkspace(task, bench, { directory: artifacts, answer: agent.answer });
  const session = new Session(task, bench, sandbox, { ...asking, verdict });
  const prompt: Message[] = [
    { role: "system", content: PROMPT.fill({}) },
    { role: "user", content: user },
  ];
  let turn = 0;
  const act = async (action: Exclude<Action, { kind: "invalid" }>): Promise<Outcome> => {
    turn += 1;
    const outcome = await session.act(action);
    if (outcome.kind === "end") return outcome;
    return show(seen.first(`${turn} ${hashJson(action)}`, outcome.text));
  };
  const trajectory = await converse({
    ...asking,
    caller: "error-analyst",
    codec: CODEC,
    prompt,
    limits: ANALYST_LIMITS,
    act,
  });
  return session.conclude(trajectory);
}

interface Handed {
  readonly submission: Submission;
  readonly fix: Fix;
  /** Why each lesson cannot be kept, or null. */
  readonly leaks: readonly (string | null)[];
  /** Why none can be kept, or null. */
  readonly unproven: string | null;
}

/** One analyst at work: what it handed in, and how that was judged. */
class Session {
  readonly #task: Task;
  readonly #bench: Bench;
  readonly #sandbox: Sandbox;
  readonly #signal: AbortSignal;
  /** A simulated analyst knows no program for some tasks, and has nothing but the answer to write down. */
  readonly #mustCompute: boolean;
  /** All that the scorer said, whole: what the analyst may have seen. */
  readonly #verdicts: string[];
  #submissions = 0;
  #last: Handed | null = null;

  constructor(
    task: Task,
    bench: Bench,
    sandbox: Sandbox,
    { model, signal, verdict }: Pick<Asking, "model" | "signal"> & { readonly verdict: string },
  ) {
    this.#task = task;
    this.#bench = bench;
    this.#sandbox = sandbox;
    this.#signal = signal;
    this.#mustCompute = !model.simulated;
    this.#verdicts = [verdict];
  }

  async act(action: Exclude<Action, { kind: "invalid" }>): Promise<Outcome> {
    if (action.kind === "command") return show(await observe(this.#sandbox, action.command, this.#commandLimits));
    if (action.kind === "tool" && action.name === EVALUATE.name) return show(await this.#evaluate());
    if (action.kind === "tool" && action.name === SUBMIT_ANALYSIS.name) return this.#submit(action.arguments);
    return show(CODEC.correction("there is no such tool"));
  }

  conclude({ steps, exit }: Trajectory): Analysed {
    const chat = steps.flatMap((step) => CODEC.show(step));
    const usage = sumUsage(steps.map((step) => step.usage));
    const verdicts = this.#verdicts;
    if (this.#last === null)
      return { outcome: failure(exit, steps.length), lessons: [], fix: null, verdicts, chat, usage };
    const { submission, fix, leaks, unproven } = this.#last;
    const lessons = submission.lessons.map((lesson, index) => ({
      ...lesson,
      verified: fix.verified,
      dropped: unproven ?? leaks[index] ?? null,
    }));
    return { outcome: { kind: "analysed" }, lessons, fix, verdicts, chat, usage };
  }

  async #evaluate(): Promise<string> {
    const { value, explanation } = await this.#score(this.#sandbox);
    return value === 1
      ? `No difference: this is what was wanted. (${explanation})`
      : `It differs (score ${value}): ${explanation}`;
  }

  async #score(sandbox: Sandbox): Promise<Verdict> {
    const verdict = await scoreWorkspace(this.#task, this.#bench.benchmark, sandbox);
    this.#verdicts.push(verdict.whole);
    return verdict;
  }

  async #submit(args: unknown): Promise<Outcome> {
    const read = Submission.safeParse(args);
    if (!read.success) {
      const problem = cutMiddle(z.prettifyError(read.error), OBSERVATION_LIMITS);
      return show(`Not accepted: ${problem}\nHand in again, whole.`);
    }
    this.#submissions += 1;
    const fix = await this.#tryFix(read.data.fix);
    const verdicts = [...this.#verdicts, fix.verdict];
    const leaks = read.data.lessons.map((lesson) => leakIn(lesson, this.#task, verdicts));
    this.#last = { submission: read.data, fix, leaks, unproven: this.#unproven(fix) };
    const wrong = [
      ...(fix.verified ? [] : [`the script was run afresh and what it made is not right: ${fix.verdict}`]),
      ...(fix.spelledOut && this.#mustCompute
        ? ["the script writes down values that it was told; it must compute them from the input files"]
        : []),
      ...leaks.flatMap((leak, index) =>
        leak === null ? [] : [`lesson ${index + 1} holds for this task only: ${leak}`],
      ),
    ];
    if (wrong.length === 0 || this.#submissions >= MAX_SUBMISSIONS) return { kind: "end", answer: "" };
    return show(`Not accepted: ${wrong.join("; ")}.\nMend it and hand in again, whole.`);
  }

  #unproven(fix: Fix): string | null {
    if (!fix.verified) return "the fix did not pass when the harness ran it afresh";
    return fix.spelledOut && this.#mustCompute ? "the fix writes down the expected values and computes nothing" : null;
  }

  /** Nothing of the analyst's own sandbox is there: what the script needs it must make from the inputs. */
  async #tryFix(script: string): Promise<Fix> {
    await using fresh = await openWorkspace(this.#task, this.#bench, null);
    const spelledOut = await this.#spellsOut(script, fresh);
    const ran = await observe(fresh, script, this.#commandLimits);
    const { value, explanation } = await this.#score(fresh);
    const verified = value === 1;
    const verdict = verified ? explanation : `${explanation}\nThe script's output: ${ran}`;
    return { script, verified, spelledOut, verdict };
  }

  /** @param inputs a sandbox in which nothing has run yet */
  async #spellsOut(script: string, inputs: Sandbox): Promise<boolean> {
    const values = expectedValues(this.#verdicts, this.#task.instruction);
    const held = valuesIn(script, values);
    if (!spellsOut(held, values)) return false;
    const known = new Set(await valuesInInputs(inputs, held, this.#signal));
    const told = (value: string) => !known.has(value);
    return spellsOut(held.filter(told), values.filter(told));
  }

  get #commandLimits() {
    return { timeoutMs: ANALYST_LIMITS.commandTimeoutMs, signal: this.#signal };
  }
}

function failure(exit: Exit, steps: number): Analysed["outcome"] {
  const reason =
    exit === "format-errors" ? "unreadable-reply" : exit === "context-limit" ? "context-limit" : "turn-limit";
  return { kind: "failed", reason, detail: `nothing was handed in: ${exit} after ${steps} replies` };
}

function show(text: string): Outcome {
  return { kind: "observation", text };
}

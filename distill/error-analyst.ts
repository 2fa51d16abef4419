/**
 * The agentic error analyst: works in a sandbox until it can hand in a fix as a script. The harness runs that script in a
 * fresh sandbox with the inputs only and scores what it makes: only then are its lessons verified (design section 6; W5).
 * Who analyses an answer in text must find the right one without being told it (`told.ts`).
 */
import { z } from "zod";
import { observe } from "../agents/bash-tools.ts";
import type { Codec } from "../agents/codec.ts";
import { converse, type Outcome } from "../agents/loop.ts";
import { VIEW_IMAGE, viewImage } from "../agents/view-image.ts";
import { hashJson } from "../harness/hash.ts";
import { DEFAULT_IMAGE_SIDE } from "../harness/images/raster.ts";
import { answererOf } from "../harness/model/by-role.ts";
import type { Action, Exit, Task, Trajectory } from "../harness/records.ts";
import type { AgentLimits, Sandbox, Seen } from "../harness/roles.ts";
import { cutMiddle, OBSERVATION_LIMITS } from "../harness/truncate.ts";
import { sumUsage } from "../harness/usage.ts";
import type { Analysed } from "./analysed.ts";
import { expectedValues, spellsOut, valuesIn } from "./answer-values.ts";
import type { Asking } from "./ask.ts";
import type { Fix } from "./documents.ts";
import { EVALUATE, kitFor, SUBMIT_ANALYSIS, Submission } from "./error-analyst-tools.ts";
import { valuesInInputs } from "./input-values.ts";
import { type Leak, leakIn } from "./lesson-guard.ts";
import type { Opening } from "./opening.ts";
import { isRight, MOST_GUESSES, seesDifferences } from "./told.ts";
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

const NO_MORE_GUESSES = "No more answers are judged here. Make sure of yours in another way and hand it in.";

export interface FailedTrial {
  readonly task: Task;
  readonly agent: Trajectory;
  /** Folder of what the agent left, or null. */
  readonly artifacts: string | null;
  /** All that the trial's score tells of the answer: for checks. */
  readonly verdict: string;
  /** What was shown before, when this analysis was begun and killed. */
  readonly seen: Seen;
}

/**
 * Analyses a failed trial.
 * @throws ModelError, SandboxError, BenchmarkError, SetupError
 */
export async function analyseError(
  failed: FailedTrial,
  { message, images }: Opening,
  asking: Asking,
  bench: Bench,
): Promise<Analysed> {
  const { task, agent, artifacts, seen, verdict } = failed;
  await using sandbox = await openWorkspace(task, bench, { directory: artifacts, answer: agent.answer });
  const { prompt, codec } = kitFor(task, images !== undefined);
  const session = new Session(task, bench, sandbox, { ...asking, verdict });
  let turn = 0;
  const act = async (action: Exclude<Action, { kind: "invalid" }>): Promise<Outcome> => {
    turn += 1;
    if (images !== undefined && isLook(action)) {
      return viewImage(action.arguments, turn, { sandbox, images, maxSide: DEFAULT_IMAGE_SIDE, seen });
    }
    const outcome = await session.act(action);
    if (outcome.kind === "end") return outcome;
    return show(seen.first(`${turn} ${hashJson(action)}`, outcome.text));
  };
  const trajectory = await converse({
    ...asking,
    ...(images && { images }),
    caller: "error-analyst",
    codec,
    prompt: [{ role: "system", content: prompt }, message],
    limits: ANALYST_LIMITS,
    act,
  });
  return session.conclude(trajectory, codec);
}

function isLook(action: Action): action is Extract<Action, { kind: "tool" }> {
  return action.kind === "tool" && action.name === VIEW_IMAGE.name;
}

interface Handed {
  readonly submission: Submission;
  readonly fix: Fix;
  /** Why each lesson cannot be kept, or null. */
  readonly leaks: readonly (Leak | null)[];
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
  /** All that is known of the answer, whatever of it the analyst was shown. */
  readonly #verdicts: string[];
  #guesses = 0;
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
    this.#mustCompute = !answererOf(model, "error-analyst").simulated;
    this.#verdicts = [verdict];
  }

  async act(action: Exclude<Action, { kind: "invalid" }>): Promise<Outcome> {
    if (action.kind === "command") return show(await observe(this.#sandbox, action.command, this.#commandLimits));
    if (action.kind === "tool" && action.name === EVALUATE) return show(await this.#evaluate());
    if (action.kind === "tool" && action.name === SUBMIT_ANALYSIS) return this.#submit(action.arguments);
    throw new RangeError("an action that names no tool is invalid, and none of these");
  }

  conclude({ steps, exit }: Trajectory, codec: Codec): Analysed {
    const chat = steps.flatMap((step) => codec.show(step));
    const usage = sumUsage(steps.map((step) => step.usage));
    const verdicts = this.#verdicts;
    if (this.#last === null)
      return { outcome: failure(exit, steps.length), lessons: [], fix: null, verdicts, chat, usage };
    const { submission, fix, leaks, unproven } = this.#last;
    const lessons = submission.lessons.map((lesson, index) => ({
      ...lesson,
      verified: fix.verified,
      dropped: unproven ?? leaks[index]?.reason ?? null,
    }));
    return { outcome: { kind: "analysed" }, lessons, fix, verdicts, chat, usage };
  }

  async #evaluate(): Promise<string> {
    if (!seesDifferences(this.#task)) return this.#judgeText();
    const verdict = await this.#score(this.#sandbox);
    return isRight(verdict)
      ? `No difference: this is what was wanted. (${verdict.told})`
      : `It differs (score ${verdict.value}): ${verdict.told}`;
  }

  async #judgeText(): Promise<string> {
    this.#guesses += 1;
    if (this.#guesses > MOST_GUESSES) return NO_MORE_GUESSES;
    const verdict = await this.#score(this.#sandbox);
    return isRight(verdict) ? `No difference to what was wanted: ${verdict.told}.` : `Not right: ${verdict.told}.`;
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
    const { fix, told } = await this.#tryFix(read.data.fix);
    const verdicts = [...this.#verdicts, fix.verdict];
    const leaks = read.data.lessons.map((lesson) => leakIn(lesson, this.#task, verdicts));
    this.#last = { submission: read.data, fix, leaks, unproven: this.#unproven(fix) };
    const wrong = [
      ...(fix.verified ? [] : [`the script was run afresh and what it made is not right: ${told}`]),
      ...(fix.spelledOut && this.#mustCompute
        ? ["the script writes down values that it was told; it must compute them from the input files"]
        : []),
      ...leaks.flatMap((leak, index) =>
        leak === null ? [] : [`lesson ${index + 1} holds for this task only: ${leak.told}`],
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
  async #tryFix(script: string): Promise<{ fix: Fix; told: string }> {
    await using fresh = await openWorkspace(this.#task, this.#bench, null);
    // Who was shown no values has none to write down but its own.
    const spelledOut = seesDifferences(this.#task) && (await this.#spellsOut(script, fresh));
    const ran = await observe(fresh, script, this.#commandLimits);
    const score = await this.#score(fresh);
    const verified = isRight(score);
    const withOutput = (text: string) => (verified ? text : `${text}\nThe script's output: ${ran}`);
    return {
      fix: { script, verified, spelledOut, verdict: withOutput(score.explanation) },
      told: withOutput(score.told),
    };
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

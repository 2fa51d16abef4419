/** The loop of every agent: ask, read the action, act, show. */
import { SetupError } from "../harness/errors.ts";
import { amountOf } from "../harness/prices/prices.ts";
import type { Action, Exit, ImageReference, Message, Step, Trajectory, Usage } from "../harness/records.ts";
import {
  type AgentLimits,
  type Caller,
  type Completion,
  ContextLimitError,
  type Images,
  type Model,
} from "../harness/roles.ts";
import { sumUsage } from "../harness/usage.ts";
import type { Codec } from "./codec.ts";

/** What the model is shown of what its action led to. */
export interface Observation {
  readonly kind: "observation";
  readonly text: string;
  /** Shown after the text. */
  readonly images?: readonly ImageReference[];
  /** Time that it took without waits, where that is known. */
  readonly workedMs?: number;
}

/** What an action led to: an observation to go on with, or the end. */
export type Outcome = Observation | { readonly kind: "end"; readonly answer: string };

export interface LoopOptions {
  readonly caller: Caller;
  readonly model: Model;
  readonly codec: Codec;
  readonly prompt: readonly Message[];
  /** Where the images of prompt and observations are; may be left out when there are none. */
  readonly images?: Images;
  readonly limits: AgentLimits;
  readonly seed: number;
  readonly signal: AbortSignal;
  /** Does what a valid action asks for; throws the reason of the signal when it is aborted meanwhile. */
  readonly act: (action: Exclude<Action, { kind: "invalid" }>, signal: AbortSignal) => Promise<Outcome>;
}

/** After so many replies in a row that broke the protocol, no more are asked for. */
const MAX_FORMAT_ERRORS = 4;

/** Runs a conversation to its end. Never throws for what the model did. */
export async function converse(options: LoopOptions): Promise<Trajectory> {
  const { codec, prompt, limits } = options;
  const steps: Step[] = [];
  const chat = [...prompt]; // grows by what is new: whoever reads it may keep what it made of a message
  const deadline = performance.now() + limits.timeMs;
  let workedMs = 0;
  const finish = (exit: Exit, answer = ""): Trajectory => ({
    protocol: codec.protocol,
    prompt: [...prompt],
    steps,
    exit,
    answer,
  });

  while (true) {
    const limit = limitReached(steps, limits, { deadline, workedMs });
    if (limit !== null) return finish(limit);
    const completion = await ask(options, [...chat], deadline);
    if (typeof completion === "string") return finish(completion);
    const { step, answer, ...took } = await takeStep(options, completion, deadline);
    steps.push(step);
    chat.push(...codec.show(step));
    workedMs += took.workedMs;
    if (answer !== null) return finish("submitted", answer);
  }
}

function limitReached(
  steps: readonly Step[],
  limits: AgentLimits,
  { deadline, workedMs }: { deadline: number; workedMs: number },
): Exit | null {
  const usage = sumUsage(steps.map((step) => step.usage));
  const { inputTokens, outputTokens } = usage;
  const lastReplies = steps.slice(-MAX_FORMAT_ERRORS);
  if (lastReplies.length === MAX_FORMAT_ERRORS && lastReplies.every(({ action }) => action.kind === "invalid"))
    return "format-errors";
  if (steps.length >= limits.turns) return "turn-limit";
  if (inputTokens + outputTokens >= limits.tokens) return "token-limit";
  if (limits.cost !== undefined && costOf(usage, limits) >= limits.cost) return "cost-limit";
  if (performance.now() >= deadline) return "time-limit";
  if (workedMs >= (limits.workingMs ?? Number.POSITIVE_INFINITY)) return "working-time-limit";
  return null;
}

/** @throws SetupError when the server does not tell what the limit is about: it could not be kept */
function costOf(usage: Usage, { inputPrice = 0, cachedInputPrice = inputPrice, outputPrice = 0 }: AgentLimits): number {
  if ((usage.untold ?? 0) > 0)
    throw new SetupError("--cost-limit cannot be kept: the server does not tell the tokens of its calls (usage)");
  return amountOf(usage, { input: inputPrice, cachedInput: cachedInputPrice, output: outputPrice });
}

/** Node's timers take no more milliseconds than this; it is 24 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

function timeUpAt(deadline: number): AbortSignal {
  const leftMs = Math.max(1, Math.ceil(deadline - performance.now()));
  return AbortSignal.timeout(Math.min(leftMs, LONGEST_TIMER_MS));
}

/** The exit instead, when the chat has outgrown the model, or the trial's time is up before the reply is there. */
async function ask(
  { caller, model, codec, images, seed, signal }: LoopOptions,
  messages: Message[],
  deadline: number,
): Promise<Completion | "context-limit" | "time-limit"> {
  const timeUp = timeUpAt(deadline);
  const stop = codec.stop === null ? {} : { stop: codec.stop };
  try {
    return await model.complete({
      caller,
      messages,
      ...(images === undefined ? {} : { images }),
      tools: codec.tools,
      ...stop,
      seed,
      draw: 0,
      canUse: (reply, finishReason) => !codec.read(reply, finishReason).isBroken,
      signal: AbortSignal.any([signal, timeUp]),
    });
  } catch (error) {
    if (error instanceof ContextLimitError) return "context-limit";
    if (timeUp.aborted && !signal.aborted) return "time-limit";
    throw error;
  }
}

const TIME_UP = "[killed: the time of the trial is up]";

/** What is under way when the trial's time is up ends then. */
async function outcomeOf({ codec, act, signal }: LoopOptions, action: Action, deadline: number): Promise<Outcome> {
  if (action.kind === "invalid") return { kind: "observation", text: codec.correction(action.problem) };
  const timeUp = timeUpAt(deadline);
  try {
    return await act(action, AbortSignal.any([signal, timeUp]));
  } catch (error) {
    if (error === timeUp.reason && !signal.aborted) return { kind: "observation", text: TIME_UP };
    throw error;
  }
}

async function takeStep(
  options: LoopOptions,
  completion: Completion,
  deadline: number,
): Promise<{ step: Step; answer: string | null; workedMs: number }> {
  const { reply, usage, durationMs: modelMs, waitedMs: modelWaitedMs = 0 } = completion;
  const { action, repairs: read } = options.codec.read(reply, completion.finishReason);
  const repairs = [...(completion.repairs ?? []), ...read];
  const started = performance.now();
  const outcome = await outcomeOf(options, action, deadline);
  const commandMs = performance.now() - started;
  const { images = [], workedMs = commandMs } = outcome.kind === "observation" ? outcome : {};
  const waitedMs = modelWaitedMs + Math.max(0, commandMs - workedMs);
  const step = {
    reply,
    action,
    observation: outcome.kind === "observation" ? outcome.text : "",
    ...(images.length === 0 ? {} : { images: [...images] }),
    ...(repairs.length === 0 ? {} : { repairs }),
    usage,
    modelMs,
    commandMs,
    ...(waitedMs >= 1 ? { waitedMs } : {}),
  };
  const answer = outcome.kind === "end" ? outcome.answer : null;
  return { step, answer, workedMs: modelMs - modelWaitedMs + workedMs };
}

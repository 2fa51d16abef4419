/** The loop of every agent: ask, read the action, act, show. */
import type { Action, Exit, ImageReference, Message, Step, Trajectory } from "../harness/records.ts";
import {
  type AgentLimits,
  type Caller,
  type Completion,
  ContextLimitError,
  type Images,
  type Model,
} from "../harness/roles.ts";
import { sumUsage } from "../harness/usage.ts";
import { type Codec, toMessages } from "./codec.ts";

/** What the model is shown of what its action led to. */
export interface Observation {
  readonly kind: "observation";
  readonly text: string;
  /** Shown after the text. */
  readonly images?: readonly ImageReference[];
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
  /** Does what a valid action asks for. */
  readonly act: (action: Exclude<Action, { kind: "invalid" }>) => Promise<Outcome>;
}

/** After so many replies in a row that broke the protocol, no more are asked for. */
const MAX_FORMAT_ERRORS = 4;

/** Runs a conversation to its end. Never throws for what the model did. */
export async function converse(options: LoopOptions): Promise<Trajectory> {
  const { codec, prompt, limits } = options;
  const steps: Step[] = [];
  const deadline = performance.now() + limits.timeMs;
  const finish = (exit: Exit, answer = ""): Trajectory => ({
    protocol: codec.protocol,
    prompt: [...prompt],
    steps,
    exit,
    answer,
  });

  while (true) {
    const limit = limitReached(steps, limits, deadline);
    if (limit !== null) return finish(limit);
    const completion = await ask(options, toMessages({ prompt: [...prompt], steps }, codec), deadline);
    if (typeof completion === "string") return finish(completion);
    const { step, answer } = await takeStep(options, completion);
    steps.push(step);
    if (answer !== null) return finish("submitted", answer);
  }
}

function limitReached(steps: readonly Step[], limits: AgentLimits, deadline: number): Exit | null {
  const { inputTokens, outputTokens } = sumUsage(steps.map(({ usage }) => usage));
  const lastReplies = steps.slice(-MAX_FORMAT_ERRORS);
  if (lastReplies.length === MAX_FORMAT_ERRORS && lastReplies.every(({ action }) => action.kind === "invalid"))
    return "format-errors";
  if (steps.length >= limits.turns) return "turn-limit";
  if (inputTokens + outputTokens >= limits.tokens) return "token-limit";
  if (performance.now() >= deadline) return "time-limit";
  return null;
}

/** Node's timers take no more milliseconds than this; it is 24 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The exit instead, when the chat has outgrown the model, or the trial's time is up before the reply is there. */
async function ask(
  { caller, model, codec, images, seed, signal }: LoopOptions,
  messages: Message[],
  deadline: number,
): Promise<Completion | "context-limit" | "time-limit"> {
  const leftMs = Math.max(1, Math.ceil(deadline - performance.now()));
  const timeUp = AbortSignal.timeout(Math.min(leftMs, LONGEST_TIMER_MS));
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
      signal: AbortSignal.any([signal, timeUp]),
    });
  } catch (error) {
    if (error instanceof ContextLimitError) return "context-limit";
    if (timeUp.aborted && !signal.aborted) return "time-limit";
    throw error;
  }
}

async function takeStep(
  { codec, act }: LoopOptions,
  completion: Completion,
): Promise<{ step: Step; answer: string | null }> {
  const { reply, usage, durationMs: modelMs } = completion;
  const action = codec.read(reply, completion.finishReason);
  const started = performance.now();
  const outcome: Outcome =
    action.kind === "invalid" ? { kind: "observation", text: codec.correction(action.problem) } : await act(action);
  const images = outcome.kind === "observation" ? (outcome.images ?? []) : [];
  const step = {
    reply,
    action,
    observation: outcome.kind === "observation" ? outcome.text : "",
    ...(images.length === 0 ? {} : { images: [...images] }),
    usage,
    modelMs,
    commandMs: performance.now() - started,
  };
  return { step, answer: outcome.kind === "end" ? outcome.answer : null };
}

/** A protocol: how commands and observations stand in a chat. */
import type { Action, Message, Protocol, Repair, Reply, Step, Trajectory } from "../harness/records.ts";
import type { Tool } from "../harness/roles.ts";

/** What a reply asks for, and how that was read. */
export interface Reading {
  /** `invalid`, with its problem, for a reply that breaks the protocol. */
  readonly action: Action;
  /** What was put right to read it. */
  readonly repairs: readonly Repair[];
  /** An invalid reply that looks broken on its way and not ill-behaved: another draw may come whole. */
  readonly isBroken: boolean;
}

export interface Codec {
  readonly protocol: Protocol;
  /** Declared to the server; empty in the text protocol, where the prompt tells them. */
  readonly tools: readonly Tool[];
  readonly stop: readonly string[] | null;
  read(reply: Reply, finishReason: string): Reading;
  /** The observation for a reply that broke the protocol: the problem, and a correct example. */
  correction(problem: string): string;
  /** The messages that show a step to the model: its reply, then the observation with its images. */
  show(step: Pick<Step, "reply" | "observation" | "images">): Message[];
}

/** What was read without ado. */
export function readAs(action: Action): Reading {
  return { action, repairs: [], isBroken: false };
}

export function invalid(problem: string): Reading {
  return readAs({ kind: "invalid", problem });
}

/** @param isCut a reply that was cut at the token limit would be cut again: the model is told instead */
export function broken(problem: string, isCut: boolean): Reading {
  return { ...invalid(problem), isBroken: !isCut };
}

/** A user's message, with images where there are any. */
export function userMessage(content: string, images: Step["images"]): Message {
  return images === undefined || images.length === 0 ? { role: "user", content } : { role: "user", content, images };
}

/** The chat that the next call of a trajectory sends: what is stored decides it, step by step, as in the loop (invariant 4). */
export function toMessages({ prompt, steps }: Pick<Trajectory, "prompt" | "steps">, codec: Codec): Message[] {
  return [...prompt, ...steps.flatMap((step) => shownBy(codec, step))];
}

/** The same objects in every turn, so that what they cost to write and to hash is paid once in a growing chat. */
const shown = new WeakMap<Codec, WeakMap<Step, Message[]>>();

function shownBy(codec: Codec, step: Step): Message[] {
  const known = shown.get(codec) ?? new WeakMap<Step, Message[]>();
  shown.set(codec, known);
  const messages = known.get(step) ?? codec.show(step);
  known.set(step, messages);
  return messages;
}

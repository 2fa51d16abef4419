/** A protocol: how commands and observations stand in a chat. */
import type { Action, Message, Protocol, Reply, Step, Trajectory } from "../harness/records.ts";
import type { Tool } from "../harness/roles.ts";

export interface Codec {
  readonly protocol: Protocol;
  /** Declared to the server; empty in the text protocol, where the prompt tells them. */
  readonly tools: readonly Tool[];
  readonly stop: readonly string[] | null;
  /** What a reply asks for; one that breaks the protocol is `invalid` with its problem. */
  read(reply: Reply, finishReason: string): Action;
  /** The observation for a reply that broke the protocol: the problem, and a correct example. */
  correction(problem: string): string;
  /** The messages that show a step to the model: its reply, then the observation with its images. */
  show(step: Pick<Step, "reply" | "observation" | "images">): Message[];
}

/** A user's message, with images where there are any. */
export function userMessage(content: string, images: Step["images"]): Message {
  return images === undefined || images.length === 0 ? { role: "user", content } : { role: "user", content, images };
}

/** The chat that the next call sends, computed from what is stored (invariant 4). */
export function toMessages({ prompt, steps }: Pick<Trajectory, "prompt" | "steps">, codec: Codec): Message[] {
  return [...prompt, ...steps.flatMap((step) => codec.show(step))];
}

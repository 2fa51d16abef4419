/** One question to a model whose answer is JSON, asked once more when the answer cannot be used. */
import type { z } from "zod";
import { loadPrompt } from "../harness/prompt.ts";
import type { Message, Usage } from "../harness/records.ts";
import { type Read, readReply } from "../harness/reply.ts";
import type { Caller, Completion, Images, Model } from "../harness/roles.ts";
import { sumUsage } from "../harness/usage.ts";

/** What every stage that calls the model is given. */
export interface Asking {
  readonly model: Model;
  readonly seed: number;
  readonly signal: AbortSignal;
}

export interface Question<T> {
  readonly caller: Caller;
  /** The instructions. */
  readonly system: string;
  /** What they are about: fenced texts, maybe with images. */
  readonly user: Extract<Message, { role: "user" }>;
  /** Where those images are; left out when there are none. */
  readonly images?: Images;
  readonly schema: z.ZodType<T>;
  /** What is wrong with an answer that keeps the schema, or null. */
  readonly check: (value: T) => string | null;
  /** Whether an answer that was cut off and mended may be used: only where code finds out what is missing. */
  readonly allowsCut: boolean;
  /** Number of the draw; another one asks anew. 0 when left out. */
  readonly draw?: number;
  /** Reads an answer that is no JSON of the schema in another format; null where it is in none. */
  readonly readOther?: (text: string) => T | null;
}

export interface Answer<T> {
  /** Null when neither reply could be read. A value may still fail `check`: the caller takes from it what is right. */
  readonly value: T | null;
  /** What was wrong with the first reply; null when it was used. */
  readonly problem: string | null;
  /** How `value` was read: `mended` with brackets, quotes or commas put right by program; null without a value. */
  readonly readAs: "json" | "mended" | "other" | null;
  readonly chat: readonly Message[];
  readonly usage: Usage;
}

const REPAIR = loadPrompt(new URL("./prompts/repair.md", import.meta.url), ["problem"]);
export const REPAIR_PROMPT_HASH = REPAIR.hash;

/** Asks; an answer that cannot be read, or that `check` faults, is asked for again once, with what was wrong. */
export async function askForJson<T>(asking: Asking, question: Question<T>): Promise<Answer<T>> {
  const opening: Message[] = [{ role: "system", content: question.system }, question.user];
  const first = await complete(asking, question, opening);
  const read = readCompletion(first, question);
  const problem = problemOf(read, question);
  if (problem === null) return { ...usable(read), problem: null, chat: [first.reply], usage: first.usage };
  const repair: Message = { role: "user", content: REPAIR.fill({ problem }) };
  const second = await complete(asking, question, [...opening, first.reply, repair]);
  const better = usable(readCompletion(second, question));
  return {
    ...(better.value === null ? usable(read) : better),
    problem,
    chat: [first.reply, repair, second.reply],
    usage: sumUsage([first.usage, second.usage]),
  };
}

function complete<T>(
  { model, seed, signal }: Asking,
  { caller, images, draw = 0 }: Question<T>,
  messages: Message[],
): Promise<Completion> {
  return model.complete({ caller, messages, ...(images && { images }), tools: [], seed, draw, signal });
}

type AnyRead<T> = Read<T> | { readonly kind: "other"; readonly value: T };

function readCompletion<T>(
  { reply, finishReason }: Completion,
  { schema, allowsCut, readOther }: Question<T>,
): AnyRead<T> {
  const read = readReply(reply.content, schema);
  const cut = finishReason === "length";
  if (cut && (read.kind === "failed" || !allowsCut)) {
    return { kind: "failed", problem: "the reply was cut off at the token limit; write less" };
  }
  const other = read.kind === "failed" ? (readOther?.(reply.content) ?? null) : null;
  return other === null ? read : { kind: "other", value: other };
}

function problemOf<T>(read: AnyRead<T>, { check }: Question<T>): string | null {
  return read.kind === "failed" ? read.problem : check(read.value);
}

function usable<T>(read: AnyRead<T>): Pick<Answer<T>, "value" | "readAs"> {
  if (read.kind === "failed") return { value: null, readAs: null };
  return { value: read.value, readAs: read.kind === "parsed" ? "json" : read.kind === "repaired" ? "mended" : "other" };
}

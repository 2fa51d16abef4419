/** A chat completion as the doctor reads it: leniently, so that a strange answer is told and not refused. */
import { z } from "zod";
import { asObject, parseJson } from "../../mend-json.ts";
import { saidIn } from "../../model/failures.ts";
import { splitThinking } from "../../model/repair-thinking.ts";
import type { ReasoningField } from "../../records.ts";
import { printable } from "../../text.ts";
import type { Said } from "./wire.ts";

const text = z.string().nullish();

const Answer = z.looseObject({
  choices: z.array(
    z.looseObject({
      finish_reason: text,
      message: z.looseObject({
        content: text,
        reasoning: text,
        reasoning_content: text,
        tool_calls: z
          .array(
            z.looseObject({
              id: text,
              function: z.looseObject({
                name: z.string(),
                arguments: z.union([text, z.record(z.string(), z.unknown())]),
              }),
            }),
          )
          .nullish(),
      }),
      logprobs: z.unknown().optional(),
    }),
  ),
});

const Counted = z.looseObject({
  usage: z.looseObject({
    prompt_tokens: z.number(),
    completion_tokens: z.number(),
    prompt_tokens_details: z.looseObject({ cached_tokens: z.number().nullish() }).nullish(),
    completion_tokens_details: z.looseObject({ reasoning_tokens: z.number().nullish() }).nullish(),
  }),
});

export interface SaidUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Null where the server does not tell. */
  readonly cachedTokens: number | null;
  readonly reasoningTokens: number | null;
}

export interface SaidCall {
  readonly id: string;
  readonly name: string;
  /** The arguments where they are a JSON object, else null. */
  readonly arguments: Readonly<Record<string, unknown>> | null;
}

export interface SaidReply {
  readonly kind: "reply";
  /** Without the thinking that was left in it. */
  readonly content: string;
  readonly thinking: { readonly field: ReasoningField; readonly text: string } | null;
  readonly calls: readonly SaidCall[];
  readonly finish: string;
  readonly usage: SaidUsage | null;
  readonly hasLogprobs: boolean;
  /** The message as it came, to be sent back. */
  readonly message: Readonly<Record<string, unknown>>;
  header(name: string): string | null;
}

export type ChatSaid =
  | SaidReply
  /** The server said no; `status` is not 200. */
  | { readonly kind: "refused"; readonly status: number; readonly problem: string; readonly body: unknown }
  /** Silence, a broken connection, or an answer that is no chat completion. */
  | { readonly kind: "failed"; readonly problem: string };

/** Longest piece of a server's words that is told. */
const MOST_WORDS = 240;

export function readChat(said: Said): ChatSaid {
  if (said.kind !== "answered") return { kind: "failed", problem: problemOf(said) };
  if (said.status !== 200) {
    const location = said.header("location");
    const words = said.status < 400 && location !== null ? shown(location) : errorText(said);
    return { kind: "refused", status: said.status, problem: `${said.status}: ${words}`, body: said.json };
  }
  const read = Answer.safeParse(said.json);
  const choice = read.data?.choices[0];
  if (choice === undefined) {
    const what = read.success ? "without a choice" : said.json === undefined ? "that is no JSON" : "of another shape";
    return { kind: "failed", problem: `an answer ${what}: ${shown(said.text)}` };
  }
  const { message } = choice;
  return {
    kind: "reply",
    ...thinkingOf(message),
    calls: (message.tool_calls ?? []).map(({ id, function: call }) => ({
      id: id ?? "",
      name: call.name,
      arguments: objectOf(call.arguments),
    })),
    finish: choice.finish_reason ?? "",
    usage: usageOf(read.data),
    hasLogprobs: typeof choice.logprobs === "object" && choice.logprobs !== null,
    message,
    header: said.header,
  };
}

/** What an answer, or an event of a stream, says that it took; null when it does not. */
export function usageOf(answer: unknown): SaidUsage | null {
  const usage = Counted.safeParse(answer).data?.usage;
  return usage === undefined
    ? null
    : {
        inputTokens: usage.prompt_tokens,
        outputTokens: usage.completion_tokens,
        cachedTokens: usage.prompt_tokens_details?.cached_tokens ?? null,
        reasoningTokens: usage.completion_tokens_details?.reasoning_tokens ?? null,
      };
}

/** Silence, or a connection that failed, in words. */
export function problemOf(said: Exclude<Said, { kind: "answered" }>): string {
  return said.kind === "silent"
    ? `no answer within ${said.seconds} s`
    : `the connection failed: ${printable(`${said.code} ${said.problem}`)}`;
}

/** What a server says is wrong, in a line. */
export function errorText({ text: body }: { text: string }): string {
  return shown(saidIn(body));
}

/** A piece of a server's words, fit for a terminal. */
export function shown(words: string): string {
  const line = printable(words);
  return line.length > MOST_WORDS ? `${line.slice(0, MOST_WORDS)}…` : line;
}

type Message = z.infer<typeof Answer>["choices"][number]["message"];

function thinkingOf({ content, reasoning, reasoning_content }: Message): Pick<SaidReply, "content" | "thinking"> {
  const words = content ?? "";
  if (reasoning) return { content: words, thinking: { field: "reasoning", text: reasoning } };
  if (reasoning_content) return { content: words, thinking: { field: "reasoning_content", text: reasoning_content } };
  const { thinking, rest } = splitThinking(words);
  return { content: rest, thinking: thinking === "" ? null : { field: "content", text: thinking } };
}

function objectOf(given: unknown): Record<string, unknown> | null {
  // An object where a text is due breaks clients.
  return typeof given === "string" ? asObject(parseJson(given)) : null;
}

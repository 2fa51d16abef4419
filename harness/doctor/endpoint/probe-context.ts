/** How long a prompt and its reply may be together, and what the server does beyond that. */
import { z } from "zod";
import { tellsContextLimit } from "../../model/failures.ts";
import { type ChatSaid, readChat, shown } from "./answer.ts";
import { type Found, type Talk, user, withoutReply } from "./probe.ts";

/** A reply of this many tokens is refused by servers that check, with the length that they take. */
const TOO_MANY = 100_000_000;
/** Prompts of an unknown model start here, and double. */
const FIRST = 8_192;
const MOST = 1_048_576;
/** Times the limit: enough that what was dropped shows in a rough count of tokens. */
const BEYOND = 1.5;

export interface Context {
  readonly tokens: number | null;
  readonly found: Found;
}

/** Ways on for servers that cut long prompts without a word. */
const LONGER: Partial<Record<Talk["serverKind"], string>> = {
  ollama:
    "start Ollama with OLLAMA_CONTEXT_LENGTH=65536 (more is better): it drops the beginning of longer chats without a word",
  "llama.cpp": "start llama-server with a larger -c, or fewer slots (-np): each slot has its share",
  vllm: "start vLLM with a larger --max-model-len",
  sglang: "start SGLang with a larger --context-length",
};
/** Trials of a hundred turns with tool output outgrow less. */
const ADVISED = 32_768;

export const CONTEXT_WHY = "trials grow with every turn; one that outgrows the model ends there (exit context-limit)";

/**
 * Reads the length where the server tells it, else from what it says to a reply that would be far too long, which is
 * refused at once or given up soon. `thorough` sends a prompt beyond it as well, to see whether it is refused or cut.
 */
export async function examineContext(talk: Talk, thorough: boolean): Promise<Context> {
  const { contextTokens, contextFrom } = talk.native;
  const tokens = contextTokens ?? (await tokensFromRefusal(talk));
  if (thorough) return sendBeyond(talk, tokens);
  if (tokens === null) {
    const cure = talk.serverKind === "ollama" ? LONGER.ollama : "ask with --probe-context, which sends long prompts";
    return { tokens, found: { verdict: "unknown", found: "the server does not tell", cure: cure ?? null } };
  }
  const from = contextTokens === null ? "what it says to a reply that would be too long" : contextFrom;
  return { tokens, found: judged(talk, tokens, `${tokens} tokens, by ${from}`) };
}

function judged({ serverKind }: Talk, tokens: number, found: string): Found {
  if (tokens >= ADVISED) return { verdict: "yes", found };
  const cure = LONGER[serverKind] ?? "choose a model with more, or expect trials to end early";
  return { verdict: "partly", found: `${found}: short for agents`, cure };
}

async function tokensFromRefusal(talk: Talk): Promise<number | null> {
  const limit = "max_completion_tokens" in talk.bodyOf({ messages: [] }) ? "max_completion_tokens" : "max_tokens";
  const body = talk.bodyOf({
    messages: [user("Reply with the one word: ready")],
    fields: { [limit]: TOO_MANY },
  });
  const said = readChat(await talk.wire.peek(body));
  return said.kind === "refused" ? lengthIn(said) : null;
}

/** The length that a refusal names, as vLLM, SGLang, llama.cpp and OpenAI word it. */
export function lengthIn({ problem, body }: { problem: string; body: unknown }): number | null {
  const field = z.looseObject({ error: z.looseObject({ n_ctx: z.number().int().positive() }) }).safeParse(body).data;
  if (field !== undefined) return field.error.n_ctx;
  const words = problem.replaceAll(",", "");
  const found =
    /context (?:length|size|window)(?: is| of)?(?: only)? *\(?(\d{3,})/i.exec(words) ??
    /longer than the model'?s context length \(?(\d{3,})/i.exec(words) ??
    /(?:maximum|max|limit)[^.\d]{0,40}context[^.\d]{0,40}(\d{3,})/i.exec(words);
  return found === null ? null : Number(found[1]);
}

async function sendBeyond(talk: Talk, tokens: number | null): Promise<Context> {
  const sizes = tokens === null ? doubling() : [Math.ceil(tokens * BEYOND)];
  let taken = 0;
  for (const size of sizes) {
    const { said, sent } = await sendLong(talk, size);
    if (said.kind === "failed") return { tokens, found: withoutReply(said) };
    if (said.kind === "refused") return refused(talk, said, tokens, taken);
    const read = said.usage?.inputTokens ?? null;
    if (read !== null && read < sent * 0.8) return cut(talk, tokens, { sent, read });
    taken = read ?? sent;
  }
  const found = `a prompt of ${taken} tokens was taken${tokens === null ? "" : ` where ${tokens} are told`}`;
  return { tokens: tokens ?? taken, found: { verdict: "partly", found, cure: "the end of it was not found" } };
}

function refused(
  talk: Talk,
  said: Extract<ChatSaid, { kind: "refused" }>,
  tokens: number | null,
  taken: number,
): Context {
  if (!tellsContextLimit(said.problem)) return { tokens, found: withoutReply(said) };
  const length = lengthIn(said) ?? tokens ?? (taken || null);
  const found = `longer prompts are refused: ${shown(said.problem)}`;
  return { tokens: length, found: length === null ? { verdict: "unknown", found } : judged(talk, length, found) };
}

function cut(talk: Talk, tokens: number | null, { sent, read }: { sent: number; read: number }): Context {
  const found = `of a prompt of about ${sent} tokens ${read} were read, without a word: the rest was dropped`;
  const cure = LONGER[talk.serverKind] ?? "let the server refuse what is too long, or give it a longer context";
  return { tokens: Math.min(tokens ?? read, read), found: { verdict: "no", found, cure } };
}

function doubling(): number[] {
  const sizes: number[] = [];
  for (let size = FIRST; size <= MOST; size *= 2) sizes.push(size);
  return sizes;
}

const LINE = "Nothing of note was seen on this line.\n";
const SAMPLE_LINES = 100;

/** A prompt of about that many tokens, measured by a short one of the same words. `sent` is what was aimed at. */
async function sendLong(talk: Talk, tokens: number): Promise<{ said: ChatSaid; sent: number }> {
  const short = await talk.ask({ messages: [user(LINE.repeat(SAMPLE_LINES))], words: 1 });
  const perLine = short.kind === "reply" && short.usage !== null ? short.usage.inputTokens / SAMPLE_LINES : 9;
  const lines = Math.ceil(tokens / perLine);
  return { said: await talk.ask({ messages: [user(LINE.repeat(lines))], words: 1 }), sent: tokens };
}

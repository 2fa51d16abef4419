/** How plain words come back: usage, stop texts, JSON, streams, log probabilities, further sampling fields. */
import { z } from "zod";
import { parseJson } from "../../mend-json.ts";
import { readChat, type SaidReply, type SaidUsage, shown, usageOf } from "./answer.ts";
import { type Asked, type Found, type Probe, user, withoutReply } from "./probe.ts";

const READY: Asked = { messages: [user("Reply with the one word: ready")] };

export const usageProbe: Probe = {
  name: "usage",
  why: "token limits, cost and reports count what the server says that it read and wrote",
  run: async (talk) => {
    const said = await talk.ask(READY);
    if (said.kind !== "reply") return withoutReply(said);
    const { usage } = said;
    if (usage === null) {
      return {
        verdict: "no",
        found: "replies do not say what they took",
        cure: "costs and token limits cannot be counted here: limit turns and time",
      };
    }
    const thought = usage.reasoningTokens === null ? "" : `, ${usage.reasoningTokens} of them thinking`;
    return { verdict: "yes", found: `${usage.inputTokens} tokens in, ${usage.outputTokens} out${thought}` };
  },
};

/** Long enough for the coarsest cache that is common: blocks of 2,096 tokens with hybrid attention. */
const LINES = 260;

export const cachedTokensProbe: Probe = {
  name: "cached tokens",
  why: "each turn repeats the turns before it: a prompt cache decides what long trials cost",
  run: async (talk) => {
    const long = Array.from({ length: LINES }, (_, line) => `Line ${line}: nothing of note was seen.`).join("\n");
    const asked: Asked = { messages: [user(`${long}\n\nReply with the one word: ready`)], words: 16 };
    const first = await talk.ask(asked);
    if (first.kind !== "reply") return withoutReply(first);
    const again = await talk.ask(asked);
    if (again.kind !== "reply") return withoutReply(again);
    return cached(first, again, talk.serverKind === "vllm");
  },
};

function cached(first: SaidReply, again: SaidReply, isVllm: boolean): Found {
  const told = again.usage?.cachedTokens ?? null;
  const size = again.usage?.inputTokens ?? first.usage?.inputTokens ?? 0;
  if (told === null) {
    const cure = isVllm
      ? "start vLLM with --enable-prompt-tokens-details"
      : "cached tokens are then counted as fresh ones";
    return { verdict: "unknown", found: "replies do not say what was read from a cache", cure };
  }
  if (told > 0) return { verdict: "yes", found: `${told} of ${size} tokens when the same prompt came again` };
  const cure = isVllm
    ? "models with hybrid attention keep blocks of up to 2,096 tokens and may need several sightings: watch vllm:prefix_cache_hits_total"
    : "see whether the server has its prompt cache on";
  return { verdict: "no", found: `none of ${size} tokens when the same prompt came again`, cure };
}

export const stopProbe: Probe = {
  name: "stop texts",
  why: "--protocol text ends a reply where the model would make up an observation",
  run: async (talk) => {
    const count = user("Count from 1 to 9, with commas between the numbers and nothing else: 1, 2, 3 and so on.");
    const said = await talk.ask({ messages: [count], fields: { stop: ["6"] } });
    if (said.kind !== "reply") return withoutReply(said, "run with --protocol tools");
    if (said.content.includes("6"))
      return { verdict: "no", found: `wrote on: ${shown(said.content)}`, cure: "run with --protocol tools" };
    return /5/.test(said.content)
      ? { verdict: "yes", found: "stopped before the text" }
      : { verdict: "unknown", found: `the model did not count: ${JSON.stringify(said.content.slice(0, 60))}` };
  },
};

const SCHEMA = {
  type: "object",
  properties: { colour: { type: "string" }, legs: { type: "integer" } },
  required: ["colour", "legs"],
  additionalProperties: false,
};
const Schema = z.strictObject({ colour: z.string(), legs: z.number().int() });

export const jsonModeProbe: Probe = {
  name: "JSON mode",
  why: null,
  run: async (talk) => {
    const asked = user("Describe a ladybird as a JSON object with the keys colour (text) and legs (number).");
    const said = await talk.ask({
      messages: [asked],
      words: 128,
      fields: { response_format: { type: "json_object" } },
    });
    if (said.kind !== "reply") return withoutReply(said);
    return isJson(said.content, z.looseObject({}))
      ? { verdict: "yes", found: shown(said.content).slice(0, 80) }
      : { verdict: "no", found: `accepted and not followed: ${JSON.stringify(said.content.slice(0, 60))}` };
  },
};

export const jsonSchemaProbe: Probe = {
  name: "JSON schema",
  why: null,
  run: async (talk) => {
    const response_format = { type: "json_schema", json_schema: { name: "animal", strict: true, schema: SCHEMA } };
    const said = await talk.ask({ messages: [user("Describe a ladybird.")], words: 128, fields: { response_format } });
    if (said.kind !== "reply") return withoutReply(said);
    return isJson(said.content, Schema)
      ? { verdict: "yes", found: shown(said.content).slice(0, 80) }
      : { verdict: "no", found: `accepted and not followed: ${JSON.stringify(said.content.slice(0, 60))}` };
  },
};

function isJson(text: string, schema: z.ZodType): boolean {
  return schema.safeParse(parseJson(text)).success;
}

export const streamProbe: Probe = {
  name: "streaming",
  why: null,
  run: async (talk) => {
    const fields = { stream: true, stream_options: { include_usage: true } };
    const said = await talk.wire.chat(talk.bodyOf({ ...READY, fields }));
    if (said.kind !== "answered" || said.status !== 200) {
      const refused = readChat(said);
      return refused.kind === "reply" ? { verdict: "unknown", found: "answered at once" } : withoutReply(refused);
    }
    const events = said.text.split(/\r?\n/).filter((line) => line.startsWith("data:"));
    if (events.length === 0) return { verdict: "no", found: "answered whole where a stream was asked for" };
    const usage = usageIn(events);
    talk.count(usage);
    const end = events.at(-1)?.trim() === "data: [DONE]" ? "" : ", no [DONE]";
    return {
      verdict: "yes",
      found: `${events.length} events, ${usage === null ? "no usage" : "usage at the end"}${end}`,
    };
  },
};

/** Of the last event that tells; servers send it by itself, after the last words. */
function usageIn(events: readonly string[]): SaidUsage | null {
  const last = events.findLast((event) => /"usage"\s*:\s*\{/.test(event));
  return last === undefined ? null : usageOf(parseJson(last.slice("data:".length)));
}

export const logprobsProbe: Probe = {
  name: "logprobs",
  why: null,
  run: async (talk) => {
    const said = await talk.ask({ ...READY, words: 16, fields: { logprobs: true } });
    if (said.kind !== "reply") return withoutReply(said);
    return said.hasLogprobs ? { verdict: "yes", found: "told" } : { verdict: "no", found: "accepted and not told" };
  },
};

export const samplingProbe: Probe = {
  name: "sampling fields",
  why: "the settings published for open models name top_k, min_p and repetition_penalty beside temperature and top_p",
  run: async (talk) => {
    const said = await talk.ask({ ...READY, words: 16, fields: { top_k: 20, min_p: 0, repetition_penalty: 1 } });
    if (said.kind !== "reply") return withoutReply(said, "leave these fields out of the sampling settings here");
    return {
      verdict: "yes",
      found: "top_k, min_p and repetition_penalty are taken; whether they count cannot be seen",
    };
  },
};

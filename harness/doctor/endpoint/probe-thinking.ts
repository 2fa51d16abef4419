/** Where a model's thinking comes, and what switches it. */
import type { ChatSaid } from "./answer.ts";
import { type Asked, type Found, type Probe, type Talk, user } from "./probe.ts";

type Fields = Readonly<Record<string, unknown>>;

/** As Qwen's templates have it on vLLM, SGLang and llama.cpp; then as Ollama and OpenAI take it. */
const SWITCHES: readonly { readonly off: Fields; readonly on: Fields }[] = [
  {
    off: { chat_template_kwargs: { enable_thinking: false } },
    on: { chat_template_kwargs: { enable_thinking: true } },
  },
  { off: { reasoning_effort: "none" }, on: { reasoning_effort: "low" } },
];

/** Small, and worth a thought. */
const QUESTION: Asked = {
  messages: [user("Which is larger, 9.9 or 9.11? Reply with that number alone.")],
  words: 512,
  mayThink: true,
};

/** Must run before the probes that would rather not wait for thoughts: it sets `talk.thinking`. */
export const thinkingProbe: Probe = {
  name: "thinking",
  why: "thinking costs tokens and time, and must come in a field of its own to be sent back as the model expects it",
  run: async (talk) => {
    const said = await talk.ask(QUESTION);
    const field = fieldOf(said);
    if (field === null) return lookForOn(talk);
    talk.thinking = { ...talk.thinking, field };
    const off = await firstThat(talk, "off", (answer) => answer.kind === "reply" && fieldOf(answer) === null);
    talk.thinking = { ...talk.thinking, off };
    return thinks(talk, field, off);
  },
};

async function lookForOn(talk: Talk): Promise<Found> {
  const on = await firstThat(talk, "on", (answer) => fieldOf(answer) !== null);
  if (on === null) return { verdict: "no", found: "none was seen, nor could it be switched on" };
  const [{ off }] = SWITCHES.filter((each) => each.on === on) as [(typeof SWITCHES)[number]];
  talk.thinking = { ...talk.thinking, on, off };
  return {
    verdict: "yes",
    found: `only when asked for, by ${JSON.stringify(on)}; then in the field ${talk.thinking.field}`,
  };
}

function thinks(talk: Talk, field: string, off: Fields | null): Found {
  const how = off === null ? "nothing that was tried switches it off" : `${JSON.stringify(off)} switches it off`;
  if (field !== "content") return { verdict: "yes", found: `by default, in the field ${field}; ${how}` };
  return {
    verdict: "partly",
    found: `by default, left among the words as <think>…</think>; ${how}`,
    cure: PARSERS[talk.serverKind] ?? "let the server take thinking out of the content, if it can",
  };
}

const PARSERS: Partial<Record<Talk["serverKind"], string>> = {
  vllm: "start vLLM with --reasoning-parser (qwen3 for Qwen models)",
  sglang: "start SGLang with --reasoning-parser (qwen3 for Qwen models)",
  "llama.cpp": "start llama-server with --reasoning-format deepseek",
};

/** The first switch that has that effect; sets where thinking was seen. */
async function firstThat(
  talk: Talk,
  way: "on" | "off",
  hasEffect: (said: ChatSaid) => boolean,
): Promise<Fields | null> {
  for (const each of SWITCHES) {
    const said = await talk.ask({ ...QUESTION, fields: each[way] });
    if (!hasEffect(said)) continue;
    if (way === "on") talk.thinking = { ...talk.thinking, field: fieldOf(said) };
    return each[way];
  }
  return null;
}

function fieldOf(said: ChatSaid): Talk["thinking"]["field"] {
  return said.kind === "reply" ? (said.thinking?.field ?? null) : null;
}

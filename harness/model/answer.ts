/**
 * What a server answered to a chat completion, read as tolerantly as servers are careless: vLLM, SGLang, llama.cpp, proxies
 * and hosted models each have habits of their own. Whatever had to be put right is counted; the answer itself is kept as it came.
 */
import { z } from "zod";
import { NO_USAGE, type Repair, type Reply, type Usage } from "../records.ts";
import type { Tool } from "../roles.ts";
import { repairMessage } from "./repair.ts";

export type ReadAnswer =
  | {
      readonly kind: "read";
      readonly reply: Reply;
      readonly finishReason: string;
      readonly repairs: readonly Repair[];
      readonly usage: Usage;
    }
  /** There is no reply in it. */
  | { readonly kind: "unusable"; readonly problem: string; readonly usage: Usage };

/** Anything else than a count is as good as none. */
const TokenCount = z.int().nonnegative().nullish().catch(null);

/** Mistral's servers and some proxies send a list of parts where others send a text. */
const Content = z.union([z.string(), z.array(z.looseObject({ text: z.string().optional() }))]).nullish();

export const AnswerMessage = z.looseObject({
  content: Content,
  /** What a hosted model says instead of content. */
  refusal: z.string().nullish(),
  /** Anything but a text is none; `reasoning_details` beside it, of a shape that changes with the vendor, is not read. */
  reasoning: z.unknown().optional(),
  reasoning_content: z.unknown().optional(),
  tool_calls: z
    .array(
      z.looseObject({
        id: z.string().nullish(),
        /** Older servers of small models send the arguments as an object. */
        function: z.looseObject({
          name: z.string(),
          arguments: z.union([z.string(), z.record(z.string(), z.unknown())]).nullish(),
        }),
      }),
    )
    .nullish(),
});
export type AnswerMessage = z.infer<typeof AnswerMessage>;

const Choice = z.looseObject({
  index: z.number().nullish(),
  finish_reason: z.string().nullish(),
  message: AnswerMessage,
});

const Tokens = z.looseObject({
  prompt_tokens: TokenCount,
  completion_tokens: TokenCount,
  prompt_tokens_details: z.looseObject({ cached_tokens: TokenCount }).nullish(),
  completion_tokens_details: z.looseObject({ reasoning_tokens: TokenCount }).nullish(),
});

const Answer = z.looseObject({
  choices: z.array(Choice),
  simulated_ms: z.number().nonnegative().nullish(),
});

const Failed = z.looseObject({ error: z.unknown() });
const Counted = z.looseObject({ usage: Tokens });

/** @param tools those that were offered: only their calls are looked for in texts */
export function readAnswer(answer: unknown, tools: readonly Tool[]): ReadAnswer {
  const usage = usageOf(answer);
  const read = Answer.safeParse(answer);
  if (!read.success) return { kind: "unusable", problem: shapeProblem(answer, read.error), usage };
  const { choices, simulated_ms } = read.data;
  const choice = choices.find(({ index }) => index === 0) ?? choices[0];
  if (choice === undefined) return { kind: "unusable", problem: "it has no choices", usage };
  const finishReason = choice.finish_reason ?? "unknown";
  const { reply, repairs } = repairMessage(choice.message, { tools, isCut: finishReason === "length" });
  if (BROKEN_OFF.has(finishReason) && isEmpty(reply))
    return { kind: "unusable", problem: `the server gave up on it (finish_reason ${finishReason})`, usage };
  return { kind: "read", reply, finishReason, repairs, usage: { ...usage, simulatedMs: simulated_ms ?? 0 } };
}

/** What SGLang and proxies end with when they fail after they have begun. */
const BROKEN_OFF: ReadonlySet<string> = new Set(["abort", "error"]);

function isEmpty({ content, toolCalls }: Reply): boolean {
  return content.trim() === "" && toolCalls.length === 0;
}

function shapeProblem(answer: unknown, error: z.ZodError): string {
  const told = Failed.safeParse(answer).data?.error;
  if (told !== undefined && told !== null) return `it is an error: ${JSON.stringify(told).slice(0, 300)}`;
  const [issue] = error.issues;
  return `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "unreadable"}`;
}

/** Tokens that a server does not tell are not known, which is not 0. */
function usageOf(answer: unknown): Usage {
  const told = Counted.safeParse(answer).data?.usage;
  const input = told?.prompt_tokens ?? null;
  const output = told?.completion_tokens ?? null;
  return {
    ...NO_USAGE,
    calls: 1,
    inputTokens: input ?? 0,
    cachedTokens: Math.min(input ?? 0, told?.prompt_tokens_details?.cached_tokens ?? 0),
    outputTokens: output ?? 0,
    reasoningTokens: Math.min(output ?? 0, told?.completion_tokens_details?.reasoning_tokens ?? 0),
    ...(input === null || output === null ? { untold: 1 } : {}),
  };
}

/** A chat completions request as the simulated model sees it. */
import { z } from "zod";
import { type Size, sizeOf } from "./sizes.ts";

const MessageContent = z
  .union([
    z.string(),
    z.array(
      z.looseObject({
        type: z.string(),
        text: z.string().optional(),
        image_url: z.looseObject({ url: z.string() }).optional(),
      }),
    ),
  ])
  .nullish();

export const ChatRequest = z.looseObject({
  model: z.string(),
  messages: z
    .array(
      z.looseObject({
        role: z.enum(["system", "developer", "user", "assistant", "tool"]),
        content: MessageContent,
        tool_calls: z
          .array(z.looseObject({ function: z.looseObject({ name: z.string(), arguments: z.string() }) }))
          .nullish(),
      }),
    )
    .min(1),
  tools: z.array(z.looseObject({ function: z.looseObject({ name: z.string() }) })).nullish(),
  seed: z.number().int().nullish(),
  n: z.literal(1).nullish(),
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
  max_tokens: z.number().int().positive().nullish(),
  max_completion_tokens: z.number().int().positive().nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
});
export type ChatRequest = z.infer<typeof ChatRequest>;
export type Content = ChatRequest["messages"][number]["content"];

export const ROLES = [
  "agent",
  "error analyst",
  "single-call error analyst",
  "success analyst",
  "proposer",
  "merger",
  "skill author",
] as const;
export type Role = (typeof ROLES)[number];

export interface SaidCall {
  readonly name: string;
  readonly arguments: string;
}

export interface Said {
  readonly role: "system" | "user" | "assistant" | "tool";
  readonly text: string;
  readonly calls: readonly SaidCall[];
}

export interface Chat {
  readonly size: Size;
  readonly seed: number;
  /** By the first line of the system prompt; null when that names none. */
  readonly role: Role | null;
  readonly system: string;
  /** The first message of a user. */
  readonly opening: string;
  /** What came after the opening. */
  readonly turns: readonly Said[];
  readonly tools: ReadonlySet<string>;
}

/** What the simulated model says. */
export interface SimulatedReply {
  readonly text: string;
  readonly calls: readonly SaidCall[];
}

/** Null for a model that is not served. */
export function readChat(request: ChatRequest): Chat | null {
  const size = sizeOf(request.model);
  if (size === null) return null;
  const said = request.messages.map(
    ({ role, content, tool_calls }): Said => ({
      role: role === "developer" ? "system" : role,
      text: textOf(content),
      calls: (tool_calls ?? []).map((call) => call.function),
    }),
  );
  const system = said.find(({ role }) => role === "system")?.text ?? "";
  const opening = said.findIndex(({ role }) => role === "user");
  const name = /^Role: ([^\r\n]*)/.exec(system)?.[1]?.trim();
  return {
    size,
    seed: request.seed ?? 0,
    role: ROLES.find((role) => role === name) ?? null,
    system,
    opening: said[opening]?.text ?? "",
    turns: opening === -1 ? [] : said.slice(opening + 1),
    tools: new Set(request.tools?.map((tool) => tool.function.name)),
  };
}

/** A reply with JSON in a fence, as the analysts' and editors' prompts ask for it. */
export function jsonReply(opening: string, value: unknown): SimulatedReply {
  return { text: `${opening}\n\n\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\``, calls: [] };
}

function textOf(content: Content): string {
  if (typeof content === "string") return content;
  return (content ?? []).map((part) => part.text ?? "").join("");
}

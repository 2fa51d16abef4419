/**
 * The words of the harness that are written to disk, as zod schemas with the types inferred from them.
 * What a run was is in `manifest.ts`; behaviour (models, sandboxes, agents, benchmarks) in `roles.ts`; lessons, edits and patches are in `distill/records.ts`.
 */
import { z } from "zod";
import { Attestation } from "./attest/attestation.ts";

/** Goes up by one when a stored shape changes; a folder of another version is refused, never guessed at. */
export const FORMAT_VERSION = 1;

/** What a user asks of an agent: everything an agent may see, and no field that could hold an answer (invariant 1). */
export const Task = z.strictObject({
  /** Unique in its benchmark; may hold any character, so file names are made from it by `fileNameOf`. */
  id: z.string().min(1),
  /** The whole text shown to the agent. */
  instruction: z.string().min(1),
  /** Names of the files that lie in the working folder at the start. */
  files: z.array(z.string()),
  /** Name of the file that the agent must leave there, or null when the answer is text. */
  output: z.string().nullable(),
  /** Kind of task, for tables by kind. */
  kind: z.string(),
  /** Those of `files` that the agent is also shown as images, with the instruction; left out where there is none. */
  images: z.array(z.string()).optional(),
  /** Tasks of one family are cases of one problem: a mean counts a family as one. Left out where a task stands alone. */
  family: z.string().optional(),
});
export type Task = z.infer<typeof Task>;

export const ToolCall = z.strictObject({
  id: z.string(),
  name: z.string(),
  /** As the model wrote them: maybe no JSON at all. */
  arguments: z.string(),
});
export type ToolCall = z.infer<typeof ToolCall>;

/** An image as a model is sent it; its bytes lie under `images/` of the run folder, by hash. */
export const ImageReference = z.strictObject({
  /** Of the bytes as sent, in hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  mediaType: z.enum(["image/png", "image/jpeg"]),
  /** In pixels, as sent. */
  width: z.number().int().positive(),
  height: z.number().int().positive(),
});
export type ImageReference = z.infer<typeof ImageReference>;

const images = z.array(ImageReference).optional();

/**
 * Where a server showed a model's thinking, and where it is echoed: a field of the message, or the start of its `content`.
 * There the text is as it stood, tags and blanks included, so that both together are what the server sent.
 */
export const ReasoningField = z.enum(["reasoning", "reasoning_content", "content"]);
export type ReasoningField = z.infer<typeof ReasoningField>;

/** One message of a chat; only what a model is sent. */
export const Message = z.discriminatedUnion("role", [
  z.strictObject({ role: z.literal("system"), content: z.string() }),
  /** Images follow the text. */
  z.strictObject({ role: z.literal("user"), content: z.string(), images }),
  z.strictObject({
    role: z.literal("assistant"),
    content: z.string(),
    toolCalls: z.array(ToolCall),
    /** Echoed under the name that the server used; null where there was none. */
    reasoning: z.strictObject({ field: ReasoningField, text: z.string() }).nullable(),
  }),
  z.strictObject({ role: z.literal("tool"), toolCallId: z.string(), content: z.string() }),
]);
export type Message = z.infer<typeof Message>;
export type Reply = Extract<Message, { role: "assistant" }>;

/** What model calls cost. Sums are sums of fields. */
export const Usage = z.strictObject({
  calls: z.number().int(),
  inputTokens: z.number(),
  /** Part of `inputTokens` that the server read from its prompt cache. */
  cachedTokens: z.number(),
  outputTokens: z.number(),
  /** Part of `outputTokens` spent on thinking. */
  reasoningTokens: z.number(),
  /** What the simulated model says it would have taken; 0 for real models. */
  simulatedMs: z.number(),
  /** Calls whose tokens the server did not tell: the sums are those of the others. Left out where there is none. */
  untold: z.number().int().positive().optional(),
});
export type Usage = z.infer<typeof Usage>;

export const NO_USAGE: Usage = {
  calls: 0,
  inputTokens: 0,
  cachedTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  simulatedMs: 0,
};

/** What a reply asks the harness to do. `invalid`: the reply broke the protocol, and the observation says how to mend it. */
export const Action = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("command"), command: z.string() }),
  z.strictObject({ kind: z.literal("submit"), answer: z.string() }),
  /** A tool other than the shell, such as the error analyst's evaluator. */
  z.strictObject({ kind: z.literal("tool"), name: z.string(), arguments: z.unknown() }),
  z.strictObject({ kind: z.literal("invalid"), problem: z.string() }),
]);
export type Action = z.infer<typeof Action>;

/**
 * What had to be put right before a reply could be used. Each is a habit of servers, not a word of the model's; what the
 * server sent lies in the journal as it came.
 */
export const Repair = z.enum([
  /** Thinking was taken out of `content`: the server has no parser for it. */
  "thinking-in-content",
  /** A tool call was read out of `content`: the server's parser left it there. */
  "call-in-content",
  /** The JSON of a call's arguments, or of a written action, was mended by program: a bracket, a quote or a comma, never a word. */
  "mended-json",
  /** Calls of one reply had the same id, or none. */
  "call-ids",
  /** The reply could not be used, and the request was sent once more. */
  "asked-again",
]);
export type Repair = z.infer<typeof Repair>;

export const Step = z.strictObject({
  reply: z.custom<Reply>((value) => Message.safeParse(value).data?.role === "assistant"),
  action: Action,
  /** What the model was shown in return; empty for a submission that ends the trial. */
  observation: z.string(),
  /** What the model was shown with it, such as a part of a page that it asked to see. */
  images,
  /** Left out where the reply could be used as it came. */
  repairs: z.array(Repair).optional(),
  usage: Usage,
  modelMs: z.number(),
  commandMs: z.number(),
  /** Part of both that was waited in queues and between tries; left out where it was none. */
  waitedMs: z.number().positive().optional(),
});
export type Step = z.infer<typeof Step>;

export const Protocol = z.enum(["tools", "text"]);
export type Protocol = z.infer<typeof Protocol>;

/** Why a trajectory ended. `format-errors` is a failure of protocol: scored, told apart, never made into a lesson. */
export const Exit = z.enum([
  "submitted",
  "turn-limit",
  "time-limit",
  "working-time-limit",
  "token-limit",
  "cost-limit",
  "context-limit",
  "format-errors",
]);
export type Exit = z.infer<typeof Exit>;

export const Trajectory = z.strictObject({
  protocol: Protocol,
  prompt: z.array(Message),
  steps: z.array(Step),
  exit: Exit,
  /** What the agent submitted as text; empty when its answer is a file or when it never submitted. */
  answer: z.string(),
});
export type Trajectory = z.infer<typeof Trajectory>;

/** A wrong answer is scored 0; a fault of ours is unscored: counted and shown, never averaged (invariant 2). */
export const Score = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("scored"),
    value: z.number().min(0).max(1),
    /** What was wanted and what was found: holds ground truth, so no agent is ever shown it. */
    explanation: z.string(),
    /** Further numbers about the same answer by name, such as `accuracy` beside ANLS; higher is better. */
    metrics: z.record(z.string(), z.number().min(0).max(1)).optional(),
  }),
  z.strictObject({
    kind: z.literal("unscored"),
    reason: z.enum(["model-failed", "sandbox-failed", "benchmark-broken", "attestation-failed"]),
    detail: z.string(),
  }),
]);
export type Score = z.infer<typeof Score>;

/** What a memory had to say to one task: an earlier task, and the items of it that were shown. */
export const RecalledExperience = z.strictObject({
  task: z.string(),
  items: z.array(z.string()),
  /** Cosine of the angle between embeddings, or a BM25 score. */
  nearness: z.number(),
});
export type RecalledExperience = z.infer<typeof RecalledExperience>;

export const Trial = z.strictObject({
  version: z.literal(FORMAT_VERSION),
  task: Task,
  seed: z.number().int(),
  /** Null when our side failed before there was one. */
  trajectory: Trajectory.nullable(),
  score: Score,
  /** Of all its calls. */
  usage: Usage,
  /** Part of it: calls that programs made in the sandbox, as `--network model` lets them; left out where there were none. */
  ofPrograms: Usage.optional(),
  startedAt: z.iso.datetime(),
  durationMs: z.number(),
  /** Paths below `artifacts/` of the run folder. */
  artifacts: z.array(z.string()),
  /** What the agent was shown of its memory, nearest first; left out where it had none. */
  recalled: z.array(RecalledExperience).optional(),
  /** Left out in trials that were imported, that our side spoilt before their end, or that an older release made. */
  attestation: Attestation.optional(),
});
export type Trial = z.infer<typeof Trial>;

/**
 * The Agent Trajectory Interchange Format, as far as trajectories are read and written here.
 * Source: Harbor, rfcs/0001-trajectory-format.md and its models, version 1.7 (images came with 1.6). All objects are loose:
 * producers add fields, and what is not read is counted (`atif-unread.ts`), never dropped unseen.
 */
import { z } from "zod";

/** The version that is written; every 1.x is read. */
export const ATIF_VERSION = "ATIF-v1.7";
const READ_VERSION = /^ATIF-v1\.\d+$/;

/** Key of what only this harness knows, in the `extra` of a document and of its steps. */
export const OWN = "trace2skill";

const Extra = z.record(z.string(), z.unknown()).nullish();
const Text = z.string().nullish();
const Count = z.number().nonnegative().nullish();

export const ContentPart = z.looseObject({
  type: z.string(),
  text: Text,
  source: z.looseObject({ media_type: z.string(), path: z.string() }).nullish(),
});
export type ContentPart = z.infer<typeof ContentPart>;

/** Text, or texts and images. */
export const Content = z.union([z.string(), z.array(ContentPart)]);
export type Content = z.infer<typeof Content>;

export const AtifToolCall = z.looseObject({
  tool_call_id: z.string(),
  function_name: z.string(),
  arguments: z.unknown(),
  extra: Extra,
});

export const AtifStep = z.looseObject({
  step_id: z.number().int(),
  timestamp: Text,
  source: z.enum(["system", "user", "agent"]),
  model_name: Text,
  message: Content.nullish(),
  reasoning_content: Text,
  tool_calls: z.array(AtifToolCall).nullish(),
  observation: z
    .looseObject({ results: z.array(z.looseObject({ source_call_id: Text, content: Content.nullish() })) })
    .nullish(),
  metrics: z
    .looseObject({ prompt_tokens: Count, completion_tokens: Count, cached_tokens: Count, extra: Extra })
    .nullish(),
  llm_call_count: z.number().int().nonnegative().nullish(),
  extra: Extra,
});
export type AtifStep = z.infer<typeof AtifStep>;

export const AtifTrajectory = z.looseObject({
  schema_version: z.string().regex(READ_VERSION),
  session_id: Text,
  trajectory_id: Text,
  agent: z.looseObject({ name: z.string(), version: Text, model_name: Text }),
  steps: z.array(AtifStep).min(1),
  final_metrics: z.looseObject({ extra: Extra }).nullish(),
  extra: Extra,
});
export type AtifTrajectory = z.infer<typeof AtifTrajectory>;

/** Whether a JSON document says of itself that it is such a trajectory, of whatever version. */
export function claimsAtif(value: unknown): value is { schema_version: string } {
  return (
    typeof value === "object" &&
    value !== null &&
    "schema_version" in value &&
    typeof value.schema_version === "string" &&
    value.schema_version.startsWith("ATIF")
  );
}

/** A trajectory, or why the document cannot be read as one. */
export function readAtif(
  value: unknown,
):
  | { readonly kind: "read"; readonly trajectory: AtifTrajectory }
  | { readonly kind: "unread"; readonly reason: string } {
  const version = claimsAtif(value) ? value.schema_version : null;
  if (version === null) return { kind: "unread", reason: "no trajectory: it has no schema_version ATIF-v1.x" };
  if (!READ_VERSION.test(version))
    return { kind: "unread", reason: `its version is ${JSON.stringify(version.slice(0, 40))}; ATIF-v1.x is read` };
  const parsed = AtifTrajectory.safeParse(value);
  if (parsed.success) return { kind: "read", trajectory: parsed.data };
  const [issue] = parsed.error.issues;
  return { kind: "unread", reason: `${issue?.path.join(".") || "the document"}: ${issue?.message ?? "unexpected"}` };
}

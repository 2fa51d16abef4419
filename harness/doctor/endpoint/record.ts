/** What the doctor says of one model behind one endpoint, as it is stored. */
import { z } from "zod";
import { FORMAT_VERSION, ReasoningField } from "../../records.ts";
import { ServerKind, Verdict } from "./known-server.ts";

export const Capability = z.strictObject({
  name: z.string(),
  verdict: Verdict,
  /** What was asked and seen, in a line: evidence, with the server's own words where it refused. */
  found: z.string(),
  /** What it is needed for; null where this tool does not use it. */
  why: z.string().nullable(),
  /** What to change; null where there is nothing. */
  cure: z.string().nullable(),
});
export type Capability = z.infer<typeof Capability>;

const count = z.number().int().nonnegative();

/** What the examination took. */
export const Spent = z.strictObject({
  /** Chat completions that were sent, those that were refused or asked again included. */
  calls: count,
  /** As the server counts them; calls that were refused, and those without usage, add nothing. */
  inputTokens: count,
  outputTokens: count,
  /** Answers that did not say what they took. */
  uncounted: count,
});
export type Spent = z.infer<typeof Spent>;

export const ServerReport = z.strictObject({
  version: z.literal(FORMAT_VERSION),
  kind: z.literal("server"),
  askedAt: z.iso.datetime(),
  endpoint: z.string(),
  model: z.string(),
  server: z.strictObject({ kind: ServerKind, version: z.string().nullable() }),
  /** Longest prompt and reply together, in tokens; null where nothing told. */
  contextTokens: count.nullable(),
  thinking: z.strictObject({
    /** Field of the reply that thinking comes in; `content` where it is left among the words; null where none was seen. */
    field: ReasoningField.nullable(),
    /** Fields of a request that switch it off or on, as far as they had an effect. */
    off: z.record(z.string(), z.unknown()).nullable(),
    on: z.record(z.string(), z.unknown()).nullable(),
  }),
  /** In the order in which they are shown; the first, `answers`, says whether a run is possible at all. */
  capabilities: z.array(Capability).min(1),
  spent: Spent,
});
export type ServerReport = z.infer<typeof ServerReport>;

/** Whether runs can be made: the endpoint answers a chat of this model. */
export function isUsable({ capabilities }: Pick<ServerReport, "capabilities">): boolean {
  return capabilities.some(({ name, verdict }) => name === "answers" && verdict === "yes");
}

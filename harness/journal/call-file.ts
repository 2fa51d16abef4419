/**
 * The calls of runs as one portable file: lines of JSON, compressed with gzip. Fragments and images come before the calls that
 * hold them; the last line has the counts and the hash of all lines before it.
 */
import { z } from "zod";

export const CALL_FILE = "trace2skill-calls";
export const CALL_FILE_VERSION = 1;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const CallFileLine = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("header"), format: z.literal(CALL_FILE), version: z.number().int() }),
  /** A fragment of requests: canonical JSON, by its hash. */
  z.strictObject({ kind: z.literal("part"), sha256, text: z.string() }),
  z.strictObject({ kind: z.literal("image"), sha256, base64: z.base64() }),
  z.strictObject({
    kind: z.literal("call"),
    key: sha256,
    caller: z.string(),
    draw: z.number().int().nullable(),
    /**
     * Texts, and hashes of parts, between which belongs a comma where two follow one another: together the text whose hash
     * is the key. Of a journal of version 1: the request itself.
     */
    request: z.union([
      z.strictObject({ pieces: z.array(z.union([z.string(), z.strictObject({ part: sha256 })])) }),
      z.strictObject({ whole: z.unknown() }),
    ]),
    /** The server's own JSON, or why there is none. */
    outcome: z.union([z.strictObject({ answer: z.unknown() }), z.strictObject({ refused: z.string() })]),
  }),
  /** What a command showed in a unit of work. */
  z.strictObject({ kind: z.literal("seen"), unit: z.string(), key: z.string(), text: z.string() }),
  z.strictObject({ kind: z.literal("use"), run: z.string(), used: z.enum(["call", "unit"]), key: z.string() }),
  z.strictObject({
    kind: z.literal("end"),
    calls: z.number().int(),
    parts: z.number().int(),
    seen: z.number().int(),
    sha256,
  }),
]);
export type CallFileLine = z.infer<typeof CallFileLine>;
export type CallLine = Extract<CallFileLine, { kind: "call" }>;

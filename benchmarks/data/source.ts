/** Where a data set comes from, as data: checked when it is read, and copied into the manifest of what was fetched. */
import { z } from "zod";

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const SourceFile = z.strictObject({
  /** Below the folder of downloads; unique in its source. */
  name: z.string().regex(/^[\w][\w.-]*(\/[\w][\w.-]*)*$/),
  /** Names a fixed revision, so that it always gives the same bytes. */
  url: z.url({ protocol: /^https$/ }),
  /**
   * What the bytes must hash to. Null where no hash is known: the file is then pinned by its revision alone, the hash that
   * was seen is written into the manifest, and a later download that differs is refused.
   */
  sha256: Sha256.nullable(),
  bytes: z.number().int().positive().nullable(),
});
export type SourceFile = z.infer<typeof SourceFile>;

/** A function of `make.ts`, by name. */
const Step = z.discriminatedUnion("kind", [
  /** Downloads that are used as they are: from their name to their place. */
  z.strictObject({ kind: z.literal("copy"), from: z.string(), to: z.string() }),
  /** An archive, of which the files and folders named by `keep` are laid out, whatever folders they lie in. */
  z.strictObject({
    kind: z.enum(["tar", "zip"]),
    from: z.string(),
    /** Names of files, or of folders with a slash at the end. */
    keep: z.array(z.string()).min(1),
    to: z.string(),
  }),
  z.strictObject({ kind: z.literal("dapo"), from: z.string(), to: z.string() }),
  z.strictObject({
    kind: z.literal("aime"),
    from: z.array(z.string()),
    to: z.string(),
    year: z.number().int(),
    /** Of the 30 answers, joined by commas: the official ones, in the official order. */
    answersSha256: Sha256,
  }),
  z.strictObject({ kind: z.literal("docvqa"), from: z.array(z.string()), to: z.string(), images: z.string() }),
  z.strictObject({ kind: z.literal("receipts"), images: z.string(), keys: z.string(), to: z.string() }),
]);
export type Step = z.infer<typeof Step>;

export const Source = z.strictObject({
  /** Name of the benchmark. */
  name: z.string(),
  /** Pages to read about it. */
  home: z.array(z.url()),
  licence: z.string(),
  /** What who fetches it should know and heed; null where the licence says all. */
  terms: z.string().nullable(),
  /** Full commit or revision of each repository that files are taken from. */
  revisions: z.record(z.string(), z.string().regex(/^([0-9a-f]{40}|v[\d.]+)$/)),
  files: z.array(SourceFile).min(1),
  steps: z.array(Step).min(1),
  /** Hashes of what the steps must make, where they are known: proof of what an archive held. */
  made: z.record(z.string(), Sha256),
  /** Size of the downloads, about; null where it is not known. */
  megabytes: z.number().positive().nullable(),
  /** How to get it when the source cannot be reached, or wants a login. */
  byHand: z.string(),
});
export type Source = z.infer<typeof Source>;

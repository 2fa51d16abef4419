/** What a run was, written beside its trials: the manifest with the fingerprint, as zod schemas with the types inferred from them. */
import { z } from "zod";
import { KnownServer } from "./doctor/endpoint/known-server.ts";
import { FORMAT_VERSION } from "./records.ts";
import { PlaceboMark } from "./skill/placebo-mark.ts";

/** A retrieval memory, and how what is shown of it is found. */
const MemoryUse = z.strictObject({
  hash: z.string(),
  retrieval: z.enum(["embedding", "bm25"]),
  /** Most earlier tasks whose items are shown. */
  top: z.number().int().positive(),
  /** Whose embeddings are compared; null for BM25. */
  embedding: z.strictObject({ model: z.string(), endpoint: z.string() }).nullable(),
});
export type MemoryUse = z.infer<typeof MemoryUse>;

/** Everything that decides a result; two runs are compared only when they agree in all but skill, memory and model. */
export const Fingerprint = z.strictObject({
  benchmark: z.string(),
  split: z.string(),
  /** Hash of the tasks and of their ground truth as they were on disk. */
  data: z.string(),
  scorer: z.string(),
  agent: z.string(),
  limits: z.record(z.string(), z.number()),
  sandbox: z.string(),
  model: z.string(),
  endpoint: z.string(),
  sampling: z.record(z.string(), z.unknown()),
  skill: z.string().nullable(),
  /** Left out without one. */
  memory: MemoryUse.optional(),
  tool: z.string(),
});
export type Fingerprint = z.infer<typeof Fingerprint>;

/** What a user may choose about a benchmark beside its tasks. */
export const BenchmarkSettings = z.strictObject({
  /** Name of a split; which there are is the benchmark's affair. */
  split: z.string(),
  /** Whether tasks that are known to be defective count. */
  errata: z.enum(["keep", "drop"]),
  /** Whether formulas are computed anew before the cells are compared. */
  recalculate: z.enum(["none", "libreoffice"]),
  /** Whether tasks that skills are distilled from stay in a set that shares tasks with the evolve split. */
  withEvolve: z.boolean(),
});
export type BenchmarkSettings = z.infer<typeof BenchmarkSettings>;

/** What stood there twice would count twice. */
function distinct<T extends z.ZodArray>(list: T): T {
  return list.refine((values) => new Set(values).size === values.length, "has an entry twice");
}

export const Manifest = z.strictObject({
  version: z.literal(FORMAT_VERSION),
  kind: z.literal("run"),
  createdAt: z.iso.datetime(),
  /** Label of the arm in tables. */
  arm: z.string(),
  benchmark: z.strictObject({
    name: z.string(),
    split: z.string(),
    /** Folder of the data set as the user gave it, or null for our own sample. */
    data: z.string().nullable(),
    taskIds: distinct(z.array(z.string())),
    /** Those of them that belong to the test half: nothing that writes a skill may see their trials (invariant 9). */
    sealed: z.array(z.string()).optional(),
    /** Those of them that the skill was distilled from: scores on them are not held out. */
    learned: z.array(z.string()).optional(),
    /** How the benchmark was asked for, so that it is loaded the same again. */
    settings: BenchmarkSettings.optional(),
    /** What `value` of a score is, such as `pass` or `ANLS`. */
    metric: z.string().optional(),
    /** Tasks known to be defective, with the defect; in no mean when the setting `errata` is `drop`. */
    errata: z.record(z.string(), z.string()).optional(),
  }),
  model: z.strictObject({ name: z.string(), simulated: z.boolean() }),
  skill: z
    .strictObject({
      name: z.string(),
      hash: z.string(),
      path: z.string(),
      /** There where it is no skill but a placebo of one; its files do not say so. */
      placebo: PlaceboMark.optional(),
    })
    .nullable(),
  /** Left out without one. */
  memory: MemoryUse.extend({
    name: z.string(),
    path: z.string(),
    /** Tasks of the run that it was drawn from: each is shown only what others taught (leave-one-out). */
    leftOut: z.array(z.string()),
  }).optional(),
  seeds: distinct(z.array(z.number().int())),
  /** As the doctor knew them; in no fingerprint, so that asking makes no two runs differ. Left out where nobody asked. */
  servers: z.array(KnownServer).optional(),
  fingerprint: Fingerprint,
  /** Where the trials came from when no agent of ours made them. */
  importedFrom: z.string().nullable(),
});
export type Manifest = z.infer<typeof Manifest>;

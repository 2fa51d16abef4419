/**
 * What an experiment's folder says of itself, as `experiment.json`: the definition, and where the run of each cell and the
 * distillation of each skill are. Reports are made from it and from those folders; it holds no score of its own.
 */
import { z } from "zod";
import { FORMAT_VERSION } from "../../harness/records.ts";
import { Experiment, Name } from "./definition.ts";

/** One arm with one user on one benchmark, all seeds: one run folder. */
export const CellRecord = z.strictObject({
  arm: Name,
  user: Name,
  benchmark: Name,
  /** Run folder, from the folder of the experiment. */
  run: z.string(),
  /** False while trials are missing. */
  done: z.boolean(),
});
export type CellRecord = z.infer<typeof CellRecord>;

export const SkillRecord = z.strictObject({
  /** As the definition names it; that of the arm for a memory. */
  name: Name,
  /** Alias of the model that wrote it, or null. */
  author: Name.nullable(),
  /** Folder of the skill or file of the memory, from the folder of the experiment; null while it is not made. */
  path: z.string().nullable(),
  hash: z.string().nullable(),
  /** Folder of the distillation, from the folder of the experiment; null where there is none. */
  distillation: z.string().nullable(),
  /** Folder of the run whose trials were read, from the folder of the experiment; left out where there is none. */
  evolve: z.string().optional(),
  /** From lessons to skill, by the clock, as measured when it was made: of waiting for models and of the machine's load. */
  minutes: z.number().nonnegative().nullable(),
});
export type SkillRecord = z.infer<typeof SkillRecord>;

export const ExperimentRecord = z.strictObject({
  version: z.literal(FORMAT_VERSION),
  kind: z.literal("experiment-record"),
  definition: Experiment,
  cells: z.array(CellRecord),
  skills: z.array(SkillRecord),
});
export type ExperimentRecord = z.infer<typeof ExperimentRecord>;

/**
 * What an experiment asks: arms with skills, users and benchmarks, as a person writes it down. Names in it refer to each other;
 * whether they do so soundly is checked by the planner, before anything runs.
 */
import { z } from "zod";
import { ErrorAnalyst, LessonSource, MergeBy, Mode, StrategyName } from "../../distill/choices.ts";
import { BenchmarkSettings } from "../../harness/manifest.ts";
import { Protocol } from "../../harness/records.ts";
import { PlaceboKind } from "../../harness/skill/placebo-mark.ts";

/** Names stand in tables, in file names and in other parts of the definition. */
export const Name = z
  .string()
  .regex(/^[\w+][\w+. -]{0,63}$/, "a name has letters, digits, space and + . _ -, at most 64");

/** A model and the servers that answer for it. */
export const ModelChoice = z.strictObject({
  /** As the server knows it, or a built-in one such as `sim/large`. */
  model: z.string().min(1),
  /** OpenAI-compatible endpoints; none for a built-in model. The key is that of `OPENAI_API_KEY_ALIAS`, else of `OPENAI_API_KEY`. */
  baseUrl: z.union([z.url(), z.array(z.url()).nonempty()]).optional(),
  /** As an agent: name of a preset, or fields of the request. */
  sampling: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
  /** As analyst, proposer and merger; that of an agent when left out. */
  analystSampling: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
});
export type ModelChoice = z.infer<typeof ModelChoice>;

/** Tasks of one benchmark under one name. */
export const BenchmarkChoice = z.strictObject({
  benchmark: z.string().min(1),
  split: z.string().optional(),
  /** Folder of the data set; where `data fetch` put it when left out. */
  data: z.string().optional(),
  /** As of `--tasks`: rows such as 0:40, or ids. */
  tasks: z.string().optional(),
  settings: BenchmarkSettings.partial().omit({ split: true }).optional(),
  protocol: Protocol.optional(),
  /** Instead of the experiment's, such as eight of them for avg@8. */
  seeds: z.array(z.number().int().nonnegative()).nonempty().optional(),
  /** Other than what skills are distilled from; tables show it apart. */
  outOfDistribution: z.boolean().optional(),
});
export type BenchmarkChoice = z.infer<typeof BenchmarkChoice>;

/** How a skill is distilled; what is left out is as in `distill`. */
export const DistillChoice = z.strictObject({
  /** Name of the skill that agents had on the evolve tasks and that is deepened, or null for a creation from nothing. */
  start: Name.nullable(),
  /** Name of the model that makes the trials and reads them. */
  author: Name,
  /** Name of the benchmark choice whose trials are read. */
  evolve: Name,
  /** Of the seeds of the evolve trials; the first of the experiment when left out. */
  seed: z.number().int().nonnegative().optional(),
  mode: Mode.optional(),
  lessons: LessonSource,
  errorAnalyst: ErrorAnalyst.optional(),
  strategy: StrategyName.optional(),
  merge: MergeBy.optional(),
  batch: z.number().int().positive().optional(),
  fanIn: z.number().int().min(2).optional(),
});
export type DistillChoice = z.infer<typeof DistillChoice>;

/** Where a skill comes from. */
export const SkillChoice = z.union([
  z.strictObject({ folder: z.string().min(1) }),
  /** Written by a model from what it knows, without trials. */
  z.strictObject({ parametric: z.strictObject({ author: Name, domain: z.string().optional() }) }),
  z.strictObject({ distill: DistillChoice }),
  z.strictObject({ placebo: PlaceboKind, of: Name }),
]);
export type SkillChoice = z.infer<typeof SkillChoice>;

/** A memory drawn from the same trials as a distillation, in place of a skill. */
export const MemoryChoice = z.strictObject({
  distill: DistillChoice,
  retrieval: z.enum(["bm25", "embedding"]).optional(),
  top: z.number().int().positive().optional(),
  /** Name of the model whose embeddings say which task is nearest; the built-in simulated one when left out. */
  embedder: Name.optional(),
});
export type MemoryChoice = z.infer<typeof MemoryChoice>;

export const ArmChoice = z.strictObject({
  name: Name,
  /** Name of its skill; without skill and memory it is a bare baseline. */
  skill: Name.optional(),
  memory: MemoryChoice.optional(),
  /** Name of the arm that it is compared with; the first arm when left out. */
  baseline: Name.optional(),
  /** Those of the users and benchmarks that it is judged with; all when left out. */
  users: z.array(Name).nonempty().optional(),
  judge: z.array(Name).nonempty().optional(),
});
export type ArmChoice = z.infer<typeof ArmChoice>;

export const Experiment = z.strictObject({
  name: z.string().min(1),
  about: z.string().optional(),
  models: z.record(Name, ModelChoice),
  benchmarks: z.record(Name, BenchmarkChoice),
  skills: z.record(Name, SkillChoice).default({}),
  /** In the order of tables. */
  arms: z.array(ArmChoice).nonempty(),
  /** Names of the models that arms are judged with. */
  users: z.array(Name).nonempty(),
  /** Names of the benchmarks that arms are judged on. */
  judge: z.array(Name).nonempty(),
  seeds: z.array(z.number().int().nonnegative()).nonempty(),
  limits: z
    .strictObject({
      turns: z.number().int().positive(),
      timeMs: z.number().positive(),
      tokens: z.number().int().positive(),
    })
    .partial()
    .optional(),
});
export type Experiment = z.infer<typeof Experiment>;

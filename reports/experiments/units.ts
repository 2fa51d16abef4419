/**
 * Units: the parts of an experiment that are made once, wherever they are asked for. A unit's id is a hash of everything that
 * decides its result, the ids of what it needs included; names that a person chose are in none.
 */
import type { Protocol } from "../../harness/records.ts";
import type { PlaceboKind } from "../../harness/skill/placebo-mark.ts";
import type { DistillChoice } from "./definition.ts";

/** What an agent is given, or what is deepened. */
export type SkillSource =
  | { readonly kind: "none" }
  /** A skill that was there; `name` is that of the definition. */
  | { readonly kind: "folder"; readonly name: string; readonly hash: string }
  /** Made by a unit. */
  | { readonly kind: "unit"; readonly unit: string };

export interface UnitLimits {
  readonly turns: number;
  readonly timeMs: number;
  readonly tokens: number;
  readonly commandTimeoutMs: number;
}

interface UnitBase {
  readonly id: string;
  /** For folders and progress: says what it is, and is the same wherever the id is. */
  readonly label: string;
  /** Ids of the units that must be there before. */
  readonly needs: readonly string[];
}

/** An agent on the tasks of a benchmark, with all seeds. */
export interface RunUnit extends UnitBase {
  readonly kind: "run";
  /** Aliases of the definition. */
  readonly model: string;
  readonly benchmark: string;
  readonly arm: string;
  readonly skill: SkillSource;
  readonly memory: MemoryUse | null;
  readonly protocol: Protocol;
  readonly seeds: readonly number[];
  readonly limits: UnitLimits;
}

export interface MemoryUse {
  readonly unit: string;
  readonly top: number;
  /** Alias of the embedding model, or null for the built-in one. */
  readonly retrieval: { readonly kind: "bm25" } | { readonly kind: "embedding"; readonly model: string | null };
}

/** Trials to a skill, or to a memory. */
export interface DistillUnit extends UnitBase {
  readonly kind: "distill" | "memory";
  readonly choice: DistillChoice;
  readonly start: SkillSource;
  /** Id of the run whose trials are read. */
  readonly from: string;
  /** What that run is called in the ids of trials. */
  readonly fromLabel: string;
  readonly seed: number;
}

export interface ParametricUnit extends UnitBase {
  readonly kind: "parametric";
  readonly author: string;
  /** The benchmark whose kinds of task the author is told. */
  readonly benchmark: string;
  readonly domain: string | null;
  readonly seed: number;
}

export interface PlaceboUnit extends UnitBase {
  readonly kind: "placebo";
  readonly placebo: PlaceboKind;
  readonly of: SkillSource;
  readonly seed: number;
}

export type Unit = RunUnit | DistillUnit | ParametricUnit | PlaceboUnit;

/** One arm with one user on one benchmark, and the unit that is its run. */
export interface PlannedCell {
  readonly arm: string;
  readonly user: string;
  readonly benchmark: string;
  readonly unit: string;
}

/** A skill or a memory of the definition, and where it comes from. */
export interface PlannedSkill {
  readonly name: string;
  readonly author: string | null;
  readonly source: SkillSource;
}

export interface Plan {
  /** Each once, and after all that it needs. */
  readonly units: readonly Unit[];
  /** In the order of arms, users and benchmarks. */
  readonly cells: readonly PlannedCell[];
  readonly skills: readonly PlannedSkill[];
}

/** What decides results beside the definition: found out before anything runs. */
export interface PlanFacts {
  /** By alias. */
  readonly models: ReadonlyMap<string, ModelFacts>;
  readonly benchmarks: ReadonlyMap<string, BenchmarkFacts>;
  /** Hashes of the skills that are there, by their name in the definition. */
  readonly folders: ReadonlyMap<string, string>;
  /** Of agents of this release, and of the sandbox. */
  readonly machine: string;
  /** Of the prompts of analysts, proposers, mergers and drafts. */
  readonly prompts: string;
}

export interface ModelFacts {
  /** Of name, endpoint and sampling, as agent and as analyst. */
  readonly agent: string;
  readonly analyst: string;
  /** Short, for labels. */
  readonly label: string;
}

export interface BenchmarkFacts {
  /** Of tasks, ground truth and scorer. */
  readonly identity: string;
  readonly label: string;
  readonly tasks: number;
  /** How many of the tasks are of the test half. */
  readonly sealed: number;
}

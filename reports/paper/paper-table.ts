/** The words of the paper's tables: what they print, what is measured in its place, and which experiment that takes. */
import type { ArmChoice, BenchmarkChoice, SkillChoice } from "../experiments/definition.ts";

/** The two models of the paper, by what they are called in tables: Qwen3.5-122B-A10B and Qwen3.5-35B-A3B. */
export type Size = "122b" | "35b";
export const SIZES: readonly Size[] = ["122b", "35b"];

/** Of arXiv:2603.25158 version 3, and of the later revision; null where that version has no such number. */
export interface Published {
  readonly v3: number | null;
  readonly later: number | null;
}

/** One part of a measured number: the mean of an arm with a user on a benchmark, times a weight. */
export interface Term {
  readonly weight: number;
  readonly arm: string;
  readonly user: Size;
  /** Name of a set in the table's `sets`. */
  readonly benchmark: string;
  /** Of the scores beside the headline, such as `hard` or `accuracy`; the headline when left out. */
  readonly metric?: string;
}

/** Where a measured number comes from. */
export type Measure =
  /** A sum of means: one mean, a difference of two, or an average of many. */
  | { readonly kind: "score"; readonly terms: readonly Term[] }
  /** From lessons to skill, by the clock. */
  | { readonly kind: "minutes"; readonly skill: string }
  /** Share of a distillation's patches that speak of a theme (`themes.ts`). */
  | { readonly kind: "share"; readonly skill: string; readonly theme: string };

/** `points` are of 100, also differences; `anls` is in [0, 1]. Published numbers stand in the unit shown. */
export type Unit = "points" | "anls" | "minutes";

export interface PaperCell {
  /** Heading over the cells of one row of the paper's table. */
  readonly condition: string;
  /** Whose number it is: of a score the user, of minutes the author; left out where it is of both. */
  readonly user?: Size;
  /** What the number is, within its row; the user's name is in it. */
  readonly column: string;
  readonly unit: Unit;
  /** True for a change against a baseline: shown with its sign. */
  readonly signed: boolean;
  readonly measure: Measure;
  readonly published: Published;
}

/** Tasks as the paper has them, and those of ours that stand in where models are simulated; null where none of ours can. */
export interface TaskSet {
  readonly real: BenchmarkChoice;
  /** How many tasks the paper has there, with families of cases as one. */
  readonly published: number;
  readonly sample: BenchmarkChoice | null;
}

/** An arm with the skill that it needs, and what must be there for it. */
export interface Condition {
  readonly arm: ArmChoice;
  /** By name; `human-written` stands for the folder that a user names. */
  readonly skills: Readonly<Record<string, SkillChoice | "human-written">>;
  /** Sizes that write for it. */
  readonly authors: readonly Size[];
}

export interface PaperTable {
  /** As it is asked for, and the name of its file and sheet. */
  readonly id: string;
  readonly title: string;
  /** One line for lists. */
  readonly about: string;
  /** Where the published numbers stand, in words. */
  readonly sources: readonly string[];
  readonly sets: Readonly<Record<string, TaskSet>>;
  /** Names of the sets that arms are judged on. */
  readonly judge: readonly string[];
  readonly conditions: readonly Condition[];
  readonly cells: readonly PaperCell[];
  /** What had to be assumed, because the paper does not say it, and what differs from it. */
  readonly assumptions: readonly string[];
}

/** Where the sources are; tables add the number of theirs. */
export const V3 = "v3: arXiv:2603.25158v3";
export const LATER = "later: the later revision of arXiv:2603.25158, with HiTab";

/** What a kind of task makes from a seed. */
import type { Random } from "../../harness/random.ts";
import type { Block, Sheet } from "./sheet.ts";

/** Habits that spoil how a program computes; the others spoil how it writes. */
export type Slip = "ascending-deletes" | "trusts-layout" | "trusts-types";

export interface Draft {
  /** What the user asks, in the user's words. */
  readonly request: string;
  /** The input, in the order of its tabs; the first one is what a preview shows. */
  readonly sheets: readonly Sheet[];
  /** The ground truth; nulls are cells that must be blank. The answer position is the ranges of these blocks. */
  readonly answer: readonly Block[];
  /** Python that solves the task, or that spoils it as a slip does (contract: `AnswerKeyEntry.program`). */
  readonly program: (slip: Slip | null) => string;
  readonly slips: readonly Slip[];
  /** What the program leaves in `answer`: a block of the ground truth, or nothing when it changes the workbook in place. */
  readonly writes: { readonly block: Block; readonly formulas: boolean } | null;
}

export interface Kind {
  readonly name: string;
  /** Whether cells are filled in, or rows come, go and change their places. */
  readonly level: "cell" | "sheet";
  /**
   * Makes one task. Equal generators and variants give equal drafts.
   * @param variant from 0; chooses the setting, so that neighbours do not share one
   */
  generate(random: Random, variant: number): Draft;
}

/** The item for a variant, going round when there are more variants than items. */
export function chosen<T>(items: readonly T[], variant: number): T {
  const item = items[variant % items.length];
  if (item === undefined) throw new RangeError("nothing to choose from");
  return item;
}

/** Kinds have this many settings, which go round. */
const SETTINGS = 3;

/** The wording for a variant: tasks of the same setting never share one, and either half of the split has three of four. */
export function worded(variant: number, wordings: readonly string[]): string {
  return chosen(wordings, (variant % SETTINGS) + 2 * Math.floor(variant / SETTINGS));
}

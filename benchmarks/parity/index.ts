/** The scorers whose verdicts can be held against recorded ones: a new one is a new file and an entry here. */
import { UsageError } from "../../harness/errors.ts";
import type { Parity } from "./parity.ts";

export interface ParityEntry {
  /** One line for lists. */
  readonly about: string;
  /** Rule sets that can be asked for alone; none where the scorer has one only. */
  readonly rules: readonly string[];
  readonly load: () => Promise<Parity>;
}

export const PARITIES: Readonly<Record<string, ParityEntry>> = {
  spreadsheetbench: {
    about: "cells of an answer range, by the official code and by Trace2Skill's copy of it",
    rules: ["trace2skill", "official"],
    load: async () => (await import("./spreadsheetbench.ts")).spreadsheetBenchParity,
  },
  wikitablequestions: {
    about: "denotations, by the official evaluator 1.0.2",
    rules: [],
    load: async () => (await import("./wikitablequestions.ts")).wikiTableQuestionsParity,
  },
  anls: {
    about: "ANLS of DocVQA, by the script of the Robust Reading Competition",
    rules: [],
    load: async () => (await import("./anls.ts")).anlsParity,
  },
  math: {
    about: "answers of mathematics, by DAPO, lm-evaluation-harness and Math-Verify",
    rules: ["dapo", "aime", "math"],
    load: async () => (await import("./math.ts")).mathParity,
  },
};

/** @throws UsageError for a scorer, or a rule set of it, that is not there */
export function parityOf(scorer: string, rules: string | null): ParityEntry {
  const entry = Object.hasOwn(PARITIES, scorer) ? PARITIES[scorer] : undefined;
  if (entry === undefined) {
    throw new UsageError(
      `there is no recorded parity for ${JSON.stringify(scorer)}; there is: ${Object.keys(PARITIES).join(", ")}`,
    );
  }
  if (rules === null || entry.rules.includes(rules)) return entry;
  throw new UsageError(
    entry.rules.length === 0
      ? `${scorer} has one set of rules: leave --rules out`
      : `${scorer} has no rules ${JSON.stringify(rules)}; there are: ${entry.rules.join(", ")}`,
  );
}

/** How far our verdicts agree with recorded ones, counted from the cases as they come. */
import type { ParityCase } from "./parity.ts";

export interface Agreement {
  readonly cases: number;
  readonly agree: number;
  /** In [0, 1]. */
  readonly share: number;
}

export interface ParityTally extends Agreement {
  /** In the order in which the rules first occur. */
  readonly rules: readonly (Agreement & { readonly rule: string })[];
  readonly files: readonly (Agreement & { readonly file: string; readonly rule: string })[];
  readonly groups: readonly (Agreement & { readonly file: string; readonly rule: string; readonly group: string })[];
  readonly disagreements: readonly ParityCase[];
}

export interface Counter {
  add(one: ParityCase): void;
  /** What was counted so far. */
  readonly cases: number;
  readonly differing: number;
  tally(): ParityTally;
}

interface Count {
  readonly names: readonly string[];
  cases: number;
  agree: number;
}

/** Counts cases one by one: only those where we differ are kept. */
export function parityCounter(): Counter {
  const counts = new Map<string, Count>();
  const disagreements: ParityCase[] = [];
  let cases = 0;

  const count = (one: ParityCase, ...names: readonly string[]) => {
    const key = JSON.stringify(names);
    const known = counts.get(key) ?? { names, cases: 0, agree: 0 };
    counts.set(key, known);
    known.cases += 1;
    if (one.agrees) known.agree += 1;
  };
  const of = (length: number) =>
    [...counts.values()].filter(({ names }) => names.length === length).map((one) => ({ ...one, ...agreement(one) }));

  return {
    add(one) {
      cases += 1;
      if (!one.agrees) disagreements.push(one);
      count(one, one.rule);
      count(one, one.rule, one.file);
      count(one, one.rule, one.file, one.group);
    },
    get cases() {
      return cases;
    },
    get differing() {
      return disagreements.length;
    },
    tally: () => ({
      ...agreement({ cases, agree: cases - disagreements.length }),
      rules: of(1).map(({ names: [rule = ""], cases, agree, share }) => ({ rule, cases, agree, share })),
      files: of(2).map(({ names: [rule = "", file = ""], cases, agree, share }) => ({
        file,
        rule,
        cases,
        agree,
        share,
      })),
      groups: of(3).map(({ names: [rule = "", file = "", group = ""], cases, agree, share }) => {
        return { file, rule, group, cases, agree, share };
      }),
      disagreements,
    }),
  };
}

/**
 * Whether every rule agrees in at least that share of its cases. A share of 1 asks for no disagreement at all; nothing
 * judged is never enough.
 */
export function isEnough({ cases, rules }: ParityTally, share: number): boolean {
  return cases > 0 && rules.every((rule) => rule.agree >= share * rule.cases);
}

function agreement({ cases, agree }: Pick<Count, "cases" | "agree">): Agreement {
  return { cases, agree, share: cases === 0 ? 0 : agree / cases };
}

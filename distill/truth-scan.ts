/**
 * Finds ground truths in text: whole answers, and runs of words of long ones (invariant 1; W22). Pure.
 * An index of word runs by hash: time goes with the text and not with the number of truths.
 */
import { gramsOf, type Token, tokensOf, wordsOf } from "./tokens.ts";

/** One value of a task's answer: a cell, or a text. Never shown to a model, and never printed. */
export interface Truth {
  readonly task: string;
  readonly split: "evolve" | "test";
  readonly value: string;
}

export interface Held {
  /** First and last line that it stands on, from 1. */
  readonly from: number;
  readonly to: number;
  /** What is held there: truths of one or several tasks with the very same words. */
  readonly truths: readonly Truth[];
}

/** What a text holds, in order of place. */
export type FindTruths = (text: string) => Held[];

/** Shorter values are in every text. In characters. */
export const SHORTEST_TRUTH = 6;
/** `1, 2, 3` has seven characters and says little. */
const FEWEST_LETTERS = 4;
/** Of a longer answer this many words in a row count as the answer. */
export const LONGEST_RUN = 8;
const DATE = /^(\d{4})-(\d\d)-(\d\d)(?:T00:00:00(?:\.000)?Z| 00:00:00)?$/;
const MONTHS = "january february march april may june july august september october november december".split(" ");
/** With a space or a digit it names something; else it is a word, and the very case tells it from the common one. */
const PLAIN_WORD = /^\p{L}+$/u;

interface Run {
  readonly truth: Truth;
  /** How a plain word must be written; null where the case does not matter. */
  readonly exact: string | null;
}

/** @param truths in any number; those that are too short to be told from common text are left out */
export function truthFinder(truths: readonly Truth[]): FindTruths {
  const runs = new Map<string, Run[]>();
  /** Lengths of the runs that begin with a word. */
  const lengths = new Map<string, Set<number>>();
  for (const truth of truths.filter(({ value }) => isTelling(value))) {
    for (const words of runsOf(truth.value)) {
      const key = words.join(" ");
      const exact = words.length === 1 && PLAIN_WORD.test(truth.value.trim()) ? truth.value.trim() : null;
      getOrAdd(runs, key, () => [] as Run[]).push({ truth, exact });
      getOrAdd(lengths, words[0] ?? "", () => new Set<number>()).add(words.length);
    }
  }
  return (text) => {
    const tokens = tokensOf(text);
    return tokens.flatMap((token, at) =>
      [...(lengths.get(token.word) ?? [])].flatMap((length) => heldAt(tokens.slice(at, at + length), length, runs)),
    );
  };
}

function heldAt(tokens: readonly Token[], length: number, runs: ReadonlyMap<string, readonly Run[]>): Held[] {
  const [first] = tokens;
  const last = tokens.at(-1);
  if (tokens.length < length || first === undefined || last === undefined) return [];
  const found = runs.get(tokens.map(({ word }) => word).join(" ")) ?? [];
  const truths = found.filter(({ exact }) => exact === null || exact === first.written).map(({ truth }) => truth);
  return truths.length === 0 ? [] : [{ from: first.line, to: last.line, truths }];
}

/** Whether a value is long enough to be looked for. */
export function isTelling(value: string): boolean {
  const text = value.trim();
  return text.length >= SHORTEST_TRUTH && (text.match(/[\p{L}\p{N}]/gu)?.length ?? 0) >= FEWEST_LETTERS;
}

/** The word runs that stand for a value: a date also as it is written elsewhere, a long fraction also as it is rounded. */
function runsOf(value: string): string[][] {
  const date = DATE.exec(value.trim())
    ?.slice(1)
    .map((part) => String(Number(part)));
  if (date !== undefined) {
    const [year = "", month = "", day = ""] = date;
    const name = MONTHS[Number(month) - 1] ?? month;
    return [
      [year, month, day],
      [year, month, `${day.padStart(2, "0")}t00`], // with its midnight, as cells are printed
      ...[month, name, name.slice(0, 3)].flatMap((one) => [
        [day, one, year],
        [one, day, year],
      ]),
    ];
  }
  const words = wordsOf(value);
  if (words.length > LONGEST_RUN) return gramsOf(words, LONGEST_RUN).map((run) => run.split(" "));
  const rounded = /^-?\d+\.\d{3,}$/.test(value.trim()) ? Math.abs(Number(value)).toFixed(2) : "";
  return [words, ...(isTelling(rounded) ? [wordsOf(rounded)] : [])].filter(({ length }) => length > 0);
}

function getOrAdd<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

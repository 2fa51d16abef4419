/** A document page with questions about it, as a kind of page makes it from a seed. */
import type { Random } from "../../../harness/random.ts";
import { fullName, people } from "../names.ts";
import { spelledDate } from "../untidy.ts";

export interface PageQuestion {
  readonly text: string;
  /** As printed on the page; the first is what the truth is said with. */
  readonly answers: readonly [string, ...string[]];
  /** What stands near it on the page, and is not the answer. */
  readonly decoy: string;
  /** The answer as one words it who adds to what is printed or changes its form; null where nothing suggests itself. */
  readonly reworded: string | null;
}

export interface Page {
  readonly svg: string;
  /** As many as `QUESTIONS_A_PAGE`. */
  readonly questions: readonly PageQuestion[];
}

export interface PageKind {
  readonly name: string;
  /**
   * Draws one page. Equal generators and variants give equal pages.
   * @param variant from 0; chooses the setting, so that neighbours do not share one
   */
  draw(random: Random, variant: number): Page;
}

export const QUESTIONS_A_PAGE = 3;

/** A value on a page, and how one puts it who does not keep to what is printed. */
export interface Value {
  readonly printed: string;
  readonly reworded: string | null;
}

export function words(printed: string): Value {
  return { printed, reworded: null };
}

/** `3 March 2026`, reworded as ISO. */
export function dateValue(date: Date): Value {
  return { printed: spelledDate(date), reworded: date.toISOString().slice(0, 10) };
}

/** `1,245.80`, which is reworded with a currency in front. */
export function amountValue(cents: number): Value {
  const printed = (cents / 100).toFixed(2).replace(/\B(?=(\d{3})+\.)/g, ",");
  return { printed, reworded: `EUR ${printed}` };
}

export function countValue(count: number, unit: string): Value {
  return { printed: String(count), reworded: `${count} ${unit}` };
}

export function question(text: string, value: Value, decoy: Value): PageQuestion {
  return { text, answers: [value.printed], decoy: decoy.printed, reworded: value.reworded };
}

/** Full names that the lettering can write. */
export function plainNames(random: Random, count: number): string[] {
  const names = people(random, count + 2).map(fullName);
  return names.filter((name) => /^[A-Za-z ]+$/.test(name)).slice(0, count);
}

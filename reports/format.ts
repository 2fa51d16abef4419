/** Numbers and text as reports show them: the same on every machine. Scores are shown in points out of 100. */
import { amountText, type Money } from "../harness/prices/prices.ts";
import type { Interval } from "../harness/statistics/interval.ts";

const MINUS = "−";

/** What is said of an arm whose agents had no sandbox, wherever its numbers stand. */
export const UNISOLATED = "ran with --sandbox none: its commands could read answers, files and the network";

/** `0.625` is `62.5`; null, a mean of nothing, is `–`. */
export function points(score: number | null): string {
  return score === null ? "–" : withMinus((100 * score).toFixed(1));
}

/** `0.125` is `+12.5`. */
export function signedPoints(difference: number): string {
  const text = points(difference);
  return difference > 0 && text !== "0.0" ? `+${text}` : text;
}

/** `41.2 to 80.1`. */
export function intervalText(interval: Interval | null, show: (bound: number) => string = points): string {
  return interval === null ? "–" : `${show(interval.low)} to ${show(interval.high)}`;
}

/** Three digits after the point, more where 0.05 would be shown for a p above it; never 0. */
export function pValue(p: number): string {
  if (p < 0.001) return "< 0.001";
  const short = p.toFixed(3);
  return p > 0.05 && short === "0.050" ? shownAbove(p) : short;
}

function shownAbove(p: number): string {
  for (let digits = 4; digits <= 8; digits++) if (Number(p.toFixed(digits)) > 0.05) return p.toFixed(digits);
  return "> 0.05";
}

/** `1234567` is `1,234,567`. */
export function grouped(count: number): string {
  return Math.round(count).toLocaleString("en-US");
}

/** Milliseconds as seconds: `1234567` is `1,234.6`. */
export function seconds(ms: number): string {
  return (ms / 1000).toLocaleString("en-US", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
}

/** An amount without its currency: `1.23`, `unknown`, or `≥ 1.23` where part of it is unknown. */
export function moneyCell(money: Money | undefined): string {
  if (money === undefined || (money.unknownCalls > 0 && money.amount === 0)) return "unknown";
  return money.unknownCalls === 0 ? amountText(money.amount) : `≥ ${amountText(money.amount)}`;
}

/** `3 tasks`, `1 task`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${grouped(count)} ${count === 1 ? noun : plural}`;
}

interface Sample {
  readonly tasks: number;
  /** That tests and intervals take as one each; null or left out where tasks stand alone. */
  readonly clusters?: number | null | undefined;
}

/** n of a mean: `24 × 2` is 24 tasks with 2 seeds each, `24 × 2 in 6` the same in 6 clusters. */
export function sampleSize({ tasks, seeds, clusters }: Sample & { readonly seeds: readonly number[] }): string {
  return `${tasks} × ${seeds.length}${clusters === null || clusters === undefined ? "" : ` in ${clusters}`}`;
}

interface PairedSample extends Sample {
  readonly arm: { readonly seeds: readonly number[] };
  readonly baseline: { readonly seeds: readonly number[] };
}

/** n of a difference, with the seeds of the baseline where it has another number of them: `24 × 2 and × 3 in 6`. */
export function pairedSize({ tasks, clusters, arm, baseline }: PairedSample): string {
  const [seeds, others] = [arm.seeds.length, baseline.seeds.length];
  const both = seeds === others ? `${seeds}` : `${seeds} and × ${others}`;
  return `${tasks} × ${both}${clusters === null || clusters === undefined ? "" : ` in ${clusters}`}`;
}

/** The first of them by name, and how many more there are. */
export function firstOf(names: readonly string[], most: number): string {
  const more = names.length > most ? ` and ${grouped(names.length - most)} more` : "";
  return names.slice(0, most).join(", ") + more;
}

/** A line of Markdown without the mark of a list. */
export function withoutMarker(line: string): string {
  return line.replace(/^\s*(?:[-*+]|\d+[.)])\s+/, "");
}

function withMinus(text: string): string {
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", MINUS);
}

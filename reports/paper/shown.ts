/** Numbers of the paper's tables as text, in the units that the paper prints. */
import type { TableCell } from "../table.ts";
import type { Measured } from "./measure.ts";
import type { PaperCell } from "./paper-table.ts";

const MINUS = "−";
/** Digits after the point. */
const DIGITS = { points: 2, anls: 4, minutes: 2 } as const;

/** From units of score to the unit shown. */
export function shown({ unit }: Pick<PaperCell, "unit">, value: number): number {
  return unit === "points" ? 100 * value : value;
}

/**
 * @param value in the unit shown; null where there is none
 * @param fewer digits than the paper prints
 */
export function numberCell(
  { unit, signed }: Pick<PaperCell, "unit" | "signed">,
  value: number | null,
  fewer = 0,
): TableCell {
  if (value === null) return { text: "–", value: null };
  const digits = Math.abs(value).toFixed(Math.max(1, DIGITS[unit] - fewer));
  const isZero = Number(digits) === 0;
  const sign = isZero ? "" : value < 0 ? MINUS : signed ? "+" : "";
  return { text: sign + digits, value: Number(value.toFixed(DIGITS[unit] + 2)) };
}

export function textCell(text: string): TableCell {
  return { text };
}

/** Whether the published numbers lie in the interval: one word where both versions agree, else one for each. */
export function isInside(cell: PaperCell, measured: Extract<Measured, { kind: "measured" }>): string {
  const { interval } = measured;
  if (interval === null) return "–";
  const verdict = (published: number | null) => {
    if (published === null) return null;
    const inside = shown(cell, interval.low) <= published && published <= shown(cell, interval.high);
    return inside ? "yes" : "no";
  };
  const [v3, later] = [verdict(cell.published.v3), verdict(cell.published.later)];
  if (v3 === null || later === null || v3 === later) return v3 ?? later ?? "–";
  return `v3 ${v3}, later ${later}`;
}

/** Verdicts of the official code, recorded by running it; they lie beside the repository and are not part of it. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { floatText } from "../../../benchmarks/scoring/python.ts";
import { isoDate, type SheetValue, valueText } from "../../../benchmarks/scoring/values.ts";

const FOLDER = new URL("../../../../shared/oracle/spreadsheetbench/", import.meta.url);
export const hasOracle = existsSync(FOLDER);
export const NO_ORACLE = "the recorded verdicts (../shared/oracle/spreadsheetbench) are not here";

/** A value as the oracle writes it. */
export const Typed = z.object({ k: z.string(), v: z.union([z.string(), z.boolean()]).optional() });
export type Typed = z.infer<typeof Typed>;

export const Verdict = z.object({ pass: z.boolean(), message: z.string(), exception: z.string().nullable() });

export function oraclePath(name: string): string {
  return fileURLToPath(new URL(name, FOLDER));
}

export function readOracle<Shape extends z.ZodType>(name: string, shape: Shape): z.infer<Shape>[] {
  const lines = readFileSync(oraclePath(name), "utf8").trim().split("\n");
  return lines.map((line) => shape.parse(JSON.parse(line)));
}

export function toTyped(value: SheetValue): Typed {
  switch (value.kind) {
    case "none":
      return { k: "none" };
    case "bool":
      return { k: "bool", v: value.value };
    case "datetime":
      return { k: "datetime", v: valueText(value).replace(" ", "T") };
    case "timedelta":
      return { k: "timedelta", v: floatText((value.day * 86_400e6 + value.microsecond) / 1e6) };
    default:
      return { k: value.kind, v: valueText(value) };
  }
}

/** The value whose text that is. */
export function fromTyped({ k, v = "" }: Typed): SheetValue {
  if (k === "none") return { kind: "none" };
  if (k === "bool") return { kind: "bool", value: v === true };
  const text = String(v);
  if (k === "int") return { kind: "int", value: BigInt(text) };
  if (k === "float") return { kind: "float", value: Number(text.replace("inf", "Infinity").replace("nan", "NaN")) };
  if (k === "str") return { kind: "str", value: text };
  if (k === "date") return { kind: "date", day: dayOf(text) };
  if (k === "time") return { kind: "time", microsecond: microsecondOf(text) };
  if (k === "datetime") {
    const [date = "", time = ""] = text.split("T");
    return { kind: "datetime", day: dayOf(date), microsecond: microsecondOf(time) };
  }
  const microseconds = Math.round(Number(text) * 1e6);
  const day = Math.floor(microseconds / 86_400e6);
  return { kind: "timedelta", day, microsecond: microseconds - day * 86_400e6 };
}

function dayOf(iso: string): number {
  const day = Date.parse(`${iso}T00:00:00Z`) / 86_400_000 + 25_569;
  if (isoDate(day) !== iso) throw new Error(`not a date: ${iso}`);
  return day;
}

function microsecondOf(clock: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = clock.split(":").map(Number);
  return Math.round(((hours * 60 + minutes) * 60 + seconds) * 1e6);
}

/** Cell values as the records of the spreadsheet oracle write them: `{"k": "int", "v": "5"}`. */
import { z } from "zod";
import { floatText } from "../scoring/python.ts";
import { isoDate, type SheetValue, valueText } from "../scoring/values.ts";

export const Typed = z.object({
  k: z.enum(["none", "bool", "int", "float", "str", "datetime", "date", "time", "timedelta"]),
  v: z.union([z.string(), z.boolean()]).optional(),
});
export type Typed = z.infer<typeof Typed>;

const DAY_MICROSECONDS = 86_400_000_000;

export function toTyped(value: SheetValue): Typed {
  switch (value.kind) {
    case "none":
      return { k: "none" };
    case "bool":
      return { k: "bool", v: value.value };
    case "datetime":
      return { k: "datetime", v: valueText(value).replace(" ", "T") };
    case "timedelta":
      return { k: "timedelta", v: floatText((value.day * DAY_MICROSECONDS + value.microsecond) / 1e6) };
    default:
      return { k: value.kind, v: valueText(value) };
  }
}

/** The value whose text that is. @throws RangeError for a date that there is not */
export function fromTyped({ k, v = "" }: Typed): SheetValue {
  const text = String(v);
  switch (k) {
    case "none":
      return { kind: "none" };
    case "bool":
      return { kind: "bool", value: v === true };
    case "int":
      return { kind: "int", value: BigInt(text) };
    case "float":
      return { kind: "float", value: Number(text.replace("inf", "Infinity").replace("nan", "NaN")) };
    case "str":
      return { kind: "str", value: text };
    case "date":
      return { kind: "date", day: dayOf(text) };
    case "time":
      return { kind: "time", microsecond: microsecondOf(text) };
    case "datetime": {
      const [date = "", time = ""] = text.split("T");
      return { kind: "datetime", day: dayOf(date), microsecond: microsecondOf(time) };
    }
    case "timedelta": {
      const microseconds = Math.round(Number(text) * 1e6);
      const day = Math.floor(microseconds / DAY_MICROSECONDS);
      return { kind: "timedelta", day, microsecond: microseconds - day * DAY_MICROSECONDS };
    }
    default:
      return k satisfies never;
  }
}

function dayOf(iso: string): number {
  const day = Date.parse(`${iso}T00:00:00Z`) / 86_400_000 + 25_569;
  if (isoDate(day) !== iso) throw new RangeError(`not a date: ${iso}`);
  return day;
}

function microsecondOf(clock: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = clock.split(":").map(Number);
  return Math.round(((hours * 60 + minutes) * 60 + seconds) * 1e6);
}

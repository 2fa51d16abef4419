/** Serial numbers and ISO 8601 text to dates, times and durations, as openpyxl 3.1 does (`openpyxl/utils/datetime.py`). */
import { divmodOne, pythonFloat, pythonInt, roundHalfEven } from "./python.ts";
import type { SheetValue } from "./values.ts";

/** Day 0 of a workbook, counted from 1899-12-30. */
export const EPOCH_1900 = 0;
export const EPOCH_1904 = 1462;

const DAY_MICROSECONDS = 86_400_000_000;
const FIRST_DAY = -693_593; // 0001-01-01, where Python's dates begin
const LAST_DAY = 2_958_465; // 9999-12-31
const MOST_DURATION_DAYS = 999_999_999;
/** openpyxl gives this text for a serial number that is no date. */
const OUT_OF_RANGE: SheetValue = { kind: "str", value: "#VALUE!" };

const ISO =
  /^(?<date>(?<year>\p{Nd}{4})-(?<month>\p{Nd}{2})-(?<day>\p{Nd}{2}))?T?(?<time>(?<hour>\p{Nd}{2}):(?<minute>\p{Nd}{2})(:(?<second>\p{Nd}{2})(?<micro>\.\p{Nd}{1,3})?)?)?/u;
const ISO_DURATION = /^PT((?<hours>\p{Nd}+)H)?((?<minutes>\p{Nd}+)M)?((?<seconds>\p{Nd}+(\.\p{Nd}{1,3})?)S)?/u;

/** A serial number under a date format; those in [0, 1) are times of day whatever the format shows. */
export function serialToDate(serial: number, epoch: number): SheetValue {
  if (!Number.isFinite(serial)) return OUT_OF_RANGE;
  const { day, fraction } = divmodOne(serial);
  const milliseconds = roundHalfEven(fraction * 86_400 * 1000);
  if (serial >= 0 && serial < 1 && milliseconds < 86_400_000) return { kind: "time", microsecond: milliseconds * 1000 };
  // Excel's 1900 has a 29 February; the days before it are one off.
  const shifted = serial > 0 && serial < 60 && epoch === EPOCH_1900 ? day + 1 : day;
  const carried = milliseconds === 86_400_000 ? 1 : 0;
  const start = shifted + epoch;
  if (start < FIRST_DAY || start + carried > LAST_DAY) return OUT_OF_RANGE;
  return { kind: "datetime", day: start + carried, microsecond: carried ? 0 : milliseconds * 1000 };
}

/** A serial number under a duration format such as `[h]:mm`, to the millisecond. */
export function serialToDuration(serial: number): SheetValue {
  if (!Number.isFinite(serial) || Math.abs(serial) > MOST_DURATION_DAYS + 1) return OUT_OF_RANGE;
  const exact = addUp([[serial, DAY_MICROSECONDS]]);
  const micros = Number(((exact % 1_000_000n) + 1_000_000n) % 1_000_000n);
  if (micros === 0) return duration(exact);
  const seconds = Math.floor(Number(exact) / 1e6); // through a double, as openpyxl does
  return duration(BigInt(seconds) * 1_000_000n + BigInt(roundHalfEven(micros / 1000) * 1000));
}

/** The text of a `t="d"` cell: a date, a time of day, both, or a duration. Null where openpyxl refuses the whole workbook. */
export function isoToDate(text: string): SheetValue | null {
  const parts = ISO.exec(text)?.groups;
  if (parts?.date === undefined && parts?.time === undefined) return isoToDuration(text);
  const day = parts.date === undefined ? 0 : dayOf(whole(parts.year), whole(parts.month), whole(parts.day));
  const microsecond = timeOf(parts);
  if (day === null || microsecond === null) return null;
  if (parts.date === undefined) return { kind: "time", microsecond };
  return parts.time === undefined ? { kind: "date", day } : { kind: "datetime", day, microsecond };
}

function isoToDuration(text: string): SheetValue | null {
  const parts = ISO_DURATION.exec(text)?.groups;
  if (parts === undefined) return null;
  const { hours, minutes, seconds } = parts;
  if (hours === undefined && minutes === undefined && seconds === undefined) return null;
  const total = addUp([
    [pythonFloat(seconds ?? "0") ?? 0, 1_000_000],
    [pythonFloat(minutes ?? "0") ?? 0, 60_000_000],
    [pythonFloat(hours ?? "0") ?? 0, 3_600_000_000],
  ]);
  return duration(total);
}

function timeOf(parts: Record<string, string | undefined>): number | null {
  const [hour, minute, second] = [whole(parts.hour), whole(parts.minute), whole(parts.second)];
  if (hour > 23 || minute > 59 || second > 59) return null;
  const micro = Math.trunc((pythonFloat(`0${parts.micro ?? ""}`) ?? 0) * 1_000_000);
  return ((hour * 60 + minute) * 60 + second) * 1e6 + micro;
}

/** Days from 1899-12-30, or null when there is no such day. */
function dayOf(year: number, month: number, day: number): number | null {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const exists = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exists && year >= 1 ? date.getTime() / 86_400_000 + 25_569 : null;
}

function whole(digits: string | undefined): number {
  return Number(pythonInt(digits ?? "0") ?? 0n);
}

/** Python's `timedelta(...)`: whole units exactly, fractions as doubles, what is left of a microsecond rounded half to even. */
function addUp(terms: readonly (readonly [amount: number, microseconds: number])[]): bigint {
  let exact = 0n;
  let left = 0;
  for (const [amount, microseconds] of terms) {
    const whole = Math.trunc(amount);
    const part = (amount - whole) * microseconds;
    exact += BigInt(whole) * BigInt(microseconds) + BigInt(Math.trunc(part));
    left += part - Math.trunc(part);
  }
  if (left === 0) return exact;
  const nearest = Math.sign(left) * Math.round(Math.abs(left));
  if (Math.abs(nearest - left) !== 0.5) return exact + BigInt(nearest);
  const down = BigInt(Math.floor(left));
  return (exact + down) % 2n === 0n ? exact + down : exact + down + 1n;
}

function duration(total: bigint): SheetValue {
  const perDay = BigInt(DAY_MICROSECONDS);
  const within = ((total % perDay) + perDay) % perDay;
  const day = Number((total - within) / perDay);
  if (Math.abs(day) > MOST_DURATION_DAYS) return OUT_OF_RANGE;
  return { kind: "timedelta", day, microsecond: Number(within) };
}

/** What real workbooks look like: numbers and dates as text, stray spaces, blank rows, sheets in front. */
import type { Random } from "../../harness/random.ts";
import { layTitle, newSheet, type Place, put, type Sheet } from "./sheet.ts";

const MONTHS = "January February March April May June July August September October November December".split(" ");
const DAY_MS = 86_400_000;

/** The number typed as text, in one of the ways that people do. */
export function textNumber(random: Random, value: number): string {
  const fixed = value.toFixed(Number.isInteger(value) ? 0 : 2);
  return random.pick([fixed, ` ${fixed}`, `${fixed} `, value.toFixed(2).replace(/\B(?=(\d{3})+\.)/, ",")]);
}

/** The day typed as text, day first; `style` is one of three. */
export function textDate(date: Date, style: number): string {
  const day = String(date.getUTCDate()).padStart(2, "0");
  const month = String(date.getUTCMonth() + 1).padStart(2, "0");
  const year = date.getUTCFullYear();
  return (
    [`${day}/${month}/${year}`, `${day}.${month}.${year}`, `${day} ${monthName(date).slice(0, 3)} ${year}`][
      style % 3
    ] ?? ""
  );
}

/** A text with the spaces that copying leaves, and now and then without its capitals. */
export function strayText(random: Random, text: string): string {
  return random.pick([` ${text}`, `${text} `, `${text}  `, `${text.toLowerCase()} `]);
}

export function monthName(date: Date): string {
  return MONTHS[date.getUTCMonth()] ?? "";
}

export function utcDay(year: number, month: number, day: number): Date {
  return new Date(Date.UTC(year, month - 1, day));
}

export function addDays(date: Date, days: number): Date {
  return new Date(date.getTime() + days * DAY_MS);
}

/** A random day of the days `from` to `from + span`. */
export function dayWithin(random: Random, from: Date, span: number): Date {
  return addDays(from, random.integer(0, span));
}

/** The same day as people write it in a sentence: `3 March 2026`. */
export function spelledDate(date: Date): string {
  return `${date.getUTCDate()} ${monthName(date)} ${date.getUTCFullYear()}`;
}

/** To whole cents, as the sums of money in a workbook are. */
export function cents(value: number): number {
  return Math.round(value * 100 + 1e-6 * Math.sign(value)) / 100;
}

/** Amounts are multiples of 0.20, so that no product with a share of 5 % ever falls on half a cent. */
export function money(random: Random, low: number, high: number): number {
  return cents(random.integer(low * 5, high * 5) / 5);
}

/** `count` distinct indexes below `size`, in rising order; none of them 0, so that a blank row never follows a header. */
export function someIndexes(random: Random, size: number, count: number): number[] {
  const indexes = Array.from({ length: size - 1 }, (_, index) => index + 1);
  return random
    .shuffle(indexes)
    .slice(0, count)
    .sort((a, b) => a - b);
}

/** Blank rows: one in the first half of the records, so that who stops there misses much, and maybe another. */
export function someGaps(random: Random, size: number): number[] {
  const early = random.integer(2, Math.max(2, Math.floor(size / 2)));
  const late = random.integer(early + 1, size - 1);
  return late < size - 1 && random.fraction() < 0.6 ? [early, late] : [early];
}

/** Writes a title, maybe with a line under it, and gives the place where the table's headers go. */
export function layHeading(random: Random, sheet: Sheet, title: string, width: number): Place {
  const column = random.integer(1, 2);
  const row = random.integer(1, 2);
  layTitle(sheet, { row, column }, title, width);
  const under = random.pick([null, "Printed on request", "Version 2, please check", "Status: open"]);
  put(sheet, { row: row + 1, column }, [[under]]);
  return { row: row + random.integer(2, 3), column };
}

/** A sheet such as people put in front of the data. */
export function frontSheet(random: Random, about: string): Sheet {
  const sheet = newSheet(random.pick(["Read me", "Notes", "Cover", "Info"]));
  layTitle(sheet, { row: 1, column: 1 }, about, 3);
  put(sheet, { row: 3, column: 1 }, [
    ["Owner", random.pick(["Office", "Accounts", "Front desk", "M. Keller", "J. Okafor"])],
    ["Last change", spelledDate(dayWithin(random, utcDay(2026, 1, 5), 200))],
    [null],
    [random.pick(["Please do not rename the tabs.", "Ask before changing headings.", "Draft, figures not final."])],
  ]);
  return sheet;
}

/** An older sheet with nothing in it that the task needs. */
export function sideSheet(random: Random): Sheet {
  const sheet = newSheet(random.pick(["Old", "Scratch", "Phone list", "Archive 2024"]));
  put(sheet, { row: 2, column: 2 }, [
    ["Name", "Phone", "Remark"],
    ["Reception", "0113 496 0021", "mornings only"],
    ["IT help", "0113 496 0077", null],
  ]);
  return sheet;
}

/** The sheets of a task among others: about half the time something stands in front. */
export function amongOthers(random: Random, about: string, sheets: readonly Sheet[]): Sheet[] {
  const front = random.fraction() < 0.5 ? [frontSheet(random, about)] : [];
  const back = random.fraction() < 0.4 ? [sideSheet(random)] : [];
  return [...front, ...sheets, ...back];
}

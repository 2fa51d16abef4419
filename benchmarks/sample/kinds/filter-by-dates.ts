/** The entries between two days, both counted in, are copied out. */

import type { Random } from "../../../harness/random.ts";
import { cellName } from "../../scoring/coordinates.ts";
import { chosen, type Draft, type Kind, type Slip, worded } from "../draft.ts";
import { COMPANIES, fullName, PRODUCTS, people, TOWNS } from "../names.ts";
import { atBlank, dateReader, LOCATE, literal, numberReader } from "../python.ts";
import { type Block, type Cell, layTable, newSheet, positionOf, put, type Sheet } from "../sheet.ts";
import {
  addDays,
  amongOthers,
  dayWithin,
  layHeading,
  money,
  someGaps,
  spelledDate,
  textDate,
  textNumber,
  utcDay,
} from "../untidy.ts";

interface Setting {
  readonly source: string;
  readonly target: string;
  readonly title: string;
  readonly headers: readonly [date: string, what: string, who: string, amount: string];
  readonly what: readonly string[];
  readonly who: (random: Random) => readonly string[];
  readonly things: string;
  readonly amounts: readonly [low: number, high: number];
}

interface Entry {
  readonly date: Date;
  readonly what: string;
  readonly who: string;
  readonly amount: number;
}

const SETTINGS: readonly Setting[] = [
  {
    source: "Claims",
    target: "Extract",
    title: "Expense claims",
    headers: ["Date", "Type", "Employee", "Amount"],
    what: ["Train", "Hotel", "Meal", "Taxi", "Parking", "Conference fee"],
    who: (random) => people(random, 6).map(fullName),
    things: "claims",
    amounts: [12, 1450],
  },
  {
    source: "Sheet1",
    target: "Sheet1",
    title: "Deliveries received",
    headers: ["Received", "Goods", "Supplier", "Value"],
    what: PRODUCTS,
    who: () => COMPANIES,
    things: "deliveries",
    amounts: [240, 3900],
  },
  {
    source: "Hall bookings",
    target: "Period",
    title: "Community hall, bookings",
    headers: ["Day", "Event", "Town", "Hire charge"],
    what: ["Wedding", "Choir", "Yoga", "Jumble sale", "Council meeting", "Dance class", "Blood donation"],
    who: () => TOWNS,
    things: "bookings",
    amounts: [60, 1290],
  },
];

export const filterByDates: Kind = {
  name: "filter-by-dates",
  level: "sheet",
  generate(random, variant) {
    const setting = chosen(SETTINGS, variant);
    const from = dayWithin(random, utcDay(2026, 2, 2), 30);
    const period = { from, to: addDays(from, random.integer(18, 34)) };
    const entries = makeEntries(random, setting, period);
    const { sheets, block } = laySheets(random, setting, { entries, ...period });
    return {
      request: wordRequest(variant, setting, { ...period, block }),
      sheets: amongOthers(random, setting.title, sheets),
      answer: [block],
      writes: { block, formulas: false },
      slips: ["trusts-types", "trusts-layout"],
      program: (slip) => writeProgram(setting, { ...period, block, slip }),
    } satisfies Draft;
  },
};

interface Period {
  readonly from: Date;
  readonly to: Date;
}

/** Some before, some after, and both end days themselves. */
function makeEntries(random: Random, { what, who, amounts }: Setting, { from, to }: Period): Entry[] {
  const names = who(random);
  const days = [from, to, addDays(from, -1), addDays(to, 1)];
  const others = Array.from({ length: random.integer(14, 22) }, () => dayWithin(random, addDays(from, -20), 75));
  return random.shuffle([...days, ...others]).map((date) => ({
    date,
    what: random.pick(what),
    who: random.pick(names),
    amount: money(random, ...amounts),
  }));
}

function laySheets(
  random: Random,
  setting: Setting,
  { entries, from, to }: Period & { entries: readonly Entry[] },
): { sheets: Sheet[]; block: Block } {
  const sheet = newSheet(setting.source, "£");
  const inside = entries.filter(({ date }) => from <= date && date <= to);
  const style = random.integer(0, 2);
  const records = entries.map((entry, index): Cell[] => {
    const place = inside.indexOf(entry);
    const asText = place < 0 ? index % 4 === 0 : place % 3 === 1;
    return [
      asText ? textDate(entry.date, style) : entry.date,
      entry.what,
      entry.who,
      place % 5 === 3 ? textNumber(random, entry.amount) : entry.amount,
    ];
  });
  const at = layHeading(random, sheet, setting.title, 4);
  layTable(sheet, at, { headers: setting.headers, records, gaps: someGaps(random, records.length) });
  const same = setting.target === setting.source;
  const target = same ? sheet : newSheet(setting.target, "£");
  const place = same
    ? { row: at.row, column: at.column + 6 }
    : { row: random.integer(1, 4), column: random.integer(1, 3) };
  put(target, place, [setting.headers.map((header) => (same ? `${header} (period)` : header))]);
  target.bold.add(place.row);
  const spare: Cell[][] = Array.from({ length: random.integer(2, 4) }, () => [null, null, null, null]);
  const values = [...inside.map(({ date, what, who, amount }): Cell[] => [date, what, who, amount]), ...spare];
  return {
    sheets: same ? [sheet] : [sheet, target],
    block: { sheet: target.name, row: place.row + 1, column: place.column, values },
  };
}

function wordRequest(variant: number, setting: Setting, { from, to, block }: Period & { block: Block }): string {
  const { source, target, headers, things } = setting;
  const start = cellName(block.row, block.column);
  const [first, last] = [spelledDate(from), spelledDate(to)];
  return worded(variant, [
    `List all ${things} on '${source}' from ${first} to ${last} (both days included) on '${target}' from ${start}, in the order they stand. ` +
      `Some dates are text (day first): they count too and should come out as real dates; the same goes for amounts.`,
    `I need the ${things} between ${first} and ${last} inclusive, copied to ${start} of ${target}. Not all dates in ${headers[0]} are real dates, a few were typed in, always day before month. ` +
      `In the result I want proper dates and proper numbers. Keep the order.`,
    `Please filter ${source} by ${headers[0]}: ${first} up to and including ${last}. The matching rows belong in ${positionOf(block)}; what is left of the range stays empty. ` +
      `Mind the dates that Excel doesn't see as dates.`,
    `The filter only shows half of the ${things} because some dates came over as text (like 05/03/2026 for 5 March). Can you put every row with ${headers[0]} ` +
      `from ${first} through ${last} at ${target}!${start}, same columns, dates as dates and ${headers[3]} as numbers?`,
  ]);
}

function writeProgram(
  { source, target, headers }: Setting,
  { from, to, block, slip }: Period & { block: Block; slip: Slip | null },
): string {
  const moment = (date: Date) => `datetime(${date.getUTCFullYear()}, ${date.getUTCMonth() + 1}, ${date.getUTCDate()})`;
  return `${LOCATE}
${numberReader(slip)}
${dateReader(slip)}
ws, target = wb[${literal(source)}], wb[${literal(target)}]
start, end = ${moment(from)}, ${moment(to)}
head, *columns = locate(ws, ${headers.map(literal).join(", ")})
answer, line = [], ${block.row}
for row in range(head + 1, ws.max_row + 1):
    date, what, who, amount = (ws.cell(row, column).value for column in columns)
    if date is None:
        ${atBlank(slip)}
    if day(date) is None or not start <= day(date) <= end:
        continue
    for column, value in enumerate([day(date), what, who, number(amount)], start=${block.column}):
        answer.append((target.title, target.cell(line, column).coordinate, value))
    line += 1
`;
}

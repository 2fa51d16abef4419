/** Tables of the same shape on several sheets, each beginning somewhere else, become one list. */

import type { Random } from "../../../harness/random.ts";
import { cellName } from "../../scoring/coordinates.ts";
import { chosen, type Draft, type Kind, type Slip, worded } from "../draft.ts";
import { COMPANIES, fullName, PRODUCTS, people } from "../names.ts";
import { atBlank, dateReader, LOCATE, literal, numberReader } from "../python.ts";
import { type Block, type Cell, layTable, newSheet, positionOf, put, type Sheet } from "../sheet.ts";
import { addDays, amongOthers, cents, layHeading, money, someGaps, textDate, textNumber, utcDay } from "../untidy.ts";

interface Setting {
  readonly tabs: readonly string[];
  readonly target: string;
  readonly title: string;
  /** Of the first column of the list, which says what tab a row is from. */
  readonly origin: string;
  readonly headers: readonly [date: string, what: string, amount: string];
  readonly what: (random: Random) => readonly string[];
  readonly amounts: readonly [low: number, high: number];
}

const SETTINGS: readonly Setting[] = [
  {
    tabs: ["Jan", "Feb", "Mar"],
    target: "Quarter",
    title: "Takings",
    origin: "Month",
    headers: ["Day", "Article", "Takings"],
    what: () => PRODUCTS,
    amounts: [70, 1500],
  },
  {
    tabs: ["Leeds", "York", "Hull", "Derby"],
    target: "All branches",
    title: "Hours booked",
    origin: "Branch",
    headers: ["Date", "Employee", "Hours"],
    what: (random) => people(random, 7).map(fullName),
    amounts: [2, 12],
  },
  {
    tabs: ["Card", "Bank", "Cash"],
    target: "Sheet1",
    title: "Payments",
    origin: "Paid by",
    headers: ["Paid on", "Supplier", "Sum"],
    what: () => COMPANIES,
    amounts: [35, 2200],
  },
];

interface Entry {
  readonly date: Date;
  readonly what: string;
  readonly amount: number;
}

export const combineSheets: Kind = {
  name: "combine-sheets",
  level: "sheet",
  generate(random, variant) {
    const setting = chosen(SETTINGS, variant);
    const parts = setting.tabs.map((tab, index) => layTab(random, setting, { tab, index }));
    const target = newSheet(setting.target, "£");
    const at = { row: random.integer(2, 5), column: random.integer(1, 3) };
    put(target, at, [[setting.origin, ...setting.headers]]);
    target.bold.add(at.row);
    const rows = parts.flatMap(({ sheet, entries }) =>
      entries.map(({ date, what, amount }): Cell[] => [sheet.name, date, what, amount]),
    );
    const spare = Array.from({ length: random.integer(2, 4) }, (): Cell[] => [null, null, null, null]);
    const block: Block = { sheet: target.name, row: at.row + 1, column: at.column, values: [...rows, ...spare] };
    const tabs = parts.map(({ sheet }) => sheet);
    return {
      request: wordRequest(variant, setting, block),
      sheets: amongOthers(random, setting.title, random.fraction() < 0.35 ? [target, ...tabs] : [...tabs, target]),
      answer: [block],
      writes: { block, formulas: false },
      slips: ["trusts-types", "trusts-layout"],
      program: (slip) => writeProgram(setting, block, slip),
    } satisfies Draft;
  },
};

function layTab(
  random: Random,
  setting: Setting,
  { tab, index }: { tab: string; index: number },
): { sheet: Sheet; entries: Entry[] } {
  const sheet = newSheet(tab, "£");
  const names = setting.what(random);
  const start = utcDay(2026, index + 1, 2);
  const entries = Array.from({ length: random.integer(5, 8) }, (_, day) => ({
    date: addDays(start, day * 3 + random.integer(0, 2)),
    what: random.pick(names),
    amount: money(random, ...setting.amounts),
  }));
  const style = random.integer(0, 2);
  const records = entries.map(({ date, what, amount }, line): Cell[] => [
    line % 3 === index % 3 ? textDate(date, style) : date,
    what,
    line % 4 === 1 ? textNumber(random, amount) : amount,
  ]);
  const at = layHeading(random, sheet, `${setting.title} ${tab}`, 3);
  const laid = layTable(sheet, at, { headers: setting.headers, records, gaps: someGaps(random, records.length) });
  const total = {
    formula: `SUM(${cellName(laid.first, at.column + 2)}:${cellName(laid.last, at.column + 2)})`,
    result: summed(records),
  };
  put(sheet, { row: laid.last + 1, column: at.column }, [["Total", null, total]]);
  return { sheet, entries };
}

/** What SUM gives: text does not count. */
function summed(records: readonly (readonly Cell[])[]): number {
  return cents(records.reduce((sum, [, , amount]) => sum + (typeof amount === "number" ? amount : 0), 0));
}

function wordRequest(variant: number, { tabs, target, origin, headers }: Setting, block: Block): string {
  const names = `${tabs.slice(0, -1).join(", ")} and ${tabs.at(-1)}`;
  const [date, what, amount] = headers;
  const start = cellName(block.row, block.column);
  return worded(variant, [
    `Please put the entries of the tabs ${names} under each other on '${target}', starting in ${start}: ${origin} (name of the tab), ${date}, ${what}, ${amount}. Tabs in that order, rows in their order. ` +
      `No total lines and no blank rows; dates and numbers that are text should become real ones (dates are day first).`,
    `I need one list of ${names}. Columns as headed on ${target}: ${origin} is the name of the sheet the row is from. Leave the totals out, close the gaps. ` +
      `The tables don't start in the same cell on each sheet, and some ${date} and ${amount} cells are text; I want them as proper values.`,
    `Combine ${tabs.length} sheets (${tabs.join(", ")}) into ${positionOf(block)}, sheet by sheet, with the sheet's name in front of ${date}, ${what} and ${amount}. ` +
      `Skip empty rows and the Total row. Please convert typed dates such as 05/02/2026 (5 February) to dates and typed numbers to numbers.`,
    `Copying ${names} together by hand takes ages. Can you stack them on '${target}' from ${start}? ${origin} = tab name, then ${date}, ${what}, ${amount}; only real entries, as real dates and numbers, whatever is left of the range empty.`,
  ]);
}

function writeProgram({ tabs, target, headers }: Setting, { row, column }: Block, slip: Slip | null): string {
  const [date, what, amount] = headers.map(literal);
  return `${LOCATE}
${numberReader(slip)}
${dateReader(slip)}
target = wb[${literal(target)}]
answer, line = [], ${row}
for name in ${JSON.stringify(tabs)}:
    ws = wb[name]
    head, *columns = locate(ws, ${date}, ${what}, ${amount})
    for row in range(head + 1, ws.max_row + 1):
        when, what, amount = (ws.cell(row, column).value for column in columns)
        if when is None:
            ${atBlank(slip)}
        if what is None or day(when) is None:
            continue
        for column, value in enumerate([name, day(when), what, number(amount)], start=${column}):
            answer.append((target.title, target.cell(line, column).coordinate, value))
        line += 1
`;
}

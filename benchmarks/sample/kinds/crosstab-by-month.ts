/** A list of single entries becomes a table of sums: a row for each name, a column for each month. */
import type { Random } from "../../../harness/random.ts";
import { chosen, type Draft, type Kind, type Slip, worded } from "../draft.ts";
import { COMPANIES, fullName, people, several, TOWNS } from "../names.ts";
import { atBlank, dateReader, LOCATE, literal, numberReader } from "../python.ts";
import { type Block, type Cell, layBand, layTable, newSheet, positionOf, put, type Sheet } from "../sheet.ts";
import {
  amongOthers,
  cents,
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
  readonly data: string;
  readonly matrix: string;
  readonly title: string;
  readonly headers: readonly [date: string, name: string, amount: string];
  readonly names: (random: Random) => string[];
  readonly amounts: readonly [low: number, high: number];
  readonly first: number;
}

interface Entry {
  readonly date: Date;
  readonly name: string;
  readonly amount: number;
}

const SETTINGS: readonly Setting[] = [
  {
    data: "Donations",
    matrix: "By month",
    title: "Donations received",
    headers: ["Received", "Donor", "Sum"],
    names: (random) => people(random, 5).map(fullName),
    amounts: [25, 900],
    first: 1,
  },
  {
    data: "Energy bills",
    matrix: "Overview",
    title: "Energy bills of all sites",
    headers: ["Billed", "Site", "Amount"],
    names: (random) => several(random, TOWNS, 5),
    amounts: [180, 1700],
    first: 4,
  },
  {
    data: "Sheet1",
    matrix: "Sheet1",
    title: "Purchases",
    headers: ["Bought on", "Supplier", "Net"],
    names: (random) => several(random, COMPANIES, 4),
    amounts: [60, 1300],
    first: 7,
  },
];

const MONTHS = 4;

export const crosstabByMonth: Kind = {
  name: "crosstab-by-month",
  level: "cell",
  generate(random, variant) {
    const setting = chosen(SETTINGS, variant);
    const names = setting.names(random);
    const entries = makeEntries(random, setting, names);
    const sheet = newSheet(setting.data, "$");
    const at = layData(random, setting, { sheet, entries });
    const same = setting.data === setting.matrix;
    const matrix = same ? sheet : newSheet(setting.matrix, "$");
    const block = layMatrix(setting, {
      matrix,
      names,
      entries,
      at: same ? { row: at.row, column: at.column + 5 } : { row: 3, column: 2 },
    });
    return {
      request: wordRequest(variant, setting, block),
      sheets: amongOthers(
        random,
        setting.title,
        same ? [sheet] : random.fraction() < 0.4 ? [matrix, sheet] : [sheet, matrix],
      ),
      answer: [block],
      writes: { block, formulas: true },
      slips: ["trusts-types", "trusts-layout"],
      program: (slip) => writeProgram(setting, block, slip),
    } satisfies Draft;
  },
};

/** Every name has an entry in every second month at least, so that some sums are 0 and none of the last ones. */
function makeEntries(random: Random, { amounts, first }: Setting, names: readonly string[]): Entry[] {
  return random.shuffle(
    names.flatMap((name, row) =>
      Array.from({ length: MONTHS }, (_, month) => ({ name, month })).flatMap(({ month }) => {
        const times = month === MONTHS - 1 || (row + month) % 2 === 0 ? random.integer(1, 2) : random.integer(0, 1);
        const start = utcDay(2026, first + month, 1);
        return Array.from({ length: times }, () => ({
          name,
          date: dayWithin(random, start, 27),
          amount: money(random, ...amounts),
        }));
      }),
    ),
  );
}

function layData(random: Random, setting: Setting, { sheet, entries }: { sheet: Sheet; entries: readonly Entry[] }) {
  const style = random.integer(0, 2);
  const records = entries.map(({ date, name, amount }, index): Cell[] => [
    index % 3 === 1 ? textDate(date, style) : date,
    index % 5 === 2 ? `${name} ` : name,
    index % 4 === 3 ? textNumber(random, amount) : amount,
  ]);
  const at = layHeading(random, sheet, setting.title, 3);
  layTable(sheet, at, { headers: setting.headers, records, gaps: someGaps(random, records.length) });
  return at;
}

function layMatrix(
  { first }: Setting,
  {
    matrix,
    names,
    entries,
    at,
  }: { matrix: Sheet; names: readonly string[]; entries: readonly Entry[]; at: { row: number; column: number } },
): Block {
  const months = Array.from({ length: MONTHS }, (_, month) => utcDay(2026, first + month, 1));
  layBand(matrix, { row: at.row - 1, column: at.column + 1 }, [["Months (first day)", MONTHS]]);
  put(matrix, at, [["Name", ...months], ...names.map((name) => [name])]);
  const sumOf = (name: string, month: Date) =>
    cents(
      entries
        .filter((entry) => entry.name === name && entry.date.getUTCMonth() === month.getUTCMonth())
        .reduce((sum, { amount }) => sum + amount, 0),
    );
  const values = names.map((name) => months.map((month) => sumOf(name, month)));
  return { sheet: matrix.name, row: at.row + 1, column: at.column + 1, values };
}

function wordRequest(variant: number, { data, matrix, headers, first }: Setting, block: Block): string {
  const [date, name, amount] = headers;
  const from = spelledDate(utcDay(2026, first, 1)).replace("1 ", "");
  return worded(variant, [
    `Please fill the grid on '${matrix}' (${positionOf(block)}) with the sum of ${amount} by ${name} and month, from the list on ${data}. Months run from ${from}; 0 where there is nothing. ` +
      `The list has dates as text (day first) and numbers as text, they count too.`,
    `From the entries on '${data}' I want a table of ${amount}: one row per ${name}, one column per month. The names and the months are there already on ${matrix}, only the sums are missing. ` +
      `Write 0 for none. Not all dates and amounts are stored as such, and some names end in a space.`,
    `SUMIFS misses some lines since part of ${date} is text like 03/04/2026 (that is 3 April). Can you work out the monthly ${amount} per ${name} for ${positionOf(block)}? Zero if there was none.`,
    `I need a monthly overview, ${name} down and months across starting with ${from}: total ${amount}, taken from '${data}', blank rows or not. Empty combinations should show 0. It goes on ${matrix}, the frame is ready.`,
  ]);
}

function writeProgram({ data, matrix, headers }: Setting, { row, column, values }: Block, slip: Slip | null): string {
  const titles = headers.map(literal).join(", ");
  return `${LOCATE}
${numberReader(slip)}
${dateReader(slip)}
ws, grid = wb[${literal(data)}], wb[${literal(matrix)}]
head, *columns = locate(ws, ${titles})
sums = {}
for row in range(head + 1, ws.max_row + 1):
    date, name, amount = (ws.cell(row, column).value for column in columns)
    if date is None:
        ${atBlank(slip)}
    if day(date) is None or number(amount) is None:
        continue
    place = name.strip(), day(date).year, day(date).month
    sums[place] = sums.get(place, 0) + number(amount)

letters = [ws.cell(head, column).column_letter for column in columns]
dates, names, amounts = (f"'{ws.title}'!\${letter}\${head + 1}:\${letter}\${ws.max_row}" for letter in letters)
answer = []
for row in range(${row}, ${row + values.length}):
    name = grid.cell(row, ${column - 1})
    for column in range(${column}, ${column + MONTHS}):
        month, cell = grid.cell(${row - 1}, column), grid.cell(row, column)
        top, side = f"{month.column_letter}\${month.row}", f"\${name.column_letter}{row}"
        formula = f'=SUMIFS({amounts},{names},{side},{dates},">="&{top},{dates},"<"&EDATE({top},1))'
        value = sums.get((name.value, month.value.year, month.value.month), 0)
        answer.append((grid.title, cell.coordinate, round(value, 2), formula))
`;
}

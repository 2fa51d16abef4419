/** A register holds some people or things several times: the latest entry of each goes to a clean, sorted list. */
import type { Random } from "../../../harness/random.ts";
import { chosen, type Draft, type Kind, type Slip, worded } from "../draft.ts";
import { COMPANIES, codes, PRODUCTS, people, several } from "../names.ts";
import { atBlank, dateReader, keyReader, LOCATE, literal, numberReader } from "../python.ts";
import { type Block, type Cell, layTable, newSheet, positionOf, put, type Sheet } from "../sheet.ts";
import {
  addDays,
  amongOthers,
  dayWithin,
  layHeading,
  money,
  someGaps,
  strayText,
  textDate,
  textNumber,
  utcDay,
} from "../untidy.ts";

interface Setting {
  readonly source: string;
  readonly target: string;
  readonly title: string;
  readonly headers: readonly [key: string, name: string, date: string, amount: string];
  readonly names: (random: Random, count: number) => string[];
  readonly entry: string;
  readonly amounts: readonly [low: number, high: number];
}

interface Entry {
  readonly code: number;
  readonly name: string;
  readonly date: Date;
  readonly amount: number;
}

const SETTINGS: readonly Setting[] = [
  {
    source: "Registrations",
    target: "Members",
    title: "Club registrations, as they came in",
    headers: ["Member no", "Member", "Registered", "Fee paid"],
    names: (random, count) => people(random, count).map(({ first, last }) => `${last}, ${first}`),
    entry: "member",
    amounts: [20, 180],
  },
  {
    source: "Quotes",
    target: "Latest quotes",
    title: "Supplier quotes received",
    headers: ["Supplier no", "Supplier", "Quoted on", "Amount"],
    names: (random, count) => several(random, COMPANIES, count),
    entry: "supplier",
    amounts: [900, 7400],
  },
  {
    source: "Stock count",
    target: "Sheet1",
    title: "Counts from the hand scanners",
    headers: ["Article no", "Article", "Counted", "Value"],
    names: (random, count) => several(random, PRODUCTS, count),
    entry: "article",
    amounts: [120, 2600],
  },
];

export const deduplicateAndSort: Kind = {
  name: "deduplicate-and-sort",
  level: "sheet",
  generate(random, variant) {
    const setting = chosen(SETTINGS, variant);
    const entries = makeEntries(random, setting);
    const source = laySource(random, setting, entries);
    const { sheet: target, block } = layTarget(random, setting, entries);
    return {
      request: wordRequest(variant, setting, block),
      sheets: amongOthers(random, setting.title, random.fraction() < 0.3 ? [target, source] : [source, target]),
      answer: [block],
      writes: { block, formulas: false },
      slips: ["trusts-types", "trusts-layout"],
      program: (slip) => writeProgram(setting, block, slip),
    } satisfies Draft;
  },
};

function makeEntries(random: Random, { names, amounts }: Setting): Entry[] {
  const count = random.integer(8, 11);
  const numbers = codes(random, count, 4);
  const start = utcDay(2026, 1, 12);
  return names(random, count).flatMap((name, index): Entry[] => {
    const first = dayWithin(random, start, 60);
    const times = index % 3 === 0 ? 1 : random.integer(2, 3);
    return Array.from({ length: times }, (_, time) => ({
      code: numbers[index] ?? 0,
      name,
      date: addDays(first, time * random.integer(5, 20)),
      amount: money(random, ...amounts),
    }));
  });
}

function laySource(random: Random, setting: Setting, entries: readonly Entry[]): Sheet {
  const sheet = newSheet(setting.source, "€");
  const style = random.integer(0, 2);
  const records = random
    .shuffle(entries)
    .map(({ code, name, date, amount }, index): Cell[] => [
      index % 3 === 0 ? `${code} ` : code,
      index % 4 === 1 ? strayText(random, name).replace(name.toLowerCase(), name) : name,
      index % 3 === 1 ? textDate(date, style) : date,
      index % 5 === 2 ? textNumber(random, amount) : amount,
    ]);
  const at = layHeading(random, sheet, setting.title, 4);
  layTable(sheet, at, { headers: setting.headers, records, gaps: someGaps(random, records.length) });
  return sheet;
}

function layTarget(random: Random, setting: Setting, entries: readonly Entry[]): { sheet: Sheet; block: Block } {
  const sheet = newSheet(setting.target, "€");
  const latest = new Map<number, Entry>();
  for (const entry of entries) {
    const before = latest.get(entry.code);
    if (before === undefined || entry.date > before.date) latest.set(entry.code, entry);
  }
  const sorted = [...latest.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const at = { row: random.integer(2, 4), column: random.integer(1, 2) };
  put(sheet, at, [setting.headers]);
  sheet.bold.add(at.row);
  const spare: Cell[][] = Array.from({ length: random.integer(2, 5) }, () => [null, null, null, null]);
  const values = [...sorted.map(({ code, name, date, amount }): Cell[] => [code, name, date, amount]), ...spare];
  return { sheet, block: { sheet: sheet.name, row: at.row + 1, column: at.column, values } };
}

function wordRequest(variant: number, { source, target, headers, entry }: Setting, block: Block): string {
  const [key, name, date, amount] = headers;
  return worded(variant, [
    `'${source}' has many a ${entry} more than once. Put each ${entry} once on '${target}', with the entry that has the latest ${date}, sorted by ${name} from A to Z. ` +
      `${key}, ${date} and ${amount} should be proper numbers and dates there (some are text in the source, day first).`,
    `Please clean up the list on ${source}: one line per ${key}, keep the newest by ${date}, sort by ${name}. The result goes under the headings on ${target} ` +
      `(starting ${positionOf(block).split("!")[1]?.split(":")[0]}). Trim the names, and turn dates typed as dd/mm/yyyy, dd.mm.yyyy or "05 Mar 2026" and amounts typed as text into real ones.`,
    `Duplicates again! Same ${key} = same ${entry}, even if the number was stored as text. I want just the most recent row of each on the sheet '${target}', alphabetical by ${name}, ` +
      `no spaces around the names, real dates, real numbers. Don't touch '${source}'.`,
    `How do I get a list without duplicates from ${source}? For every ${entry} (${key}) only the last one by ${date} counts. Columns as on ${target}, ordered by ${name} ascending. ` +
      `Text dates are day-month-year. Leave unused rows of the range empty.`,
  ]);
}

function writeProgram({ source, target, headers }: Setting, { row, column }: Block, slip: Slip | null): string {
  return `${LOCATE}
${keyReader(slip)}
${numberReader(slip)}
${dateReader(slip)}
ws = wb[${literal(source)}]
head, *columns = locate(ws, ${headers.map(literal).join(", ")})
latest = {}
for row in range(head + 1, ws.max_row + 1):
    code, name, date, amount = (ws.cell(row, column).value for column in columns)
    if code is None:
        ${atBlank(slip)}
    if day(date) is None:
        continue
    entry = [${slip === "trusts-types" ? "code" : "int(number(code))"}, name.strip(), day(date), number(amount)]
    if key(code) not in latest or entry[2] > latest[key(code)][2]:
        latest[key(code)] = entry

target = wb[${literal(target)}]
answer = []
for row, entry in enumerate(sorted(latest.values(), key=lambda entry: entry[1]), start=${row}):
    for column, value in enumerate(entry, start=${column}):
        answer.append((target.title, target.cell(row, column).coordinate, value))
`;
}

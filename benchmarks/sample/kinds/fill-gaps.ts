/** Cells left blank are filled: with what stands above, or with the mean of both neighbours. */
import type { Random } from "../../../harness/random.ts";
import { chosen, type Draft, type Kind, type Slip, worded } from "../draft.ts";
import { COMPANIES, fullName, PRODUCTS, people, several, TOWNS } from "../names.ts";
import { atBlank, LOCATE, literal, numberReader } from "../python.ts";
import { type Block, type Cell, layBand, layTable, newSheet, positionOf, type Sheet } from "../sheet.ts";
import { addDays, amongOthers, layHeading, money, someGaps, textNumber, utcDay } from "../untidy.ts";

interface Made {
  readonly sheet: Sheet;
  readonly block: Block;
}

interface Setting {
  readonly sheet: string;
  readonly title: string;
  readonly headers: readonly [string, string, string, string];
  readonly rule: "above" | "mean";
  readonly make: (random: Random, setting: Setting) => Made;
  /** Values of the first two columns of a group, for the rule `above`. */
  readonly groups: (random: Random) => (readonly [Cell, Cell])[];
  readonly items: readonly string[];
}

const SETTINGS: readonly Setting[] = [
  {
    sheet: "Sales report",
    title: "Sales by region and representative",
    headers: ["Region", "Rep", "Article", "Sales"],
    rule: "above",
    make: makeGroups,
    groups: (random) =>
      several(random, TOWNS, 5).map((town, index) => [town, people(random, 5).map(fullName)[index] ?? ""]),
    items: PRODUCTS,
  },
  {
    sheet: "Sheet1",
    title: "Meter readings, boiler house",
    headers: ["Day", "Read by", "Reading", "Remark"],
    rule: "mean",
    make: makeReadings,
    groups: () => [],
    items: ["ok", "display dim", "read twice", "late"],
  },
  {
    sheet: "Goods in",
    title: "Goods received by delivery",
    headers: ["Received", "Supplier", "Article", "Value"],
    rule: "above",
    make: makeGroups,
    groups: (random) =>
      several(random, COMPANIES, 5).map((name, index) => [
        addDays(utcDay(2026, 3, 2), index * 6 + random.integer(0, 4)),
        name,
      ]),
    items: PRODUCTS,
  },
];

export const fillGaps: Kind = {
  name: "fill-gaps",
  level: "cell",
  generate(random, variant) {
    const setting = chosen(SETTINGS, variant);
    const { sheet, block } = setting.make(random, setting);
    return {
      request: setting.rule === "above" ? wordAbove(variant, setting, block) : wordMean(variant, setting, block),
      sheets: amongOthers(random, setting.title, [sheet]),
      answer: [block],
      writes: { block, formulas: true },
      slips: ["trusts-types", "trusts-layout"],
      program: (slip) => (setting.rule === "above" ? fillFromAbove(setting, slip) : fillWithMean(setting, slip)),
    } satisfies Draft;
  },
};

/** Labels stand at the first line of a group only; some of the blank cells hold a dash or a space instead. */
function makeGroups(random: Random, setting: Setting): Made {
  const sheet = newSheet(setting.sheet, "£");
  const groups = setting.groups(random).map((labels) => ({ labels, size: random.integer(3, 5) }));
  const full = groups.flatMap(({ labels, size }) => Array.from({ length: size }, () => labels));
  const starts = groups.map((_, index) => groups.slice(0, index).reduce((sum, { size }) => sum + size, 0));
  const records = full.map((labels, index): Cell[] => {
    const shown: readonly Cell[] = starts.includes(index)
      ? labels
      : [index % 4 === 2 ? "-" : null, index % 5 === 3 ? " " : null];
    return [...shown, random.pick(setting.items), money(random, 40, 1900)];
  });
  const at = layHeading(random, sheet, setting.title, 4);
  layBand(sheet, at, [
    ["Group", 2],
    ["Line", 2],
  ]);
  const gaps = starts.slice(random.integer(1, 2)).filter((start) => start > 0);
  const laid = layTable(sheet, { ...at, row: at.row + 1 }, { headers: setting.headers, records, gaps });
  const values: Cell[][] = Array.from({ length: laid.last - laid.first + 1 }, () => [null, null]);
  full.forEach((labels, index) => {
    values[(laid.rows[index] ?? 0) - laid.first] = [...labels];
  });
  return { sheet, block: { sheet: sheet.name, row: laid.first, column: at.column, values } };
}

/** Single readings are missing; a neighbour of the first gap was typed as text. */
function makeReadings(random: Random, setting: Setting): Made {
  const sheet = newSheet(setting.sheet);
  const size = random.integer(16, 24);
  const readers = people(random, 3).map(fullName);
  let reading = random.integer(1100, 4200);
  const readings = Array.from({ length: size }, () => {
    reading += random.integer(21, 160) / 10;
    return Math.round(reading * 10) / 10;
  });
  const holes = Array.from({ length: size }, (_, index) => index % 4 === 2 && index < size - 1);
  const start = utcDay(2026, random.integer(1, 5), 1);
  const records = readings.map((value, index): Cell[] => [
    addDays(start, index),
    random.pick(readers),
    holes[index] ? null : index % 8 === 3 ? textNumber(random, value) : value,
    random.fraction() < 0.3 ? random.pick(setting.items) : null,
  ]);
  const at = layHeading(random, sheet, setting.title, 4);
  const laid = layTable(sheet, at, { headers: setting.headers, records, gaps: someGaps(random, size) });
  const values: Cell[][] = Array.from({ length: laid.last - laid.first + 1 }, () => [null]);
  readings.forEach((value, index) => {
    const mean = ((readings[index - 1] ?? 0) + (readings[index + 1] ?? 0)) / 2;
    // What is there stays as it is, text or not.
    values[(laid.rows[index] ?? 0) - laid.first] = [
      holes[index] ? Math.round(mean * 100) / 100 : (records[index]?.[2] ?? value),
    ];
  });
  return { sheet, block: { sheet: sheet.name, row: laid.first, column: at.column + 2, values } };
}

function wordAbove(variant: number, { sheet, headers }: Setting, block: Block): string {
  const [first, second] = headers;
  return worded(variant, [
    `The report on '${sheet}' shows ${first} and ${second} only on the first line of each group. Please repeat them on the lines below, so that I can filter. A dash or a space counts as blank. Separator rows stay empty.`,
    `Fill the blanks in ${first} and ${second} with the value above, down to the end of ${positionOf(block)}. Cells with just "-" or a space are blanks too; leave the completely empty rows alone.`,
    `I can't make a pivot table of ${sheet} because ${first} and ${second} are missing on most lines. Copy them down within each group please (also over the "-" signs), but nothing in the empty rows between groups.`,
    `Can you complete the ${first} and ${second} columns? Every line should carry what its group's first line says. Placeholders like "-" go. Rows without an article stay blank.`,
  ]);
}

function wordMean(variant: number, { sheet, headers }: Setting, block: Block): string {
  const [day, , reading] = headers;
  return worded(variant, [
    `Some ${reading} cells on ${sheet} are empty. Put in the mean of the reading before and the one after (by line, ignoring blank rows). Leave all existing readings as they are, even those typed as text, but do count them.`,
    `Please fill the missing values in ${positionOf(block)}: halfway between the previous and the next reading. Only lines with a ${day} have a reading; a few readings are text but still valid numbers.`,
    `We forgot to read the meter on some days. For each ${day} without ${reading}, use the average of the neighbouring readings (the list has blank rows, look across them). Don't change the others.`,
    `Could you interpolate the gaps in ${reading}? Never two in a row, so it is just (before + after) / 2, to two decimals. Text readings are fine to use. Empty rows must stay empty.`,
  ]);
}

function fillFromAbove({ sheet, headers }: Setting, slip: Slip | null): string {
  const blank = slip === "trusts-types" ? "cell.value is None" : `str(cell.value or "").strip() in ("", "-")`;
  return `${LOCATE}
ws = wb[${literal(sheet)}]
head, first, second, item, amount = locate(ws, ${headers.map(literal).join(", ")})
answer, above = [], {}
for row in range(head + 1, ws.max_row + 1):
    if ws.cell(row, item).value is None:
        ${atBlank(slip)}
    for column in (first, second):
        cell = ws.cell(row, column)
        if ${blank}:
            source = above[column]
            answer.append((ws.title, cell.coordinate, source.value, f"={source.coordinate}"))
        else:
            above[column] = cell
`;
}

function fillWithMean({ sheet, headers }: Setting, slip: Slip | null): string {
  const [day, , reading] = headers.map(literal);
  return `${LOCATE}
${numberReader(slip)}
ws = wb[${literal(sheet)}]
head, date, reading = locate(ws, ${day}, ${reading})
cells = []
for row in range(head + 1, ws.max_row + 1):
    if ws.cell(row, date).value is None:
        ${atBlank(slip)}
    cells.append(ws.cell(row, reading))

def nearest(cells):
    return next((cell for cell in cells if number(cell.value) is not None), None)

answer = []
for index, cell in enumerate(cells):
    before, after = nearest(reversed(cells[:index])), nearest(cells[index + 1:])
    if cell.value is None and before and after:
        mean = (number(before.value) + number(after.value)) / 2
        answer.append((ws.title, cell.coordinate, round(mean, 2), f"=AVERAGE({before.coordinate},{after.coordinate})"))
`;
}

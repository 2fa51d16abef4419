/** One column holds several things in one text: it is split into columns, trimmed, with capitals where they belong. */

import type { Random } from "../../../harness/random.ts";
import { cellName } from "../../scoring/coordinates.ts";
import { chosen, type Draft, type Kind, type Slip, worded } from "../draft.ts";
import { codes, PRODUCTS, people, several, TOWNS } from "../names.ts";
import { atBlank, LOCATE, literal } from "../python.ts";
import { type Block, type Cell, type Laid, layTable, newSheet, positionOf, type Sheet } from "../sheet.ts";
import { addDays, amongOthers, layHeading, money, someGaps, utcDay } from "../untidy.ts";

interface Setting {
  readonly sheet: string;
  readonly title: string;
  /** A column of its own, the mixed text, and what it is split into. */
  readonly headers: readonly [string, string, string, string, string];
  readonly parts: (random: Random, count: number) => (readonly [Cell, Cell, Cell])[];
  readonly join: (random: Random, parts: readonly [Cell, Cell, Cell]) => string;
  /** Body of a Python function that returns the three parts of `text`. */
  readonly split: string;
  /** Formulas for the three parts of the text in cell `{t}`. */
  readonly formulas: readonly [string, string, string];
  readonly rule: string;
  readonly example: string;
}

const SETTINGS: readonly Setting[] = [
  {
    sheet: "Contacts",
    title: "Contacts from the old system",
    headers: ["Added", "Contact", "First name", "Surname", "Town"],
    parts: (random, count) => people(random, count).map(({ first, last }) => [first, last, random.pick(TOWNS)]),
    join: (random, [first, last, town]) =>
      random.pick([
        `${last}, ${first} (${town})`,
        `  ${String(last).toUpperCase()},${first} (${town})`,
        `${last} , ${String(first).toLowerCase()}  ( ${town} )`,
      ]),
    split: `surname, rest = text.split(",")
    first, town = rest.split("(")
    return [part.strip(" )").title() for part in (first, surname, town)]`,
    formulas: [
      `PROPER(TRIM(MID({t},FIND(",",{t})+1,FIND("(",{t})-FIND(",",{t})-1)))`,
      `PROPER(TRIM(LEFT({t},FIND(",",{t})-1)))`,
      `TRIM(MID({t},FIND("(",{t})+1,LEN({t})-FIND("(",{t})-1))`,
    ],
    rule: "first name, surname and town, each without stray spaces and with a capital letter at the start only",
    example: '"Surname, First (Town)"',
  },
  {
    sheet: "Sheet1",
    title: "Articles, as typed by the branches",
    headers: ["Counted", "Description", "Article no", "Article", "Price"],
    parts: (random, count) => {
      const numbers = codes(random, count, 5);
      return several(random, PRODUCTS, count).map((name, index) => [
        numbers[index] ?? 0,
        name,
        money(random, 900, 1900),
      ]);
    },
    join: (random, [code, name, price]) =>
      random.pick([
        `${code} - ${name} - ${Number(price).toFixed(2)}`,
        `${code}-${name} -  ${Number(price).toFixed(2)} `,
        ` ${code} -  ${name}- ${Number(price).toFixed(2)}`,
      ]),
    split: `code, name, price = (part.strip() for part in text.split("-"))
    return [int(code), name, float(price)]`,
    formulas: [
      `VALUE(TRIM(LEFT({t},FIND("-",{t})-1)))`,
      `TRIM(MID({t},FIND("-",{t})+1,FIND("-",{t},FIND("-",{t})+1)-FIND("-",{t})-1))`,
      `VALUE(TRIM(MID({t},FIND("-",{t},FIND("-",{t})+1)+1,20)))`,
    ],
    rule: "the article number, the article and the price (number and price as real numbers, no spaces around the text)",
    example: '"number - article - price"',
  },
  {
    sheet: "Deliveries",
    title: "Addresses for the van round",
    headers: ["Booked", "Address", "Street", "Town", "Postcode"],
    parts: (random, count) =>
      Array.from({ length: count }, () => [
        `${random.integer(1, 180)} ${random.pick(["Mill", "Church", "Station", "Park", "Bridge"])} ${random.pick(["Lane", "Road", "Street"])}`,
        random.pick(TOWNS),
        `${random.pick(["LS", "YO", "BS", "DE"])}${random.integer(1, 19)} ${random.integer(1, 9)}${random.pick(["AB", "QT", "XR"])}`,
      ]),
    join: (random, [street, town, code]) =>
      random.pick([
        `${street}; ${town}; ${code}`,
        `${street} ;${String(town).toUpperCase()} ; ${String(code).toLowerCase()}`,
        ` ${String(street).toLowerCase()};  ${town};${code} `,
      ]),
    split: `street, town, postcode = (part.strip() for part in text.split(";"))
    return [street.title(), town.title(), postcode.upper()]`,
    formulas: [
      `PROPER(TRIM(LEFT({t},FIND(";",{t})-1)))`,
      `PROPER(TRIM(MID({t},FIND(";",{t})+1,FIND(";",{t},FIND(";",{t})+1)-FIND(";",{t})-1)))`,
      `UPPER(TRIM(MID({t},FIND(";",{t},FIND(";",{t})+1)+1,20)))`,
    ],
    rule: "street, town and postcode, trimmed, street and town with capitals at the start of words, postcode in capitals",
    example: '"street; town; postcode"',
  },
];

export const splitAndCleanText: Kind = {
  name: "split-and-clean-text",
  level: "cell",
  generate(random, variant) {
    const setting = chosen(SETTINGS, variant);
    const { sheet, laid, parts } = laySheet(random, setting);
    const values: Cell[][] = Array.from({ length: laid.last - laid.first + 1 }, () => [null, null, null]);
    parts.forEach((part, index) => {
      values[(laid.rows[index] ?? 0) - laid.first] = [...part];
    });
    const block = { sheet: sheet.name, row: laid.first, column: laid.column + 2, values };
    return {
      request: wordRequest(variant, setting, block),
      sheets: amongOthers(random, setting.title, [sheet]),
      answer: [block],
      writes: { block, formulas: true },
      slips: ["trusts-layout"],
      program: (slip) => writeProgram(setting, slip),
    } satisfies Draft;
  },
};

function laySheet(
  random: Random,
  setting: Setting,
): { sheet: Sheet; laid: Laid; parts: (readonly [Cell, Cell, Cell])[] } {
  const sheet = newSheet(setting.sheet, "£");
  const parts = setting.parts(random, random.integer(10, 16));
  const start = utcDay(2026, random.integer(1, 4), 3);
  const records = parts.map((part, index): Cell[] => [addDays(start, index * 2), setting.join(random, part)]);
  const at = layHeading(random, sheet, setting.title, 5);
  const laid = layTable(sheet, at, { headers: setting.headers, records, gaps: someGaps(random, records.length) });
  return { sheet, laid, parts };
}

function wordRequest(variant: number, { sheet, headers, rule, example }: Setting, block: Block): string {
  const [, mixed, first, second, third] = headers;
  const start = cellName(block.row, block.column);
  return worded(variant, [
    `Column ${mixed} on '${sheet}' holds ${example} in one cell. Please split it into ${first}, ${second} and ${third}: ${rule}. Skip blank rows but don't stop at them.`,
    `Text to Columns makes a mess of this. From ${mixed} (${example}, typed by different people) I need ${rule}, in the three columns from ${start}.`,
    `Please fill ${positionOf(block)} from the ${mixed} column: ${rule}. The texts look like ${example}, with odd spaces and capitals. Rows without text stay empty.`,
    `Can you separate the ${mixed} entries into ${first} / ${second} / ${third}? They were meant to be ${example}. What I want is ${rule}.`,
  ]);
}

function writeProgram({ sheet, headers, split, formulas }: Setting, slip: Slip | null): string {
  const [, mixed, first] = headers.map(literal);
  return `${LOCATE}
def parts(text):
    ${split}

ws = wb[${literal(sheet)}]
head, mixed, first = locate(ws, ${mixed}, ${first})
formulas = ${JSON.stringify(formulas.map((formula) => `=${formula}`))}
answer = []
for row in range(head + 1, ws.max_row + 1):
    text = ws.cell(row, mixed)
    if text.value is None:
        ${atBlank(slip)}
    for offset, part in enumerate(parts(text.value)):
        target = ws.cell(row, first + offset).coordinate
        answer.append((ws.title, target, part, formulas[offset].replace("{t}", text.coordinate)))
`;
}

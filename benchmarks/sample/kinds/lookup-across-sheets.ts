/** Prices, rates or fees are looked up on another sheet by a code, and multiplied. */
import type { Random } from "../../../harness/random.ts";
import { chosen, type Draft, type Kind, type Slip, worded } from "../draft.ts";
import { COMPANIES, codes, fullName, PRODUCTS, people, several, TOWNS } from "../names.ts";
import { atBlank, keyReader, LOCATE, literal } from "../python.ts";
import { type Block, type Cell, layTable, newSheet, positionOf, quoted, type Sheet } from "../sheet.ts";
import { amongOthers, cents, layHeading, money, someGaps } from "../untidy.ts";

interface Setting {
  readonly lines: { readonly sheet: string; readonly title: string; readonly headers: readonly string[] };
  readonly list: { readonly sheet: string; readonly title: string; readonly headers: readonly string[] };
  readonly labels: (random: Random, count: number) => string[];
  readonly groups: readonly string[];
  readonly wanted: readonly [one: string, code: string];
  readonly prices: readonly [low: number, high: number];
}

const SETTINGS: readonly Setting[] = [
  {
    lines: {
      sheet: "Orders",
      title: "Orders this week",
      headers: ["Order", "Item code", "Customer", "Qty", "Unit price", "Line total"],
    },
    list: { sheet: "Price list", title: "Price list, net", headers: ["Code", "Item", "Group", "Price"] },
    labels: (random, count) => several(random, PRODUCTS, count),
    groups: ["Furniture", "Supplies", "Electrical"],
    wanted: ["price", "item code"],
    prices: [4, 180],
  },
  {
    lines: {
      sheet: "Sheet1",
      title: "Hours worked, agency staff",
      headers: ["Sheet no", "Staff no", "Site", "Hours", "Rate", "Pay"],
    },
    list: { sheet: "Staff", title: "Staff and rates", headers: ["No", "Name", "Team", "Hourly rate"] },
    labels: (random, count) => people(random, count).map(fullName),
    groups: ["Day", "Night", "Weekend"],
    wanted: ["hourly rate", "staff number"],
    prices: [14, 96],
  },
  {
    lines: {
      sheet: "Bookings",
      title: "Course bookings",
      headers: ["Booking", "Course no", "Company", "Places", "Fee", "To invoice"],
    },
    list: { sheet: "Course fees", title: "Fees per place", headers: ["Course", "Held in", "Room", "Fee per place"] },
    labels: (random, count) => several(random, TOWNS, count),
    groups: ["Blue room", "Hall", "Annex"],
    wanted: ["fee per place", "course number"],
    prices: [45, 390],
  },
];

export const lookupAcrossSheets: Kind = {
  name: "lookup-across-sheets",
  level: "cell",
  generate(random, variant) {
    const setting = chosen(SETTINGS, variant);
    const missing = random.pick(["not found", "n/a", "check"]);
    const numbers = codes(random, random.integer(9, 12), 4);
    const known = numbers.slice(0, -1); // the last code is on no list
    const prices = new Map(known.map((code) => [code, money(random, ...setting.prices)]));
    const list = layList(random, setting, prices);
    const { sheet, block } = layLines(random, setting, { numbers, prices, missing });
    return {
      request: wordRequest(variant, { setting, missing, block }),
      sheets: amongOthers(random, setting.lines.title, random.fraction() < 0.5 ? [list, sheet] : [sheet, list]),
      answer: [block],
      writes: { block, formulas: true },
      slips: ["trusts-types", "trusts-layout"],
      program: (slip) => writeProgram(setting, missing, slip),
    } satisfies Draft;
  },
};

function layList(random: Random, { list, labels, groups }: Setting, prices: ReadonlyMap<number, number>): Sheet {
  const sheet = newSheet(list.sheet, "£");
  const names = labels(random, prices.size);
  const records = random
    .shuffle([...prices])
    .map(([code, price], index) => [code, names[index] ?? null, random.pick(groups), price]);
  layTable(sheet, layHeading(random, sheet, list.title, 4), {
    headers: list.headers,
    records,
    gaps: someGaps(random, records.length),
  });
  return sheet;
}

function layLines(
  random: Random,
  { lines }: Setting,
  { numbers, prices, missing }: { numbers: readonly number[]; prices: ReadonlyMap<number, number>; missing: string },
): { sheet: Sheet; block: Block } {
  const sheet = newSheet(lines.sheet, "£");
  const ordered = random.shuffle([...numbers, ...several(random, numbers.slice(0, -1), random.integer(6, 9))]);
  const records = ordered.map((code, index): Cell[] => {
    // Every third code was typed as text: a comparison of raw values misses it.
    const typed = index % 3 === 1 ? random.pick([`${code}`, ` ${code}`, `${code} `]) : code;
    return [`${2601 + index}/A`, typed, random.pick(COMPANIES), random.integer(2, 36)];
  });
  const gaps = someGaps(random, records.length);
  const at = layHeading(random, sheet, lines.title, lines.headers.length);
  const laid = layTable(sheet, at, { headers: lines.headers, records, gaps });
  const values: Cell[][] = Array.from({ length: laid.last - laid.first + 1 }, () => [null, null]);
  ordered.forEach((code, index) => {
    const price = prices.get(code);
    const quantity = Number(records[index]?.[3]);
    values[(laid.rows[index] ?? 0) - laid.first] =
      price === undefined ? [missing, null] : [price, cents(price * quantity)];
  });
  return { sheet, block: { sheet: sheet.name, row: laid.first, column: at.column + 4, values } };
}

function wordRequest(
  variant: number,
  { setting, missing, block }: { setting: Setting; missing: string; block: Block },
): string {
  const { lines, list, wanted } = setting;
  const [one, code] = wanted;
  const [, , , quantity, unit, total] = lines.headers;
  return worded(variant, [
    `On '${lines.sheet}' I need the ${one} from '${list.sheet}' in the ${unit} column (match on the ${code}), and ${total} = ${quantity} times ${unit}. ` +
      `Some numbers were typed as text, they are still the same ${code}s. If one isn't on the list write "${missing}" and leave ${total} empty.`,
    `Can you fill in ${unit} and ${total} on the ${lines.sheet} tab for me? The ${one} is on the ${list.sheet} tab, look it up by ${code}. ` +
      `Beware, a few ${code}s have spaces or are stored as text. ${total} is ${quantity} x ${unit}. Where there is no match: "${missing}", and nothing in ${total}.`,
    `I usually do this with VLOOKUP but half of it comes out as #N/A although the ${code}s are there. Please put the right ${one} for every line of ` +
      `${quoted(lines.sheet)} (${positionOf(block)}), and the product with ${quantity} next to it. Only what really is missing from ${quoted(list.sheet)} should say "${missing}" (no ${total} then).`,
    `We keep each ${one} on '${list.sheet}'. Take it over to '${lines.sheet}' by ${code} into column ${unit}, then work out ${total} (${quantity} * ${unit}). ` +
      `Unknown ${code}: "${missing}" in ${unit}, ${total} stays blank. Leave the blank lines between blank.`,
  ]);
}

function writeProgram({ lines, list }: Setting, missing: string, slip: Slip | null): string {
  const [, code, , quantity, unit] = lines.headers.map(literal);
  const [listCode, , , price] = list.headers.map(literal);
  return `${LOCATE}
${keyReader(slip)}
ws, prices = wb[${literal(lines.sheet)}], wb[${literal(list.sheet)}]
head, code, price = locate(prices, ${listCode}, ${price})
known = {}
for row in range(head + 1, prices.max_row + 1):
    if prices.cell(row, code).value is None:
        ${atBlank(slip)}
    known[key(prices.cell(row, code).value)] = prices.cell(row, price).value
top, bottom = prices.cell(head + 1, code), prices.cell(prices.max_row, price)
table = f"'{prices.title}'!{top.column_letter}\${top.row}:{bottom.column_letter}\${bottom.row}"

head, code, quantity, unit = locate(ws, ${code}, ${quantity}, ${unit})
answer = []
for row in range(head + 1, ws.max_row + 1):
    if ws.cell(row, code).value is None:
        ${atBlank(slip)}
    found = known.get(key(ws.cell(row, code).value))
    target, total = ws.cell(row, unit), ws.cell(row, unit + 1)
    formula = f'=IFERROR(VLOOKUP({ws.cell(row, code).coordinate},{table},{bottom.column - top.column + 1},FALSE),"${missing}")'
    if found is None:
        answer.append((ws.title, target.coordinate, ${literal(missing)}, formula))
        continue
    answer.append((ws.title, target.coordinate, found, formula))
    times = f"={ws.cell(row, quantity).coordinate}*{target.coordinate}"
    answer.append((ws.title, total.coordinate, found * ws.cell(row, quantity).value, times))
`;
}

/** Two lists that should agree: each line of the first is found in the second, or not, or with another amount. */

import type { Random } from "../../../harness/random.ts";
import { cellName } from "../../scoring/coordinates.ts";
import { chosen, type Draft, type Kind, type Slip, worded } from "../draft.ts";
import { COMPANIES, codes, fullName, PRODUCTS, people } from "../names.ts";
import { atBlank, keyReader, LOCATE, literal, numberReader } from "../python.ts";
import { type Block, type Cell, layTable, newSheet, positionOf, type Sheet } from "../sheet.ts";
import { addDays, amongOthers, cents, layHeading, money, someGaps, textNumber, utcDay } from "../untidy.ts";

interface Setting {
  readonly ours: string;
  readonly theirs: string;
  readonly titles: readonly [ours: string, theirs: string];
  /** Key, text, amount, verdict, difference. */
  readonly headers: readonly [string, string, string, string, string];
  /** Day, key, amount; named so that the lists can be told apart on one sheet. */
  readonly others: readonly [string, string, string];
  readonly texts: (random: Random) => readonly string[];
  readonly prefix: string;
  readonly verdicts: readonly [same: string, differs: string, missing: string];
  readonly amounts: readonly [low: number, high: number];
}

const SETTINGS: readonly Setting[] = [
  {
    ours: "Ledger",
    theirs: "Bank",
    titles: ["Open items", "Bank statement"],
    headers: ["Invoice", "Customer", "Amount", "Check", "Difference"],
    others: ["Booked", "Reference", "Received"],
    texts: () => COMPANIES,
    prefix: "",
    verdicts: ["ok", "amount differs", "missing"],
    amounts: [80, 2900],
  },
  {
    ours: "Sheet1",
    theirs: "Sheet1",
    titles: ["Stock book", "Counted on the shelf"],
    headers: ["Article no", "Article", "Book value", "Result", "Gap"],
    others: ["Counted on", "Shelf label", "Counted value"],
    texts: () => PRODUCTS,
    prefix: "",
    verdicts: ["agrees", "off", "not counted"],
    amounts: [30, 1700],
  },
  {
    ours: "Payroll",
    theirs: "Time system",
    titles: ["Payroll run", "Export of the time system"],
    headers: ["Staff no", "Name", "Pay", "Status", "Deviation"],
    others: ["Exported", "Employee id", "Pay by hours"],
    texts: (random) => people(random, 16).map(fullName),
    prefix: "AB-",
    verdicts: ["same", "different", "no entry"],
    amounts: [900, 3400],
  },
];

interface Line {
  readonly code: number;
  readonly ours: number;
  /** Null where the other list has no such line. */
  readonly theirs: number | null;
}

export const reconcileLists: Kind = {
  name: "reconcile-lists",
  level: "cell",
  generate(random, variant) {
    const setting = chosen(SETTINGS, variant);
    const lines = makeLines(random, setting);
    const { sheets, block } = laySheets(random, setting, lines);
    return {
      request: wordRequest(variant, setting, block),
      sheets: amongOthers(random, setting.titles[0], sheets),
      answer: [block],
      writes: { block, formulas: true },
      slips: ["trusts-types", "trusts-layout"],
      program: (slip) => writeProgram(setting, slip),
    } satisfies Draft;
  },
};

/** Of any six lines one is missing and one differs; the last one differs by much. */
function makeLines(random: Random, { amounts }: Setting): Line[] {
  const numbers = codes(random, random.integer(13, 18), 5);
  return numbers.map((code, index) => {
    const ours = money(random, ...amounts);
    const other = cents(ours + random.pick([-10, 9, 0.4, -27.2, 1080.6]));
    if (index === numbers.length - 1) return { code, ours, theirs: cents(ours + 1204.4) };
    return { code, ours, theirs: index % 6 === 2 ? null : index % 6 === 4 ? other : ours };
  });
}

function laySheets(random: Random, setting: Setting, lines: readonly Line[]): { sheets: Sheet[]; block: Block } {
  const sheet = newSheet(setting.ours, "£");
  const texts = setting.texts(random);
  const written = (code: number): Cell => (setting.prefix === "" ? code : `${setting.prefix}${code}`);
  const records = lines.map(({ code, ours }, index): Cell[] => [
    written(code),
    texts[index % texts.length] ?? "",
    index % 5 === 3 ? textNumber(random, ours) : ours,
  ]);
  const at = layHeading(random, sheet, setting.titles[0], 5);
  const laid = layTable(sheet, at, { headers: setting.headers, records, gaps: someGaps(random, records.length) });
  const values: Cell[][] = Array.from({ length: laid.last - laid.first + 1 }, () => [null, null]);
  lines.forEach((line, index) => {
    values[(laid.rows[index] ?? 0) - laid.first] = verdictOf(setting, line);
  });
  const same = setting.ours === setting.theirs;
  const other = same ? sheet : newSheet(setting.theirs, "£");
  const place = same ? { row: at.row, column: at.column + 7 } : layHeading(random, other, setting.titles[1], 3);
  layOthers(random, setting, { sheet: other, at: place, lines });
  const block = { sheet: sheet.name, row: laid.first, column: at.column + 3, values };
  return { sheets: same ? [sheet] : random.fraction() < 0.5 ? [other, sheet] : [sheet, other], block };
}

function verdictOf({ verdicts }: Setting, { ours, theirs }: Line): Cell[] {
  const [same, differs, missing] = verdicts;
  if (theirs === null) return [missing, null];
  return ours === theirs ? [same, null] : [differs, cents(ours - theirs)];
}

function layOthers(
  random: Random,
  { others, prefix }: Setting,
  { sheet, at, lines }: { sheet: Sheet; at: { row: number; column: number }; lines: readonly Line[] },
): void {
  const there = lines.filter(({ theirs }) => theirs !== null);
  const strangers = codes(random, 3, 6).map((code) => ({ code, theirs: money(random, 20, 400) }));
  const start = utcDay(2026, random.integer(2, 7), 1);
  const records = random
    .shuffle([...there, ...strangers])
    .map(({ code, theirs }, index): Cell[] => [
      addDays(start, index),
      index % 3 === 1 ? ` ${prefix.toLowerCase()}${code}` : prefix === "" ? code : `${prefix}${code}`,
      theirs,
    ]);
  layTable(sheet, at, { headers: others, records, gaps: someGaps(random, records.length) });
}

function wordRequest(
  variant: number,
  { ours, theirs, headers, others, titles, verdicts }: Setting,
  block: Block,
): string {
  const [key, , amount, check, difference] = headers;
  const [same, differs, missing] = verdicts;
  const where = ours === theirs ? `the list to the right (${others.join(", ")})` : `the sheet '${theirs}'`;
  return worded(variant, [
    `Compare '${titles[0]}' on ${ours} with ${where}: for each ${key} look for the same ${others[1]}. In ${check} write "${same}", "${differs}" or "${missing}"; ` +
      `if the amounts differ put ${amount} minus ${others[2]} in ${difference}, otherwise leave ${difference} empty. Numbers stored as text and stray spaces are no difference.`,
    `I have to reconcile two lists. Ours: ${amount} by ${key} on '${ours}'. Theirs: ${others[2]} by ${others[1]}, ${where}. Please mark every line of ours in ${positionOf(block)}: ` +
      `"${missing}" if they don't have it, "${differs}" plus the difference (ours less theirs) if the amount isn't the same, else "${same}". Their references are partly text or in small letters.`,
    `Which of our lines are not, or not with the same amount, in ${where}? Fill ${check} (${same} / ${differs} / ${missing}) and ${difference} (${amount} - ${others[2]}, only where they differ) ` +
      `from ${cellName(block.row, block.column)} down. Match ${key} to ${others[1]}, however it was typed. Both lists have blank rows in them.`,
    `Please check ${titles[0]} against ${titles[1]}. ${key} = ${others[1]}. Result per line in ${check}: ${same}, ${differs}, ${missing}. Where it is "${differs}", ${difference} should show ` +
      `our ${amount} minus their ${others[2]}. Careful: VLOOKUP doesn't find everything as some codes are text.`,
  ]);
}

function writeProgram({ ours, theirs, headers, others, verdicts }: Setting, slip: Slip | null): string {
  const [key, , amount, check, difference] = headers.map(literal);
  const [, otherKey, otherAmount] = others.map(literal);
  const [same, differs, missing] = verdicts.map(literal);
  return `${LOCATE}
${keyReader(slip)}
${numberReader(slip)}
ws, other = wb[${literal(ours)}], wb[${literal(theirs)}]
head, reference, received = locate(other, ${otherKey}, ${otherAmount})
theirs = {}
for row in range(head + 1, other.max_row + 1):
    if other.cell(row, reference).value is None:
        ${atBlank(slip)}
    theirs[key(other.cell(row, reference).value)] = other.cell(row, received)
letters = [other.cell(head, column).column_letter for column in (reference, received)]
keys, amounts = (f"'{other.title}'!\${letter}\${head + 1}:\${letter}\${other.max_row}" for letter in letters)

head, code, amount, check, difference = locate(ws, ${key}, ${amount}, ${check}, ${difference})
answer = []
for row in range(head + 1, ws.max_row + 1):
    if ws.cell(row, code).value is None:
        ${atBlank(slip)}
    mine, found = ws.cell(row, amount), theirs.get(key(ws.cell(row, code).value))
    gap = None if found is None else round((number(mine.value) or 0) - number(found.value), 2)
    verdict = ${missing} if gap is None else ${differs} if gap else ${same}
    look = f"INDEX({amounts},MATCH({ws.cell(row, code).coordinate},{keys},0))"
    formula = f'=IFERROR(IF({look}={mine.coordinate},${same},${differs}),${missing})'
    answer.append((ws.title, ws.cell(row, check).coordinate, verdict, formula))
    if gap:
        answer.append((ws.title, ws.cell(row, difference).coordinate, gap, f"={mine.coordinate}-{look}"))
`;
}

/** Rows that were entered twice go, the first of each stays where it is; what is below moves up. */
import type { Random } from "../../../harness/random.ts";
import { chosen, type Draft, type Kind, type Slip, worded } from "../draft.ts";
import { COMPANIES, codes, fullName, PRODUCTS, people } from "../names.ts";
import { atBlank, keyReader, LOCATE, literal } from "../python.ts";
import { type Block, type Cell, cellAt, type Laid, layTable, newSheet, positionOf, put, type Sheet } from "../sheet.ts";
import { addDays, amongOthers, layHeading, money, utcDay } from "../untidy.ts";

interface Setting {
  readonly sheet: string;
  readonly title: string;
  readonly headers: readonly [key: string, label: string, date: string, amount: string];
  readonly label: (random: Random) => string;
  readonly things: string;
  readonly prefix: string;
}

const SETTINGS: readonly Setting[] = [
  {
    sheet: "Invoices in",
    title: "Invoices received, two scanners",
    headers: ["Invoice no", "Supplier", "Dated", "Gross"],
    label: (random) => random.pick(COMPANIES),
    things: "invoices",
    prefix: "",
  },
  {
    sheet: "Sheet1",
    title: "Sign-ups for the summer course",
    headers: ["Form no", "Participant", "Signed", "Deposit"],
    label: (random) => random.pick(people(random, 8).map(fullName)),
    things: "forms",
    prefix: "F-",
  },
  {
    sheet: "Assets",
    title: "Equipment register",
    headers: ["Tag", "Equipment", "Bought", "Cost"],
    label: (random) => random.pick(PRODUCTS),
    things: "tags",
    prefix: "",
  },
];

/** By variant: whether the user also wants to know how many rows are left. Settings go round in threes, splits in twos. */
const WITH_COUNT = [true, true, false, false, true, true];

export const removeDuplicateRows: Kind = {
  name: "remove-duplicate-rows",
  level: "sheet",
  generate(random, variant) {
    const setting = chosen(SETTINGS, variant);
    const counts = chosen(WITH_COUNT, variant);
    const { sheet, laid, doomed } = laySheet(random, setting, counts);
    const rows = answerRows(sheet, laid, doomed);
    const left = laid.rows.length - doomed.length;
    const count: Block = { sheet: sheet.name, row: laid.row, column: laid.column + 6, values: [[left]] };
    return {
      request: wordRequest(variant, setting, counts ? { rows, count } : { rows, count: null }),
      sheets: amongOthers(random, setting.title, [sheet]),
      answer: counts ? [rows, count] : [rows],
      writes: counts ? { block: count, formulas: true } : null,
      slips: ["ascending-deletes", "trusts-types", "trusts-layout"],
      program: (slip) => writeProgram(setting, counts ? positionOf(count) : null, slip),
    } satisfies Draft;
  },
};

/** Some rows come three or four times in a row, so that deleting downwards misses one; some again much later. */
function laySheet(random: Random, setting: Setting, counts: boolean): { sheet: Sheet; laid: Laid; doomed: number[] } {
  const sheet = newSheet(setting.sheet, "€");
  const numbers = codes(random, random.integer(10, 13), 5);
  const start = utcDay(2026, 2, 3);
  const entries = numbers.map((code, index) => ({
    code,
    label: setting.label(random),
    date: addDays(start, index * 2),
    amount: money(random, 30, 2400),
  }));
  const copies = (index: number) => (index === 2 ? 4 : index % 5 === 4 ? 3 : 1);
  const stream = [
    ...entries.flatMap((entry, index) => Array.from({ length: copies(index) }, () => entry)),
    ...entries.slice(0, 2),
  ];
  const seen = new Set<number>();
  const again = stream.map(({ code }) => seen.has(code) || !seen.add(code));
  const records = stream.map(({ code, label, date, amount }, index): Cell[] => {
    const typed =
      again[index] && index % 2 === 0
        ? ` ${setting.prefix.toLowerCase()}${code}`
        : setting.prefix === ""
          ? code
          : `${setting.prefix}${code}`;
    return [typed, label, date, amount];
  });
  const at = layHeading(random, sheet, setting.title, 4);
  const laid = layTable(sheet, at, { headers: setting.headers, records, gaps: [3, stream.length - 4] });
  if (counts) put(sheet, { row: at.row, column: at.column + 5 }, [["Rows left:"]]);
  return { sheet, laid, doomed: laid.rows.filter((_, index) => again[index]) };
}

/** The table's rows as they must stand afterwards, with as many blank rows at the end as were deleted. */
function answerRows(sheet: Sheet, { first, last, column }: Laid, doomed: readonly number[]): Block {
  const rows = Array.from({ length: last - first + 1 }, (_, index) => first + index).filter(
    (row) => !doomed.includes(row),
  );
  const kept = rows.map((row) => [0, 1, 2, 3].map((right) => cellAt(sheet, { row, column: column + right })));
  const spare = doomed.map((): Cell[] => [null, null, null, null]);
  return { sheet: sheet.name, row: first, column, values: [...kept, ...spare] };
}

function wordRequest(
  variant: number,
  { sheet, headers, things }: Setting,
  { rows, count }: { rows: Block; count: Block | null },
): string {
  const key = headers[0];
  const told =
    count === null
      ? ""
      : ` How many rows are left (blank ones not counted) goes into ${positionOf(count).split("!")[1]}.`;
  return worded(variant, [
    `'${sheet}' has ${things} that were entered more than once. Keep the first row of each ${key} and delete the others as whole rows, so that the list closes up. ` +
      `The same ${key} may be text in one row and a number in another. The blank separator rows stay.${told}`,
    `Please remove the duplicate rows by ${key} in ${positionOf(rows)}: the first one stays, in its place, no sorting. Spaces or small letters in the ${key} make no difference. Delete rows, don't just clear them; keep blank rows.${told}`,
    `Excel's "Remove Duplicates" leaves some ${things} twice because the ${key} is sometimes text. Can you delete every repeated row on ${sheet} (first one wins) and leave the order and the empty rows as they are?${told}`,
    `Some ${things} on the ${sheet} sheet came in two, three or even four times. Only the topmost row per ${key} should survive; rows below move up, separators (empty rows) are not duplicates.${told}`,
  ]);
}

function writeProgram({ sheet, headers }: Setting, count: string | null, slip: Slip | null): string {
  const [code, label] = headers.map(literal);
  const [target = "", cell = ""] = (count ?? "").replaceAll("'", "").split("!");
  const told = `ws = wb[${literal(target)}]
filled = [row for row in range(head + 1, ws.max_row + 1) if ws.cell(row, label).value is not None]
letter = ws.cell(head, label).column_letter
answer = [(ws.title, ${literal(cell)}, len(filled), f"=COUNTA({letter}{head + 1}:{letter}{ws.max_row})")]`;
  return `${LOCATE}
${keyReader(slip)}
ws = wb[${literal(sheet)}]
head, code, label = locate(ws, ${code}, ${label})
seen, doomed = set(), []
for row in range(head + 1, ws.max_row + 1):
    value = ws.cell(row, code).value
    if value is None:
        ${atBlank(slip)}
    if key(value) in seen:
        doomed.append(row)
    seen.add(key(value))
${slip === "ascending-deletes" ? "for row in doomed:" : "for row in reversed(doomed):"}
    ws.delete_rows(row)
${count === null ? "answer = []" : told}
`;
}

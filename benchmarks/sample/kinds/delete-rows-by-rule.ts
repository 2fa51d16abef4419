/** Whole rows that meet a rule go; what is below moves up. */
import type { Random } from "../../../harness/random.ts";
import { chosen, type Draft, type Kind, type Slip, worded } from "../draft.ts";
import { COMPANIES, fullName, PRODUCTS, people } from "../names.ts";
import { atBlank, LOCATE, literal, numberReader } from "../python.ts";
import { type Block, type Cell, cellAt, type Laid, layTable, newSheet, positionOf, put, type Sheet } from "../sheet.ts";
import { addDays, amongOthers, layHeading, money, someIndexes, textNumber, utcDay } from "../untidy.ts";

interface Setting {
  readonly sheet: string;
  readonly title: string;
  readonly headers: readonly [label: string, date: string, amount: string, status: string];
  readonly label: (random: Random) => string;
  readonly kept: readonly string[];
  /** Statuses of rows to delete. */
  readonly gone: readonly [string, string];
  readonly things: string;
}

const SETTINGS: readonly Setting[] = [
  {
    sheet: "Open orders",
    title: "Open orders, export from the shop",
    headers: ["Article", "Ordered", "Value", "State"],
    label: (random) => random.pick(PRODUCTS),
    kept: ["Open", "Packed", "Part shipped"],
    gone: ["Cancelled", "Returned"],
    things: "orders",
  },
  {
    sheet: "Subscriptions",
    title: "Subscribers to the magazine",
    headers: ["Name", "Since", "Yearly fee", "Status"],
    label: (random) => random.pick(people(random, 6).map(fullName)),
    kept: ["Active", "Gift", "Paused"],
    gone: ["Left", "Moved away"],
    things: "subscribers",
  },
  {
    sheet: "Sheet1",
    title: "Supplier invoices to pay",
    headers: ["Supplier", "Invoice date", "Amount due", "Result"],
    label: (random) => random.pick(COMPANIES),
    kept: ["To pay", "Query", "Approved"],
    gone: ["Paid", "Void"],
    things: "invoices",
  },
];

/** By variant: whether the user also wants to know how many rows went. Settings go round in threes, splits in twos. */
const WITH_COUNT = [true, false, false, false, true, true];

export const deleteRowsByRule: Kind = {
  name: "delete-rows-by-rule",
  level: "sheet",
  generate(random, variant) {
    const setting = chosen(SETTINGS, variant);
    const counts = chosen(WITH_COUNT, variant);
    const { sheet, laid, doomed } = laySheet(random, setting, counts);
    const rows = answerRows(sheet, laid, doomed);
    const count: Block = { sheet: sheet.name, row: laid.row, column: laid.column + 6, values: [[doomed.length]] };
    return {
      request: wordRequest(variant, setting, counts ? { rows, count } : { rows, count: null }),
      sheets: amongOthers(random, setting.title, [sheet]),
      answer: counts ? [rows, count] : [rows],
      writes: counts ? { block: count, formulas: false } : null,
      slips: ["ascending-deletes", "trusts-types", "trusts-layout"],
      program: (slip) => writeProgram(setting, counts ? positionOf(count) : null, slip),
    } satisfies Draft;
  },
};

function laySheet(random: Random, setting: Setting, counts: boolean): { sheet: Sheet; laid: Laid; doomed: number[] } {
  const sheet = newSheet(setting.sheet, "£");
  const size = random.integer(18, 26);
  // A run of three neighbours, so that deleting downwards misses the middle one, and some single rows.
  const run = random.integer(3, size - 8);
  // One row goes because of its amount, whatever its status.
  const zero = size - 4;
  const doomed = new Set([run, run + 1, run + 2, zero, size - 2, ...someIndexes(random, size - 3, 3)]);
  const start = utcDay(2026, 1, 7);
  const records = Array.from({ length: size }, (_, index): Cell[] => {
    const status = doomed.has(index) && index !== zero ? random.pick(setting.gone) : random.pick(setting.kept);
    const untidy = index === run + 1 ? ` ${status.toLowerCase()}` : index % 6 === 2 ? `${status} ` : status;
    const sum = index % 5 === 1 ? textNumber(random, money(random, 20, 900)) : money(random, 20, 2400);
    const amount = index === zero ? "0" : sum;
    return [setting.label(random), addDays(start, index * 3 + random.integer(0, 2)), amount, untidy];
  });
  const at = layHeading(random, sheet, setting.title, 4);
  const laid = layTable(sheet, at, { headers: setting.headers, records, gaps: [run, size - 5] });
  if (counts) put(sheet, { row: at.row, column: at.column + 5 }, [["Rows deleted:"]]);
  return { sheet, laid, doomed: [...doomed].map((index) => laid.rows[index] ?? 0).sort((a, b) => a - b) };
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

function wordRequest(variant: number, setting: Setting, { rows, count }: { rows: Block; count: Block | null }): string {
  const { sheet, headers, gone, things } = setting;
  const [, , amount, status] = headers;
  const told =
    count === null ? "" : ` Then write the number of rows you deleted in ${positionOf(count).split("!")[1]}.`;
  return worded(variant, [
    `Delete every row on ${sheet} where ${status} is ${gone[0]} or ${gone[1]} (whatever the spelling of capitals or spaces), and also where ${amount} is 0. ` +
      `Whole rows please, so that the rest moves up; the empty rows in between stay.${told}`,
    `Can you remove the ${things} with ${status} "${gone[0]}" or "${gone[1]}" from '${sheet}'? Rows with a zero ${amount} can go too, even if the zero is text. ` +
      `Don't leave holes and don't change the other rows or the blank separator rows.${told}`,
    `My macro to delete rows skips some of them. What must go: ${status} = ${gone[0]}, ${status} = ${gone[1]}, or nothing to charge (${amount} 0). ` +
      `The table is ${positionOf(rows)}, rows below should close up, existing blank rows stay where they are between the blocks.${told}`,
    `Tidy ${sheet}: entire rows out if they are ${gone[0].toLowerCase()} or ${gone[1].toLowerCase()} according to ${status}, or if ${amount} is zero. ` +
      `Keep everything else as it is and in order, including empty rows.${told}`,
  ]);
}

function writeProgram({ sheet, headers, gone }: Setting, count: string | null, slip: Slip | null): string {
  const [, , amount, status] = headers.map(literal);
  const strict = slip === "trusts-types";
  const state = strict ? "ws.cell(row, status).value" : "str(ws.cell(row, status).value).strip().lower()";
  const names = gone.map((name) => literal(strict ? name : name.toLowerCase())).join(", ");
  const order = slip === "ascending-deletes" ? "doomed" : "reversed(doomed)";
  const removal =
    slip === "ascending-deletes"
      ? `for row in range(head + 1, ws.max_row + 1):
    if is_doomed(row):
        ws.delete_rows(row)`
      : `for row in ${order}:
    ws.delete_rows(row)`;
  const [target = "", cell = ""] = (count ?? "").replaceAll("'", "").split("!");
  return `${LOCATE}
${numberReader(slip)}
ws = wb[${literal(sheet)}]
head, amount, status = locate(ws, ${amount}, ${status})

def is_doomed(row):
    return ${state} in (${names}) or number(ws.cell(row, amount).value) == 0

doomed = []
for row in range(head + 1, ws.max_row + 1):
    if ws.cell(row, status).value is None:
        ${atBlank(slip)}
    if is_doomed(row):
        doomed.append(row)
${removal}
answer = [${count === null ? "" : `(${literal(target)}, ${literal(cell)}, len(doomed))`}]
`;
}

/** A column gets a word by a condition on the others: reorder, overdue, check. */

import type { Random } from "../../../harness/random.ts";
import { cellName } from "../../scoring/coordinates.ts";
import { chosen, type Draft, type Kind, type Slip, worded } from "../draft.ts";
import { COMPANIES, fullName, PRODUCTS, people } from "../names.ts";
import { atBlank, dateReader, LOCATE, literal, numberReader } from "../python.ts";
import { type Block, type Cell, layTable, newSheet, positionOf, put, type Sheet } from "../sheet.ts";
import {
  addDays,
  amongOthers,
  layHeading,
  money,
  someGaps,
  spelledDate,
  textDate,
  textNumber,
  utcDay,
} from "../untidy.ts";

interface Setting {
  readonly sheet: string;
  readonly title: string;
  /** Label, two inputs, mark. */
  readonly headers: readonly [string, string, string, string];
  readonly label: (random: Random) => string;
  /** What is compared with: it stands in a cell of its own beside the table. */
  readonly limit: { readonly label: string; readonly value: (random: Random) => number | Date };
  readonly inputs: (random: Random, limit: number | Date, index: number) => readonly [Cell, Cell];
  /** The inputs as they were typed on untidy lines. */
  readonly typed: (random: Random, inputs: readonly [Cell, Cell]) => readonly [Cell, Cell];
  readonly mark: (inputs: readonly [Cell, Cell], limit: number | Date) => string;
  /** Python of `a`, `b` and `limit` (None where a cell cannot be read) that leaves `mark`. */
  readonly python: string;
  readonly readers: readonly ["number" | "day", "number" | "day"];
  readonly formula: string;
  readonly rule: (limit: string) => string;
}

const SETTINGS: readonly Setting[] = [
  {
    sheet: "Stock",
    title: "Stock list",
    headers: ["Article", "In stock", "On order", "Action"],
    label: (random) => random.pick(PRODUCTS),
    limit: { label: "Minimum", value: (random) => random.integer(20, 40) },
    inputs: (random, limit, index) => [
      Math.max(0, Number(limit) + random.integer(-24, 18)),
      index % 3 === 0 ? random.integer(1, 40) : 0,
    ],
    typed: (random, [stock, order]) => [textNumber(random, Number(stock)), order],
    mark: ([stock, order], limit) =>
      Number(stock) >= Number(limit) ? "ok" : Number(stock) + Number(order) >= Number(limit) ? "on its way" : "reorder",
    python: `"ok" if a >= limit else "on its way" if a + b >= limit else "reorder"`,
    readers: ["number", "number"],
    formula: `IF({a}>={limit},"ok",IF({a}+{b}>={limit},"on its way","reorder"))`,
    rule: (limit) =>
      `"reorder" if In stock plus On order is below the minimum (${limit}), "on its way" if only In stock is below it, else "ok"`,
  },
  {
    sheet: "Receivables",
    title: "Invoices to customers",
    headers: ["Customer", "Due", "Open amount", "Reminder"],
    label: (random) => random.pick(COMPANIES),
    limit: { label: "Key date", value: (random) => addDays(utcDay(2026, 5, 4), random.integer(0, 25)) },
    inputs: (random, limit, index) => [
      addDays(new Date(limit), random.integer(-60, 25)),
      index % 4 === 3 ? 0 : money(random, 40, 2600),
    ],
    typed: (random, [due, amount]) => [due instanceof Date ? textDate(due, random.integer(0, 2)) : due, amount],
    mark: ([due, amount], limit) => {
      const days = (new Date(limit).getTime() - (due as Date).getTime()) / 86_400_000;
      return amount === 0 ? "settled" : days > 30 ? "second reminder" : days > 0 ? "reminder" : "not due";
    },
    python: `"settled" if b == 0 else "second reminder" if (limit - a).days > 30 else "reminder" if limit > a else "not due"`,
    readers: ["day", "number"],
    formula: `IF({b}=0,"settled",IF({limit}-{a}>30,"second reminder",IF({limit}>{a},"reminder","not due")))`,
    rule: (limit) =>
      `"settled" if Open amount is 0, otherwise by how long it was Due before the key date (${limit}): "second reminder" for more than 30 days, "reminder" for 1 to 30 days, "not due" if it isn't past`,
  },
  {
    sheet: "Sheet1",
    title: "Expense claims, this quarter",
    headers: ["Employee", "Claimed", "Receipts", "Decision"],
    label: (random) => random.pick(people(random, 8).map(fullName)),
    limit: { label: "Limit", value: (random) => random.integer(8, 16) * 25 },
    inputs: (random, limit, index) => {
      const claimed = money(random, 20, Number(limit) * 2);
      return [claimed, index % 3 === 0 ? claimed : index % 3 === 1 ? Math.floor(claimed / 2) : 0];
    },
    typed: (random, [claimed, receipts]) => [textNumber(random, Number(claimed)), receipts],
    mark: ([claimed, receipts], limit) =>
      Number(receipts) >= Number(claimed) ? "pay" : Number(claimed) > Number(limit) ? "refuse" : "ask",
    python: `"pay" if b >= a else "refuse" if a > limit else "ask"`,
    readers: ["number", "number"],
    formula: `IF({b}>={a},"pay",IF({a}>{limit},"refuse","ask"))`,
    rule: (limit) =>
      `"pay" if Receipts cover what was Claimed, "refuse" if they don't and Claimed is more than the limit (${limit}), else "ask"`,
  },
];

export const markByCondition: Kind = {
  name: "mark-by-condition",
  level: "cell",
  generate(random, variant) {
    const setting = chosen(SETTINGS, variant);
    const limit = setting.limit.value(random);
    const { sheet, block } = laySheet(random, setting, limit);
    return {
      request: wordRequest(variant, setting, { limit, block }),
      sheets: amongOthers(random, setting.title, [sheet]),
      answer: [block],
      writes: { block, formulas: true },
      slips: ["trusts-types", "trusts-layout"],
      program: (slip) => writeProgram(setting, slip),
    } satisfies Draft;
  },
};

function laySheet(random: Random, setting: Setting, limit: number | Date): { sheet: Sheet; block: Block } {
  const sheet = newSheet(setting.sheet, "£");
  const lines = Array.from({ length: random.integer(14, 22) }, (_, index) => setting.inputs(random, limit, index));
  const records = lines.map((inputs, index): Cell[] => [
    setting.label(random),
    ...(index % 4 === 1 ? setting.typed(random, inputs) : inputs),
  ]);
  const at = layHeading(random, sheet, setting.title, 4);
  const laid = layTable(sheet, at, { headers: setting.headers, records, gaps: someGaps(random, records.length) });
  put(sheet, { row: at.row, column: at.column + 5 }, [[setting.limit.label, limit]]);
  const values: Cell[][] = Array.from({ length: laid.last - laid.first + 1 }, () => [null]);
  lines.forEach((inputs, index) => {
    values[(laid.rows[index] ?? 0) - laid.first] = [setting.mark(inputs, limit)];
  });
  put(sheet, { row: laid.last + 2, column: at.column }, [["Please do not add rows below this line"]]);
  return { sheet, block: { sheet: sheet.name, row: laid.first, column: at.column + 3, values } };
}

function wordRequest(
  variant: number,
  { sheet, headers, rule }: Setting,
  { limit, block }: { limit: number | Date; block: Block },
): string {
  const told = rule(limit instanceof Date ? spelledDate(limit) : String(limit));
  const mark = headers[3];
  return worded(variant, [
    `Fill ${mark} for every line on '${sheet}': ${told}. Some values were typed as text (dates day first), treat them as what they mean. Blank rows get nothing.`,
    `Please mark the lines in ${positionOf(block)}. The rule: ${told}. Exactly these words, please. There are empty rows in the list, and not every number or date is stored as one.`,
    `I want a formula or value in column ${mark} (from ${cellName(block.row, block.column)}) that says ${told}. My own IF goes wrong where a cell is text instead of a real number or date.`,
    `Could you go through ${sheet} and set ${mark}? It should be ${told}. The value to compare with is also in the cell beside the table. Leave separators empty.`,
  ]);
}

function writeProgram({ sheet, headers, limit, python, readers, formula }: Setting, slip: Slip | null): string {
  const [label, ...others] = headers.map(literal);
  const [readA, readB] = readers;
  const parts = formula
    .replaceAll("{a}", "{first.coordinate}")
    .replaceAll("{b}", "{second.coordinate}")
    .replaceAll("{limit}", "{fixed}");
  const unread = slip === "trusts-types" ? `    if a is None or b is None:\n        continue\n` : "";
  return `${LOCATE}
${numberReader(slip)}
${readers.includes("day") ? dateReader(slip) : ""}
ws = wb[${literal(sheet)}]
head, label, *inputs, target = locate(ws, ${[label, ...others].join(", ")})
_, beside = locate(ws, ${literal(limit.label)})
limit = ws.cell(head, beside + 1).value
fixed = f"\${ws.cell(head, beside + 1).column_letter}\${head}"
answer = []
for row in range(head + 1, ws.max_row + 1):
    first, second = (ws.cell(row, column) for column in inputs)
    if first.value is None:
        ${atBlank(slip)}
    a, b = ${readA}(first.value), ${readB}(second.value)
${unread}    mark = ${python}
    answer.append((ws.title, ws.cell(row, target).coordinate, mark, f'=${parts}'))
`;
}

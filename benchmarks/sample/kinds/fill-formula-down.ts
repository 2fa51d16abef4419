/** A calculation is carried down a column: pay, net amount, running balance. */

import type { Random } from "../../../harness/random.ts";
import { cellName } from "../../scoring/coordinates.ts";
import { chosen, type Draft, type Kind, type Slip, worded } from "../draft.ts";
import { COMPANIES, fullName, PRODUCTS, people } from "../names.ts";
import { atBlank, LOCATE, literal, numberReader } from "../python.ts";
import { type Block, type Cell, type Laid, layTable, newSheet, positionOf, put, type Sheet } from "../sheet.ts";
import { amongOthers, cents, layHeading, money, someGaps, textNumber } from "../untidy.ts";

interface Setting {
  readonly sheet: string;
  readonly title: string;
  /** Label, three inputs, result. */
  readonly headers: readonly [string, string, string, string, string];
  readonly label: (random: Random, index: number) => string;
  readonly inputs: (random: Random) => readonly [number, number, number];
  /** The result of a line, given the result of the line above it. */
  readonly result: (inputs: readonly [number, number, number], above: number) => number;
  /** The same in Python, of `a`, `b`, `c` and `above`, and as a formula of the cells with these names. */
  readonly python: string;
  readonly formula: string;
  readonly rule: string;
  /** Where the first line has a value above it, such as an opening balance. */
  readonly opening: { readonly label: string; readonly value: (random: Random) => number } | null;
}

const SETTINGS: readonly Setting[] = [
  {
    sheet: "Invoice lines",
    title: "Invoice lines, to be checked",
    headers: ["Article", "Qty", "Price", "Discount", "Net"],
    label: (random) => random.pick(PRODUCTS),
    inputs: (random) => [random.integer(4, 60), money(random, 8, 190), random.pick([0, 0.05, 0.1, 0.15, 0.2])],
    result: ([quantity, price, discount]) => quantity * price * (1 - discount),
    python: "a * b * (1 - c)",
    formula: "{a}*{b}*(1-{c})",
    rule: "Qty times Price, less the Discount (a share, so 0.1 is ten percent)",
    opening: null,
  },
  {
    sheet: "Timesheet",
    title: "Hours and pay, casual staff",
    headers: ["Name", "Hours", "Rate", "Expenses", "To pay"],
    label: (random) => random.pick(people(random, 8).map(fullName)),
    inputs: (random) => [random.integer(8, 160) / 4, money(random, 14, 62), money(random, 0, 85)],
    result: ([hours, rate, expenses]) => hours * rate + expenses,
    python: "a * b + c",
    formula: "{a}*{b}+{c}",
    rule: "Hours x Rate plus Expenses",
    opening: null,
  },
  {
    sheet: "Sheet1",
    title: "Petty cash and card",
    headers: ["Booked for", "In", "Out", "Fees", "Balance"],
    label: (random) => random.pick(COMPANIES),
    inputs: (random) => [random.pick([0, money(random, 200, 900)]), money(random, 10, 160), random.pick([0, 0.4, 1.2])],
    result: ([income, outgo, fees], above) => above + income - outgo - fees,
    python: "above + a - b - c",
    formula: "{above}+{a}-{b}-{c}",
    rule: "the balance of the line before plus In, minus Out, minus Fees",
    opening: { label: "Carried over", value: (random) => money(random, 2400, 5200) },
  },
];

export const fillFormulaDown: Kind = {
  name: "fill-formula-down",
  level: "cell",
  generate(random, variant) {
    const setting = chosen(SETTINGS, variant);
    const opening = setting.opening?.value(random) ?? 0;
    const { sheet, block } = laySheet(random, setting, opening);
    return {
      request: wordRequest(variant, setting, block),
      sheets: amongOthers(random, setting.title, [sheet]),
      answer: [block],
      writes: { block, formulas: true },
      slips: ["trusts-types", "trusts-layout"],
      program: (slip) => writeProgram(setting, slip),
    } satisfies Draft;
  },
};

function laySheet(random: Random, setting: Setting, opening: number): { sheet: Sheet; block: Block } {
  const sheet = newSheet(setting.sheet, "£");
  const lines = Array.from({ length: random.integer(12, 20) }, () => setting.inputs(random));
  const records = lines.map((inputs, index): Cell[] => [
    setting.label(random, index),
    // The second column is never zero where it is typed as text, so that leaving it out shows.
    inputs[0],
    index % 4 === 2 ? textNumber(random, inputs[1]) : inputs[1],
    index % 7 === 3 && inputs[2] !== 0 ? textNumber(random, inputs[2]) : inputs[2],
  ]);
  const at = layHeading(random, sheet, setting.title, 5);
  const gaps = someGaps(random, records.length);
  const start = setting.opening === null ? at : { ...at, row: at.row + 1 };
  const laid = layTable(sheet, start, { headers: setting.headers, records, gaps });
  if (setting.opening !== null) put(sheet, at, [[setting.opening.label, null, null, null, opening]]);
  put(sheet, { row: laid.last + 2, column: at.column }, [
    [random.pick(["Checked by:", "End of list", "* all amounts in GBP"])],
  ]);
  return { sheet, block: answerBlock(setting, { laid, lines, opening }) };
}

function answerBlock(
  setting: Setting,
  { laid, lines, opening }: { laid: Laid; lines: readonly (readonly [number, number, number])[]; opening: number },
): Block {
  const values: Cell[][] = Array.from({ length: laid.last - laid.first + 1 }, () => [null]);
  let above = opening;
  lines.forEach((inputs, index) => {
    above = cents(setting.result(inputs, above));
    values[(laid.rows[index] ?? 0) - laid.first] = [above];
  });
  return { sheet: setting.sheet, row: laid.first, column: laid.column + 4, values };
}

function wordRequest(variant: number, { sheet, headers, rule, opening }: Setting, block: Block): string {
  const result = headers[4];
  const start = opening === null ? "" : ` The first line starts from '${opening.label}' above the table.`;
  return worded(variant, [
    `Fill the ${result} column on ${sheet} down to the last line: ${rule}.${start} A few numbers were typed as text, count them as numbers. Empty lines stay empty.`,
    `I need ${result} worked out for every line of '${sheet}' (${cellName(block.row, block.column)} and down). It is ${rule}.${start} ` +
      `Watch out, not all of the figures are real numbers. Nothing should appear in the blank rows.`,
    `When I drag the formula down it breaks at the blank rows and gives #VALUE! where somebody typed a space. ${result} should be ${rule}.${start} ` +
      `Please do it for the whole list in ${positionOf(block)}.`,
    `Could you complete column ${result}? Per line: ${rule}.${start} The list has gaps, go on after them. Rounded to cents is fine.`,
  ]);
}

function writeProgram({ sheet, headers, python, formula, opening }: Setting, slip: Slip | null): string {
  const titles = headers.map(literal).join(", ");
  const above =
    opening === null ? "" : `above, before = ws.cell(head - 1, result).value, ws.cell(head - 1, result).coordinate\n`;
  const keep = opening === null ? "" : `\n    above, before = value, target.coordinate`;
  const parts = formula
    .replace(/\{([abc])\}/g, (_, name: string) => `{cells["abc".index("${name}")].coordinate}`)
    .replace("{above}", "{before}");
  return `${LOCATE}
${numberReader(slip)}
ws = wb[${literal(sheet)}]
head, label, first, second, third, result = locate(ws, ${titles})
${above}answer = []
for row in range(head + 1, ws.max_row + 1):
    cells = [ws.cell(row, column) for column in (first, second, third)]
    if all(cell.value is None for cell in cells):
        ${atBlank(slip)}
    a, b, c = (number(cell.value) or 0 for cell in cells)
    value = round(${python}, 2)
    target = ws.cell(row, result)
    answer.append((ws.title, target.coordinate, value, f'=${parts}'))${keep}
`;
}

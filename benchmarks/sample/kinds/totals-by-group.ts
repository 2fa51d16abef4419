/** Sums and counts by group go into a summary table that is already there; the data lie in two stacked tables. */
import type { Random } from "../../../harness/random.ts";
import { chosen, type Draft, type Kind, type Slip, worded } from "../draft.ts";
import { COMPANIES, fullName, PRODUCTS, people, several, TOWNS } from "../names.ts";
import { atBlank, keyReader, LOCATE, literal, numberReader } from "../python.ts";
import { type Block, type Cell, layTable, layTitle, newSheet, positionOf, put, type Sheet } from "../sheet.ts";
import { addDays, amongOthers, cents, layHeading, money, strayText, textNumber, utcDay } from "../untidy.ts";

interface Setting {
  readonly data: string;
  readonly summary: string;
  readonly title: string;
  readonly parts: readonly [string, string];
  readonly headers: readonly [date: string, group: string, label: string, amount: string];
  readonly groups: (random: Random) => string[];
  readonly labels: readonly string[];
  readonly amounts: readonly [low: number, high: number];
}

interface Line {
  readonly group: string;
  readonly amount: number;
}

const SETTINGS: readonly Setting[] = [
  {
    data: "Sales",
    summary: "Summary",
    title: "Sales by branch, both depots",
    parts: ["Depot North", "Depot South"],
    headers: ["Date", "Branch", "Article", "Revenue"],
    groups: (random) => several(random, TOWNS, 5),
    labels: PRODUCTS,
    amounts: [90, 1600],
  },
  {
    data: "Sheet1",
    summary: "Sheet1",
    title: "Expense claims by person",
    parts: ["First half", "Second half"],
    headers: ["Day", "Employee", "Paid to", "Amount"],
    groups: (random) => people(random, 5).map(fullName),
    labels: COMPANIES,
    amounts: [60, 780],
  },
  {
    data: "Job list",
    summary: "Per customer",
    title: "Workshop jobs",
    parts: ["Bay 1", "Bay 2"],
    headers: ["Finished", "Customer", "Job", "Charge"],
    groups: (random) => several(random, COMPANIES, 4),
    labels: ["Service", "Brakes", "Inspection", "Tyres", "Welding"],
    amounts: [150, 2100],
  },
];

export const totalsByGroup: Kind = {
  name: "totals-by-group",
  level: "cell",
  generate(random, variant) {
    const setting = chosen(SETTINGS, variant);
    const groups = setting.groups(random);
    const sheet = newSheet(setting.data, "€");
    const lines = layData(random, setting, { sheet, groups });
    const summary = setting.summary === setting.data ? sheet : newSheet(setting.summary, "€");
    const block = laySummary(random, setting, { summary, groups, lines });
    const sheets = summary === sheet ? [sheet] : random.fraction() < 0.4 ? [summary, sheet] : [sheet, summary];
    return {
      request: wordRequest(variant, setting, block),
      sheets: amongOthers(random, setting.title, sheets),
      answer: [block],
      writes: { block, formulas: true },
      slips: ["trusts-types", "trusts-layout"],
      program: (slip) => writeProgram(setting, block, slip),
    } satisfies Draft;
  },
};

/** Two tables with the same headers, one under the other, each with a line of its sum at the end. */
function layData(
  random: Random,
  setting: Setting,
  { sheet, groups }: { sheet: Sheet; groups: readonly string[] },
): Line[] {
  const place = layHeading(random, sheet, setting.title, 4);
  const all: Line[] = [];
  let at = { row: place.row + 1, column: place.column };
  for (const part of setting.parts) {
    layTitle(sheet, { ...at, row: at.row - 1 }, part, 4);
    const lines = random.shuffle([...groups, ...groups, ...several(random, groups, 3)]).map((group) => ({
      group,
      amount: money(random, ...setting.amounts),
    }));
    const start = utcDay(2026, random.integer(1, 6), 2);
    const records = lines.map(({ group, amount }, index): Cell[] => [
      addDays(start, index * 2),
      index % 4 === 1 ? strayText(random, group) : group,
      random.pick(setting.labels),
      index % 3 === 2 ? textNumber(random, amount) : amount,
    ]);
    const laid = layTable(sheet, at, {
      headers: setting.headers,
      records,
      gaps: [random.integer(4, lines.length - 2)],
    });
    const sum = cents(lines.reduce((total, { amount }) => total + amount, 0));
    put(sheet, { row: laid.last + 1, column: at.column }, [[`Total ${part}`, null, null, sum]]);
    all.push(...lines);
    at = { row: laid.last + 5, column: at.column };
  }
  return all;
}

function laySummary(
  random: Random,
  setting: Setting,
  { summary, groups, lines }: { summary: Sheet; groups: readonly string[]; lines: readonly Line[] },
): Block {
  const aside = setting.summary === setting.data;
  const at = aside
    ? { row: random.integer(4, 7), column: 8 }
    : { row: random.integer(2, 5), column: random.integer(1, 3) };
  layTitle(summary, { ...at, row: at.row - 1 }, random.pick(["Summary", "Per group", "For the meeting"]), 3);
  put(summary, at, [["Group", "Total", "Count"], ...groups.map((group) => [group]), ["All"]]);
  const sums = groups.map((group) => lines.filter((line) => line.group === group).map(({ amount }) => amount));
  const values = [...sums, sums.flat()].map((amounts) => [
    cents(amounts.reduce((sum, amount) => sum + amount, 0)),
    amounts.length,
  ]);
  return { sheet: summary.name, row: at.row + 1, column: at.column + 1, values };
}

function wordRequest(variant: number, { data, summary, headers, parts }: Setting, block: Block): string {
  const [, group, , amount] = headers;
  return worded(variant, [
    `Fill the small table on ${summary} (${positionOf(block)}): per ${group.toLowerCase()} the total ${amount} and how many lines there are, from both tables on '${data}' (${parts.join(" and ")}). ` +
      `The last line is for all of them. Leave out the total lines in the data; some figures are text.`,
    `SUMIF gives me too little because part of the ${amount} column is text and some ${group} names have spaces or small letters. Please put the right totals and counts into ${positionOf(block)}. ` +
      `${parts[0]} and ${parts[1]} together, total rows not counted, "All" at the end.`,
    `What did each ${group.toLowerCase()} come to? Sum of ${amount} and number of entries by ${group}, over ${parts[0]} and ${parts[1]} on ${data}. ` +
      `Put it where the summary table waits for it on '${summary}', with the overall sum and count in the row "All".`,
    `I need ${amount} by ${group} for the meeting. The list on '${data}' has two blocks (${parts.join(", ")}), each with blank rows and a total of its own that mustn't be counted twice. ` +
      `Names that differ only in spaces or capitals are the same. Fill Total and Count on ${summary}.`,
  ]);
}

function writeProgram({ data, summary, headers }: Setting, block: Block, slip: Slip | null): string {
  const [, group, label, amount] = headers.map(literal);
  return `${LOCATE}
${numberReader(slip)}
${keyReader(null)}
ws, summary = wb[${literal(data)}], wb[${literal(summary)}]
head, group, label, amount = locate(ws, ${group}, ${label}, ${amount})
totals, counts = {}, {}
for row in range(head + 1, ws.max_row + 1):
    if ws.cell(row, group).value is None:
        ${atBlank(slip)}
    value = number(ws.cell(row, amount).value)
    if value is None:
        continue
    name = key(ws.cell(row, group).value)
    totals[name] = totals.get(name, 0) + value
    counts[name] = counts.get(name, 0) + 1

def whole(column):
    letter = ws.cell(head, column).column_letter
    return f"'{ws.title}'!\${letter}\${head + 1}:\${letter}\${ws.max_row}"

answer, first, last = [], ${block.row}, ${block.row + block.values.length - 1}
for row in range(first, last + 1):
    name, total, count = (summary.cell(row, column) for column in range(${block.column - 1}, ${block.column + 2}))
    if row == last:
        values = sum(totals.values()), sum(counts.values())
        formulas = [f"=SUM({cell.column_letter}{first}:{cell.column_letter}{last - 1})" for cell in (total, count)]
    else:
        values = totals.get(key(name.value), 0), counts.get(key(name.value), 0)
        formulas = [
            f"=SUMIF({whole(group)},{name.coordinate},{whole(amount)})",
            f"=COUNTIF({whole(group)},{name.coordinate})",
        ]
    for cell, value, formula in zip((total, count), values, formulas):
        answer.append((summary.title, cell.coordinate, round(value, 2), formula))
`;
}

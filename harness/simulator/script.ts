/** The Python that the simulated model writes: the key's program, or the key's cells as they are, spoilt by what bites. */

import { formOf } from "./answer-form.ts";
import type { AnswerKeyEntry, CellValue } from "./answer-key.ts";
import type { Draw } from "./draw.ts";
import type { Habit } from "./habit.ts";

/**
 * Most characters of cells that a script spells out: some 10,000 tokens, what a reply has room for.
 * The rest is left out, so that without a program such a task cannot be solved.
 */
const MAX_LITERAL_CHARACTERS = 40_000;
/** Reading a large workbook again costs seconds of processor time. */
const MAX_CELLS_READ_BACK = 2_000;

const OPEN = `import sys
sys.modules["numpy"] = None  # not needed, and openpyxl starts five times faster without it
from datetime import datetime
from openpyxl import load_workbook

def put(ws, cell, value):
    if type(ws[cell]).__name__ == "MergedCell":
        if value is None:
            return
        for area in [area for area in ws.merged_cells.ranges if cell in area]:
            ws.unmerge_cells(str(area))
    ws[cell].value = value

wb = load_workbook("input.xlsx")
`;

const WRITE = `for sheet, cell, value, *_ in answer:
    put(wb[sheet] if sheet in wb.sheetnames else wb.create_sheet(sheet), cell, value)
`;

/** An idea that is wrong in a way that no rule of craft mends: each result is taken from the entry after. */
const WRONG_IDEA = `# each result comes from the entry that follows
values = [item[2] for item in answer]
turned = values[1:] + values[:1]
if turned == values:
    turned = [None] * len(values)
answer = [(sheet, cell, value) for (sheet, cell, *_), value in zip(answer, turned)]
if not answer:
    wb = load_workbook("input.xlsx")
`;

/** The whole command: a here-document for Python, then a look at the folder. */
export function scriptCommand(entry: AnswerKeyEntry, draw: Draw): string {
  return `python3 - <<'PY'\n${scriptOf(entry, draw)}PY\nls -l /work`;
}

const PRINTED = '"|".join(str(item[2]) for item in answer) if isinstance(answer, list) else str(answer)';

/** For a task that asks for text: computes and prints the answer, one line that starts with `ANSWER:`. */
export function printingCommand(entry: AnswerKeyEntry, { biting, shown }: Draw): string {
  const program = programOf(entry, biting);
  return pythonCommand([...opening(program), ...remarksOf(shown), program, `print("ANSWER:", ${PRINTED})`]);
}

/** For a task that asks for text: computes the answer and leaves it, in the form of the key's, in a file of that name. */
export function answeringCommand(entry: AnswerKeyEntry, file: string): string {
  const program = programOf(entry, []);
  const { before, after } = formOf(entry.text ?? "");
  const text = `text = ${JSON.stringify(before)} + (${PRINTED}) + ${JSON.stringify(after)}`;
  return pythonCommand([...opening(program), program, text, "print(text)", `open("${file}", "w").write(text + "\\n")`]);
}

function pythonCommand(parts: readonly string[]): string {
  return `python3 - <<'PY'\n${parts.join("\n")}\nPY`;
}

/** A program that reads no workbook needs none to be there. */
function opening(program: string): string[] {
  return /\bwb\b/.test(program) ? [OPEN] : [];
}

/** The command of one who knows the answer and has no habits. */
export function honestCommand(entry: AnswerKeyEntry): string {
  return scriptCommand(entry, HONEST);
}

export const HONEST: Draw = { reasoningFails: false, biting: [], shown: [] };

/** What is said on the way; the other practices are code. */
function remarksOf(shown: readonly Habit[]): string[] {
  return shown.map(({ remark }) => remark).filter((remark) => remark.startsWith("#"));
}

function scriptOf(entry: AnswerKeyEntry, { reasoningFails, biting, shown }: Draw): string {
  return [
    OPEN,
    ...remarksOf(shown),
    programOf(entry, biting),
    ...(reasoningFails ? [WRONG_IDEA] : []),
    ...pythonAt("text", biting),
    ...pythonAt("answer", biting),
    WRITE,
    ...pythonAt("book", biting),
    'wb.save("output.xlsx")',
    ...checksOf(entry, biting, shown),
    "",
  ].join("\n");
}

/** The first habit that spoils the program decides which one runs. */
function programOf(entry: AnswerKeyEntry, biting: readonly Habit[]): string {
  const slips = biting.map(({ name }) => entry.slips[name]).filter((slip) => slip !== undefined);
  return slips[0] ?? entry.program ?? literalsOf(entry);
}

function pythonAt(at: "text" | "answer" | "book", biting: readonly Habit[]): string[] {
  return biting.flatMap(({ spoil }) => (spoil.at === at && spoil.python !== null ? [spoil.python] : []));
}

/** Reading the output back; not where the workbook was replaced, for there the check would fail before anything is seen. */
function checksOf(entry: AnswerKeyEntry, biting: readonly Habit[], shown: readonly Habit[]): string[] {
  if (entry.cells.length > MAX_CELLS_READ_BACK || biting.some(({ spoil }) => spoil.at === "book")) return [];
  return shown.filter((habit) => !habit.remark.startsWith("#")).map((habit) => habit.remark);
}

interface Run {
  readonly sheet: string;
  readonly column: string;
  readonly row: number;
  readonly values: string[];
}

/** The cells as Python, in runs down a column: a line each. */
function literalsOf(entry: AnswerKeyEntry): string {
  const lines = [...clearingOf(entry), "answer = []", "def down(sheet, column, row, values):"];
  lines.push('    answer.extend((sheet, f"{column}{row + index}", value) for index, value in enumerate(values))');
  for (const { sheet, column, row, values } of runsOf(entry)) {
    lines.push(`down(${JSON.stringify(sheet)}, "${column}", ${row}, [${values.join(", ")}])`);
  }
  return `${lines.join("\n")}\n`;
}

const CLEAR = `def clear(sheet, first_row, first_column, last_row, last_column):
    ws = wb[sheet] if sheet in wb.sheetnames else wb.create_sheet(sheet)
    for row in ws.iter_rows(first_row, min(last_row, ws.max_row), first_column, min(last_column, ws.max_column)):
        for cell in row:
            if type(cell).__name__ != "MergedCell":
                cell.value = None`;

/** What the input holds where the answer has blanks is taken away first. */
function clearingOf({ areas = [] }: AnswerKeyEntry): string[] {
  const calls = areas.map(
    ({ sheet, firstRow, firstColumn, lastRow, lastColumn }) =>
      `clear(${JSON.stringify(sheet)}, ${firstRow}, ${firstColumn}, ${lastRow}, ${lastColumn})`,
  );
  return calls.length === 0 ? [] : [CLEAR, ...calls];
}

function runsOf({ cells }: AnswerKeyEntry): Iterable<Run> {
  const runs = new Map<string, Run>();
  let characters = 0;
  for (const { sheet, cell, value } of cells) {
    const [, column = "A", digits = "1"] = /^([A-Z]+)(\d+)$/.exec(cell) ?? [];
    const row = Number(digits);
    const literal = pythonOf(value);
    characters += literal.length + 2;
    if (characters > MAX_LITERAL_CHARACTERS) break;
    const open = runs.get(`${sheet}!${column}`);
    if (open !== undefined && open.row + open.values.length === row) open.values.push(literal);
    else {
      // A gap ends a run; the finished one keeps its place under a key of its own.
      if (open !== undefined) runs.set(`${sheet}!${column}${open.row}`, open);
      runs.set(`${sheet}!${column}`, { sheet, column, row, values: [literal] });
    }
  }
  return runs.values();
}

function pythonOf(value: CellValue): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "object") return `datetime.fromisoformat("${value.date.replace(/(\.\d+)?Z$/, "")}")`;
  return JSON.stringify(value);
}

/** Habits that spoil how a right answer is written into a workbook. */
import type { Habit } from "./habit.ts";

const PREVALENCE = "arXiv:2603.25158, 4.4: themes of 323 analyst patches";

const formulaWithoutValue: Habit = {
  name: "formula-without-value",
  theme: "Formulas and values",
  domains: ["workbook"],
  propensity: { small: 0.38, large: 0.34 },
  kinds: [{ kind: /formula|lookup|total|cell-level/i, factor: 1.15 }],
  source: `${PREVALENCE}: recalculate and verify 178 (55.1 %), the first of all. Its size and the factor for formula tasks are assumed.`,
  spoil: {
    at: "answer",
    python: `def as_formula(value, formula=None):
    if formula or value is None:
        return formula
    if isinstance(value, bool):
        return f"={str(value).upper()}()"
    if hasattr(value, "year"):
        return f"=DATE({value.year},{value.month},{value.day})"
    if isinstance(value, (int, float)):
        return f"={value!r}"
    return '="' + str(value).replace('"', '""') + '"'
answer = [(sheet, cell, as_formula(value, *rest)) for sheet, cell, value, *rest in answer]`,
  },
  says: "I put live formulas into the cells, so that they stay up to date.",
  sign: /as_formula\(|(?:\.value|\])\s*=\s*f?\\?["']=\s*[A-Z(]/,
  remark: "# results computed here: openpyxl writes no result beside a formula",
  practised: /results computed here|--convert-to xlsx|soffice --headless/,
  cures:
    /^(?=.*\bformula)(?=.*(?:\bcached\b|\brecalculat\w+ (?:it |them |the (?:file|workbook) )?(?:with|in|through|by|using) (?:LibreOffice|soffice)|\bwrite the (?:computed|calculated|resulting|plain) values?\b))/i,
  lessons: [
    {
      title: "Write results, not bare formulas",
      rule: "Compute each result in Python and write the computed value: a formula written by openpyxl has no cached value and reads back as empty.",
      reason: "The cells held formulas that nothing had ever calculated, so readers of values found them blank.",
    },
    {
      title: "Formulas need a stored result",
      rule: "Where a formula must stay, recalculate the workbook with LibreOffice before handing it in; elsewhere write the computed values, since openpyxl stores no cached result.",
      reason:
        "openpyxl saves the text of a formula only; its result is missing until a spreadsheet program has opened the file.",
    },
    {
      title: "No cached value, no answer",
      rule: "Never leave a new formula without its cached value: write the resulting value itself, or let LibreOffice recalculate and save the file first.",
      reason: "Loaded with data_only, the formula cells of the output gave None.",
    },
  ],
};

const dropsSheets: Habit = {
  name: "drops-sheets",
  theme: "Keep the workbook whole",
  domains: ["workbook"],
  propensity: { small: 0.24, large: 0.18 },
  kinds: [{ kind: /cell-level/i, factor: 0.7 }],
  source: `${PREVALENCE}: openpyxl rather than to_excel 177 (54.8 %). Its size and the factor for cell tasks are assumed.`,
  spoil: {
    at: "book",
    // As DataFrame.to_excel does: one sheet of the default name, with an index column in front.
    python: `from openpyxl import Workbook
table = Workbook()
table.active.title = "Sheet1"
source = wb[answer[0][0]] if answer and answer[0][0] in wb.sheetnames else wb.worksheets[-1]
for index, row in enumerate(source.values):
    table.active.append([index - 1 if index else None, *row])
wb = table`,
  },
  says: "I save the finished table as a workbook of its own.",
  sign: /\.to_excel\(|(?<!load_)\bWorkbook\(\)/,
  remark: "# saved from the loaded workbook, with all that was in it",
  practised: /saved from the loaded workbook|load_workbook\([^)]*\)[\s\S]*?\.save\(/,
  cures:
    /^(?=.*(?:\bto_excel\b|\bnew workbook\b|\bfresh workbook\b|\bDataFrame\b))(?=.*(?:\bload_workbook\b|\bopen the (?:input|original|given) (?:workbook|file)\b|\bthe loaded workbook\b))(?=.*\b(?:other|every|all|remaining)\b[^.]{0,30}\bsheets?\b)/i,
  lessons: [
    {
      title: "Edit the loaded workbook",
      rule: "Open the input workbook with load_workbook, change only the cells asked for and save that; to_excel or a new workbook loses all other sheets.",
      reason: "The output held one sheet of a default name, and the sheet that was asked for was gone.",
    },
    {
      title: "to_excel throws sheets away",
      rule: "Do not write the result with DataFrame.to_excel: it drops every other sheet and shifts the columns; put the values into the loaded workbook instead.",
      reason: "A table saved on its own does not have the sheets of the workbook it came from.",
    },
    {
      title: "Save what was opened",
      rule: "Save the workbook that load_workbook returned, never a fresh workbook, so that all its sheets, names and formats are still there.",
      reason: "A workbook made anew had lost the layout that the task relied on.",
    },
  ],
};

const wrongRange: Habit = {
  name: "wrong-range",
  theme: "Where to write",
  domains: ["workbook"],
  propensity: { small: 0.15, large: 0.1 },
  kinds: [],
  source: `${PREVALENCE}: target range check 15 (4.6 %), raised to be learnable from some 60 tasks. Assumed.`,
  spoil: {
    at: "answer",
    python: `from openpyxl.utils.cell import coordinate_from_string
def one_row_down(cell):
    column, row = coordinate_from_string(cell)
    return f"{column}{row + 1}"
answer = [(sheet, one_row_down(cell), *rest) for sheet, cell, *rest in answer]`,
  },
  says: "I leave room for a heading and start a row further down.",
  sign: /one_row_down\(|start a row further down/,
  remark: "# from the first cell of the range that was named",
  practised: /first cell of the range that was named/,
  cures:
    /^(?=.*\b(?:first|top|starts?)\b)(?=.*\b(?:row|cell)\b)(?=.*\b(?:answer|target|requested|named|given) (?:range|cells?|position)\b)(?=.*\b(?:exactly|shift\w*|offset|off by one|one row)\b)/i,
  lessons: [
    {
      title: "Start at the first cell of the range",
      rule: "Write the first result exactly into the first cell of the target range; do not shift it by one row for a heading that nobody asked for.",
      reason: "All values were right but stood one row too low.",
    },
    {
      title: "Check the top of the answer range",
      rule: "Before saving, compare the first and the last row written with the answer range: results that are offset by a row count as wrong.",
      reason: "The block was shifted against the range that the task names.",
    },
  ],
};

const wrongSheet: Habit = {
  name: "wrong-sheet",
  theme: "Where to write",
  domains: ["workbook"],
  propensity: { small: 0.16, large: 0.1 },
  kinds: [],
  source: `${PREVALENCE}: look at the structure first 13 (4.0 %), raised to be learnable from some 60 tasks. Assumed.`,
  spoil: {
    at: "answer",
    python: `answer = [(wb.worksheets[0].title, cell, *rest) for sheet, cell, *rest in answer]`,
  },
  says: "The results go to the sheet that comes up when the file is opened.",
  sign: /worksheets\[0\]\.title|(?:ws|sheet|worksheet)\s*=\s*(?:wb|workbook)\.active\b/,
  remark: "# the sheet is taken by its name",
  practised: /sheet is taken by its name/,
  cures:
    /^(?=.*\bsheets?\b)(?=.*\bby (?:its |their |the )?(?:exact )?names?\b)(?=.*(?:\.active\b|\bactive sheet\b|\bfirst sheet\b|worksheets\[0\]))/i,
  lessons: [
    {
      title: "Take the sheet by name",
      rule: "Select the sheet that the task means by its exact name, as in wb[name]; never trust the active sheet or the first sheet of the list.",
      reason: "The values were written to the sheet that stands first, not to the one asked for.",
    },
    {
      title: "The first sheet may not be the one",
      rule: "List wb.sheetnames and address the target sheet by name: wb.active and the first sheet are often a cover or the source data.",
      reason: "The sheet of the answer was left unchanged.",
    },
  ],
};

const valuesAsText: Habit = {
  name: "values-as-text",
  theme: "Cell types",
  domains: ["workbook"],
  propensity: { small: 0.16, large: 0.11 },
  kinds: [{ kind: /date|total|amount/i, factor: 1.2 }],
  source: `${PREVALENCE}: datatype and datetime 15 (4.6 %), raised to be learnable from some 60 tasks. Assumed.`,
  spoil: {
    at: "answer",
    // The apostrophe is what people type to force text; it also keeps a scorer from reading the text as a number.
    python: `def as_text(value):
    if hasattr(value, "strftime"):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"'{value:,.2f}"
    return value
answer = [(sheet, cell, as_text(value)) for sheet, cell, value, *_ in answer]`,
  },
  says: "I format numbers and dates so that they read well.",
  sign: /as_text\(|\{[^}\n]*:,\.\d?f\}|strftime\(\\?["']%d\/%m\/%Y/,
  remark: "# numbers stay numbers and dates stay dates; number_format does the looks",
  practised: /numbers stay numbers|\.number_format\s*=/,
  cures:
    /^(?=.*\b(?:numbers?|amounts?|dates?)\b)(?=.*\b(?:text|strings?)\b)(?=.*\b(?:number_format|datetime)\b)(?=.*\b(?:write|store|keep|put|assign)\b)/i,
  lessons: [
    {
      title: "Numbers as numbers, dates as dates",
      rule: "Write numbers as int or float and dates as datetime, and set number_format for their looks; a formatted string is text and equals no number.",
      reason: "Amounts with thousands separators and dates written with slashes were stored as text.",
    },
    {
      title: "Format with number_format, not with strings",
      rule: "Store amounts and dates in their own types and leave separators, currency and day order to number_format; text that looks like a number is not one.",
      reason: "The output looked right but its cells held strings.",
    },
  ],
};

const noReadBack: Habit = {
  name: "no-read-back",
  theme: "Check before handing in",
  domains: ["workbook"],
  propensity: { small: 0.2, large: 0.15 },
  kinds: [],
  source: `${PREVALENCE}: explicit read-back 138 (42.7 %). Its size is assumed, lower since not every unread output is wrong.`,
  spoil: {
    at: "answer",
    python: `filled = [item for item in answer if item[2] is not None]
answer = filled[:-1]`,
  },
  says: "That is written and saved, so I am done.",
  sign: /filled\[:-1\]|for \w+ in range\((?:[01], )?len\(\w+\) - 1\)/,
  remark: `back = load_workbook("output.xlsx", data_only=True)
print("read back:", [back[sheet][cell].value for sheet, cell, *_ in answer[-3:]])`,
  practised: /read back:|load_workbook\(\\?["'][^)]*output[^)]*data_only/,
  cures:
    /^(?=.*\b(?:re-?open\w*|reload\w*|read(?:ing)? (?:\w+ ){0,4}back|load\w* (?:it )?again)\b)(?=.*\b(?:output|saved|written|result)\b)(?=.*\b(?:last|every|each|count|number of)\b)/i,
  lessons: [
    {
      title: "Read the output back",
      rule: "After saving, reopen the output and compare the number of filled cells and the last of them with what was computed.",
      reason: "A loop that ended one short left the last item out, and nobody looked.",
    },
    {
      title: "Reload, then hand in",
      rule: "Reload the saved file with data_only and print the first and last row of the answer; submit only when every cell asked for is filled.",
      reason: "The end of the answer was missing in the file though it had been computed.",
    },
    {
      title: "The last row is where loops fail",
      rule: "Read the written range back and check that its last row is there and that the count agrees with the source.",
      reason: "An off-by-one in the loop cost the final entry.",
    },
  ],
};

/** In the order in which they spoil an answer. */
export const WRITING_HABITS: readonly Habit[] = [
  wrongSheet,
  wrongRange,
  noReadBack,
  valuesAsText,
  formulaWithoutValue,
  dropsSheets,
];

/** Habits that spoil the computing: the answer key holds, for each task to which one applies, the program as it spoils it. */
import type { Habit } from "./habit.ts";

const PREVALENCE = "arXiv:2603.25158, 4.4: themes of 323 analyst patches";

const ascendingDeletes: Habit = {
  name: "ascending-deletes",
  theme: "Rows and columns",
  domains: ["workbook"],
  propensity: { small: 0.5, large: 0.4 },
  kinds: [],
  source: `${PREVALENCE}: structural-edit safety 53 (16.4 %), over the few tasks that delete or insert rows. Assumed.`,
  spoil: { at: "program" },
  says: "Rows that match are deleted as they come, from row 2 onwards.",
  sign: /deleted as they come|for \w+ in range\(\d+, [^)\n]*max_row[^)\n]*\):(?:(?!revers|-1|for )[\s\S]){0,200}delete_rows\(/,
  remark: "# lowest rows first, so that the others keep their numbers",
  practised:
    /lowest rows first|for \w+ in (?:reversed|sorted)\([^\n]*\)[\s\S]{0,120}delete_rows\(|max_row, \d+, -1\)[\s\S]{0,200}delete_rows\(/,
  cures:
    /^(?=.*\bdelet\w+)(?=.*\brows?\b)(?=.*(?:\bbottom[- ]up\b|\bfrom the (?:bottom|last|lowest|end)\b|\bdescending\b|\b(?:in )?reverse\b|\breversed\b|\bhighest (?:row|number)))/i,
  lessons: [
    {
      title: "Delete rows from the bottom up",
      rule: "When deleting several rows, collect their numbers first and delete from the bottom up: each deletion moves all rows below it.",
      reason: "Rows next to a deleted one were passed over.",
    },
    {
      title: "Deletions shift what follows",
      rule: "Delete rows and columns in descending order of their number, never in the loop that walks down the sheet.",
      reason: "The loop's counter went on while the rows had moved up, so every second match survived.",
    },
  ],
};

const trustsLayout: Habit = {
  name: "trusts-layout",
  theme: "Look before computing",
  domains: ["workbook"],
  propensity: { small: 0.25, large: 0.2 },
  kinds: [],
  source: `${PREVALENCE}: look at the structure first 13 (4.0 %); over untidy sheets only. Assumed.`,
  spoil: { at: "program" },
  says: "The table is taken to end where its first gap is.",
  sign: /taken to end where its first gap|\.current_region|while ws\.cell\([^\n]{0,60}\)\.value(?: is not None)?:/,
  remark: "# the whole sheet was looked at: gaps and further tables too",
  practised: /whole sheet was looked at/,
  cures:
    /^(?=.*\b(?:blank|empty) rows?\b)(?=.*(?:\bmax_row\b|\bto the (?:very )?end of the (?:sheet|data)\b|\bwhole sheet\b|\blast used row\b))(?=.*\b(?:tables?|data|records?|block)\b)/i,
  lessons: [
    {
      title: "A blank row does not end the data",
      rule: "Read down to max_row and skip blank rows inside the data; a table may go on below a gap, and a second table may follow.",
      reason: "Everything below the first blank row was left out.",
    },
    {
      title: "Survey the whole sheet first",
      rule: "Scan the whole sheet for headers before computing: it may hold several tables, title lines and empty rows, so find the table by its header and read to the end of the sheet.",
      reason: "The script took the first table it met and stopped at the first gap.",
    },
  ],
};

const trustsTypes: Habit = {
  name: "trusts-types",
  theme: "Cell types",
  domains: ["workbook"],
  propensity: { small: 0.25, large: 0.2 },
  kinds: [],
  source: `${PREVALENCE}: datatype and datetime 15 (4.6 %); over columns of mixed types only. Assumed.`,
  spoil: { at: "program" },
  says: "Only cells that already are of the right type are counted.",
  sign: /already are of the right type|errors\s*=\s*\\?["']coerce/,
  remark: "# entries typed in as text are converted too",
  practised: /typed in as text are converted/,
  cures:
    /^(?=.*\b(?:text|strings?)\b)(?=.*\b(?:numbers?|amounts?|dates?)\b)(?=.*\b(?:pars\w+|convert\w*|normali[sz]\w*|coerc\w+)\b)(?=.*\b(?:before|skip\w*|instead of|rather than)\b)(?=.*\b(?:compar\w+|sum\w*|add\w*|filter\w*|match\w*|comput\w*)\b)/i,
  lessons: [
    {
      title: "Convert typed-in text first",
      rule: "Convert numbers and dates that are stored as text before you sum, compare or filter; do not skip a cell because it is a string.",
      reason: "Amounts with a separator and dates entered as text were passed over.",
    },
    {
      title: "Columns mix types",
      rule: "Parse every cell of a column into one type (strip spaces, separators and currency from text; read dates in each format seen) before comparing or adding up numbers.",
      reason: "A test on the Python type silently left out entries.",
    },
  ],
};

export const READING_HABITS: readonly Habit[] = [ascendingDeletes, trustsLayout, trustsTypes];

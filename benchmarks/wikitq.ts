/**
 * WikiTableQuestions 1.0.2: one question about one Wikipedia table, out of distribution for skills on spreadsheets.
 * Source: Pasupat and Liang, ACL 2015, arXiv:1508.00305; github.com/ppasupat/WikiTableQuestions 7d455a5. Licence: CC BY-SA 4.0.
 * Score: 1 when the official evaluator takes the answer cells for the target, else 0 (`scoring/denotation.ts`).
 *
 * The folder is a clone of the repository (`data/`, `tagged/data/`, `csv/`), or all files at its top with the tables in
 * `tables.tar.gz`; `ood_400.jsonl` may be there.
 * The workbook: the table as text, cell by cell, its header in the first row. A column whose every value is a plain number is
 * numbers, since reading those back gives the same text; so nothing is changed by typing, and no column mixes both.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { hasCode, messageOf, SetupError } from "../harness/errors.ts";
import { loadPrompt } from "../harness/prompt.ts";
import type { Benchmark } from "../harness/roles.ts";
import { chooseRows, type LoadOptions } from "./load-options.ts";
import { recalculatorFor } from "./recalculate/recalculator.ts";
import { type Cell, newSheet, type Sheet } from "./sample/sheet.ts";
import { workbookCache } from "./sample/workbook-cache.ts";
import { denotationScore } from "./scoring/denotation-score.ts";
import {
  benchmarkOfQuestions,
  type FoundTable,
  leftOutNotices,
  PLAIN_FRACTIONS,
  readTables,
  TABLE_SHEET,
  type TableQuestion,
  tableOnSheet,
} from "./table-questions.ts";
import { parseTable, TableError } from "./wikitq-csv.ts";
import { type Question, readQuestions, tableRoot } from "./wikitq-files.ts";

const NAME = "wikitq";
const SCORER = "wikitablequestions/1.0.2";
const REQUEST = loadPrompt(new URL("./prompts/table-question.md", import.meta.url), ["question"]);
/** Questions of a whole split. */
const WHOLE: Readonly<Record<string, number>> = { ood: 400, test: 4344, dev: 2831 };
/** By the first that the question holds. */
const KINDS: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ["how many", /\bhow (many|much)\b|\bnumber of\b|\btotal\b/i],
  ["how long", /\bhow long\b|\bdifference\b/i],
  ["when", /\b(when|what year|which year|what date|which date)\b/i],
  ["who", /\b(who|whom|whose)\b/i],
  ["which", /\b(which|what|name)\b/i],
];

/**
 * Loads the questions of a split and the tables that they ask about; those whose table is not there are left out, with a notice.
 * Skills may be distilled from `dev`, which is of the training set, and never from the others.
 * @throws SetupError when the split's files are not there, or no question is left
 */
export async function wikiTableQuestions(options: LoadOptions): Promise<Benchmark> {
  const { settings, cacheDirectory } = options;
  const data = options.data ?? fail("give the folder of the data set with --data DIR");
  const questions = await readQuestions(data, settings.split);
  const chosen = chooseRows(questions, options.tasks, `${NAME}, split ${settings.split}`);
  const root = await tableRoot(data, cacheDirectory);
  const tables = await readTables(
    chosen.map(({ table }) => table),
    (path) => readTable(root, path),
  );
  const isTagged = chosen.every(({ canonical }) => canonical !== null);
  const loaded = chosen.flatMap((row) => questionOf(row, tables.get(row.table)));
  const leftOut = leftOutNotices(chosen.map(({ id, table }) => [id, tables.get(table)]));
  const notices = [...partNotices(questions.length, settings.split), ...leftOut, ...(isTagged ? [] : [UNTAGGED])];
  if (loaded.length === 0) fail(`${data}: no question can be used\n${notices.join("\n")}`);

  return {
    ...benchmarkOfQuestions(loaded, {
      name: NAME,
      cache: workbookCache(join(cacheDirectory, NAME)),
      scorer: isTagged ? SCORER : `${SCORER} without tags`,
      recalculator: await recalculatorFor(settings, cacheDirectory),
    }),
    name: NAME,
    split: settings.split,
    data,
    settings,
    errata: {},
    notices,
    splitOf: () => (settings.split === "dev" ? "evolve" : "test"),
  };
}

const UNTAGGED =
  "no tagged file of this split is there (tagged/data/*.tagged of the official release): targets are read as typed, so that" +
  ' for "17 years" a bare 17 is wrong, and only dates typed as yyyy-mm-dd are dates. Such a score is lower than the official one';

function partNotices(held: number, split: string): string[] {
  const whole = WHOLE[split] ?? 0;
  return held < whole ? [`split ${split} has ${held} of its ${whole} questions`] : [];
}

function questionOf(row: Question, table: FoundTable | undefined): TableQuestion[] {
  if (table === undefined || "problem" in table) return [];
  const { id, question, target, canonical } = row;
  return [
    {
      id,
      kind: KINDS.find(([, pattern]) => pattern.test(question))?.[0] ?? "other",
      request: REQUEST.fill({ question }),
      table,
      truth: target.map((item) => numberIn(item) ?? item),
      key: [target, canonical],
      judge: (output) => denotationScore(output, { target, canonical }),
    },
  ];
}

async function readTable(root: string, path: string): Promise<FoundTable> {
  try {
    return tableOnSheet(tableSheet(parseTable(await readFile(join(root, path), "utf8"))));
  } catch (error) {
    if (hasCode(error, "ENOENT")) return { problem: `there is no table ${path}` };
    if (error instanceof TableError) return { problem: `${path}: ${error.message}` };
    return fail(`cannot read ${join(root, path)}: ${messageOf(error)}`);
  }
}

/** The sheet of a table whose first row is the header. */
export function tableSheet([header = [], ...records]: readonly (readonly string[])[]): Sheet {
  const width = Math.max(header.length, ...records.map((record) => record.length));
  const isNumeric = Array.from({ length: width }, (_, column) => isNumberColumn(records, column));
  const cellOf = (text: string, column: number): Cell => {
    if (text === "") return null;
    return isNumeric[column] ? (numberIn(text) ?? text) : text;
  };
  return {
    ...newSheet(TABLE_SHEET),
    rows: [header.map((text) => text || null), ...records.map((record) => record.map(cellOf))],
    bold: new Set([1]),
    fractions: PLAIN_FRACTIONS,
  };
}

function isNumberColumn(records: readonly (readonly string[])[], column: number): boolean {
  const filled = records.map((record) => record[column] ?? "").filter((text) => text !== "");
  return filled.length > 0 && filled.every((text) => numberIn(text) !== null);
}

/** The number that a text is, where writing that number gives the very text: not 007, 1,234, 2.50 nor what Excel would round. */
function numberIn(text: string): number | null {
  const isPlain = /^-?\d+(\.\d+)?$/.test(text) && text.replace(/\D/g, "").length <= 15;
  return isPlain && String(Number(text)) === text ? Number(text) : null;
}

function fail(problem: string): never {
  throw new SetupError(`${NAME}: ${problem}`);
}

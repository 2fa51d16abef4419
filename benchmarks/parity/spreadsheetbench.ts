/**
 * The verdicts that SpreadsheetBench's scorers gave, recorded by running them (openpyxl 3.1.5), beside ours. Files of the folder:
 *
 * - `cases.jsonl`, `synthetic.jsonl`: two workbooks compared, by the official code and by Trace2Skill's copy; messages aside
 * - `values.jsonl`: pairs of values; `ranges.jsonl`: what range strings mean; `cells.jsonl`: what a cell's XML reads as
 * - `dump.jsonl`: the answer ranges of goldens, cell by cell
 * - workbooks: in the folder, or in its `files.tar.gz`
 */
import { readFile, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import type { z } from "zod";
import { messageOf, SetupError, UsageError } from "../../harness/errors.ts";
import { readJsonLines } from "../json-lines.ts";
import type { Rules } from "../scoring/answer-position.ts";
import { scoreWorkbooks } from "../scoring/score-workbooks.ts";
import { openWorkbook, type Workbook } from "../scoring/workbook.ts";
import { unpackOnce } from "../unpack.ts";
import type { Parity, ParityCase } from "./parity.ts";
import {
  judgeCell,
  judgeCellIn,
  judgeDump,
  judgeRange,
  judgeValues,
  type Verdicts,
} from "./spreadsheetbench-judges.ts";
import { CellCase, Dump, RangeCase, ScorerCase, ValuePair } from "./spreadsheetbench-records.ts";

const RULES: readonly Rules[] = ["official", "trace2skill"];
/** Whose verdict it is where rule sets do not differ. */
const READER = "openpyxl";
const VALUES = "compare_cell_value";
const ARCHIVE = "files.tar.gz";

interface Source {
  readonly rules: readonly Rules[];
  /** The path of a workbook of the records, or null where it is not in the folder. */
  readonly pathOf: (name: string) => Promise<string | null>;
}

type Judge<T> = (record: T, file: string, source: Source) => AsyncIterable<ParityCase> | Iterable<ParityCase>;

/**
 * All that the folder holds, in the order of its files. A record whose workbook is not there is a case that does not agree, and
 * says so. Reading and comparing run on the scoring thread, as in production.
 * @throws UsageError for rules other than `official` and `trace2skill`; SetupError for a folder without records
 */
export const spreadsheetBenchParity: Parity = async function* (folder, { rules, cacheDirectory, signal }) {
  const source = await openSource(folder, rulesOf(rules), cacheDirectory);
  const cases = [
    judged(folder, "cases.jsonl", ScorerCase, judgeCase, source),
    judged(folder, "values.jsonl", ValuePair, judgeValuePair, source),
    judged(folder, "ranges.jsonl", RangeCase, judgeRangeCase, source),
    judged(folder, "cells.jsonl", CellCase, judgeCellCase, source),
    judged(folder, "synthetic.jsonl", ScorerCase, judgeCase, source),
    judged(folder, "dump.jsonl", Dump, judgeDumpCase, source),
  ];
  let found = 0;
  for (const file of cases) {
    for await (const one of file) {
      signal.throwIfAborted();
      found += 1;
      yield one;
    }
  }
  if (found > 0) return;
  throw new SetupError(
    `${folder}: no recorded verdicts of spreadsheetbench; expected cases.jsonl, values.jsonl, ranges.jsonl, cells.jsonl, ` +
      "synthetic.jsonl or dump.jsonl",
  );
};

function rulesOf(asked: string | null): readonly Rules[] {
  if (asked === null) return RULES;
  const chosen = RULES.filter((rules) => rules === asked);
  if (chosen.length > 0) return chosen;
  throw new UsageError(`spreadsheetbench has no rules ${JSON.stringify(asked)}; there are: ${RULES.join(", ")}`);
}

async function openSource(folder: string, rules: readonly Rules[], cacheDirectory: string): Promise<Source> {
  const archive = join(folder, ARCHIVE);
  const roots = [folder, ...((await exists(archive)) ? [await unpackOnce(archive, cacheDirectory)] : [])];
  return {
    rules,
    async pathOf(name) {
      for (const root of roots) {
        const path = await realpath(join(root, name)).catch(() => null); // outputs that are links would fail for that
        if (path !== null) return path;
      }
      return null;
    },
  };
}

async function* judged<T>(
  folder: string,
  file: string,
  shape: z.ZodType<T>,
  judge: Judge<T>,
  source: Source,
): AsyncGenerator<ParityCase> {
  const path = join(folder, file);
  if (!(await exists(path))) return;
  for (const record of await readJsonLines(path, shape, "a recorded verdict of spreadsheetbench")) {
    yield* judge(record, file, source);
  }
}

async function* judgeCase(record: ScorerCase, file: string, { rules, pathOf }: Source): AsyncGenerator<ParityCase> {
  const { id, mutation: group, golden, output, answer_position, task_id = "", detail } = record;
  const common = {
    file,
    id,
    group,
    detail: [task_id, answer_position, detail].filter((part) => part !== "").join(": "),
  };
  const [goldenPath, outputPath] = await Promise.all(
    [golden, output].map((name) => (name === null ? name : pathOf(name))),
  );
  for (const rule of rules) {
    const verdict = record[rule].pass ? "pass" : "fail";
    if (!goldenPath) yield missing({ ...common, rule }, verdict, golden);
    else if (output !== null && !outputPath) yield missing({ ...common, rule }, verdict, output);
    else {
      const comparison = await scoreWorkbooks(
        goldenPath,
        outputPath ?? join(goldenPath, "none"),
        answer_position,
        rule,
      );
      // To the official code a golden that does not load is an exception, and so a fail.
      const ours = comparison.kind === "compared" && comparison.pass ? "pass" : "fail";
      yield caseOf({ ...common, rule }, { recorded: verdict, ours });
    }
  }
}

function* judgeValuePair(record: ValuePair, file: string): Generator<ParityCase> {
  const { id, a, b } = record;
  const detail = `${JSON.stringify(a)} beside ${JSON.stringify(b)}`;
  yield caseOf({ file, id, rule: VALUES, group: `${a.k} and ${b.k}`, detail }, judgeValues(record));
}

function* judgeRangeCase(record: RangeCase, file: string, { rules }: Source): Generator<ParityCase> {
  const { id, range, max_row, max_col } = record;
  const group = range.includes(":") ? "ranges" : "single names";
  const detail = `${JSON.stringify(range)} on a sheet of ${max_row ?? "?"} rows and ${max_col ?? "?"} columns`;
  for (const rule of rules) yield caseOf({ file, id, rule, group, detail }, judgeRange(record, rule));
}

async function* judgeCellCase(record: CellCase, file: string, source: Source): AsyncGenerator<ParityCase> {
  const { id, cell, date1904, workbook, ref } = record;
  const detail = JSON.stringify(cell);
  const common = { file, id, rule: READER, group: `${cell.t ?? "no type"}${date1904 ? ", 1904" : ""}`, detail };
  const alone = judgeCell(record);
  if (alone.ours !== alone.recorded || !workbook || !ref) yield caseOf(common, alone);
  else yield* inWorkbook(common, workbook, source, alone.recorded, (book) => judgeCellIn(book, record));
}

async function* judgeDumpCase(record: Dump, file: string, source: Source): AsyncGenerator<ParityCase> {
  const { task_id: id, workbook, answer_position: detail, sha256_of_range } = record;
  const common = { file, id, rule: READER, group: "answer range", detail };
  yield* inWorkbook(common, workbook, source, sha256_of_range, (book) => judgeDump(book, record));
}

type Common = Pick<ParityCase, "file" | "id" | "rule" | "group" | "detail">;

async function* inWorkbook(
  common: Common,
  name: string,
  { pathOf }: Source,
  recorded: string,
  judge: (workbook: Workbook) => Verdicts,
): AsyncGenerator<ParityCase> {
  const path = await pathOf(name);
  if (path === null) yield missing(common, recorded, name);
  else yield caseOf(common, await judgeOrTell(path, recorded, judge));
}

/** A recorded workbook that we cannot read is a verdict too. */
async function judgeOrTell(path: string, recorded: string, judge: (workbook: Workbook) => Verdicts): Promise<Verdicts> {
  try {
    return judge(openWorkbook(await readFile(path)));
  } catch (error) {
    return { recorded, ours: messageOf(error) };
  }
}

function caseOf(common: Common, { recorded, ours }: Verdicts): ParityCase {
  return { ...common, agrees: recorded === ours, recorded, ours, reason: null };
}

function missing(common: Common, recorded: string, name: string): ParityCase {
  const reason = `${name} is neither in the folder nor in its ${ARCHIVE}`;
  return { ...common, agrees: false, recorded, ours: "not judged", reason };
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

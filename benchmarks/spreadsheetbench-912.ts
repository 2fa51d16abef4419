/**
 * SpreadsheetBench v0.1: 912 requests about workbooks, with up to three test cases each: the same request, other numbers.
 * Source: Ma et al., NeurIPS 2024, arXiv:2406.14991. Licence: CC BY-SA 4.0.
 * The folder of the data holds `dataset.json` and `spreadsheet/<id>/<case>_<id>_input.xlsx, …_answer.xlsx`, or .tar.gz archives
 * of it; or it holds the release's own folder `all_data_912_v0.1` with these. Nothing is written there.
 *
 * Each case is a task of its own (`34-5#2`, of the family `34-5`), and an agent works on it from the start, as in the
 * Trace2Skill paper. The leaderboard instead replays the code for case 1 on cases 2 and 3, so that Soft (the share of cases
 * passed, a mean over families) and Hard (families with all cases passed) of the two are not comparable.
 * Score of a case: as in SpreadsheetBench-Verified.
 */
import { SetupError } from "../harness/errors.ts";
import type { Benchmark } from "../harness/roles.ts";
import { chooseRows, type LoadOptions, type TaskSelection } from "./load-options.ts";
import { recalculatorFor } from "./recalculate/recalculator.ts";
import { ERRATA_912, errataAmong, errataNotices } from "./spreadsheetbench-errata.ts";
import { EVOLVE_IDS } from "./spreadsheetbench-evolve-ids.ts";
import {
  type CaseFiles,
  findCases,
  openSpreadsheetSet,
  type Row,
  type SpreadsheetSet,
} from "./spreadsheetbench-files.ts";
import { stratifiedHalfOf } from "./spreadsheetbench-stratified.ts";
import { benchmarkOfCases, type FoundCase, readCases } from "./workbook-cases.ts";

const NAME = "spreadsheetbench-912";
const SET: SpreadsheetSet = {
  name: NAME,
  folder: "all_data_912_v0.1",
  layout: [
    "expected there:",
    "  dataset.json                  the list of tasks",
    "  spreadsheet/<id>/1_<id>_input.xlsx, 1_<id>_answer.xlsx, 2_…   the workbooks, or *.tar.gz archives that hold them",
    "get spreadsheetbench_912_v0.1.tar.gz from https://huggingface.co/datasets/KAKA22/SpreadsheetBench, unpack it," +
      " and give its folder with --data",
  ].join("\n"),
};
const TASKS = 912;
const CASES = [1, 2, 3];

/** What a task is on, by the scheme that skills are distilled by; the evolve side stays out unless it is asked for. */
const HALF_OF: Readonly<Record<string, (id: string) => "evolve" | "test">> = {
  /** All 400 Verified tasks are among the 912, and the paper distills from 200 of them. */
  test: (id) => (EVOLVE_IDS.has(id) ? "evolve" : "test"),
  /** For skills of `spreadsheetbench --split stratified`; which of the 912 are Verified does not matter here. */
  "stratified-test": stratifiedHalfOf,
};

/**
 * Loads test cases: rows and ids choose whole tasks with all their cases, an id such as `34-5#2` a single case.
 * Cases that are missing or unreadable are left out, with a notice.
 * @throws SetupError when the folder does not hold the data set, no task is left, or what is to calculate formulas is missing
 */
export async function spreadsheetBench912({ data, cacheDirectory, tasks, settings }: LoadOptions): Promise<Benchmark> {
  const folder = data ?? fail("needs the folder of its data: --data DIR");
  const halfOf = HALF_OF[settings.split] ?? fail(`there is no split ${JSON.stringify(settings.split)}`);
  const { rows, roots } = await openSpreadsheetSet(SET, folder, cacheDirectory);
  const ofSplit = rows.filter(({ id }) => settings.withEvolve || halfOf(id) === "test");
  const where = `${NAME}: ${folder}: split "${settings.split}"`;
  const chosen = chooseFamilies(ofSplit, tasks, where);
  const found = await Promise.all(chosen.map(async (family) => casesOf(family, await findCases(family.row, roots))));
  const { cases, notices } = await readCases(found.flat(), where);
  const errata = errataAmong(
    cases.map(({ task }) => task),
    ERRATA_912,
  );

  return {
    ...benchmarkOfCases(cases, await recalculatorFor(settings, cacheDirectory)),
    name: NAME,
    split: settings.withEvolve ? "all" : "test",
    data: folder,
    settings,
    errata,
    notices: [...setNotices(rows, ofSplit), ...notices, ...errataNotices(errata, settings.errata)],
    splitOf: ({ id, family = id }) => halfOf(family),
  };
}

/** A task, and which of its cases are asked for. */
interface Family {
  readonly row: Row;
  readonly numbers: readonly number[];
}

function chooseFamilies(rows: readonly Row[], selection: TaskSelection, where: string): readonly Family[] {
  if (selection.kind !== "ids") return chooseRows(rows, selection, where).map((row) => ({ row, numbers: CASES }));
  const asked = new Map<string, number[]>();
  for (const id of selection.ids) {
    const { family, numbers } = partsOf(id);
    asked.set(family, [...new Set([...(asked.get(family) ?? []), ...numbers])]);
  }
  return chooseRows(rows, { kind: "ids", ids: [...asked.keys()] }, where).map((row) => ({
    row,
    numbers: asked.get(row.id) ?? CASES,
  }));
}

function partsOf(id: string): { readonly family: string; readonly numbers: readonly number[] } {
  const [, family, number] = /^(.+)#([1-3])$/.exec(id) ?? [];
  return family === undefined ? { family: id, numbers: CASES } : { family, numbers: [Number(number)] };
}

function casesOf({ row, numbers }: Family, files: readonly CaseFiles[]): FoundCase[] {
  return numbers.map((number) => ({
    id: `${row.id}#${number}`,
    family: row.id,
    row,
    files: files.find((one) => one.number === number),
  }));
}

function setNotices(rows: readonly Row[], ofSplit: readonly Row[]): string[] {
  const leftOut = rows.length - ofSplit.length;
  return [
    ...(rows.length < TASKS ? [`dataset.json has ${rows.length} of ${TASKS} tasks`] : []),
    ...(leftOut > 0
      ? [
          `${leftOut} ${leftOut === 1 ? "task" : "tasks"} that skills may be distilled from ${leftOut === 1 ? "is" : "are"} left out (--with-evolve keeps them)`,
        ]
      : []),
  ];
}

function fail(problem: string): never {
  throw new SetupError(`${NAME}: ${problem}`);
}

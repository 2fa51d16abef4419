/**
 * SpreadsheetBench-Verified: 400 requests that people made about their workbooks, with one test case each.
 * Source: Ma et al., NeurIPS 2024, arXiv:2406.14991; the verified subset is of 2025. Licence: CC BY-SA 4.0.
 * Score: 1 when the cached values of all cells in `answer_position` equal the golden workbook's, else 0.
 * The folder of the data holds `dataset.json`, and `spreadsheet/` or .tar.gz archives of it; nothing is written there.
 */
import { SetupError } from "../harness/errors.ts";
import type { Benchmark } from "../harness/roles.ts";
import { chooseRows, type LoadOptions } from "./load-options.ts";
import { recalculatorFor } from "./recalculate/recalculator.ts";
import { errataAmong, errataNotices, VERIFIED_ERRATA } from "./spreadsheetbench-errata.ts";
import { EVOLVE_IDS } from "./spreadsheetbench-evolve-ids.ts";
import { findCases, openSpreadsheetSet, type Row, type SpreadsheetSet } from "./spreadsheetbench-files.ts";
import { stratifiedHalfOf } from "./spreadsheetbench-stratified.ts";
import { benchmarkOfCases, counted, type FoundCase, readCases } from "./workbook-cases.ts";

const NAME = "spreadsheetbench";
const VERIFIED: SpreadsheetSet = {
  name: NAME,
  folder: "spreadsheetbench_verified_400",
  layout: [
    "expected there:",
    "  dataset.json                  the list of tasks",
    "  spreadsheet/<id>/1_<id>_init.xlsx, 1_<id>_golden.xlsx   the workbooks, or *.tar.gz archives that hold them",
    "get spreadsheetbench_verified_400.tar.gz from https://huggingface.co/datasets/KAKA22/SpreadsheetBench, unpack it," +
      " and give its folder with --data",
  ].join("\n"),
};
const VERIFIED_ROWS = 400;

/** A way to halve the set, and the half that a split is of it; null for both. */
interface Split {
  readonly scheme: "official" | "stratified";
  readonly half: "evolve" | "test" | null;
}

/** Tasks of one scheme's evolve half are in the other's test half: a skill is judged by the scheme it was distilled by. */
const SPLITS: Readonly<Record<string, Split>> = {
  all: { scheme: "official", half: null },
  evolve: { scheme: "official", half: "evolve" },
  test: { scheme: "official", half: "test" },
  stratified: { scheme: "stratified", half: "evolve" },
  "stratified-test": { scheme: "stratified", half: "test" },
};

const HALF_OF: Readonly<Record<Split["scheme"], (id: string) => "evolve" | "test">> = {
  /** The paper distills from rows 0:200 of `dataset.json` and judges on 200:400. */
  official: (id) => (EVOLVE_IDS.has(id) ? "evolve" : "test"),
  stratified: stratifiedHalfOf,
};

/**
 * Loads tasks of a split, with the first rows of their workbooks in the instruction.
 * Tasks whose workbooks are missing or unreadable are left out, with a notice.
 * @throws SetupError when the folder does not hold the data set, no task is left, or what is to calculate formulas is missing
 */
export async function spreadsheetBench({ data, cacheDirectory, tasks, settings }: LoadOptions): Promise<Benchmark> {
  const folder = data ?? fail(`needs the folder of its data: --data DIR`);
  const { scheme, half } = SPLITS[settings.split] ?? fail(`there is no split ${JSON.stringify(settings.split)}`);
  const halfOf = HALF_OF[scheme];
  const { rows, roots } = await openSpreadsheetSet(VERIFIED, folder, cacheDirectory);
  const ofSplit = rows.filter(({ id }) => half === null || halfOf(id) === half);
  const chosen = chooseRows(ofSplit, tasks, `${NAME}: ${folder}: split "${settings.split}"`);
  const found = await Promise.all(chosen.map((row) => findFirst(row, roots)));
  const { cases, notices } = await readCases(found, `${NAME}: ${folder}`);
  const errata = errataAmong(
    cases.map(({ task }) => task),
    VERIFIED_ERRATA,
  );

  return {
    ...benchmarkOfCases(cases, await recalculatorFor(settings, cacheDirectory)),
    name: NAME,
    split: settings.split,
    data: folder,
    settings,
    errata,
    notices: [
      ...rowNotices(rows, ofSplit, settings.split),
      ...schemeNotices(scheme),
      ...notices,
      ...furtherCases(found),
      ...errataNotices(errata, settings.errata),
    ],
    splitOf: ({ id }) => halfOf(id),
  };
}

/** The first test case that is whole; without one, what there is of the first. */
async function findFirst(row: Row, roots: readonly string[]): Promise<FoundCase & { readonly further: number }> {
  const all = await findCases(row, roots);
  const whole = all.filter(({ input, golden }) => input !== null && golden !== null);
  return { id: row.id, row, files: whole[0] ?? all[0], further: Math.max(0, whole.length - 1) };
}

function rowNotices(rows: readonly Row[], ofSplit: readonly Row[], split: string): string[] {
  if (rows.length >= VERIFIED_ROWS) return [];
  return [`dataset.json has ${rows.length} of ${VERIFIED_ROWS} rows: split "${split}" has ${ofSplit.length} tasks`];
}

function schemeNotices(scheme: Split["scheme"]): string[] {
  if (scheme === "official") return [];
  return ["the stratified halves are not the official ones: judge skills of `stratified` on `stratified-test` alone"];
}

function furtherCases(found: readonly { readonly id: string; readonly further: number }[]): string[] {
  const ids = found.filter(({ further }) => further > 0).map(({ id }) => id);
  return ids.length === 0
    ? []
    : [
        `further test cases are not used: ${counted(ids)}. SpreadsheetBench-Verified has one each: if this is ` +
          "SpreadsheetBench v0.1, run spreadsheetbench-912",
      ];
}

function fail(problem: string): never {
  throw new SetupError(`${NAME}: ${problem}`);
}

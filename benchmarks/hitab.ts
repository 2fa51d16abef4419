/**
 * HiTab: questions on hierarchical tables of StatCan, NSF and Wikipedia, answered by numbers or headers.
 * Source: Cheng et al., ACL 2022, arXiv:2108.06712; github.com/microsoft/HiTab. Licence: C-UDA 1.0.
 * Score: 1 when the answer cells are the answer, in its order, numbers within 1e-5, else 0 (`scoring/hitab-answer.ts`).
 *
 * The folder is a clone of the repository with `data/tables.zip` unpacked: `data/*_samples.jsonl`, `data/tables/raw/*.json`;
 * the samples and `tables/raw/` may also lie at its top. `test-checked` is the test set as its authors corrected it in October 2025
 * (231 of 1,584 samples changed), where `test_samples_qualitycheck.jsonl` is there; published numbers are of `test`.
 */
import { join } from "node:path";
import { SetupError } from "../harness/errors.ts";
import { loadPrompt } from "../harness/prompt.ts";
import type { Benchmark } from "../harness/roles.ts";
import { readHitabTable, readSamples, type Sample, tableFolder } from "./hitab-files.ts";
import { hitabSheet } from "./hitab-sheet.ts";
import { chooseRows, type LoadOptions } from "./load-options.ts";
import { recalculatorFor } from "./recalculate/recalculator.ts";
import { workbookCache } from "./sample/workbook-cache.ts";
import { hitabScore } from "./scoring/hitab-score.ts";
import {
  benchmarkOfQuestions,
  type FoundTable,
  leftOutNotices,
  readTables,
  type TableQuestion,
  tableOnSheet,
} from "./table-questions.ts";

const NAME = "hitab";
const SCORER = "hitab/469b5c7";
const REQUEST = loadPrompt(new URL("./prompts/hierarchical-table-question.md", import.meta.url), ["question"]);

/**
 * Loads the questions of a split and the tables that they ask about; those whose table cannot be used are left out, with a
 * notice. Skills may be distilled from `train` alone.
 * @throws SetupError when the split's files are not there, or no question is left
 */
export async function hitab(options: LoadOptions): Promise<Benchmark> {
  const { settings, cacheDirectory } = options;
  const data = options.data ?? fail("give the folder of the data set with --data DIR");
  const samples = chooseRows(
    await readSamples(data, settings.split),
    options.tasks,
    `${NAME}, split ${settings.split}`,
  );
  const folder = await tableFolder(data);
  const tables = await readTables(
    samples.map((sample) => sample.table_id),
    (id) => readTable(folder, id),
  );
  const loaded = samples.flatMap((sample) => questionOf(sample, tables.get(sample.table_id)));
  const notices = leftOutNotices(samples.map((sample) => [sample.id, tables.get(sample.table_id)]));
  if (loaded.length === 0) fail(`${data}: no question can be used\n${notices.join("\n")}`);

  return {
    ...benchmarkOfQuestions(loaded, {
      name: NAME,
      cache: workbookCache(join(cacheDirectory, NAME)),
      scorer: SCORER,
      recalculator: await recalculatorFor(settings, cacheDirectory),
    }),
    name: NAME,
    split: settings.split,
    data,
    settings,
    errata: {},
    notices,
    splitOf: () => (settings.split === "train" ? "evolve" : "test"),
  };
}

function questionOf({ id, question, answer }: Sample, table: FoundTable | undefined): TableQuestion[] {
  if (table === undefined || "problem" in table) return [];
  return [
    {
      id,
      kind: "hierarchical table",
      request: REQUEST.fill({ question }),
      table,
      truth: answer,
      key: answer,
      judge: (output) => hitabScore(output, answer),
    },
  ];
}

async function readTable(folder: string, id: string): Promise<FoundTable> {
  const table = await readHitabTable(folder, id);
  return "problem" in table ? table : tableOnSheet(hitabSheet(table));
}

function fail(problem: string): never {
  throw new SetupError(`${NAME}: ${problem}`);
}

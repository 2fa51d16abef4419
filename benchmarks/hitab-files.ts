/** HiTab on disk: samples as JSON lines, tables as JSON, one file a table. */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { hasCode, messageOf, SetupError } from "../harness/errors.ts";
import { readJsonLines } from "./json-lines.ts";

/** What a sample holds beside these (links of words to cells, formulas of the answer) would give the answer away. */
const Sample = z.object({
  id: z.string().min(1),
  table_id: z.string().regex(/^[^/\\]+$/, "must be the name of a table"),
  question: z.string().min(1),
  answer: z.array(z.union([z.string(), z.number()])).min(1),
});
export type Sample = z.infer<typeof Sample>;

const count = z.number().int().min(0);
export const HitabTable = z.object({
  title: z.string().nullish(),
  /** Row by row; of a merged region, only the upper left cell holds the text. */
  texts: z.array(z.array(z.union([z.string(), z.number()]).nullable())).min(1),
  /** Rows and columns from 0, both ends included. */
  merged_regions: z.array(z.object({ first_row: count, last_row: count, first_column: count, last_column: count })),
  top_header_rows_num: count,
  left_header_columns_num: count,
});
export type HitabTable = z.infer<typeof HitabTable>;

const SAMPLES: Readonly<Record<string, string>> = {
  test: "test_samples.jsonl",
  "test-checked": "test_samples_qualitycheck.jsonl",
  dev: "dev_samples.jsonl",
  train: "train_samples.jsonl",
};
const SAMPLE_FOLDERS = ["data", ""];
/** Where `tables.zip` may have been unpacked; `hmt/` beside it has the same tables without their layout. */
const TABLE_FOLDERS = ["data/tables/raw", "data/tables/tables/raw", "tables/raw", "raw"];

/** @throws SetupError for a missing file, with the split that needs it, or a malformed line */
export async function readSamples(data: string, split: string): Promise<readonly Sample[]> {
  const name = SAMPLES[split];
  if (name === undefined) throw new Error(`hitab has no split ${split}`);
  const folder = await firstHolding(
    SAMPLE_FOLDERS.map((folder) => join(data, folder)),
    name,
  );
  if (folder === null)
    return fail(`${data}: split ${split} needs ${name}, there or in data/; found: ${await listing(data)}`);
  return distinct(await readJsonLines(join(folder, name), Sample, "a sample of HiTab"));
}

/** @throws SetupError when no folder of tables is there */
export async function tableFolder(data: string): Promise<string> {
  const folder = await firstHolding(
    TABLE_FOLDERS.map((folder) => join(data, folder)),
    ".",
  );
  return (
    folder ??
    fail(`${data}: every split needs the tables: unpack data/tables.zip there, so that data/tables/raw is a folder`)
  );
}

/** The table, or why it cannot be used, in words. */
export async function readHitabTable(folder: string, id: string): Promise<HitabTable | { readonly problem: string }> {
  try {
    return HitabTable.parse(JSON.parse(await readFile(join(folder, `${id}.json`), "utf8")));
  } catch (error) {
    if (hasCode(error, "ENOENT")) return { problem: `there is no table ${id}` };
    if (error instanceof z.ZodError) return { problem: `table ${id} is not as expected: ${z.prettifyError(error)}` };
    if (error instanceof SyntaxError) return { problem: `table ${id} is not JSON: ${error.message}` };
    return fail(`cannot read table ${id} in ${folder}: ${messageOf(error)}`);
  }
}

/** An id that stands in the file again gets the number of its place behind it. */
function distinct(samples: readonly Sample[]): Sample[] {
  const seen = new Map<string, number>();
  return samples.map((sample) => {
    const times = (seen.get(sample.id) ?? 0) + 1;
    seen.set(sample.id, times);
    return times === 1 ? sample : { ...sample, id: `${sample.id}#${times}` };
  });
}

async function firstHolding(folders: readonly string[], name: string): Promise<string | null> {
  for (const folder of folders) {
    if ((await stat(join(folder, name)).catch(() => null)) !== null) return folder;
  }
  return null;
}

async function listing(folder: string): Promise<string> {
  const names = await readdir(folder).catch(() => fail(`there is no folder ${folder}`));
  return names.length === 0 ? "nothing" : names.slice(0, 12).join(", ");
}

function fail(problem: string): never {
  throw new SetupError(`hitab: ${problem}`);
}

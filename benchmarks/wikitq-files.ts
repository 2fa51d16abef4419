/** WikiTableQuestions on disk: questions, what their answers are read as, and where the tables are. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { hasCode, messageOf, SetupError } from "../harness/errors.ts";
import { readJsonLines } from "./json-lines.ts";
import { readText } from "./text-file.ts";
import { unpackOnce } from "./unpack.ts";
import { parseList, unescapeField } from "./wikitq-csv.ts";
import { OOD_IDS } from "./wikitq-ood-ids.ts";

export interface Question {
  readonly id: string;
  readonly question: string;
  /** Such as `csv/204-csv/803.csv`. */
  readonly table: string;
  readonly target: readonly string[];
  /** By item of the target, the number or date that CoreNLP read out of it; null where no tagged file says so. */
  readonly canonical: readonly string[] | null;
}

const OOD_FILE = "ood_400.jsonl";
const TEST_FILE = "pristine-unseen-tables.tsv";
const DEV_FILE = "random-split-1-dev.tsv";
const TAGGED_TEST = ["pristine-unseen-tables.tagged"];
/** The dev split is part of the training set. */
const TAGGED_DEV = ["random-split-1-dev.tagged", "training.tagged"];
const QUESTION_FOLDERS = ["", "data"];
const TAGGED_FOLDERS = ["", "tagged/data"];
const ARCHIVE = "tables.tar.gz";

const TABLE_PATH = /^csv\/\d+-csv\/\d+\.csv$/;
const OodLine = z.object({
  id: z.string().min(1),
  question: z.string().min(1),
  table: z.string().regex(TABLE_PATH),
  target: z.array(z.string()).min(1),
  target_canon: z.array(z.string()).min(1),
});

/**
 * The questions of a split, in the order of its file: `ood` (the 400 of `ood_400.jsonl`, or the same out of the test set),
 * `test` (all of pristine-unseen-tables) or `dev` (random-split-1-dev).
 * @throws SetupError for a missing folder or file, with the split that needs it, or a malformed line
 */
export async function readQuestions(data: string, split: string): Promise<readonly Question[]> {
  if (!(await isFolder(data))) fail(`there is no folder ${data}`);
  switch (split) {
    case "ood":
      return (await isFile(join(data, OOD_FILE))) ? readOod(data) : oodOfTest(data);
    case "test":
      return readTsv(data, TEST_FILE, TAGGED_TEST, split);
    case "dev":
      return readTsv(data, DEV_FILE, TAGGED_DEV, split);
    default:
      throw new Error(`wikitq has no split ${split}`);
  }
}

/**
 * The folder in which paths of tables are looked up: that of the data when `csv/` is there, else its `tables.tar.gz`, unpacked
 * into the cache.
 */
export async function tableRoot(data: string, cacheDirectory: string): Promise<string> {
  if (await isFolder(join(data, "csv"))) return data;
  if (await isFile(join(data, ARCHIVE))) return unpackOnce(join(data, ARCHIVE), cacheDirectory);
  return fail(`${data}: every split needs the tables: a folder csv/, or ${ARCHIVE}; found: ${await listing(data)}`);
}

async function readOod(data: string): Promise<Question[]> {
  const lines = await readJsonLines(join(data, OOD_FILE), OodLine, "a question of WikiTableQuestions");
  return lines.map(({ target_canon, ...line }) => ({ ...line, canonical: target_canon }));
}

async function oodOfTest(data: string): Promise<readonly Question[]> {
  const chosen = new Set(OOD_IDS);
  return (await readTsv(data, TEST_FILE, TAGGED_TEST, "ood")).filter(({ id }) => chosen.has(id));
}

async function readTsv(data: string, name: string, taggedNames: string[], split: string): Promise<Question[]> {
  const path = await firstFile(data, QUESTION_FOLDERS, [name]);
  if (path === null) {
    const alone = split === "ood" ? `${OOD_FILE} or ${name}` : name;
    return fail(`${data}: split ${split} needs ${alone}, there or in data/; found: ${await listing(data)}`);
  }
  const canonical = await readCanonical(await firstFile(data, TAGGED_FOLDERS, taggedNames));
  const rows = await readTable(path, ["id", "utterance", "context", "targetValue"]);
  return rows.map(({ fields: [id = "", question = "", table = "", target = ""], where }) => {
    if (id === "" || question === "" || !TABLE_PATH.test(table))
      fail(`${where}: expected id, question and csv/N-csv/M.csv`);
    const items = parseList(target);
    const read = canonical?.get(id) ?? null;
    if (canonical !== null && read?.length !== items.length)
      fail(`${where}: the tagged file has no such answer of ${id}`);
    return { id, question: unescapeField(question), table, target: items, canonical: read };
  });
}

/** By id; null without a file. */
async function readCanonical(path: string | null): Promise<Map<string, string[]> | null> {
  if (path === null) return null;
  const rows = await readTable(path, ["id", "targetCanon"]);
  return new Map(rows.map(({ fields: [id = "", canonical = ""] }) => [id, parseList(canonical)]));
}

/** Columns by name out of a file whose first line names them. */
async function readTable(path: string, columns: string[]): Promise<{ fields: string[]; where: string }[]> {
  const text = await readText(path);
  const [header = "", ...lines] = text.replace(/\r?\n$/, "").split("\n");
  const names = header.replace(/\r$/, "").split("\t");
  const places = columns.map((column) => names.indexOf(column));
  if (places.includes(-1)) fail(`${path}: expected the columns ${columns.join(", ")}, found ${names.join(", ")}`);
  return lines.map((line, index) => {
    const fields = line.replace(/\r$/, "").split("\t");
    const where = `${path}:${index + 2}`;
    if (fields.length !== names.length) fail(`${where}: expected ${names.length} fields, found ${fields.length}`);
    return { fields: places.map((place) => fields[place] ?? ""), where };
  });
}

async function firstFile(data: string, folders: readonly string[], names: readonly string[]): Promise<string | null> {
  for (const name of names) {
    for (const folder of folders) {
      const path = join(data, folder, name);
      if (await isFile(path)) return path;
    }
  }
  return null;
}

async function isFile(path: string): Promise<boolean> {
  return (await statOf(path))?.isFile() ?? false;
}

async function isFolder(path: string): Promise<boolean> {
  return (await statOf(path))?.isDirectory() ?? false;
}

async function statOf(path: string) {
  return stat(path).catch((cause: unknown) => {
    if (hasCode(cause, "ENOENT") || hasCode(cause, "ENOTDIR")) return null;
    return fail(`cannot read ${path}: ${messageOf(cause)}`);
  });
}

async function listing(folder: string): Promise<string> {
  const names = await readdir(folder);
  return names.length === 0 ? "nothing" : names.slice(0, 12).join(", ");
}

function fail(problem: string): never {
  throw new SetupError(`wikitq: ${problem}`);
}

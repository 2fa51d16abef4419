/** SpreadsheetBench on disk: `dataset.json` and its workbooks, unpacked or in archives, with the odd names that occur. */
import { readdir, stat } from "node:fs/promises";
import { isAbsolute, join, normalize } from "node:path";
import { z } from "zod";
import { messageOf, SetupError } from "../harness/errors.ts";
import { readText } from "./text-file.ts";
import { unpackOnce } from "./unpack.ts";

const Row = z.object({
  id: z.union([z.string().min(1), z.number().int()]).transform(String),
  instruction: z.string().min(1),
  /** Folder of the task's workbooks, from the root of the data set. */
  spreadsheet_path: z.string().refine(staysInside, "must be a path within the data set"),
  instruction_type: z.string().min(1),
  answer_position: z.string().min(1),
});
export type Row = z.infer<typeof Row>;

/** One of the sets that come in this layout. */
export interface SpreadsheetSet {
  /** Of the benchmark, for messages. */
  readonly name: string;
  /** Folder that its archive unpacks to; `dataset.json` may lie there, below the folder that was given. */
  readonly folder: string;
  /** What should be there and where to get it, for messages. */
  readonly layout: string;
}

export interface SpreadsheetRows {
  /** In the official order. */
  readonly rows: readonly Row[];
  /** Folders that `spreadsheet_path` may be looked up in. */
  readonly roots: readonly string[];
}

/** The workbooks of one test case; null where one is not there. */
export interface CaseFiles {
  /** From 1. */
  readonly number: number;
  readonly input: string | null;
  readonly golden: string | null;
}

/** `1_13-1_init.xlsx`, `2_34-5_answer.xlsx`, `initial.xlsx`, `golden.xlsx`; a stray space before the suffix occurs. */
const WORKBOOK_NAME = /^(?:(?<case>\d+)_)?(?:.*_)?(?<part>init|initial|input|golden|answer)\s*\.xlsx$/i;

/**
 * Reads the rows of a data set, and unpacks its archives into the cache where its workbooks are not unpacked yet.
 * @throws SetupError for a missing folder or file, malformed JSON, fields of a wrong type, ids that occur twice
 */
export async function openSpreadsheetSet(
  set: SpreadsheetSet,
  data: string,
  cacheDirectory: string,
): Promise<SpreadsheetRows> {
  if (!(await isFolder(data))) return fail(set, data, "there is no such folder");
  const inner = join(data, set.folder);
  const folder = !(await isFile(join(data, "dataset.json"))) && (await isFolder(inner)) ? inner : data;
  const rows = await readRows(set, folder);
  return { rows, roots: await workbookRoots(set, folder, cacheDirectory) };
}

/** The test cases of a task in order, complete or not; none where there is no folder of workbooks, or it holds none. */
export async function findCases(row: Row, roots: readonly string[]): Promise<CaseFiles[]> {
  for (const root of roots) {
    const folder = join(root, row.spreadsheet_path);
    const names = await readdir(folder).catch(() => null);
    if (names !== null) return casesAmong(folder, names);
  }
  return [];
}

async function readRows(set: SpreadsheetSet, data: string): Promise<Row[]> {
  const path = join(data, "dataset.json");
  if (!(await isFile(path))) fail(set, data, `no dataset.json; found: ${await listing(data)}`);
  const text = await readText(path);
  const rows = z
    .array(Row)
    .min(1)
    .safeParse(parseJson(text, `${set.name}: ${path}`));
  if (!rows.success) {
    throw new SetupError(`${set.name}: ${path} is not a list of tasks as expected:\n${z.prettifyError(rows.error)}`);
  }
  const seen = new Set<string>();
  for (const { id } of rows.data) {
    if (seen.has(id)) throw new SetupError(`${set.name}: ${path}: id ${JSON.stringify(id)} stands there twice`);
    seen.add(id);
  }
  return rows.data;
}

async function workbookRoots(set: SpreadsheetSet, data: string, cacheDirectory: string): Promise<string[]> {
  if (await isFolder(join(data, "spreadsheet"))) return [data];
  const archives = (await readdir(data)).filter((name) => /\.(tar\.gz|tgz)$/i.test(name)).sort();
  if (archives.length === 0) {
    return fail(set, data, `neither a folder "spreadsheet" nor a .tar.gz archive; found: ${await listing(data)}`);
  }
  const roots = await Promise.all(archives.map((name) => unpackOnce(join(data, name), cacheDirectory)));
  // An official archive holds the whole folder, ours hold what is in it.
  return roots.flatMap((root) => [root, join(root, set.folder)]);
}

function casesAmong(folder: string, names: readonly string[]): CaseFiles[] {
  const cases = new Map<number, { number: number; input: string | null; golden: string | null }>();
  for (const name of [...names].sort()) {
    const parts = WORKBOOK_NAME.exec(name)?.groups;
    if (parts === undefined) continue;
    const number = Number(parts.case ?? 1);
    const files = cases.get(number) ?? { number, input: null, golden: null };
    files[/^(golden|answer)$/i.test(parts.part ?? "") ? "golden" : "input"] = join(folder, name);
    cases.set(number, files);
  }
  return [...cases.values()].sort((a, b) => a.number - b.number);
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SetupError(`${where} is not JSON: ${messageOf(error)}`, { cause: error });
  }
}

function staysInside(path: string): boolean {
  const plain = normalize(path);
  return path !== "" && !isAbsolute(plain) && plain !== ".." && !plain.startsWith("../");
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false;
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() ?? false;
}

async function listing(folder: string): Promise<string> {
  const names = await readdir(folder).catch(() => []);
  const shown = names.slice(0, 8).join(", ");
  return names.length === 0 ? "nothing" : `${shown}${names.length > 8 ? ` and ${names.length - 8} more` : ""}`;
}

function fail(set: SpreadsheetSet, data: string, problem: string): never {
  throw new SetupError(`${set.name}: data folder ${data}: ${problem}\n${set.layout}`);
}

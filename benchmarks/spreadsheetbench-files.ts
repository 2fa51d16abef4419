/** SpreadsheetBench on disk: `dataset.json` and its workbooks, unpacked or in archives, with the odd names that occur. */
import { readdir, readFile, stat } from "node:fs/promises";
import { isAbsolute, join, normalize } from "node:path";
import { z } from "zod";
import { messageOf, SetupError } from "../harness/errors.ts";
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

export interface WorkbookPair {
  readonly input: string;
  readonly golden: string;
  /** Further test cases in the same folder, as the 912 set has them; they are not used. */
  readonly furtherCases: number;
}

const LAYOUT = [
  "expected there:",
  "  dataset.json                  the list of tasks",
  "  spreadsheet/<id>/1_<id>_init.xlsx, 1_<id>_golden.xlsx   the workbooks, or *.tar.gz archives that hold them",
  "get spreadsheetbench_verified_400.tar.gz from https://huggingface.co/datasets/KAKA22/SpreadsheetBench, unpack it," +
    " and give its folder with --data",
].join("\n");
/** `1_13-1_init.xlsx`, `2_34-5_answer.xlsx`, `initial.xlsx`, `golden.xlsx`; a stray space before the suffix occurs. */
const WORKBOOK_NAME = /^(?:(?<case>\d+)_)?(?:.*_)?(?<part>init|initial|input|golden|answer)\s*\.xlsx$/i;

/**
 * The rows of `dataset.json`, in the official order.
 * @throws SetupError for a missing folder or file, malformed JSON, fields of a wrong type, ids that occur twice
 */
export async function readRows(data: string): Promise<Row[]> {
  const path = join(data, "dataset.json");
  if (!(await isFolder(data))) return fail(data, "there is no such folder");
  const text = await readFile(path, "utf8").catch(async () =>
    fail(data, `no dataset.json; found: ${await listing(data)}`),
  );
  const rows = z.array(Row).min(1).safeParse(parseJson(text, path));
  if (!rows.success) {
    throw new SetupError(
      `spreadsheetbench: ${path} is not a list of tasks as expected:\n${z.prettifyError(rows.error)}`,
    );
  }
  const seen = new Set<string>();
  for (const { id } of rows.data) {
    if (seen.has(id)) throw new SetupError(`spreadsheetbench: ${path}: id ${JSON.stringify(id)} stands there twice`);
    seen.add(id);
  }
  return rows.data;
}

/**
 * Folders that `spreadsheet_path` may be looked up in: the data folder when it is unpacked there, else its archives, unpacked
 * into the cache.
 * @throws SetupError when there are neither
 */
export async function workbookRoots(data: string, cacheDirectory: string): Promise<string[]> {
  if (await isFolder(join(data, "spreadsheet"))) return [data];
  const archives = (await readdir(data)).filter((name) => /\.(tar\.gz|tgz)$/i.test(name)).sort();
  if (archives.length === 0) {
    return fail(data, `neither a folder "spreadsheet" nor a .tar.gz archive; found: ${await listing(data)}`);
  }
  return Promise.all(archives.map((name) => unpackOnce(join(data, name), cacheDirectory)));
}

/** The first test case of a task that has both workbooks, or what is missing, in words. */
export async function findWorkbooks(row: Row, roots: readonly string[]): Promise<WorkbookPair | string> {
  for (const root of roots) {
    const folder = join(root, row.spreadsheet_path);
    const names = await readdir(folder).catch(() => null);
    if (names !== null) return pairUp(folder, names);
  }
  return `no folder ${row.spreadsheet_path}`;
}

function pairUp(folder: string, names: readonly string[]): WorkbookPair | string {
  const inputs = new Map<number, string>();
  const goldens = new Map<number, string>();
  for (const name of [...names].sort()) {
    const parts = WORKBOOK_NAME.exec(name)?.groups;
    if (parts === undefined) continue;
    const byCase = /^(golden|answer)$/i.test(parts.part ?? "") ? goldens : inputs;
    byCase.set(Number(parts.case ?? 1), join(folder, name));
  }
  const cases = [...inputs.keys()].filter((number) => goldens.has(number)).sort((a, b) => a - b);
  const [first] = cases;
  const input = first === undefined ? undefined : inputs.get(first);
  const golden = first === undefined ? undefined : goldens.get(first);
  if (input === undefined || golden === undefined) {
    return `no pair of input and golden workbook; found: ${names.join(", ") || "nothing"}`;
  }
  return { input, golden, furtherCases: cases.length - 1 };
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SetupError(`spreadsheetbench: ${path} is not JSON: ${messageOf(error)}`, { cause: error });
  }
}

function staysInside(path: string): boolean {
  const plain = normalize(path);
  return path !== "" && !isAbsolute(plain) && plain !== ".." && !plain.startsWith("../");
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false;
}

async function listing(folder: string): Promise<string> {
  const names = await readdir(folder).catch(() => []);
  const shown = names.slice(0, 8).join(", ");
  return names.length === 0 ? "nothing" : `${shown}${names.length > 8 ? ` and ${names.length - 8} more` : ""}`;
}

function fail(data: string, problem: string): never {
  throw new SetupError(`spreadsheetbench: data folder ${data}: ${problem}\n${LAYOUT}`);
}

/** Texts of files from elsewhere: whatever a file holds, it is read, or told not to be. */
import { readFile, stat } from "node:fs/promises";
import { hasCode } from "../errors.ts";
import { jsonProblem } from "../json.ts";

/** No log of one trial comes near it. */
const MOST_BYTES = 64 * 1024 ** 2;
const NOT_THERE = ["ENOENT", "ENOTDIR", "EISDIR", "EACCES", "ELOOP", "ENAMETOOLONG"];

/** The text of a regular file of at most 64 MB, with what is no UTF-8 replaced; null when there is no such file. */
export async function readText(path: string): Promise<string | null> {
  try {
    const info = await stat(path);
    if (!info.isFile() || info.size > MOST_BYTES) return null;
    return await readFile(path, "utf8");
  } catch (error) {
    if (NOT_THERE.some((code) => hasCode(error, code))) return null;
    throw error;
  }
}

export type ReadJson =
  | { readonly kind: "read"; readonly value: unknown }
  | { readonly kind: "unread"; readonly reason: string };

/** The JSON of a file, sound enough to be stored and hashed; or why there is none. */
export async function readJsonFile(path: string): Promise<ReadJson> {
  const text = await readText(path);
  if (text === null) return { kind: "unread", reason: "no readable file of at most 64 MB" };
  return parseJsonText(text);
}

/** As `readJsonFile`, of a text. */
export function parseJsonText(text: string): ReadJson {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { kind: "unread", reason: text.trim() === "" ? "it is empty" : "it is no JSON, or cut off" };
  }
  const unusable = jsonProblem(value);
  return unusable === null ? { kind: "read", value } : { kind: "unread", reason: unusable };
}

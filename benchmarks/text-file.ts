/** Reads text files of data sets. */
import { isUtf8 } from "node:buffer";
import { readFile, stat } from "node:fs/promises";
import { messageOf, SetupError } from "../harness/errors.ts";

/**
 * The text of a regular file in UTF-8, without its byte order mark.
 * Other encodings are refused: read as UTF-8, their letters would be lost from tasks and answers, and nobody told.
 * @throws SetupError that names the file
 */
export async function readText(path: string): Promise<string> {
  const bytes = await readRegular(path).catch((cause: unknown) => {
    throw new SetupError(`cannot read ${path}: ${messageOf(cause)}`, { cause });
  });
  if (!isUtf8(bytes)) throw new SetupError(`${path}: expected UTF-8, found another encoding: save it as UTF-8`);
  return bytes.toString("utf8").replace(/^\uFEFF/, "");
}

/** A pipe would never end, nor would a device. */
async function readRegular(path: string): Promise<Buffer> {
  if (!(await stat(path)).isFile()) throw new Error("it is no regular file");
  return readFile(path);
}

/** Reads a file that holds one JSON document. */
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { messageOf, SetupError } from "../harness/errors.ts";

/** @throws SetupError that names the file and what is wrong in it */
export async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  try {
    return schema.parse(JSON.parse((await readFile(path, "utf8")).replace(/^\uFEFF/, "")));
  } catch (cause) {
    const problem =
      cause instanceof z.ZodError ? z.prettifyError(cause).split("\n").slice(0, 4).join(" ") : messageOf(cause);
    throw new SetupError(`cannot use ${path}: ${problem}`, { cause });
  }
}

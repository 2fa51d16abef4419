/** Reads a file that holds one JSON document. */
import { z } from "zod";
import { messageOf, SetupError } from "../harness/errors.ts";
import { readText } from "./text-file.ts";

/** @throws SetupError that names the file and what is wrong in it */
export async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  const text = await readText(path);
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    const problem =
      cause instanceof z.ZodError ? z.prettifyError(cause).split("\n").slice(0, 4).join(" ") : messageOf(cause);
    throw new SetupError(`cannot use ${path}: ${problem}`, { cause });
  }
}

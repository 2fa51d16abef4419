/** Reads a file of one JSON document a line. */
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { messageOf, SetupError } from "../harness/errors.ts";

/**
 * @param what for messages: what a line should be
 * @throws SetupError that names the file, and the line where one is broken
 */
export async function readJsonLines<T>(path: string, schema: z.ZodType<T>, what: string): Promise<T[]> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new SetupError(`cannot read ${path}: ${messageOf(cause)}`, { cause });
  });
  const lines = text
    .replace(/^\uFEFF/, "")
    .trimEnd()
    .split("\n");
  return lines.flatMap((line, index) =>
    line.trim() === "" ? [] : [readLine(line, `${path}:${index + 1}`, schema, what)],
  );
}

function readLine<T>(line: string, where: string, schema: z.ZodType<T>, what: string): T {
  try {
    return schema.parse(JSON.parse(line));
  } catch (cause) {
    const problem = cause instanceof z.ZodError ? z.prettifyError(cause) : messageOf(cause);
    throw new SetupError(`${where}: not ${what}: ${problem}`, { cause });
  }
}

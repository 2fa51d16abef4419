/** Reads a file of one JSON document a line. */
import { z } from "zod";
import { messageOf, SetupError } from "../harness/errors.ts";
import { readText } from "./text-file.ts";

/**
 * @param what for messages: what a line should be
 * @throws SetupError that names the file, and the line where one is broken
 */
export async function readJsonLines<T>(path: string, schema: z.ZodType<T>, what: string): Promise<T[]> {
  const lines = (await readText(path)).trimEnd().split("\n");
  return lines.flatMap((line, index) =>
    line.trim() === "" ? [] : [readLine(line, `${path}:${index + 1}`, schema, what)],
  );
}

function readLine<T>(line: string, where: string, schema: z.ZodType<T>, what: string): T {
  try {
    return schema.parse(parsed(line));
  } catch (cause) {
    const problem = cause instanceof z.ZodError ? z.prettifyError(cause) : messageOf(cause);
    throw new SetupError(`${where}: not ${what}: ${problem}`, { cause });
  }
}

function parsed(line: string): unknown {
  return /\\u[dD]/.test(line) ? JSON.parse(line, wellFormed) : JSON.parse(line);
}

/** Half of a surrogate pair, which only an escape can name, could neither be hashed nor stored. */
function wellFormed(key: string, value: unknown): unknown {
  const broken = [key, value].find((text) => typeof text === "string" && !text.isWellFormed());
  if (broken === undefined) return value;
  throw new Error(`${JSON.stringify(broken)} holds half of a surrogate pair, which is no character`);
}

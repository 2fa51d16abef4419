/**
 * What a unit of work was shown before a kill, line by line in a file beside its result, so that it can be shown the same
 * again when it is gone on with (invariant 3).
 */
import { appendFile, readFile } from "node:fs/promises";
import { z } from "zod";
import { hasCode } from "../errors.ts";

export interface Memory {
  /** The text that was first shown under this key; the one given, when there is none. */
  firstSeen(key: string, text: string): Promise<string>;
}

/** Remembers nothing: for work that is not to be gone on with. */
export const NO_MEMORY: Memory = {
  firstSeen: async (_, text) => text,
};

const Seen = z.strictObject({ unit: z.string(), key: z.string(), text: z.string() });

/** Opens the memory of one unit; what another unit left in the file does not count, nor does a half-written line. */
export async function openMemory(path: string, unit: string): Promise<Memory> {
  const seen = new Map<string, string>();
  for (const line of await linesOf(path)) {
    const read = parse(line);
    if (read?.unit === unit) seen.set(read.key, seen.get(read.key) ?? read.text);
  }
  return {
    async firstSeen(key, text) {
      const before = seen.get(key);
      if (before !== undefined) return before;
      seen.set(key, text);
      // The line break comes first, so that a half-written line before it costs that line only.
      await appendFile(path, `\n${JSON.stringify({ unit, key, text })}`);
      return text;
    },
  };
}

async function linesOf(path: string): Promise<string[]> {
  try {
    return (await readFile(path, "utf8")).split("\n").filter((line) => line !== "");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return [];
    throw error;
  }
}

function parse(line: string): z.infer<typeof Seen> | null {
  try {
    return Seen.safeParse(JSON.parse(line)).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

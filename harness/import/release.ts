/**
 * The lines of `labeled_trajectories.jsonl.gz`: a public run of Trace2Skill's Parametric + Creation setting by a real
 * 122B model (GitHub Hydr0pon1c/SpreadsheetBench, commit 88972e72cfa0), as they were written.
 */
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { z } from "zod";
import { hasCode, messageOf, SetupError } from "../errors.ts";

/** Ids that are whole numbers were written as numbers. */
const Id = z.union([z.string().min(1), z.number().int()]).transform(String);

export const Recorded = z
  .looseObject({
    id: Id,
    label: z.enum(["T+", "T-"]),
    metadata: z.looseObject({
      id: Id,
      instruction: z.string().min(1),
      instruction_type: z.string(),
      answer_position: z.string(),
    }),
    trajectory: z.looseObject({
      /** The prompt, then reply and result of execution in turn. */
      conversation: z.array(z.string()).min(1),
      solution: z.string().nullable(),
    }),
    /** Row of the task in the official release of 400. */
    official_index: z.number().int().optional(),
    eval: z.looseObject({ soft_restriction: z.number(), hard_restriction: z.union([z.literal(0), z.literal(1)]) }),
  })
  .refine(({ id, metadata }) => id === metadata.id, { error: "metadata.id is another task's" })
  .refine(({ label, eval: { hard_restriction: hard } }) => (label === "T+") === (hard === 1), {
    error: "label and eval.hard_restriction do not agree",
  });
export type Recorded = z.infer<typeof Recorded>;

/**
 * Reads all lines, in order.
 * @throws SetupError naming file and line of the first that is damaged, or when a task stands there twice
 */
export async function readRecorded(path: string): Promise<Recorded[]> {
  const lines = (await readText(path)).split("\n");
  const seen = new Map<string, number>();
  return lines.flatMap((line, index) => {
    if (line.trim() === "") return [];
    const recorded = parseLine(line, `${path}:${index + 1}`);
    const before = seen.get(recorded.id);
    if (before !== undefined)
      throw new SetupError(`${path}:${index + 1}: task ${recorded.id} stands already on line ${before}`);
    seen.set(recorded.id, index + 1);
    return [recorded];
  });
}

async function readText(path: string): Promise<string> {
  const bytes = await readFile(path).catch((error: unknown) => {
    if (!hasCode(error, "ENOENT") && !hasCode(error, "ENOTDIR")) throw error;
    throw new SetupError(
      `cannot find ${path}. Give the folder of the recorded run, which holds that file (and its README.md)`,
    );
  });
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await promisify(gunzip)(bytes));
  } catch (cause) {
    throw new SetupError(`${path} is damaged: expected gzip of UTF-8 lines of JSON, found: ${messageOf(cause)}`, {
      cause,
    });
  }
}

function parseLine(line: string, where: string): Recorded {
  const parsed = Recorded.safeParse(parseJson(line, where));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "the line"}: ${message}`);
  throw new SetupError(`${where}: expected a labelled trajectory, but ${problems.join("; ")}`);
}

function parseJson(line: string, where: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new SetupError(
      `${where}: expected one JSON object a line, found ${JSON.stringify(line.slice(0, 60))}: ${messageOf(cause)}`,
      { cause },
    );
  }
}

/**
 * The lines of `labeled_trajectories.jsonl.gz`: a public run of Trace2Skill's Parametric + Creation setting by a real
 * 122B model (GitHub Hydr0pon1c/SpreadsheetBench, commit 88972e72cfa0), as they were written.
 */
import { z } from "zod";
import { SetupError } from "../errors.ts";
import { eachGzipLine, parseJsonLine } from "./gzip-lines.ts";

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

const WANTED = "a labelled trajectory";
const CURE = "Give the folder of the recorded run, which holds that file (and its README.md)";

/**
 * Reads all lines, in order.
 * @throws SetupError naming file and line of the first that is damaged, or when a task stands there twice
 */
export async function readRecorded(path: string): Promise<Recorded[]> {
  const seen = new Map<string, number>();
  const recorded: Recorded[] = [];
  await eachGzipLine(
    path,
    (line, number) => {
      if (line.trim() === "") return;
      const one = parseLine(line, `${path}:${number}`);
      const before = seen.get(one.id);
      if (before !== undefined)
        throw new SetupError(`${path}:${number}: task ${one.id} stands already on line ${before}`);
      seen.set(one.id, number);
      recorded.push(one);
    },
    CURE,
  );
  return recorded;
}

function parseLine(line: string, where: string): Recorded {
  const parsed = Recorded.safeParse(parseJsonLine(line, where, WANTED));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "the line"}: ${message}`);
  throw new SetupError(`${where}: expected ${WANTED}, but ${problems.join("; ")}`);
}

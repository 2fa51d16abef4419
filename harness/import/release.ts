/**
 * The lines of `labeled_trajectories.jsonl.gz`: a public run of Trace2Skill's Parametric + Creation setting by a real
 * 122B model (GitHub Hydr0pon1c/SpreadsheetBench, commit 88972e72cfa0), as they were written.
 */
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { z } from "zod";
import { hasCode, messageOf, SetupError } from "../errors.ts";
import { jsonProblem } from "../json.ts";

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

const MB = 1024 ** 2;
/** A few megabytes of gzip can unpack to as many gigabytes. */
const MAX_BYTES = 512 * MB;
const MAX_LINE_BYTES = 64 * MB;
/** One is a task. */
const MOST_LINES = 100_000;
const LINE_FEED = 0x0a;

/**
 * Reads all lines, in order.
 * @throws SetupError naming file and line of the first that is damaged, or when a task stands there twice
 */
export async function readRecorded(path: string): Promise<Recorded[]> {
  const seen = new Map<string, number>();
  const recorded: Recorded[] = [];
  await eachLine(path, (line, number) => {
    if (line.trim() === "") return;
    const one = parseLine(line, `${path}:${number}`);
    const before = seen.get(one.id);
    if (before !== undefined)
      throw new SetupError(`${path}:${number}: task ${one.id} stands already on line ${before}`);
    seen.set(one.id, number);
    recorded.push(one);
  });
  return recorded;
}

async function eachLine(path: string, take: (line: string, number: number) => void): Promise<void> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let number = 0;
  try {
    await pipeline(createReadStream(path), createGunzip(), async (chunks: AsyncIterable<Buffer>) => {
      for await (const line of linesIn(chunks, path)) {
        number += 1;
        if (number > MOST_LINES)
          throw new SetupError(`${path} has more than ${MOST_LINES} lines. Is it the right file?`);
        take(decoder.decode(line), number);
      }
    });
  } catch (cause) {
    if (cause instanceof SetupError) throw cause;
    if (hasCode(cause, "ENOENT") || hasCode(cause, "ENOTDIR"))
      throw new SetupError(
        `cannot find ${path}. Give the folder of the recorded run, which holds that file (and its README.md)`,
      );
    if (cause instanceof Error && "syscall" in cause) throw cause;
    throw new SetupError(`${path} is damaged: expected gzip of UTF-8 lines of JSON, found: ${messageOf(cause)}`, {
      cause,
    });
  }
}

/** Bytes of one line after the other; never more than one line and one chunk are held. */
async function* linesIn(chunks: AsyncIterable<Buffer>, path: string): AsyncGenerator<Buffer> {
  let number = 1;
  let total = 0;
  let begun: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    total += chunk.length;
    if (total > MAX_BYTES)
      throw new SetupError(`${path} unpacks to more than ${MAX_BYTES / MB} MB. Is it the right file?`);
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, from)) {
      yield Buffer.concat([...begun, chunk.subarray(from, end)]);
      begun = [];
      length = 0;
      number += 1;
      from = end + 1;
    }
    begun.push(chunk.subarray(from));
    length += chunk.length - from;
    if (length > MAX_LINE_BYTES)
      throw new SetupError(
        `${path}:${number}: the line is longer than ${MAX_LINE_BYTES / MB} MB. Is it the right file?`,
      );
  }
  if (length > 0) yield Buffer.concat(begun);
}

function parseLine(line: string, where: string): Recorded {
  const value = parseJson(line, where);
  const unusable = jsonProblem(value);
  if (unusable !== null) throw new SetupError(`${where}: expected a labelled trajectory, but ${unusable}`);
  const parsed = Recorded.safeParse(value);
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

/**
 * A retrieval memory, the rival of a skill: what each earlier task taught, looked up by the words of the task at hand
 * (ReasoningBank, arXiv:2509.25140, as compared with in arXiv:2603.25158, section "ReasoningBank").
 * `memory.json` in a folder of its own; written by `distill/memory/`, given to agents by `run --memory`.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { hasCode, SetupError } from "../errors.ts";
import { hashJson } from "../hash.ts";
import { FORMAT_VERSION } from "../records.ts";
import { readJson, writeJson } from "../run/files.ts";

/** What an agent is shown of a lesson, and where it comes from. */
export const MemoryItem = z.strictObject({
  /** That of its first lesson. */
  id: z.string().min(1),
  kind: z.enum(["error", "success"]),
  title: z.string().min(1),
  /** Why it matters; may be empty. */
  description: z.string(),
  /** What to do. */
  content: z.string().min(1),
  /** Ids of the lessons with these words, of this task alone: a memory does not merge what tasks taught. */
  lessons: z.array(z.string()).min(1),
  /** Trials of those lessons. */
  trials: z.array(z.string()).min(1),
});
export type MemoryItem = z.infer<typeof MemoryItem>;

/** All that one task taught. */
export const Experience = z.strictObject({
  task: z.string().min(1),
  /** The problem that the task is a case of; null where it stands alone. */
  family: z.string().nullable(),
  /** The task's instruction: what is compared with the task at hand. Never shown to an agent. */
  situation: z.string().min(1),
  items: z.array(MemoryItem).min(1),
});
export type Experience = z.infer<typeof Experience>;

const StoredMemory = z.strictObject({
  version: z.literal(FORMAT_VERSION),
  kind: z.literal("memory"),
  name: z.string().min(1),
  /** Of the experiences. Left out in a file that was written by hand. */
  hash: z.string().optional(),
  experiences: z.array(Experience),
});

export interface Memory {
  readonly name: string;
  /** Of all that decides what is looked up and shown. */
  readonly hash: string;
  /** In order of task. */
  readonly experiences: readonly Experience[];
}

export const MEMORY_FILE = "memory.json";

/** @throws RangeError when two experiences are of one task, or two items have one id */
export function memoryFrom(name: string, experiences: readonly Experience[]): Memory {
  const sorted = experiences.toSorted((one, other) => (one.task < other.task ? -1 : 1));
  refuseTwice(sorted.map(({ task }) => task));
  refuseTwice(sorted.flatMap(({ items }) => items.map(({ id }) => id)));
  return { name, hash: hashJson(sorted), experiences: sorted };
}

/** Equal memories give equal bytes. */
export async function writeMemory(directory: string, { name, hash, experiences }: Memory): Promise<void> {
  await writeJson(join(directory, MEMORY_FILE), { version: FORMAT_VERSION, kind: "memory", name, hash, experiences });
}

/**
 * Reads the memory in a folder.
 * @throws SetupError when there is none, when it is damaged, or when its experiences are not those that its hash tells of
 */
export async function readMemory(directory: string): Promise<Memory> {
  const path = join(directory, MEMORY_FILE);
  const stored = await readJson(path, StoredMemory);
  switch (stored.kind) {
    case "read":
      return checked(path, stored.value);
    case "missing":
      throw new SetupError(
        `${directory} holds no memory: there is no ${MEMORY_FILE}${await hint(directory)}. ` +
          "Make one with: trace2skill distill RUN --strategy retrieval --out DIR, and give DIR/memory",
      );
    case "broken":
      throw new SetupError(`${path} is no memory, or is damaged: ${stored.problem}. Distill it again`);
    case "other-version":
      throw new SetupError(
        `${path} was written in format version ${JSON.stringify(stored.version)}; this trace2skill reads version ${FORMAT_VERSION}`,
      );
    default:
      return stored satisfies never;
  }
}

function checked(path: string, { name, hash, experiences }: z.infer<typeof StoredMemory>): Memory {
  try {
    const memory = memoryFrom(name, experiences);
    if (hash === undefined || hash === memory.hash) return memory;
  } catch (error) {
    if (error instanceof RangeError) throw new SetupError(`${path}: ${error.message}`, { cause: error });
    throw error;
  }
  throw new SetupError(
    `${path} was changed after it was written: its experiences are not those of its hash ${hash?.slice(0, 12)}. ` +
      'Distill it again, or take the line "hash" out if the change was meant',
  );
}

function refuseTwice(names: readonly string[]): void {
  const seen = new Set<string>();
  const twice = names.find((name) => seen.size === seen.add(name).size);
  if (twice !== undefined) throw new RangeError(`a memory names each task and each item once, found twice: ${twice}`);
}

/** The folder above the right one is easily given. */
async function hint(directory: string): Promise<string> {
  const below = await readFile(join(directory, "memory", MEMORY_FILE)).then(
    () => true,
    (error: unknown) => !(hasCode(error, "ENOENT") || hasCode(error, "ENOTDIR")),
  );
  return below ? `, but ${join(directory, "memory")} has one: give that folder` : "";
}

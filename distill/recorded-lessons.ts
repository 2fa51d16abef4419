/**
 * Lessons that were drawn elsewhere: `parsed_error_records.json` and `parsed_success_records.json` of the official release
 * (research: method, section 7.4), read straight, so that a distillation can start at its proposers.
 */
import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { SetupError } from "../harness/errors.ts";
import { hashJson } from "../harness/hash.ts";
import { readJsonFile } from "../harness/import/read-text.ts";
import { FORMAT_VERSION, NO_USAGE } from "../harness/records.ts";
import { readJson, writeJson } from "../harness/run/files.ts";
import { makeFolder, trialName } from "../harness/run/store.ts";
import type { Analysis, LessonSource } from "./documents.ts";
import { leakIn } from "./lesson-guard.ts";
import { type DraftRecord, readRecordItems } from "./recorded-items.ts";
import { Lesson } from "./records.ts";

const SkippedRecord = z.strictObject({ record: z.string(), reason: z.string() });
export type SkippedRecord = z.infer<typeof SkippedRecord>;

/** `lessons.json` of a lessons folder: what `import --from records` writes and `distill --records` reads. */
export const RecordedLessons = z.strictObject({
  version: z.literal(FORMAT_VERSION),
  kind: z.literal("lessons"),
  /** Where they came from. */
  importedFrom: z.string(),
  /** All, also those that are dropped. None is verified: nobody here ran a fix. */
  lessons: z.array(Lesson),
  /** Lessons that may not go on, with why: they speak of the answer they were checked against, or name their task. */
  dropped: z.array(z.strictObject({ lesson: z.string(), reason: z.string() })),
  /** Records and items that were not read, with why. */
  skipped: z.array(SkippedRecord),
});
export type RecordedLessons = z.infer<typeof RecordedLessons>;

const FILE = "lessons.json";
const RECORD_FILES = ["parsed_error_records.json", "parsed_success_records.json", "error_records.json"];

/**
 * Reads lessons of elsewhere.
 * @param path a file of records, a folder that holds such files, or a lessons folder that was written before
 * @throws SetupError when there is no such file, when it is no JSON, or when not a single lesson is in it
 */
export async function readRecords(path: string): Promise<RecordedLessons> {
  const files = await recordFiles(path);
  if (files.length === 1 && files[0]?.endsWith(FILE)) return readLessonsFolder(files[0]);
  const read = await Promise.all(files.map(readFileOfRecords));
  const skipped = read.flatMap((one) => one.skipped);
  const lessons: Lesson[] = [];
  const dropped: RecordedLessons["dropped"] = [];
  for (const record of read.flatMap(({ records }) => records)) addLessons(record, lessons, dropped);
  if (lessons.length === 0) {
    const why = skipped.slice(0, 3).map(({ record, reason }) => `${record}: ${reason}`);
    throw new SetupError(`${path} holds no lesson${why.length === 0 ? "" : ` (${why.join("; ")})`}`);
  }
  return { version: FORMAT_VERSION, kind: "lessons", importedFrom: path, lessons, dropped, skipped };
}

/** Writes a lessons folder. */
export async function writeLessonsFolder(directory: string, lessons: RecordedLessons): Promise<void> {
  await makeFolder(directory);
  await writeJson(join(directory, FILE), lessons);
}

/**
 * The lessons as analyses that no model was asked for, one a trial: what a distillation's proposers are given.
 * @param source lessons of another kind are dropped, with that as the reason
 */
export function analysesOf(
  { lessons, dropped: known }: RecordedLessons,
  source: LessonSource = "combined",
): Analysis[] {
  const unwanted = lessons.filter(({ kind }) => source !== "combined" && kind !== source);
  const dropped = [
    ...known,
    ...unwanted.map(({ id }) => ({ lesson: id, reason: `lessons are drawn from ${source} only` })),
  ];
  return [...Map.groupBy(lessons, ({ trial }) => trial)].map(([trial, own]) => ({
    version: FORMAT_VERSION,
    unit: hashJson({ trial, lessons: own }),
    trial,
    task: own[0]?.task ?? "",
    analyst: "none",
    outcome: { kind: "analysed" },
    lessons: own,
    dropped: dropped.filter(({ lesson }) => own.some(({ id }) => id === lesson)),
    fix: null,
    expected: [],
    chat: [],
    usage: NO_USAGE,
  }));
}

async function recordFiles(path: string): Promise<string[]> {
  const info = await stat(path).catch(() => null);
  if (info?.isFile()) return [path];
  const present = await Promise.all(
    [FILE, ...RECORD_FILES].map(async (name) => {
      const file = join(path, name);
      return (await stat(file).catch(() => null))?.isFile() ? [file] : [];
    }),
  );
  const files = present.flat();
  if (files[0]?.endsWith(FILE)) return files.slice(0, 1);
  if (files.length > 0) return files;
  throw new SetupError(
    `no records at ${path}: expected a file such as ${RECORD_FILES[0]}, or a folder that holds one, found ${info === null ? "nothing" : "none of them"}`,
  );
}

async function readLessonsFolder(path: string): Promise<RecordedLessons> {
  const stored = await readJson(path, RecordedLessons);
  if (stored.kind === "read") return stored.value;
  const problem = stored.kind === "broken" ? stored.problem : stored.kind;
  throw new SetupError(
    `${path} cannot be read as lessons: ${problem}. Make it again with: trace2skill import --from records`,
  );
}

async function readFileOfRecords(path: string) {
  const json = await readJsonFile(path);
  if (json.kind === "unread") throw new SetupError(`${path} cannot be read as records: ${json.reason}`);
  const place = join(basename(dirname(path)), basename(path));
  const { records, skipped } = readRecordItems(json.value);
  return { records, skipped: skipped.map((one) => ({ ...one, record: `${place}: ${one.record}` })) };
}

function addLessons(
  { task, seed, kind, drafts }: DraftRecord,
  lessons: Lesson[],
  dropped: RecordedLessons["dropped"],
): void {
  const trial = `records/${trialName(task, seed)}`;
  const before = lessons.filter((lesson) => lesson.trial === trial).length;
  for (const [index, draft] of drafts.entries()) {
    const id = `${trial}#${before + index + 1}`;
    lessons.push({ id, kind, trial, task, ...draft, verified: false });
    const leak = leakIn(draft, { id: task, instruction: "", files: [], output: "", kind: "" }, []);
    if (leak !== null) dropped.push({ lesson: id, reason: leak.reason });
  }
}

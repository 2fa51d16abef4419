/**
 * The analyst patches of the recorded run (`patches.jsonl.gz`: 351 of a real model) as proposals of ours: each edit goes
 * through the schema that proposers go through and is tried on the start skill; what had to be mended or refused is told.
 */
import { join } from "node:path";
import { z } from "zod";
import { SetupError } from "../harness/errors.ts";
import { shortHash } from "../harness/hash.ts";
import { eachGzipLine, parseJsonLine } from "../harness/import/gzip-lines.ts";
import { FORMAT_VERSION, NO_USAGE } from "../harness/records.ts";
import { readReply } from "../harness/reply.ts";
import { trialName } from "../harness/run/store.ts";
import type { Skill } from "../harness/skill/skill.ts";
import { applyEdits } from "./apply.ts";
import type { Proposal } from "./documents.ts";
import { makeEdit, readEditBody } from "./edit-reply.ts";
import { RecordedEdit, readRecordedEdit } from "./recorded-edit.ts";
import type { Edit, Lesson, Refusal } from "./records.ts";
import { salvageEdits } from "./salvage.ts";

const Memory = z.looseObject({ title: z.string(), lesson: z.string(), generalization: z.string().catch("") });
const Body = z.looseObject({
  failure_surface: z.string().optional(),
  success_surface: z.string().optional(),
  /** Read one by one, so that a broken one does not cost the others. */
  memory_items: z.array(z.unknown()).catch([]),
  edits: z.array(z.unknown()),
});
type Body = z.infer<typeof Body>;
/** What the recorder kept of a reply that it could not read. */
const Rejected = z.looseObject({ error: z.string(), raw_response: z.string() });

const Line = z.looseObject({
  run: z.string(),
  analyst: z.enum(["error", "success", "rejected"]),
  task_id: z.union([z.string().min(1), z.number()]).transform(String),
  patch: z.unknown(),
});

/** One recorded patch, read as far as it can be. */
export interface RecordedPatch {
  readonly run: string;
  readonly task: string;
  readonly kind: Lesson["kind"];
  /**
   * The recorder had given some replies up. `mended`: its JSON was put right by program. `heuristic`: edits and lessons were
   * picked out of it one by one.
   */
  readonly readAs: "json" | "mended" | "heuristic" | "unread";
  readonly body: Body | null;
  /** Why it is unread or had to be mended. */
  readonly problem: string | null;
}

const MOST_SALVAGED = 20;
const FILE = "patches.jsonl.gz";
const CURE = "Give the folder of the recorded run, which holds it beside merges.jsonl.gz and skills.json";

/**
 * Reads all patches, in order.
 * @throws SetupError naming file and line, when the file is missing or a line is no JSON
 */
export async function readRecordedPatches(directory: string): Promise<RecordedPatch[]> {
  const patches: RecordedPatch[] = [];
  const path = join(directory, FILE);
  const take = (text: string, number: number) => {
    if (text.trim() === "") return;
    const line = Line.safeParse(parseJsonLine(text, `${path}:${number}`, "a recorded patch"));
    if (!line.success)
      throw new SetupError(`${path}:${number}: expected a recorded patch: ${z.prettifyError(line.error)}`);
    patches.push(patchOf(line.data));
  };
  await eachGzipLine(path, take, CURE);
  return patches;
}

function patchOf({ run, analyst, task_id: task, patch }: z.infer<typeof Line>): RecordedPatch {
  const kind = analyst === "success" ? ("success" as const) : ("error" as const);
  const body = Body.safeParse(patch);
  if (body.success) return { run, task, kind, readAs: "json", body: body.data, problem: null };
  const rejected = Rejected.safeParse(patch);
  if (!rejected.success) return { run, task, kind, readAs: "unread", body: null, problem: z.prettifyError(body.error) };
  return { run, task, ...rescued(rejected.data) };
}

/** What can be had from a reply that is no JSON. */
function rescued({ error, raw_response: text }: z.infer<typeof Rejected>): Omit<RecordedPatch, "run" | "task"> {
  const kind = text.includes('"success_surface"') ? ("success" as const) : ("error" as const);
  const problem = `the recorder could not read it: ${error}`;
  const read = readReply(text, Body);
  if (read.kind !== "failed") return { kind, readAs: "mended", body: read.value, problem };
  const edits = salvageEdits(text);
  if (edits.length > 0)
    return { kind, readAs: "heuristic", body: { edits, memory_items: salvageMemories(text) }, problem };
  return { kind, readAs: "unread", body: null, problem: `${problem}; ${read.problem}` };
}

/** The smallest object around each `"lesson"` that can be read. */
function salvageMemories(text: string): unknown[] {
  return [...text.matchAll(/"lesson"\s*:/g)].slice(0, MOST_SALVAGED).flatMap(({ index }) => {
    const start = text.lastIndexOf("{", index);
    const end = text.indexOf("}", index);
    const read = start === -1 || end === -1 ? null : readReply(text.slice(start, end + 1), Memory);
    return read === null || read.kind === "failed" ? [] : [read.value];
  });
}

/** A patch as a proposal, with the lessons behind it and all that was mended on the way. */
export interface ReadPatch {
  readonly patch: RecordedPatch;
  readonly trial: string;
  readonly lessons: readonly Lesson[];
  readonly proposal: Proposal;
  /** What was changed in edits so that they fit, one entry a change. */
  readonly repairs: readonly string[];
  /** Memory items that are none. */
  readonly skipped: number;
  /** Edits in the record. */
  readonly edits: number;
}

/** Reads a patch against the skill that its analyst saw. Each recorded edit ends in the patch or in `refused`. */
export function readPatch(patch: RecordedPatch, base: Skill): ReadPatch {
  const trial = `${patch.run}/${trialName(patch.task, 0)}`;
  const { lessons, skipped } = lessonsOf(patch, trial);
  const written = patch.body?.edits ?? [];
  const repairs: string[] = [];
  const refused: Refusal[] = [];
  const edits = new Map<string, Edit>();
  const ids = lessons.map(({ id }) => id);
  for (const [index, one] of written.entries()) {
    const read = readOne(one, base, repairs);
    if (typeof read === "string") {
      refused.push({ written: one, lessons: ids, problem: `edit ${index + 1} of ${written.length}: ${read}` });
      continue;
    }
    const edit = makeEdit(read, [trial, ...ids], ids, [patch.task]);
    edits.set(edit.id, edit);
  }
  for (const { edit, problem } of applyEdits(base.files, [...edits.values()]).rejected) {
    edits.delete(edit.id);
    refused.push({ written: edit.body, lessons: edit.lessons, problem });
  }
  const proposal = proposalOf(trial, patch, { lessons, edits: [...edits.values()], refused });
  return { patch, trial, lessons, proposal, repairs, skipped, edits: written.length };
}

/** The edit in our words, or what is wrong with it. */
function readOne(written: unknown, base: Skill, repairs: string[]): Edit["body"] | string {
  const recorded = RecordedEdit.safeParse(written);
  if (!recorded.success) return z.prettifyError(recorded.error);
  const read = readRecordedEdit(recorded.data, base);
  const body = readEditBody(read.written, "lessons");
  if (!body.success) return z.prettifyError(body.error);
  repairs.push(...read.repairs);
  return body.data;
}

function lessonsOf({ task, kind, body }: RecordedPatch, trial: string): { lessons: Lesson[]; skipped: number } {
  const items = (body?.memory_items ?? []).map((item) => Memory.safeParse(item).data);
  const known = items.filter((item) => item !== undefined && item.title.trim() !== "" && item.lesson.trim() !== "");
  const lessons = known.flatMap((item, index): Lesson[] => {
    if (item === undefined) return [];
    const { title, lesson: rule, generalization: reason } = item;
    return [{ id: `${trial}#${index + 1}`, kind, trial, task, title, rule, reason, verified: false }];
  });
  if (lessons.length > 0 || body === null) return { lessons, skipped: items.length - lessons.length };
  // An edit must have a lesson behind it: what the analyst saw is one.
  const seen = body.failure_surface ?? body.success_surface ?? "An edit without a lesson";
  const only: Lesson = {
    ...{ id: `${trial}#1`, kind, trial, task, title: seen.slice(0, 80) || "An edit without a lesson" },
    ...{ rule: seen || "See the edit.", reason: "", verified: false },
  };
  return { lessons: [only], skipped: items.length };
}

function proposalOf(
  trial: string,
  { problem, readAs }: RecordedPatch,
  { lessons, edits, refused }: { lessons: readonly Lesson[]; edits: Edit[]; refused: Refusal[] },
): Proposal {
  const spoken = new Set([...edits, ...refused].flatMap((one) => one.lessons));
  const left = lessons
    .filter(({ id }) => !spoken.has(id))
    .map(({ id }) => ({ lesson: id, reason: "no edit proposed" }));
  return {
    version: FORMAT_VERSION,
    trial,
    patch: { id: `p-${shortHash({ trial, edits: edits.map(({ id }) => id) })}`, reasoning: "", edits },
    refused,
    left,
    repaired: problem,
    ...(readAs === "unread" ? {} : { readAs }),
    fault: null,
    usage: NO_USAGE,
  };
}

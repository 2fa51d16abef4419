/** The items of recorded analyses as drafts of lessons, one record after the other; what is not read is told. Pure. */
import { z } from "zod";
import type { DraftLesson } from "./lesson-guard.ts";
import type { SkippedRecord } from "./recorded-lessons.ts";
import type { Lesson } from "./records.ts";

/** What one recorded analysis teaches of one trial. */
export interface DraftRecord {
  readonly task: string;
  readonly seed: number;
  readonly kind: Lesson["kind"];
  readonly drafts: readonly DraftLesson[];
}

const Id = z.union([z.string().trim().min(1), z.number()]).transform(String);
const Text = z
  .string()
  .nullish()
  .transform((text) => text ?? "");
const Item = z.looseObject({ type: z.string(), title: Text, description: Text, content: Text });
type Item = z.infer<typeof Item>;
const Record_ = z
  .looseObject({ task_id: Id.optional(), instance_id: Id.optional(), id: Id.optional(), items: z.array(z.unknown()) })
  .transform(({ task_id: task, instance_id: instance, id, items }) => ({ id: task ?? instance ?? id, items }));

/** Twins that the release's parser makes of the prompt that lies beside each analysis (research: method, W3). */
const PROMPT_TWIN = /_prompt$/;
const SEED = /_seed_(\d{1,9})$/;

/** @param value the whole file, whatever it holds */
export function readRecordItems(value: unknown): { records: DraftRecord[]; skipped: SkippedRecord[] } {
  if (!Array.isArray(value)) return { records: [], skipped: [{ record: "the file", reason: NO_LIST }] };
  const skipped: SkippedRecord[] = [];
  const ids = new Set(value.map((one) => Record_.safeParse(one).data?.id));
  const seen = new Set<string>();
  const records = value.flatMap((one, index): DraftRecord[] => {
    const record = Record_.safeParse(one).data;
    const skip = (reason: string): DraftRecord[] => {
      skipped.push({ record: record?.id ?? `record ${index + 1}`, reason });
      return [];
    };
    if (record?.id === undefined) return skip("it is no record: expected an id and a list of items");
    if (PROMPT_TWIN.test(record.id)) return skip(twinOf(record.id, ids));
    const same = JSON.stringify(one);
    if (seen.has(same)) return skip("it stands there twice, word for word");
    seen.add(same);
    if (record.items.length === 0) return skip("it has no items");
    return draftsOf(record.id, record.items, skipped);
  });
  return { records, skipped };
}

const NO_LIST = "expected a list of records; patterns over many trials name no trial that argues for them";

function twinOf(id: string, ids: ReadonlySet<string | undefined>): string {
  const original = id.replace(PROMPT_TWIN, "");
  return ids.has(original) ? `a _prompt double of ${original}` : "read off a prompt, not off an analysis (_prompt)";
}

/** Causes are no lessons by themselves: they are the reason why, and go with the lessons of their record. */
function draftsOf(id: string, items: readonly unknown[], skipped: SkippedRecord[]): DraftRecord[] {
  const read = items.flatMap((item, index) => {
    const where = `${id}, item ${index + 1}`;
    const parsed = cleanItem(Item.safeParse(item).data, where, skipped);
    const problem = parsed === undefined ? "it is no item: expected type and texts" : problemOf(parsed);
    if (problem !== null) skipped.push({ record: where, reason: problem });
    return problem === null && parsed !== undefined ? [parsed] : [];
  });
  const causes = read.filter(({ type }) => type === "failure_cause");
  const memories = read.filter(({ type }) => type !== "failure_cause");
  if (memories.length === 0 && causes.length > 0)
    skipped.push({ record: id, reason: "it says what went wrong and not what to do: causes without a lesson" });
  const why = causes.map(({ title, description, content }) => `Cause: ${title}. ${description || content}`);
  const seed = Number(SEED.exec(id)?.[1] ?? 0);
  const task = id.replace(SEED, "");
  return [...Map.groupBy(memories, kindOf)].map(([kind, own]) => ({
    ...{ task, seed, kind },
    drafts: own.map(({ title, description, content }) => ({
      title,
      rule: description || content,
      reason: [description === "" ? "" : content, ...(kind === "error" ? why : [])].filter(Boolean).join("\n"),
    })),
  }));
}

function cleanItem(item: Item | undefined, where: string, skipped: SkippedRecord[]): Item | undefined {
  if (item === undefined) return undefined;
  const clean = (text: string) => {
    const { text: kept, note } = cleaned(text);
    if (note !== null)
      skipped.push({ record: where, reason: `a note on the analyst's own check is left out: ${note}` });
    return kept;
  };
  return { ...item, title: item.title.trim(), description: clean(item.description), content: clean(item.content) };
}

const KINDS: Readonly<Record<string, Lesson["kind"]>> = {
  failure_cause: "error",
  failure_memory: "error",
  success_memory: "success",
};

function kindOf({ type }: Item): Lesson["kind"] {
  return KINDS[type] ?? "error";
}

function problemOf({ type, title, description, content }: Item): string | null {
  if (!Object.hasOwn(KINDS, type)) return `its type is none that is known: ${JSON.stringify(type.slice(0, 40))}`;
  if (title === "" || (description === "" && content === "")) return "it has no title or no text";
  return null;
}

/** Said of the analyst's own check, not of the task. */
const ABOUT_THE_CHECK = /fixed output|evaluate_output|\bPASS(ED)?\b/i;
const LONGEST_NOTE = 600;

/** Reports leave a rule, a lone fence, or a note on the analyst's own check at the end of their last item. */
function cleaned(text: string): { text: string; note: string | null } {
  const kept = withoutEnd(text.trim());
  const rule = kept.lastIndexOf("\n---");
  const note = rule === -1 ? "" : kept.slice(rule).replace(/^\n-+/, "").trim();
  if (note === "" || note.length > LONGEST_NOTE || !ABOUT_THE_CHECK.test(note)) return { text: kept, note: null };
  return { text: withoutEnd(kept.slice(0, rule)), note };
}

function withoutEnd(text: string): string {
  let kept = text.trim();
  while (kept === "---" || kept.endsWith("\n---") || opensFence(kept)) kept = kept.slice(0, -3).trim();
  return kept;
}

/** A fence at the very end that closes nothing. */
function opensFence(text: string): boolean {
  return text.endsWith("\n```") && (text.match(/^```/gm) ?? []).length % 2 === 1;
}

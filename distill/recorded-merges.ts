/**
 * The merges of the recorded run (`merges.jsonl.gz`: 30 of a real model) over the patches that they were made of. Each goes
 * through the check that our own merges go through: what the recorded merge forgot is put back, and counted.
 */
import { join } from "node:path";
import { z } from "zod";
import { SetupError } from "../harness/errors.ts";
import { eachGzipLine, parseJsonLine } from "../harness/import/gzip-lines.ts";
import { FORMAT_VERSION, NO_USAGE } from "../harness/records.ts";
import type { Skill } from "../harness/skill/skill.ts";
import { applyEdits } from "./apply.ts";
import { coverGroup } from "./coverage.ts";
import type { Merge } from "./documents.ts";
import { makeEdit, readEditBody } from "./edit-reply.ts";
import { groupsOf } from "./merge.ts";
import { mergeByProgram } from "./program-merge.ts";
import { RecordedEdit, readRecordedEdit } from "./recorded-edit.ts";
import { type Wording, wordingOf } from "./recorded-wording.ts";
import type { Edit, Patch } from "./records.ts";

const Line = z.looseObject({
  run: z.string(),
  file: z.string(),
  merge: z.looseObject({
    reasoning: z.string().catch(""),
    source_patch_count: z.number().int().nonnegative(),
    edits: z.array(RecordedEdit),
  }),
});

export interface RecordedMerge {
  readonly run: string;
  /** From 1, as our merges; null for the copy of the last merge that the record calls its final patch. */
  readonly level: number | null;
  /** From 0, within its level. */
  readonly index: number;
  readonly reasoning: string;
  /** How many patches went in, as the record has it. */
  readonly sources: number;
  readonly edits: readonly RecordedEdit[];
}

const PLACE = /^level_(\d+)\/batch_(\d+)\.json$/;

/** @throws SetupError naming file and line, when the file is missing or a line is none of a merge */
export async function readRecordedMerges(directory: string): Promise<RecordedMerge[]> {
  const merges: RecordedMerge[] = [];
  const path = join(directory, "merges.jsonl.gz");
  const take = (text: string, number: number) => {
    if (text.trim() === "") return;
    const line = Line.safeParse(parseJsonLine(text, `${path}:${number}`, "a recorded merge"));
    if (!line.success)
      throw new SetupError(`${path}:${number}: expected a recorded merge: ${z.prettifyError(line.error)}`);
    const { run, file, merge } = line.data;
    const [, level, index] = PLACE.exec(file) ?? [];
    if (level === undefined && file !== "final_patch.json")
      throw new SetupError(
        `${path}:${number}: expected level_N/batch_N.json or final_patch.json, found ${JSON.stringify(file)}`,
      );
    merges.push({
      ...{ run, reasoning: merge.reasoning, sources: merge.source_patch_count, edits: merge.edits },
      level: level === undefined ? null : Number(level) + 1,
      index: Number(index ?? 0),
    });
  };
  await eachGzipLine(path, take, "Give the folder of the recorded run, which holds it beside patches.jsonl.gz");
  return merges;
}

/** One merge replayed. */
export interface Replayed {
  readonly merge: Merge;
  /** False where the record has no merge for the group, so that the program made it. */
  readonly recorded: boolean;
  /** Edits that the recorded merge wrote, and those of them that keep the schema and fit the start skill. */
  readonly written: number;
  readonly fitting: number;
}

export interface ReplayedTree {
  readonly root: Patch;
  readonly merges: readonly Replayed[];
  readonly patchesPerLevel: readonly number[];
  readonly editsPerLevel: readonly number[];
  readonly notices: readonly string[];
  /**
   * Shares of inputs of first-level merges whose words the merged text holds, in [0, 1]: of the merge that they went into,
   * and of the others of the run, which never saw them. Where both are alike, wording cannot tell what was merged.
   */
  readonly byWording: { readonly own: number; readonly others: number };
}

/** Most patches of a merge in the record. */
const FAN_IN = 32;

/**
 * Merges patches as the record did, level by level, then by program with those that the record left out.
 * @param patches those that went into the recorded merges, in their order
 * @param late patches that the recorder could not read and that we can
 */
export function replayMerges(
  patches: readonly Patch[],
  late: readonly Patch[],
  recorded: readonly RecordedMerge[],
  base: Skill,
): ReplayedTree {
  const wording = wordingOf([
    ...patches.flatMap(({ edits }) => edits.map(textOf)),
    ...recorded.flatMap(({ edits }) => edits.map(({ content }) => content)),
  ]);
  const first = recorded.filter(({ level }) => level === 1).sort((one, other) => one.index - other.index);
  const { groups, notices } = groupsLikeRecorded(patches, first);
  const merges: Replayed[] = [];
  const patchesPerLevel = [patches.length];
  const editsPerLevel = [countEdits(patches)];
  let level: readonly Patch[] = patches;
  for (let number = 1; level.length > 1; number += 1) {
    const parts = number === 1 ? groups : groupsOf(level, FAN_IN);
    const made = parts.map((group, index) => {
      const like = recorded.find((one) => one.level === number && one.index === index);
      return replayOne(group, { level: number, index }, { like, base, wording });
    });
    merges.push(...made);
    level = made.map(({ merge }) => merge.output);
    patchesPerLevel.push(level.length);
    editsPerLevel.push(countEdits(level));
  }
  const ended = [...level, ...late];
  if (late.length > 0) {
    const last = replayOne(ended, { level: patchesPerLevel.length, index: 0 }, { like: undefined, base, wording });
    merges.push(last);
    patchesPerLevel.push(1);
    editsPerLevel.push(countEdits([last.merge.output]));
  }
  const root = merges.at(-1)?.merge.output ?? ended[0];
  if (root === undefined) throw new SetupError("there is no patch to merge");
  return { root, merges, patchesPerLevel, editsPerLevel, notices, byWording: sharesByWording(groups, first, wording) };
}

/** The record names no inputs, only how many there were: its batches are slices in order, as the official code makes them. */
function groupsLikeRecorded(patches: readonly Patch[], first: readonly RecordedMerge[]) {
  const total = first.reduce((sum, { sources }) => sum + sources, 0);
  if (total === 0)
    return { groups: groupsOf(patches, FAN_IN), notices: ["the record has no merge of the first level"] };
  const scale = patches.length / total;
  const ends = first.map((_, index) => {
    const before = first.slice(0, index + 1).reduce((sum, { sources }) => sum + sources, 0);
    return Math.round(before * scale);
  });
  const groups = ends.map((end, index) => patches.slice(ends[index - 1] ?? 0, end)).filter((group) => group.length > 0);
  const notices =
    scale === 1
      ? []
      : [
          `${total - patches.length} of the ${total} patches that the record merged are not in it: its ${first.length} batches are taken to be spread evenly over the ${patches.length} that are`,
        ];
  return { groups, notices };
}

interface How {
  readonly like: RecordedMerge | undefined;
  readonly base: Skill;
  readonly wording: Wording;
}

function replayOne(
  group: readonly Patch[],
  place: { level: number; index: number },
  { like, base, wording }: How,
): Replayed {
  const inputs = group.flatMap(({ edits }) => edits);
  const covered =
    like === undefined
      ? mergeByProgram(group, "Put together by the harness: the record has no merge of these patches")
      : coverGroup(group, replyOf(like, inputs, { base, wording }), (edits) => unfit(base, edits));
  const merge: Merge = {
    ...{ version: FORMAT_VERSION, id: covered.output.id, ...place, inputs: group.map(({ id }) => id), ...covered },
    ...{ by: like === undefined ? ("program" as const) : ("model" as const), fault: null, usage: NO_USAGE },
  };
  return { merge, recorded: like !== undefined, written: like?.edits.length ?? 0, fitting: fittingOf(like, base) };
}

/** The recorded merge as our merger would have replied: each edit with the inputs whose words it holds. */
function replyOf({ reasoning, edits }: RecordedMerge, inputs: readonly Edit[], { base, wording }: Omit<How, "like">) {
  const written = edits.map((edit) => {
    const covers = inputs.filter((input) => wording.covers(edit.content, textOf(input))).map(({ id }) => id);
    return { ...readRecordedEdit(edit, base).written, covers };
  });
  return { reasoning, edits: written, dropped: [] };
}

function unfit(base: Skill, edits: readonly Edit[]): Map<string, string> {
  const { rejected } = applyEdits(base.files, edits);
  return new Map(rejected.filter(({ kind }) => kind === "unfit").map(({ edit, problem }) => [edit.id, problem]));
}

function fittingOf(like: RecordedMerge | undefined, base: Skill): number {
  const bodies = (like?.edits ?? []).flatMap(
    (edit) => readEditBody(readRecordedEdit(edit, base).written, "covers").data ?? [],
  );
  const made = bodies.map((body, index) => makeEdit(body, [`${index}`], [], []));
  return made.length - unfit(base, made).size;
}

function sharesByWording(groups: readonly (readonly Patch[])[], first: readonly RecordedMerge[], wording: Wording) {
  const counts = { own: [0, 0], others: [0, 0] } satisfies Record<string, [number, number]>;
  for (const [at, group] of groups.entries()) {
    for (const { index, edits } of first) {
      const count = index === at ? counts.own : counts.others;
      for (const input of group.flatMap((patch) => patch.edits)) {
        count[1] = (count[1] ?? 0) + 1;
        if (edits.some(({ content }) => wording.covers(content, textOf(input)))) count[0] = (count[0] ?? 0) + 1;
      }
    }
  }
  const share = ([found = 0, all = 0]: readonly number[]) => (all === 0 ? 0 : found / all);
  return { own: share(counts.own), others: share(counts.others) };
}

function textOf({ body }: Edit): string {
  return "content" in body ? body.content : "";
}

function countEdits(patches: readonly Patch[]): number {
  return patches.flatMap(({ edits }) => edits).length;
}

/** The simulated model as merger: edits that teach the same become one; now and then it forgets a group, as models do. */
import { z } from "zod";
import { fractionOf, shortHash } from "../hash.ts";
import { type Chat, jsonReply, type SimulatedReply } from "./chat.ts";
import { curedBy } from "./habits.ts";
import { readFenced } from "./proposer.ts";

const Edit = z.looseObject({
  id: z.string(),
  support: z.number(),
  op: z.string(),
  file: z.string(),
  section: z.string().optional(),
  heading: z.string().optional(),
  content: z.string().optional(),
});
type Edit = z.infer<typeof Edit>;
const Patches = z.array(z.looseObject({ id: z.string(), edits: z.array(Edit) }));

const ADDS = ["append_to_section", "add_section", "insert_after", "insert_before"];

export function playMerger(chat: Chat): SimulatedReply {
  const edits = (readFenced("patches", chat.opening, Patches) ?? []).flatMap((patch) => patch.edits);
  const groups = [...Map.groupBy(edits, groupOf)].map(([name, members]) => ({
    name,
    members,
    fate: fateOf(chat, name, members),
  }));
  const kept = groups.filter(({ fate }) => fate === "keep").map(({ members }) => mergedEdit(members));
  const dropped = groups
    .filter(({ fate }) => fate === "drop")
    .flatMap(({ members }) =>
      members.map(({ id }) => ({
        edit: id,
        reason: "It says what any careful worker does anyway; no task is done differently for it.",
      })),
    );
  const reasoning = `${edits.length} edits fall into ${groups.length} groups by what they teach; each group keeps its best supported wording.`;
  return jsonReply("The merged patch:", { reasoning, edits: kept, dropped });
}

/** Additions to one file that cure the same belong together, and so do those that cure nothing under one heading. */
function groupOf(edit: Edit): string {
  if (!ADDS.includes(edit.op)) return `${edit.op} ${shortHash(bodyOf(edit))}`;
  const cures = curedBy(edit.content ?? "").map(({ name }) => name);
  return cures.length > 0
    ? `${edit.file} cures ${cures.join("+")}`
    : `${edit.file} under ${edit.section ?? edit.heading ?? ""}`;
}

/** Asked once more (a repair), it draws again. */
function fateOf({ size, seed, turns }: Chat, name: string, members: readonly Edit[]): "keep" | "drop" | "forget" {
  const ids = members.map(({ id }) => id);
  if (fractionOf("forgets", turns.length, seed, size.name, name, ...ids) < size.forgets) return "forget";
  const vague = name.includes(" under ");
  return vague && fractionOf("drops", seed, size.name, name, ...ids) < size.dropsVague ? "drop" : "keep";
}

/** The body of the best supported member, the longer of equals; it covers them all. */
function mergedEdit(members: readonly Edit[]): Record<string, unknown> {
  const length = ({ content = "" }: Edit) => content.length;
  const [best] = members.toSorted((a, b) => b.support - a.support || length(b) - length(a));
  if (best === undefined) throw new Error("a group of edits is empty");
  return { ...bodyOf(best), covers: members.map(({ id }) => id) };
}

function bodyOf({ id: _id, support: _support, ...body }: Edit): Record<string, unknown> {
  return body;
}

/** An edit as the recorded run wrote it, in the words of our eight operations. Pure. */
import { z } from "zod";
import type { Skill } from "../harness/skill/skill.ts";
import { skillText } from "../harness/skill/skill.ts";
import type { WrittenEdit } from "./edit-reply.ts";
import { headingKey, readDocument } from "./markdown.ts";

export const RecordedEdit = z.looseObject({
  file: z.string(),
  op: z.string(),
  /** Heading of a section. */
  target: z.string(),
  content: z.string(),
});
export type RecordedEdit = z.infer<typeof RecordedEdit>;

/** Names that the record has for our operations. */
const OPS: Readonly<Record<string, string>> = {
  append_section: "append_to_section",
  create: "create_file",
  createFile: "create_file",
  deleteFile: "delete_file",
};

/**
 * The edit for our schema, with what had to be changed. The record's own program made a section that was not there, and so
 * does `add_section`.
 */
export function readRecordedEdit(
  { op, file, target, content }: RecordedEdit,
  base: Skill,
): { written: WrittenEdit; repairs: string[] } {
  const name = OPS[op] ?? op;
  const repairs = name === op ? [] : [`operation ${op} read as ${name}`];
  if (name !== "append_to_section") return { written: { op: name, file, section: target, content }, repairs };
  const { sections } = readDocument(skillText(base, file) ?? "");
  const section = sections.find(({ heading }) => headingKey(heading) === headingKey(target));
  if (section === undefined) {
    const written = { op: "add_section", file, after: null, heading: target, content };
    return { written, repairs: [...repairs, "section that is not there: added"] };
  }
  const respelt = section.heading === target ? [] : ["section named without its number"];
  return { written: { op: name, file, section: target, content }, repairs: [...repairs, ...respelt] };
}

/** Edits as models write them: read one by one, so that a broken one does not cost the others. */
import { z } from "zod";
import { shortHash } from "../harness/hash.ts";
import { fence } from "../harness/prompt.ts";
import type { Skill } from "../harness/skill/skill.ts";
import { isUtf8 } from "../harness/skill/skill.ts";
import { cutMiddle, SKILL_FILE_LIMITS } from "../harness/truncate.ts";
import { type Edit, EditBody } from "./records.ts";

/** An edit before it is read. */
export const WrittenEdit = z.record(z.string(), z.unknown());
export type WrittenEdit = z.infer<typeof WrittenEdit>;

/** A field of another operation, left empty, is as good as none. */
export function readEditBody(written: WrittenEdit, foreign: "lessons" | "covers"): z.ZodSafeParseResult<EditBody> {
  const filled = Object.entries(written).filter(([key, value]) => key !== foreign && value !== null && value !== "");
  const body = Object.fromEntries(filled);
  return EditBody.safeParse(body.op === "add_section" ? { after: null, ...body } : body);
}

/** Ids in a list that a model wrote; anything else there counts as none. */
export function idsIn(value: unknown): string[] {
  return [
    ...new Set(
      z
        .array(z.string())
        .catch([])
        .parse(typeof value === "string" ? [value] : value),
    ),
  ];
}

/** An edit with its id made from what it does and from what it came from. */
export function makeEdit(
  body: EditBody,
  sources: readonly string[],
  lessons: readonly string[],
  tasks: readonly string[],
): Edit {
  const sorted = (ids: readonly string[]) => [...new Set(ids)].sort();
  return {
    id: `e-${shortHash({ body, sources: sorted(sources) })}`,
    body,
    lessons: sorted(lessons),
    tasks: sorted(tasks),
  };
}

/** The skill's files as editors are shown them. Files that cannot be edited are shown in part when they are long. */
export function fencedFiles({ files }: Pick<Skill, "files">): string {
  const texts = [...files].filter(([, bytes]) => isUtf8(bytes) && !bytes.includes(0));
  return texts
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([path, bytes]) => [path, new TextDecoder().decode(bytes)] as const)
    .map(([path, text]) =>
      fence("skill-file", `${path}\n${path.endsWith(".md") ? text : cutMiddle(text, SKILL_FILE_LIMITS)}`),
    )
    .join("\n\n");
}

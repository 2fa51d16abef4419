/** Text that a model wrote into an edit, looked at before anything parses it or puts it into a skill. */
import { EDIT_LIMITS, markdownProblem } from "../harness/skill/markdown-limits.ts";
import { hiddenCharacter } from "../harness/text.ts";
import { orderIn } from "./injection.ts";
import type { EditBody } from "./records.ts";

/** What each field is called in a message. */
const FIELDS = {
  content: "the content",
  heading: "the heading",
  link: "the link",
  section: "the section's name",
  after: "the section's name",
  anchor: "the anchor",
  old: "the old text",
  file: "the file's name",
} as const;
type Field = keyof typeof FIELDS;

/** Fields that end up in the skill; the others only name what is there. */
const PUT_IN: readonly string[] = ["content", "heading", "link"] satisfies Field[];

/** Why an edit's texts cannot be taken, or null. */
export function writtenProblem(body: EditBody): string | null {
  const texts = Object.entries(body).flatMap(([field, text]) =>
    isField(field) && typeof text === "string" ? [{ field, text }] : [],
  );
  return texts.map(fieldProblem).find((problem) => problem !== null) ?? null;
}

function isField(name: string): name is Field {
  return name in FIELDS;
}

function fieldProblem({ field, text }: { field: Field; text: string }): string | null {
  const heavy = markdownProblem(text, EDIT_LIMITS);
  if (heavy !== null) return `${FIELDS[field]} cannot be taken: line ${heavy.line}: ${heavy.message}`;
  if (!PUT_IN.includes(field)) return null;
  const code = hiddenCharacter(text);
  if (code !== null) return `${FIELDS[field]} holds ${code}, which a reader does not see; leave it out`;
  const order = orderIn(text);
  return order === null ? null : `${FIELDS[field]} cannot be taken: ${order}`;
}

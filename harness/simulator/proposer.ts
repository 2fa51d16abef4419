/** The simulated model as proposer: files each lesson as one bullet under the heading of its theme. */
import { z } from "zod";
import { unfence } from "../prompt.ts";
import { type Chat, jsonReply, type SimulatedReply } from "./chat.ts";
import { curedBy, GENERAL_THEME } from "./habits.ts";
import { headingsIn, sectionNamed } from "./outline.ts";

const Lessons = z.array(
  z.looseObject({ id: z.string(), title: z.string(), rule: z.string(), reason: z.string().default("") }),
);
type Lesson = z.infer<typeof Lessons>[number];

export function playProposer(chat: Chat): SimulatedReply {
  const lessons = readFenced("lessons", chat.opening, Lessons) ?? [];
  const headings = headingsIn(chat.opening);
  const edits = lessons.map((lesson) => ({ ...editFor(lesson, headings), lessons: [lesson.id] }));
  const reasoning = `${edits.length === 1 ? "One lesson becomes one bullet" : `${edits.length} lessons become a bullet each`}, under the heading of what it is about.`;
  return jsonReply("The patch:", { reasoning, edits });
}

function editFor(lesson: Lesson, headings: readonly string[]): Record<string, unknown> {
  const content = bulletOf(lesson);
  const theme = curedBy(content)[0]?.theme ?? GENERAL_THEME;
  const section = sectionNamed(theme, headings);
  return section === null
    ? { op: "add_section", file: "SKILL.md", after: null, heading: theme, content }
    : { op: "append_to_section", file: "SKILL.md", section, content };
}

/** One line, in the lesson's own words. */
function bulletOf({ title, rule, reason }: Lesson): string {
  const line = `**${title}.** ${rule} ${reason}`
    .replace(/\s+/g, " ")
    .replace(/([.!?:])\.\*\*/, "$1**")
    .trim();
  return `- ${line}`;
}

/** What stands as JSON in a fence; null where there is no such fence or it holds something else. */
export function readFenced<T>(name: string, text: string, schema: z.ZodType<T>): T | null {
  const [content] = unfence(name, text);
  if (content === undefined) return null;
  try {
    return schema.safeParse(JSON.parse(content)).data ?? null;
  } catch {
    return null;
  }
}

/** The skill that distillation starts from when none is given, and the naming of the new skill. */
import { SetupError } from "../harness/errors.ts";
import { loadPrompt } from "../harness/prompt.ts";
import { markdownProblem, PAGE_LIMITS } from "../harness/skill/markdown-limits.ts";
import { parseSkill, type Skill, skillText } from "../harness/skill/skill.ts";
import { pathProblem, SKILL_FILE } from "./paths.ts";

const SKELETON = loadPrompt(new URL("./skeleton.md", import.meta.url), ["name", "description", "title"]);
export const SKELETON_HASH = SKELETON.hash;
const MOST_KINDS = 12;

/** A short skill of our own words; `kinds` are the kinds of task that it will be distilled from. */
export function skeleton(name: string, kinds: readonly string[]): Skill {
  const title = (name[0]?.toUpperCase() ?? "") + name.slice(1).replaceAll("-", " ");
  const plain = [...new Set(kinds)]
    .map((kind) => kind.replace(/[<>"\\\s]+/g, " ").trim())
    .filter(Boolean)
    .sort();
  const shown = plain.slice(0, MOST_KINDS).join(", ") || "the same kind";
  const description = `Rules learned from judged work on tasks of these kinds: ${shown.slice(0, 600)}. Use it for any task of such a kind.`;
  const text = SKELETON.fill({ name, title, description: JSON.stringify(description) });
  return parseSkill(new Map([[SKILL_FILE, new TextEncoder().encode(`${text}\n`)]]), name);
}

/**
 * The same skill, when edits can be made to it.
 * @throws SetupError when a page of it would take its parser minutes or all stack
 */
export function refuseUnreadable(skill: Skill): Skill {
  const pages = [...skill.files.keys()].filter((file) => pathProblem(file) === null);
  for (const file of pages) {
    const wrong = markdownProblem(skillText(skill, file) ?? "", PAGE_LIMITS);
    if (wrong !== null)
      throw new SetupError(
        `the skill ${skill.name} cannot be edited by program: ${file}:${wrong.line}: ${wrong.message}. Mend the page, or start from another skill`,
      );
  }
  return skill;
}

/**
 * The same skill under another name, all else byte for byte.
 * @throws SetupError when the name breaks the format
 */
export function renamed(skill: Skill, name: string): Skill {
  if (skill.name === name) return skill;
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(skill.files.get(SKILL_FILE));
  // The first key of that name; its value may go on over indented lines.
  const changed = text.replace(/^name[ \t]*:[^\r\n]*(?:\r?\n[ \t]+[^\r\n]*)*/m, () => `name: ${name}`);
  const files = new Map([...skill.files, [SKILL_FILE, new TextEncoder().encode(changed)]]);
  const result = parseSkill(files, name);
  if (result.name !== name)
    throw new SetupError(
      `${skillText(skill, SKILL_FILE)?.split("\n")[1]}: cannot set the name of the new skill to ${name}`,
    );
  return result;
}

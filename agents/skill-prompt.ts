/** The part of an agent's prompt that holds its skill. */
import { fence, loadPrompt } from "../harness/prompt.ts";
import { type Skill, skillBody } from "../harness/skill/skill.ts";

const FRAME = loadPrompt(new URL("./prompts/skill.md", import.meta.url), ["skill"]);
export const SKILL_PROMPT_HASH = FRAME.hash;

/** SKILL.md whole but for its front matter, as the paper preloads it; empty without a skill. */
export function skillPrompt(skill: Skill | null): string {
  if (skill === null) return "";
  return FRAME.fill({ skill: fence("skill", skillBody(skill)) });
}

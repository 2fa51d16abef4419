import type { SkillFiles } from "../../../harness/skill/skill.ts";

export const HEAD = "---\nname: tidy-sheets\ndescription: Tidies sheets. Use it when a workbook is untidy.\n---\n";

/** Files of a skill from texts, with a sound SKILL.md unless one is given. */
export function skillFiles(texts: Readonly<Record<string, string>> = {}): SkillFiles {
  const all = { "SKILL.md": `${HEAD}\n# Tidy sheets\n\nRead the sheet first.\n`, ...texts };
  return new Map(Object.entries(all).map(([path, text]) => [path, new TextEncoder().encode(text)]));
}

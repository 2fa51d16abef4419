/** Edits, patches and skills with everything filled in that does not matter to a test. */

import type { Edit, EditBody, Lesson, Patch } from "../../distill/records.ts";
import { parseSkill, type Skill } from "../../harness/skill/skill.ts";

export const BASE_TEXT = `---
name: weak
description: A weak skill.
---

# Workbooks

Work carefully.

## Reading

- Look at all sheets.
- Print the first rows.

\`\`\`python
# open the file
wb = load_workbook("input.xlsx")
\`\`\`

## Writing

Save under the name asked for.

### Formulas

Always re-calc before saving.
`;

export function files(texts: Readonly<Record<string, string>>): Map<string, Uint8Array> {
  return new Map(Object.entries(texts).map(([path, text]) => [path, new TextEncoder().encode(text)]));
}

export function skill(text = BASE_TEXT, more: Readonly<Record<string, string>> = {}): Skill {
  return parseSkill(files({ "SKILL.md": text, ...more }), "weak");
}

/** @param tasks names of tasks; lessons are made from them */
export function edit(id: string, body: EditBody, tasks: readonly string[] = ["t1"]): Edit {
  return { id, body, lessons: tasks.map((task) => `run/${task}.1#1`), tasks: [...tasks] };
}

export function append(
  id: string,
  content: string,
  parts: { section?: string; tasks?: readonly string[]; file?: string } = {},
): Edit {
  const { section = "Reading", tasks = [`task-${id}`], file = "SKILL.md" } = parts;
  return edit(id, { op: "append_to_section", file, section, content }, tasks);
}

export function patch(id: string, edits: readonly Edit[]): Patch {
  return { id, reasoning: "", edits: [...edits] };
}

export function lesson(parts: Partial<Lesson> = {}): Lesson {
  const trial = parts.trial ?? "run/t1.1";
  return {
    id: `${trial}#1`,
    kind: "error",
    trial,
    task: "t1",
    title: "A point",
    rule: "Do this.",
    reason: "Or else.",
    verified: true,
    ...parts,
  };
}

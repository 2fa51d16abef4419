/** Invariants 5 and 6 on a whole distillation: nothing without an origin, nothing without a fate. */
import { join } from "node:path";
import { expect } from "vitest";
import type { Distillation } from "../../distill/documents.ts";
import { lineage } from "../../distill/lineage.ts";
import { readSkill } from "../../harness/skill/read.ts";
import type { Skill } from "../../harness/skill/skill.ts";

/** @param start the skill that was given, or null where the distillation made its own */
export async function expectWholeLineage(done: Distillation, directory: string, start: Skill | null): Promise<void> {
  const skill = await readSkill(join(directory, done.skill.path));
  expect(skill.hash).toBe(done.skill.hash);
  const edits = new Map(done.edits.map((edit) => [edit.id, edit]));
  const entries = new Map(done.lines.map((line) => [`${line.file}:${line.line}`, line]));
  for (const [file, bytes] of skill.files) {
    const before = new Set(new TextDecoder().decode(start?.files.get(file)).split("\n"));
    for (const [index, line] of new TextDecoder().decode(bytes).split("\n").slice(0, -1).entries()) {
      const where = `${file}:${index + 1} ${line}`;
      const entry = entries.get(`${file}:${index + 1}`);
      entries.delete(`${file}:${index + 1}`);
      if (entry === undefined) expect(start !== null && before.has(line), `${where} has no origin`).toBe(true);
      else if (entry.origin === undefined) {
        const found = lineage(done, file, index + 1);
        expect(found?.lessons.length, where).toBeGreaterThan(0);
        expect(found?.proposed.length, where).toBeGreaterThan(0);
        expect(found?.proposed.every(({ origin }) => origin.kind === "proposed")).toBe(true);
      }
      for (const id of entry?.edits ?? []) expect(edits.has(id), `${where}: ${id}`).toBe(true);
    }
  }
  expect([...entries.keys()], "origins of lines that are not there").toEqual([]);
  expect(done.lessons).toHaveLength(done.stages.lessons);
  for (const { fate } of done.edits)
    if (fate.kind === "merged") for (const id of fate.into) expect(edits.has(id)).toBe(true);
  for (const { fate } of done.lessons)
    if (fate.kind === "in-skill" || fate.kind === "in-reference")
      for (const id of fate.edits) expect(edits.get(id)?.fate.kind).toBe("applied");
}

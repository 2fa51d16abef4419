/** Lines of a distilled skill that neither its document nor the start skill accounts for. Pure. */
import { readFrontMatter } from "../harness/skill/front-matter.ts";
import type { LineageSources } from "./lineage.ts";

export interface FoundLine {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/**
 * Of every file: what has no entry in the document must be what was left of the start skill, in its order.
 * With the start skill not at hand, only files that the distillation made can be checked. The head of SKILL.md is left
 * out: the harness writes the skill's name there.
 */
export function linesWithoutOrigin({ distillation, files, start }: LineageSources): FoundLine[] {
  const owned = new Set(distillation.lines.map(({ file, line }) => `${file}:${line}`));
  const made = new Set(distillation.edits.flatMap(({ body }) => (body.op === "create_file" ? [body.file] : [])));
  // A creation has no lines of a skill that was given: its draft's lines are entries too.
  const drafted = distillation.start !== undefined && distillation.start.kind !== "given";
  return [...files].flatMap(([file, text]) => {
    const checked = start !== null || drafted || made.has(file);
    if (!checked || !file.endsWith(".md")) return [];
    const left = linesOf(file, text).filter(({ line }) => !owned.has(`${file}:${line}`));
    const before = start === null || !start.has(file) ? [] : linesOf(file, start.get(file) ?? "");
    return notIn(left, before);
  });
}

/** Lines of a page with their numbers, without a head, and without the empty one behind the last line's end. */
function linesOf(file: string, text: string): FoundLine[] {
  const from = file === "SKILL.md" ? readFrontMatter(text).bodyLine : 1;
  const lines = text.split(/\r?\n/).map((content, index) => ({ file, line: index + 1, text: content }));
  return (lines.at(-1)?.text === "" ? lines.slice(0, -1) : lines).filter(({ line }) => line >= from);
}

/** What remains when the lines are read off the others in order. A blank line that was put in twice is no loss. */
function notIn(lines: readonly FoundLine[], before: readonly FoundLine[]): FoundLine[] {
  let next = 0;
  return lines.filter(({ text }) => {
    const at = before.findIndex((one, index) => index >= next && one.text === text);
    if (at >= 0) next = at + 1;
    return at < 0 && text.trim() !== "";
  });
}

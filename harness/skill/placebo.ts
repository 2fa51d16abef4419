/**
 * Control skills that tell what a skill says from how much it says: as long, with the same sections and as many files, and without
 * its advice. An agent cannot tell that it has one: nothing in the files says so; the manifest of its run does.
 */
import { SetupError } from "../errors.ts";
import { type Random, seededRandom } from "../random.ts";
import { lintSkill } from "./lint.ts";
import { markdownProblem, PAGE_LIMITS } from "./markdown-limits.ts";
import { withDescription } from "./placebo-head.ts";
import type { PlaceboKind } from "./placebo-mark.ts";
import { type Names, namesOf } from "./placebo-names.ts";
import { type Rewrite, rewriteCode, rewriteMarkdown, rewriteProse } from "./placebo-slots.ts";
import { filler, shuffler } from "./placebo-text.ts";
import { OTHER_DOMAIN, SAME_LENGTH } from "./placebo-words.ts";
import type { Problem } from "./problem.ts";
import { isUtf8, parseSkill, type Skill, type SkillFiles } from "./skill.ts";

/** Of the characters of all text files together. */
export const MOST_OFF = 0.02;
/** Shuffled words may happen to say what the lint refuses: then they are shuffled anew. */
const MOST_DRAWS = 20;

/**
 * The placebo of a skill: equal skill, kind and seed give equal files. Text files together have as many characters within 2 %;
 * headings, lists, tables, code blocks and links stay where they are. Files are named `part-N` in their folders, except when
 * shuffled, where names are kept; licences are kept as they are, and files that are no text become as many zero bytes.
 * @throws SetupError when no draw gives a skill that the lint passes and that is as long
 */
export function placeboSkill(skill: Skill, { kind, seed }: { kind: PlaceboKind; seed: number }): Skill {
  const random = seededRandom(seed);
  const names = namesOf(skill.files, { kept: kind === "shuffled" });
  const known = new Set(lintSkill(skill).map(ruleOf));
  let best: { readonly files: SkillFiles; readonly added: number } | null = null;
  for (let draw = 0; draw < MOST_DRAWS && best?.added !== 0; draw += 1) {
    const files = drawFiles(skill, names, { kind, random });
    const problems = lintSkill({ files });
    const usable = !problems.some(({ severity }) => severity === "error") && lengthOff(files, skill.files) <= MOST_OFF;
    const added = problems.filter((problem) => !known.has(ruleOf(problem))).length;
    if (usable && (best === null || added < best.added)) best = { files, added };
  }
  if (best === null)
    throw new SetupError(
      `no ${kind} placebo of the skill ${skill.name}: in ${MOST_DRAWS} draws none passed the lint with as many characters within ` +
        `${100 * MOST_OFF} %. Check the skill with: trace2skill skill lint; or take another kind or seed`,
    );
  return parseSkill(best.files, `${kind} placebo of ${skill.name}`);
}

/** Label of an arm that has one. */
export function placeboArm(skill: string, kind: PlaceboKind): string {
  return `${skill} (placebo ${kind})`;
}

const ruleOf = ({ rule }: Problem) => rule;

function drawFiles(skill: Skill, names: Names, { kind, random }: { kind: PlaceboKind; random: Random }): SkillFiles {
  switch (kind) {
    case "same-length":
      return rewriteFiles(skill, names, filler(SAME_LENGTH, random));
    case "other-domain":
      return rewriteFiles(skill, names, filler(OTHER_DOMAIN, random));
    case "shuffled": {
      const { see, write } = shuffler(random);
      rewriteFiles(skill, names, see);
      return rewriteFiles(skill, names, write);
    }
    default:
      return kind satisfies never;
  }
}

function rewriteFiles(skill: Skill, names: Names, write: Rewrite): SkillFiles {
  return new Map([...skill.files].map(([path, bytes]) => [names.of(path), fileOf(path, bytes, { names, write })]));
}

function fileOf(path: string, bytes: Uint8Array, { names, write }: { names: Names; write: Rewrite }): Uint8Array {
  if (names.isKept(path)) return bytes;
  if (!isUtf8(bytes)) return new Uint8Array(bytes.length);
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  const rewritten =
    path === "SKILL.md"
      ? withDescription(text, (description, body) => ({
          description: rewriteProse(description, names, write),
          body: rewriteMarkdown(body, names, write),
        }))
      : path.endsWith(".md") && markdownProblem(text, PAGE_LIMITS) === null
        ? rewriteMarkdown(text, names, write)
        : rewriteCode(text, names, write);
  return new TextEncoder().encode(rewritten);
}

/** Share by which two sets of files differ in characters of text. */
function lengthOff(files: SkillFiles, wanted: SkillFiles): number {
  const length = characters(wanted);
  return Math.abs(characters(files) - length) / length;
}

function characters(files: SkillFiles): number {
  return [...files.values()].reduce(
    (sum, bytes) => sum + (isUtf8(bytes) ? new TextDecoder().decode(bytes).length : 0),
    0,
  );
}

/** All stages to the one document that reports read. Pure. */
import { NO_USAGE, type Usage } from "../harness/records.ts";
import { lintSkill } from "../harness/skill/lint.ts";
import type { Problem } from "../harness/skill/problem.ts";
import { type Skill, skillText } from "../harness/skill/skill.ts";
import { sumUsage } from "../harness/usage.ts";
import { mayPass } from "./analyse.ts";
import type { Distillation, DistillationManifest } from "./documents.ts";
import { fatesOfEdits, fatesOfLessons, type Stages } from "./fates.ts";
import { answerProblems, markupProblems } from "./finding.ts";
import type { MergedPatches } from "./merge.ts";
import { SKILL_FILE } from "./paths.ts";

interface Skills {
  readonly skill: Skill;
  readonly base: Skill;
}

/**
 * @param skill the new one, and the base that it was made from
 * @param levels of the merges, the proposed patches first
 */
export function summarize(
  manifest: DistillationManifest,
  { skill, base }: Skills,
  stages: Stages,
  levels: Pick<MergedPatches, "patchesPerLevel" | "editsPerLevel">,
): Distillation {
  const edits = fatesOfEdits(stages);
  const files = [...skill.files.keys()].sort();
  return {
    ...manifest,
    skill: { name: skill.name, hash: skill.hash, path: `skill/${skill.name}`, skillLines: lineCount(skill), files },
    stages: {
      ...countsOf(stages),
      patchesPerLevel: [...levels.patchesPerLevel],
      editsPerLevel: [...levels.editsPerLevel],
    },
    usage: usageOf(stages),
    analyses: stages.analyses.map(({ trial, task, analyst, outcome }) => ({ trial, task, analyst, outcome })),
    lessons: fatesOfLessons(stages, edits),
    edits,
    merges: stages.merges.map(({ id, level, index, inputs, by, output }) => ({
      id,
      level,
      index,
      inputs,
      by,
      output: output.id,
    })),
    lines: stages.applied.lines.map(({ file, line, edits: behind }) => ({ file, line, edits: [...behind] })),
    problems: [
      ...problemsOf(skill, manifest.options.maxSkillLines),
      ...answerProblems(skill.files, base.files, stages.analyses),
      ...markupProblems(skill.files, base.files),
    ],
    notices: [
      ...stages.applied.notices,
      ...stages.merges.flatMap((merge) => merge.notices.map((notice) => `${merge.id}: ${notice}`)),
    ],
  };
}

function faultsOf({ analyses, proposals, merges }: Stages): number {
  const faulty = [...proposals, ...merges].filter(({ fault }) => fault !== null);
  return analyses.filter(mayPass).length + faulty.length;
}

function countsOf(stages: Stages): Omit<Distillation["stages"], "patchesPerLevel" | "editsPerLevel"> {
  const { analyses, proposals, merges, routed, applied } = stages;
  const outcomes = (kind: string) => analyses.filter(({ outcome }) => outcome.kind === kind).length;
  const lessons = analyses.flatMap((analysis) => analysis.lessons).length;
  const last = merges.at(-1)?.output.edits ?? proposals.flatMap(({ patch }) => patch.edits);
  return {
    trials: analyses.length,
    analysed: outcomes("analysed"),
    skipped: outcomes("skipped"),
    failed: outcomes("failed"),
    lessons,
    lessonsKept: lessons - analyses.flatMap(({ dropped }) => dropped).length,
    editsProposed: proposals.flatMap(({ patch }) => patch.edits).length,
    editsMerged: last.length,
    editsApplied: applied.applied.length,
    editsRouted: routed.routed.length,
    editsRejected: applied.rejected.length + proposals.flatMap(({ refused }) => refused).length,
    faults: faultsOf(stages),
  };
}

function usageOf({ analyses, proposals, merges }: Stages): Record<string, Usage> {
  const of = (...analysts: string[]) =>
    sumUsage(analyses.filter(({ analyst }) => analysts.includes(analyst)).map(({ usage }) => usage));
  const all = {
    "error-analyst": of("error", "single-call-error"),
    "success-analyst": of("success"),
    proposer: sumUsage(proposals.map(({ usage }) => usage)),
    merger: sumUsage(merges.map(({ usage }) => usage)),
  };
  return Object.fromEntries(Object.entries(all).filter(([, usage]) => usage.calls > NO_USAGE.calls));
}

function problemsOf(skill: Skill, maxSkillLines: number): Problem[] {
  const lines = lineCount(skill);
  const message = `${lines} lines, asked for were at most ${maxSkillLines}; a higher route support moves more into references`;
  const tooLong: Problem = {
    file: SKILL_FILE,
    line: maxSkillLines + 1,
    rule: "max-skill-lines",
    severity: "warning",
    message,
  };
  return [...lintSkill(skill, skill.name), ...(lines > maxSkillLines ? [tooLong] : [])];
}

function lineCount(skill: Skill): number {
  return (skillText(skill, SKILL_FILE) ?? "").trimEnd().split("\n").length;
}

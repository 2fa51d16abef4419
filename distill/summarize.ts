/** All stages to the one document that reports read. Pure. */
import type { Memory } from "../harness/memory/memory.ts";
import { NO_USAGE, type Usage } from "../harness/records.ts";
import { lintSkill } from "../harness/skill/lint.ts";
import type { Problem } from "../harness/skill/problem.ts";
import { type Skill, skillText } from "../harness/skill/skill.ts";
import { sumUsage } from "../harness/usage.ts";
import { mayPass } from "./analyse.ts";
import type { Distillation, DistillationManifest, Step } from "./documents.ts";
import { fatesOfEdits, fatesOfLessons, type Stages } from "./fates.ts";
import { answerProblems, markupProblems } from "./finding.ts";
import type { MergedPatches } from "./merge.ts";
import { pagesOf } from "./pages.ts";
import { SKILL_FILE } from "./paths.ts";
import type { Start } from "./start.ts";
import { draftPath, MEMORY_PATH } from "./store.ts";

export interface Summarized extends Stages {
  /** Of the merges, the proposed patches first. */
  readonly levels: Pick<MergedPatches, "patchesPerLevel" | "editsPerLevel">;
  readonly steps?: readonly Step[];
  readonly notices?: readonly string[];
  readonly memory?: Memory;
}

/** @param skills the new one, and what it was made from */
export function summarize(
  manifest: DistillationManifest,
  { skill, start }: { readonly skill: Skill; readonly start: Start },
  stages: Summarized,
): Distillation {
  const { levels, notices = [] } = stages;
  const { base } = start;
  const edits = fatesOfEdits(stages);
  const files = [...skill.files.keys()].sort();
  return {
    ...manifest,
    skill: { name: skill.name, hash: skill.hash, path: `skill/${skill.name}`, skillLines: lineCount(skill), files },
    ...(stages.memory && { memory: memoryOf(stages.memory) }),
    start: startOf(start),
    stages: {
      ...countsOf(stages),
      patchesPerLevel: [...levels.patchesPerLevel],
      editsPerLevel: [...levels.editsPerLevel],
    },
    usage: usageOf(stages, start),
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
    lines: linesOf(skill, stages.applied, start),
    problems: [
      ...problemsOf(skill, manifest.options.maxSkillLines),
      ...answerProblems(skill.files, base.files, stages.analyses),
      ...markupProblems(skill.files, base.files),
    ],
    notices: [
      ...notices,
      ...stages.applied.notices,
      ...stages.merges.flatMap((merge) => merge.notices.map((notice) => `${merge.id}: ${notice}`)),
    ],
  };
}

function memoryOf({ hash, experiences }: Memory): Distillation["memory"] {
  const items = experiences.flatMap((experience) => experience.items).length;
  return { hash, path: MEMORY_PATH, experiences: experiences.length, items };
}

function startOf({ base, kind, draft }: Start): Distillation["start"] {
  const path = kind === "parametric" ? draftPath(base.name) : null;
  return { kind, hash: base.hash, path, repaired: draft?.repaired ?? null, refused: draft?.refused ?? null };
}

/** Every line that does not stand in the start skill as it was given, with what it came from. */
function linesOf(skill: Skill, applied: Stages["applied"], { originOf }: Start): Distillation["lines"] {
  const pages = pagesOf({ files: skill.files, lines: applied.lines });
  return [...pages].flatMap(([file, lines]) =>
    lines.flatMap(({ text, edits, origin }, index) => {
      const own = edits.length > 0 || origin === "split" ? origin : (originOf(file, text) ?? origin);
      if (edits.length === 0 && own === undefined) return [];
      return [{ file, line: index + 1, edits: [...edits], ...(own !== undefined && { origin: own }) }];
    }),
  );
}

function faultsOf({ analyses, proposals, merges }: Stages): number {
  const faulty = [...proposals, ...merges].filter(({ fault }) => fault !== null);
  return analyses.filter(mayPass).length + faulty.length;
}

function countsOf(stages: Summarized): Omit<Distillation["stages"], "patchesPerLevel" | "editsPerLevel"> {
  const { analyses, proposals, merges, routed, applied } = stages;
  const outcomes = (kind: string) => analyses.filter(({ outcome }) => outcome.kind === kind).length;
  const lessons = analyses.flatMap((analysis) => analysis.lessons).length;
  const last = merges.at(-1)?.output.edits ?? proposals.flatMap(({ patch }) => patch.edits);
  const readAs = (...kinds: string[]) => proposals.filter((one) => kinds.includes(one.readAs ?? "")).length;
  const { steps } = stages;
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
    repaired: proposals.filter(({ repaired }) => repaired !== null).length,
    markdown: readAs("markdown"),
    heuristics: readAs("mended", "heuristic"),
    mergesRetried: merges.filter(({ retried }) => retried).length,
    ...(steps !== undefined && {
      steps: steps.length,
      stepsRolledBack: steps.filter(({ outcome }) => outcome.kind === "rolled-back").length,
    }),
  };
}

function usageOf({ analyses, proposals, merges }: Stages, { draft }: Start): Record<string, Usage> {
  const of = (...analysts: string[]) =>
    sumUsage(analyses.filter(({ analyst }) => analysts.includes(analyst)).map(({ usage }) => usage));
  const all = {
    parametric: draft?.usage ?? NO_USAGE,
    "error-analyst": of("error", "single-call-error"),
    "success-analyst": of("success"),
    proposer: sumUsage(proposals.map(({ usage }) => usage)),
    merger: sumUsage(merges.map(({ usage }) => usage)),
  };
  return Object.fromEntries(Object.entries(all).filter(([, usage]) => usage.calls > NO_USAGE.calls));
}

/** A page that stays too long has no section that could leave it. */
function problemsOf(skill: Skill, maxSkillLines: number): Problem[] {
  const lines = lineCount(skill);
  const message = `${lines} lines, asked for were at most ${maxSkillLines}, and no section could leave it; a higher route support moves more into references`;
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

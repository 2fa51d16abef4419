/** A distillation as a report shows it. */
import type { Distillation as Distilled } from "../distill/documents.ts";
import type { Prices } from "../harness/prices/prices.ts";
import { Caller } from "../harness/usage.ts";
import { authorsText } from "./authors.ts";
import { type Cost, type Distillation, priced, type ReportedLesson, type SkillLine } from "./experiment.ts";
import { skillOrigin } from "./skill-origin.ts";

/** Lines of the skill's files by path; a missing file has no lines. */
export type SkillLines = ReadonlyMap<string, readonly string[]>;

/** @param name label in the report; `path` is where the skill's folder lies for the reader */
export function reportedDistillation(
  distilled: Distilled,
  { name, path, files }: { name: string; path: string; files: SkillLines },
): Distillation {
  const { fingerprint, skill, stages } = distilled;
  const tasks = new Set(distilled.lessons.map(({ task }) => task));
  return {
    name,
    model: authorsText(fingerprint),
    simulated: fingerprint.simulated,
    skill: { path, hash: skill.hash },
    tasks: Math.max(tasks.size, new Set(distilled.analyses.map(({ task }) => task)).size),
    levels: stages.patchesPerLevel.map((patches, level) => ({ patches, edits: stages.editsPerLevel[level] ?? 0 })),
    lessons: lessonsOf(distilled),
    lines: linesOf(distilled, files),
    origin: skillOrigin(distilled, files),
  };
}

/** What the distillation's callers took. */
export function distillationCosts(
  { fingerprint, usage }: Distilled,
  name: string,
  prices: Prices | null = null,
): Cost[] {
  return Object.entries(usage).map(([caller, used]) => {
    const { model, endpoint, simulated } = fingerprint.roles?.[caller] ?? fingerprint;
    const cost = { part: name, caller: Caller.parse(caller), model, simulated, usage: used, fromJournal: null };
    return priced(cost, endpoint, prices);
  });
}

function lessonsOf({ lessons, edits }: Distilled): ReportedLesson[] {
  const tasksOf = new Map<string, string[]>();
  for (const { lessons: behind, tasks, fate, origin } of edits) {
    // A reference file that holds rare edits has the tasks of all of them: none of them alone is argued for by so many.
    if (fate.kind !== "applied" || origin.kind === "routing") continue;
    for (const lesson of behind) {
      const known = tasksOf.get(lesson) ?? [];
      if (tasks.length > known.length) tasksOf.set(lesson, tasks);
    }
  }
  return lessons.map(({ id, kind, title, rule, reason, task, trial, verified, fate }) => ({
    id,
    kind,
    title,
    rule,
    tasks: tasksOf.get(id) ?? [task],
    fate: fateOf(fate),
    source: { task, trial, reason, verified },
  }));
}

function fateOf(fate: Distilled["lessons"][number]["fate"]): ReportedLesson["fate"] {
  switch (fate.kind) {
    case "in-skill":
      return {
        kind: "in SKILL.md",
        detail: fate.merged ? "merged with lessons of other trials" : "in words of its own",
        kept: true,
      };
    case "in-reference":
      return { kind: "in a reference", detail: fate.files.join(", "), kept: true };
    case "in-memory":
      return {
        kind: "in the memory",
        detail: fate.merged ? `merged into ${fate.item}` : "in words of its own",
        kept: true,
      };
    case "rejected":
      return { kind: "rejected", detail: fate.problem, kept: false };
    case "dropped":
      return { kind: `dropped (${fate.stage})`, detail: fate.reason, kept: false };
    default:
      return fate satisfies never;
  }
}

/** Lines that hold words of lessons, best supported first: no headings, blank lines, or links that the harness wrote. */
function linesOf({ lines, edits }: Distilled, files: SkillLines): SkillLine[] {
  const taught = edits.filter(({ origin }) => origin.kind !== "routing");
  const tasksOf = new Map(taught.map(({ id, tasks }) => [id, tasks]));
  return lines
    .filter(({ origin }) => origin === undefined)
    .map(({ file, line, edits: behind }) => ({
      file,
      text: files.get(file)?.[line - 1] ?? "",
      tasks: [...new Set(behind.flatMap((id) => tasksOf.get(id) ?? []))].sort(),
    }))
    .filter(({ text, tasks }) => tasks.length > 0 && /\w/.test(text) && !/^\s*#/.test(text))
    .sort((one, other) => other.tasks.length - one.tasks.length);
}

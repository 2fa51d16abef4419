/** One step of the sequential strategy: edits to the skill as it stands, rolled back when they break it. */

import { FORMAT_VERSION } from "../harness/records.ts";
import { lintSkill } from "../harness/skill/lint.ts";
import { hashFiles, type Skill, type SkillFiles } from "../harness/skill/skill.ts";
import { type Applied, applyEdits } from "./apply.ts";
import type { Proposal, Step } from "./documents.ts";
import type { EditFate } from "./ends.ts";
import { aliveIn } from "./lift.ts";
import { splitLines } from "./markdown.ts";
import { type Pages, pagesOf } from "./pages.ts";
import { SKILL_FILE } from "./paths.ts";
import { propose, type TrialLessons } from "./propose.ts";
import { type Edit, problemOf } from "./records.ts";
import { splitLongPages } from "./split-skill.ts";
import type { StrategyOptions, Work } from "./strategy.ts";

export interface State {
  readonly skill: Skill;
  /** Its lines with the edits behind them. */
  readonly pages: Pages;
  /** Edits of which a line is left, by id, with all lessons that have come to stand behind them. */
  readonly alive: ReadonlyMap<string, Edit>;
  /** Edits that came to an end. */
  readonly gone: ReadonlyMap<string, EditFate>;
}

export interface Taken {
  readonly state: State;
  readonly step: Step;
  /** Lessons that some edit stood for already. */
  readonly stated: ReadonlySet<string>;
}

interface Task {
  readonly step: number;
  readonly trials: readonly string[];
  readonly source: TrialLessons;
}

export function openState(base: Skill): State {
  return { skill: base, pages: pagesOf({ files: base.files, lines: [] }), alive: new Map(), gone: new Map() };
}

export async function takeStep(before: State, task: Task, { asking, options, titles }: Work): Promise<Taken> {
  const proposal = await propose(task.source, before.skill, asking, "step");
  const { alive, stated } = withStated(before, proposal, task.source);
  const state = { ...before, alive };
  const { edits } = proposal.patch;
  const record = (after: State, outcome: Step["outcome"]): Taken => ({
    state: after,
    stated,
    step: {
      version: FORMAT_VERSION,
      step: task.step,
      trials: [...task.trials],
      proposal,
      outcome,
      skill: { hash: after.skill.hash, skillLines: linesOf(after.skill.files) },
    },
  });
  if (edits.length === 0) return record(state, { kind: "unchanged" });
  const known = new Map([...alive, ...edits.map((edit) => [edit.id, edit] as const)]);
  const applied = applyEdits(state.skill.files, edits, state.pages);
  const fitting =
    linesOf(applied.files) <= options.maxSkillLines
      ? applied
      : { ...applied, ...splitLongPages(applied, { ...options, known, titles, contents: false }) };
  const reason = breakage(state.skill, fitting.files, options);
  if (reason !== null) {
    const problem = `step ${task.step} was rolled back: ${reason}`;
    const lost = edits.map(({ id }) => [id, { kind: "rejected", problem }] as const);
    return record({ ...state, gone: new Map([...state.gone, ...lost]) }, { kind: "rolled-back", reason });
  }
  return record(advance(state, { edits, applied: fitting, step: task.step }), {
    kind: "applied",
    edits: [...applied.applied],
  });
}

/** Why the files would be a worse skill than before, or null: errors that were not there, or a page that is too long. */
export function breakage(
  before: Skill,
  files: SkillFiles,
  { maxSkillLines }: Pick<StrategyOptions, "maxSkillLines">,
): string | null {
  const errorsOf = (all: SkillFiles) => lintSkill({ files: all }).filter(({ severity }) => severity === "error");
  const known = new Set(errorsOf(before.files).map(({ file, rule, message }) => `${file} ${rule} ${message}`));
  const [fresh] = errorsOf(files).filter(({ file, rule, message }) => !known.has(`${file} ${rule} ${message}`));
  if (fresh !== undefined) return `${fresh.file}:${fresh.line}: ${fresh.rule}: ${fresh.message}`;
  const [now, then] = [linesOf(files), linesOf(before.files)];
  if (now <= maxSkillLines || now <= then) return null;
  return `${SKILL_FILE} would have ${now} lines, at most ${maxSkillLines} were asked for, and no section can leave it`;
}

function linesOf(files: SkillFiles): number {
  return splitLines(new TextDecoder().decode(files.get(SKILL_FILE)).trimEnd()).lines.length;
}

function advance(
  state: State,
  { edits, applied, step }: { edits: readonly Edit[]; applied: Applied; step: number },
): State {
  const pages = pagesOf(applied);
  const left = aliveIn(pages);
  const ids = new Set(edits.map(({ id }) => id));
  const all = [...state.alive.values(), ...edits];
  const removing = edits.filter(({ body }) => body.op.startsWith("delete_")).map(({ id, body }) => `${id}, ${body.op}`);
  const over = all
    .filter(({ id, body }) => !left.has(id) && !(ids.has(id) && body.op.startsWith("delete_")))
    .map(({ id }) => {
      const reason = `step ${step} took its words out${removing.length === 0 ? "" : ` (${removing.join("; ")})`}`;
      return [id, { kind: "dropped", stage: "step", reason }] as const;
    });
  const rejected = applied.rejected.map(({ edit, problem }) => [edit.id, { kind: "rejected", problem }] as const);
  return {
    skill: { ...state.skill, files: applied.files, hash: hashFiles(applied.files) },
    pages,
    alive: new Map(all.filter(({ id }) => left.has(id)).map((edit) => [edit.id, edit])),
    gone: new Map<string, EditFate>([...state.gone, ...over, ...rejected]),
  };
}

/** Lessons that the skill states already stand behind the edits that wrote those words, and so do their problems. */
function withStated(
  { pages, alive }: State,
  { stated = [] }: Proposal,
  { lessons }: TrialLessons,
): { alive: ReadonlyMap<string, Edit>; stated: ReadonlySet<string> } {
  const edits = new Map(alive);
  const known = new Set<string>();
  for (const { lesson: id, text } of stated) {
    const lesson = lessons.find((one) => one.id === id);
    const line = [...pages.values()].flat().find((one) => one.text.trim() === text.trim());
    for (const author of lesson === undefined ? [] : (line?.edits ?? [])) {
      const edit = edits.get(author);
      if (edit === undefined || lesson === undefined) continue;
      const both = (one: readonly string[], more: string) => [...new Set([...one, more])].sort();
      edits.set(author, { ...edit, lessons: both(edit.lessons, id), tasks: both(edit.tasks, problemOf(lesson)) });
      known.add(id);
    }
  }
  return { alive: edits, stated: known };
}

/** Units that are skills without trials: what a model writes from what it knows, and placebos. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { writeParametric } from "../../../distill/parametric.ts";
import { skeleton } from "../../../distill/skeleton.ts";
import type { ParametricUnit, PlaceboUnit } from "../../../reports/experiments/units.ts";
import { SetupError } from "../../errors.ts";
import type { Benchmark, Model } from "../../roles.ts";
import { writeJson } from "../../run/files.ts";
import { whileLearning } from "../../run/sealed-reading.ts";
import { placeboSkill } from "../../skill/placebo.ts";
import type { PlaceboMark } from "../../skill/placebo-mark.ts";
import { readSkill } from "../../skill/read.ts";
import type { Skill } from "../../skill/skill.ts";
import { writeSkill } from "../../skill/write.ts";
import { learnedFrom } from "../learned-from.ts";
import { type Counter, markSkill, readUnit } from "./folder.ts";
import {
  type Finding,
  type Made,
  type Making,
  makeIn,
  nameOf,
  refuseChanged,
  required,
  skillOf,
  unitFolder,
} from "./making.ts";

/** A draft that is there; null for one that is not written yet. */
export async function parametricThere(unit: ParametricUnit, finding: Finding): Promise<Made | null> {
  const folder = unitFolder(unit, finding);
  return skillThere(
    folder,
    join(folder, "skill", nameOf(required(finding.bench.loaded.benchmarks.get(unit.benchmark)))),
  );
}

export function makeParametric(unit: ParametricUnit, making: Making): Promise<Made> {
  const { bench } = making;
  const folder = unitFolder(unit, making);
  const benchmark = required(bench.loaded.benchmarks.get(unit.benchmark));
  const name = nameOf(benchmark);
  const seal = { learner: unit.label, guarded: bench.guarded, open: [folder] };
  const write = async (counter: Counter) => {
    const model = counter.of(bench.session.model(required(bench.loaded.models.get(unit.author)).analyst));
    const { skill, document } = await draft(unit, { name, benchmark, model, signal: bench.signal });
    await writeJson(join(folder, "draft.json"), document);
    await keep(skill, join(folder, "skill", name), { folder, making });
  };
  return makeIn(unit, making, {
    folder,
    there: () => parametricThere(unit, making),
    make: (counter) => whileLearning(seal, () => write(counter)),
  });
}

/** A skill that was just made. */
async function keep(
  skill: Skill,
  path: string,
  { folder, making }: { readonly folder: string; readonly making: Making },
): Promise<void> {
  await writeSkill(skill, path);
  await markSkill(folder, skill.hash);
  making.onCount({ done: 1, total: 1, failing: 0 });
}

interface Drafting {
  readonly name: string;
  readonly benchmark: Benchmark;
  readonly model: Model;
  readonly signal: AbortSignal;
}

async function draft({ domain, seed }: ParametricUnit, { name, benchmark, model, signal }: Drafting) {
  const tasks = domain === null ? benchmark.tasks : benchmark.tasks.map((task) => ({ ...task, kind: domain }));
  const frame = skeleton(
    name,
    tasks.map(({ kind }) => kind),
  );
  const { skill, document } = await writeParametric(name, tasks, frame, { model, seed, signal });
  if (skill === null)
    throw new SetupError(
      `neither draft that ${model.name} wrote is an Agent Skill: ${document.refused}. Choose another author`,
    );
  return { skill, document };
}

/** A placebo that is there; null for one that is not made yet. */
export async function placeboThere(unit: PlaceboUnit, finding: Finding): Promise<Made | null> {
  const folder = unitFolder(unit, finding);
  const of = required(skillOf(unit.of, finding) ?? undefined);
  const made = await skillThere(folder, join(folder, "skill", of.skill.name));
  if (made === null) return null;
  const { placebo: kind, seed } = unit;
  // Its words came from those tasks; of the other kinds nothing did.
  const learned = kind === "shuffled" ? (of.learned ?? [...(await learnedFrom(of))]) : [];
  const placebo: PlaceboMark = { kind, seed, of: of.skill.hash };
  return { ...made, skill: made.skill && { ...made.skill, placebo, learned } };
}

/** What it is a placebo of stands in its run's manifest; the placebo itself does not say so. */
export function makePlacebo(unit: PlaceboUnit, making: Making): Promise<Made> {
  const of = required(skillOf(unit.of, making) ?? undefined);
  const folder = unitFolder(unit, making);
  const { placebo: kind, seed } = unit;
  return makeIn(unit, making, {
    folder,
    there: () => placeboThere(unit, making),
    make: () => keep(placeboSkill(of.skill, { kind, seed }), join(folder, "skill", of.skill.name), { folder, making }),
  });
}

/** Null where it has not ended, or was deleted. */
async function skillThere(folder: string, path: string): Promise<Made | null> {
  const unit = await readUnit(folder);
  if (unit?.state !== "ended" || !existsSync(path)) return null;
  const skill = await readSkill(path);
  if (unit.skill !== undefined) refuseChanged(`the skill ${path}`, unit.skill, skill.hash);
  const { minutes } = unit;
  return { folder, skill: { skill, path }, memory: null, distillation: false, minutes, unscored: 0, used: false };
}

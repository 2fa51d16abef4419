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
import { writeSkill } from "../../skill/write.ts";
import { learnedFrom } from "../learned-from.ts";
import { inFolder, markSkill, readUnit } from "./folder.ts";
import {
  type Finding,
  type Made,
  type Making,
  nameOf,
  refuseChanged,
  required,
  skillOf,
  unitFolder,
  workOn,
} from "./making.ts";

/** A draft that is there; null for one that is not written yet. */
export async function parametricThere(unit: ParametricUnit, finding: Finding): Promise<Made | null> {
  const folder = unitFolder(unit, finding);
  return skillThere(
    folder,
    join(folder, "skill", nameOf(required(finding.bench.loaded.benchmarks.get(unit.benchmark)))),
  );
}

export async function makeParametric(unit: ParametricUnit, making: Making): Promise<Made> {
  const there = await parametricThere(unit, making);
  if (there !== null) return there;
  const { bench } = making;
  const folder = unitFolder(unit, making);
  const benchmark = required(bench.loaded.benchmarks.get(unit.benchmark));
  const name = nameOf(benchmark);
  const path = join(folder, "skill", name);
  const seal = { learner: unit.label, guarded: bench.guarded, open: [folder] };
  const work = workOn(unit, { folder, there: () => parametricThere(unit, making) }, making);
  await inFolder(work, (counter) =>
    whileLearning(seal, async () => {
      const model = counter.of(bench.session.model(required(bench.loaded.models.get(unit.author)).analyst));
      const written = await draft(unit, { name, benchmark, model, signal: bench.signal });
      await writeJson(join(folder, "draft.json"), written.document);
      await writeSkill(written.skill, path);
      await markSkill(folder, written.skill.hash);
    }),
  );
  making.onCount({ done: 1, total: 1, failing: 0 });
  return required((await parametricThere(unit, making)) ?? undefined);
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
export async function makePlacebo(unit: PlaceboUnit, making: Making): Promise<Made> {
  const there = await placeboThere(unit, making);
  if (there !== null) return there;
  const of = required(skillOf(unit.of, making) ?? undefined);
  const folder = unitFolder(unit, making);
  const { placebo: kind, seed } = unit;
  const path = join(folder, "skill", of.skill.name);
  const work = workOn(unit, { folder, there: () => placeboThere(unit, making) }, making);
  await inFolder(work, async () => {
    const skill = placeboSkill(of.skill, { kind, seed });
    await writeSkill(skill, path);
    await markSkill(folder, skill.hash);
  });
  making.onCount({ done: 1, total: 1, failing: 0 });
  return required((await placeboThere(unit, making)) ?? undefined);
}

/** Null where it has not ended, or was deleted. */
async function skillThere(folder: string, path: string): Promise<Made | null> {
  const unit = await readUnit(folder);
  if (unit?.state !== "ended" || !existsSync(path)) return null;
  const skill = await readSkill(path);
  if (unit.skill !== undefined) refuseChanged(`the skill ${path}`, unit.skill, skill.hash);
  return { folder, skill: { skill, path }, memory: null, distillation: false, minutes: unit.minutes, unscored: 0 };
}

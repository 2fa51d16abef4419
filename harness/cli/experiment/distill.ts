/** Units that are distillations: the trials of an evolve run to a skill, or to a memory, under the seal on all other scores. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fanOut } from "../../../distill/fan-out.ts";
import { MEMORY_PATH, readDistillation } from "../../../distill/store.ts";
import { hashTrial } from "../../../distill/trials.ts";
import type { DistillUnit } from "../../../reports/experiments/units.ts";
import { SetupError } from "../../errors.ts";
import { shortHash } from "../../hash.ts";
import { MEMORY_FILE, readMemory } from "../../memory/memory.ts";
import { whileLearning } from "../../run/sealed-reading.ts";
import { type Run, readRun, trialName } from "../../run/store.ts";
import { mostOf } from "../../run/width.ts";
import { readSkill } from "../../skill/read.ts";
import type { Skill } from "../../skill/skill.ts";
import { askHalves } from "../asked-halves.ts";
import { performDistill, refuseSealed } from "../perform-distill.ts";
import { truthsOf } from "../truths-of.ts";
import { wholeBenchmarks } from "../whole-benchmarks.ts";
import { type Counter, learnFrom, readUnit } from "./folder.ts";
import {
  type Finding,
  type Made,
  type Making,
  makeIn,
  nameOf,
  refuseChanged,
  required,
  skillOf,
  turnAt,
  unitFolder,
} from "./making.ts";

/** A distillation that is there; null for one that has not ended. */
export async function distillationThere(unit: DistillUnit, finding: Finding): Promise<Made | null> {
  const run = await readRun(required(finding.made.get(unit.from)).folder);
  return doneIn(folderOf(unit, run, finding), unit);
}

/** Of those very trials. */
function folderOf(unit: DistillUnit, { trials }: Run, finding: Finding): string {
  const hashes = trials.map((trial) => hashTrial({ ...trial, id: trialName(trial.task.id, trial.seed) }));
  return unitFolder(unit, finding, [shortHash(hashes)]);
}

/** One that has ended is final, also with analyses that failed: skills that were judged do not change. */
async function doneIn(folder: string, unit: DistillUnit): Promise<Made | null> {
  const ended = (await readUnit(folder))?.state === "ended" && (await isWhole(unit, folder));
  return ended ? distillationMade(unit, folder) : null;
}

/** What was deleted is made again, from the journal; what was changed is told. */
async function isWhole({ kind }: DistillUnit, folder: string): Promise<boolean> {
  if (!existsSync(join(folder, "distillation.json"))) return false;
  const { skill } = await readDistillation(folder);
  return existsSync(join(folder, kind === "memory" ? join(MEMORY_PATH, MEMORY_FILE) : skill.path));
}

export async function makeDistillation(unit: DistillUnit, making: Making): Promise<Made> {
  const there = await distillationThere(unit, making);
  if (there !== null) return there;
  const from = required(making.made.get(unit.from)).folder;
  const run = await learnFrom(turnAt(from, unit.fromLabel, making), () => readRun(from));
  const folder = folderOf(unit, run, making);
  const start = skillOf(unit.start, making);
  const open = [folder, from, ...(start === null ? [] : [start.path])];
  const seal = { learner: unit.label, guarded: making.bench.guarded, open };
  const asked = { unit, run, start: start?.skill ?? null, folder };
  return makeIn(unit, making, {
    folder,
    there: () => doneIn(folder, unit),
    make: (counter) => whileLearning(seal, () => distilled(asked, making, counter)),
  });
}

interface Distilling {
  readonly unit: DistillUnit;
  readonly run: Run;
  readonly start: Skill | null;
  readonly folder: string;
}

async function distilled(
  { unit, run, start, folder }: Distilling,
  { bench, onCount }: Making,
  counter: Counter,
): Promise<void> {
  const { io, session, loaded, signal, width } = bench;
  const { choice, seed, kind } = unit;
  refuseSealed(run);
  const runs = [run];
  const whole = wholeBenchmarks(runs, { data: null, io });
  const { notices } = await askHalves({ runs, given: [] }, whole);
  const benchmark = required(loaded.benchmarks.get(choice.evolve));
  const asked = session.model(required(loaded.models.get(choice.author)).analyst);
  const sandboxes = await session.sandboxes();
  const errorAnalyst = choice.errorAnalyst ?? "agentic";
  const { mode, merge, batch, fanIn, lessons } = choice;
  await performDistill({
    runs,
    // Not the folder's name, which is another wherever sandbox or release are: models see it.
    labels: [unit.fromLabel],
    start,
    mode: mode ?? (start === null ? "create" : "deepen"),
    draft: "frame",
    ...(errorAnalyst === "agentic" ? { benchmark, sandboxes } : { benchmark: null, sandboxes: null }),
    truths: await truthsOf(runs, { whole, sandboxes, io }),
    // A simulated model has no cache to fill, so that none need wait.
    model: fanOut(counter.of(asked), { lead: !asked.simulated }).model,
    lessons,
    errorAnalyst,
    strategy: kind === "memory" ? "retrieval" : (choice.strategy ?? "parallel"),
    ...(merge && { merge }),
    ...(batch && { batch }),
    ...(fanIn && { fanIn }),
    width: mostOf(width),
    seed,
    name: start?.name ?? nameOf(benchmark),
    directory: folder,
    notices,
    seen: session.journal.seen,
    usedBy: session.journal.usedBy,
    signal,
    onCount: (_, counted) => onCount(counted),
  });
}

async function distillationMade({ kind }: DistillUnit, folder: string): Promise<Made> {
  const { skill, memory } = await readDistillation(folder);
  const minutes = (await readUnit(folder))?.minutes ?? null;
  const rest = { folder, distillation: true, minutes, unscored: 0, used: false };
  if (kind === "memory") {
    if (memory === undefined)
      throw new SetupError(`${folder} holds no memory. Move the folder away and give the command again`);
    const path = join(folder, MEMORY_PATH);
    refuseChanged(`the memory ${path}`, memory.hash, (await readMemory(path)).hash);
    return { ...rest, skill: null, memory: { path, hash: memory.hash } };
  }
  const path = join(folder, skill.path);
  const there = await readSkill(path);
  refuseChanged(`the skill ${path}`, skill.hash, there.hash);
  return { ...rest, skill: { skill: there, path }, memory: null };
}

/** What `experiment.json` says as units are made. */
import { join, relative } from "node:path";
import type { Experiment } from "../../../reports/experiments/definition.ts";
import type { CellRecord, ExperimentRecord, SkillRecord } from "../../../reports/experiments/record.ts";
import { EXPERIMENT_FILE } from "../../../reports/experiments/stored.ts";
import type { Plan, PlannedCell, PlannedSkill, SkillSource } from "../../../reports/experiments/units.ts";
import { FORMAT_VERSION } from "../../records.ts";
import { writeJson } from "../../run/files.ts";
import { makeFolder } from "../../run/store.ts";
import { type Made, memoryFile, type Shelf, unitFolder } from "./making.ts";

export interface Keeping {
  readonly definition: Experiment;
  readonly plan: Plan;
  /** Of the experiment: paths in the record are from there. */
  readonly directory: string;
  readonly bench: Shelf;
}

export interface Keeper {
  /** Notes what a unit left, and writes the record. */
  add(unit: string, made: Made): Promise<void>;
  write(): Promise<ExperimentRecord>;
}

/** Keeps the record in the experiment's folder; one write after the other, for units end at any time. */
export function keepRecord(keeping: Keeping): Keeper {
  const made = new Map<string, Made>();
  let last: Promise<unknown> = Promise.resolve();
  const write = async () => {
    const record = recordOf(keeping, made);
    await makeFolder(keeping.directory);
    await writeJson(join(keeping.directory, EXPERIMENT_FILE), record);
    return record;
  };
  const inTurn = () => {
    const next = last.then(write);
    last = next.catch(() => {}); // told to whoever asked for that write
    return next;
  };
  return {
    write: inTurn,
    add: async (unit, result) => {
      made.set(unit, result);
      await inTurn();
    },
  };
}

/** @param made what the units left that are done, by id */
function recordOf(keeping: Keeping, made: ReadonlyMap<string, Made>): ExperimentRecord {
  const { definition, plan } = keeping;
  return {
    version: FORMAT_VERSION,
    kind: "experiment-record",
    definition,
    cells: plan.cells.map((cell) => cellRecord(cell, keeping, made)),
    skills: plan.skills.map((skill) => skillRecord(skill, keeping, made)),
  };
}

function cellRecord(
  { arm, user, benchmark, unit: id }: PlannedCell,
  { plan, bench, directory }: Keeping,
  made: ReadonlyMap<string, Made>,
): CellRecord {
  const there = made.get(id);
  const unit = plan.units.find((one) => one.id === id);
  const folder = there?.folder ?? (unit === undefined ? id : unitFolder(unit, { bench, made }));
  return { arm, user, benchmark, run: pathFrom(directory, folder), done: there !== undefined };
}

function skillRecord(
  { name, author, source }: PlannedSkill,
  { plan, bench, directory }: Keeping,
  made: ReadonlyMap<string, Made>,
): SkillRecord {
  const nowhere = { name, author, path: null, hash: null, distillation: null, minutes: null };
  const path = (folder: string) => pathFrom(directory, folder);
  const given = source.kind === "folder" ? bench.loaded.skills.get(source.name) : undefined;
  if (given !== undefined) return { ...nowhere, path: path(given.path), hash: given.skill.hash };
  const there = source.kind === "unit" ? made.get(source.unit) : undefined;
  if (there === undefined) return nowhere;
  const { skill, memory, folder, distillation, minutes } = there;
  const lies = skill?.path ?? (memory === null ? null : memoryFile(memory.path));
  const evolve = evolveOf(source, plan, made);
  return {
    name,
    author,
    path: lies && path(lies),
    hash: skill?.skill.hash ?? memory?.hash ?? null,
    distillation: distillation ? path(folder) : null,
    ...(evolve !== null && { evolve: path(evolve) }),
    minutes,
  };
}

/** Folder of the run whose trials were read; null where there is none. */
function evolveOf(source: SkillSource, { units }: Plan, made: ReadonlyMap<string, Made>): string | null {
  const unit = source.kind === "unit" ? units.find(({ id }) => id === source.unit) : undefined;
  return unit !== undefined && "from" in unit ? (made.get(unit.from)?.folder ?? null) : null;
}

function pathFrom(directory: string, path: string): string {
  return relative(directory, path).replaceAll("\\", "/");
}

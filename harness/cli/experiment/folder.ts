/** Folders of units, each with its `unit.json`, and the experiment's own document. */
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { ExperimentRecord } from "../../../reports/experiments/record.ts";
import { EXPERIMENT_FILE } from "../../../reports/experiments/stored.ts";
import { UNIT_FILE, UnitRecord } from "../../../reports/experiments/unit-record.ts";
import { SetupError } from "../../errors.ts";
import { FORMAT_VERSION } from "../../records.ts";
import type { Caller, Completion, Model } from "../../roles.ts";
import { readJson, writeJson } from "../../run/files.ts";
import { FolderTaken, lockFolder } from "../../run/lock.ts";

/** What was there is not told from what is to come: a damaged document counts as none, for the unit is then looked at anew. */
export async function readUnit(folder: string): Promise<UnitRecord | null> {
  const stored = await readJson(join(folder, UNIT_FILE), UnitRecord);
  return stored.kind === "read" ? stored.value : null;
}

export interface Work {
  readonly folder: string;
  readonly id: string;
  readonly of: string;
  /** Ends the wait for another process that is at work there; without one there is no wait. */
  readonly signal?: AbortSignal;
  /** Told once the id of the process that is waited for. */
  readonly onWait?: (holder: number) => void;
  /** Whether it is done: asked once nobody else can be at work there. */
  readonly isDone?: () => Promise<boolean>;
}

/** Counts what a unit's calls come from. */
export interface Counter {
  readonly of: (model: Model) => Model;
}

/**
 * Works on a unit in its folder, which no other process does meanwhile, and keeps count of its time: of a distillation from its
 * last lesson on.
 * A command that is stopped adds its part; a killed one leaves no time to be told.
 * @returns what the work returns; null where another process had done it when its turn came
 */
export async function inFolder<T>(asked: Work, work: (counter: Counter) => Promise<T>): Promise<T | null> {
  const { folder, id, of } = asked;
  await using _lock = await lockWhenFree(asked);
  if (await asked.isDone?.()) return null;
  const before = await readUnit(folder);
  const known = before === null ? 0 : before.state === "begun" ? null : before.minutes;
  const base = { version: FORMAT_VERSION, kind: "unit", id, of, used: before?.used ?? false } as const;
  await writeUnit(folder, { ...base, state: "begun", minutes: known });
  const calls: Counted = { made: 0, fromJournal: 0, since: performance.now() };
  const end = async (state: UnitRecord["state"]) => {
    const minutes = (performance.now() - calls.since) / 60_000;
    const isReplay = calls.fromJournal > calls.made;
    const total = known === null || isReplay ? null : known + minutes;
    // A second look at what had ended takes no time of its own.
    const settled = before?.state === "ended" && calls.made === 0 ? before.minutes : total;
    const now = await readUnit(folder); // what was learned from it meanwhile, and what it wrote of itself, stays
    const skill = now?.skill ?? before?.skill;
    const used = now?.used ?? base.used;
    await writeUnit(folder, { ...base, used, state, minutes: settled, ...(skill !== undefined && { skill }) });
  };
  try {
    const result = await work({ of: (model) => counted(model, calls) });
    await end("ended");
    return result;
  } catch (error) {
    // Stopped in good order: the part that was done counts when it goes on.
    await end("stopped");
    throw error;
  }
}

/** How often it is looked whether the other has ended. */
const LOOK_MS = 500;

/** Two experiments share a unit: the second waits for the first, and reads back what it made. */
async function lockWhenFree({ folder, signal, onWait }: Work): Promise<AsyncDisposable> {
  for (let looks = 0; ; looks += 1) {
    try {
      return await lockFolder(folder);
    } catch (error) {
      if (!(error instanceof FolderTaken) || signal === undefined) throw error;
      if (looks === 0) onWait?.(error.holder);
      await setTimeout(LOOK_MS, undefined, { signal });
    }
  }
}

/** Notes what a unit's skill was when it was made. */
export async function markSkill(folder: string, skill: string): Promise<void> {
  const unit = await readUnit(folder);
  if (unit !== null) await writeUnit(folder, { ...unit, skill });
}

/** Its trials taught something: they stay as they are, so that what was made from them stays theirs. */
export async function markUsed(folder: string): Promise<void> {
  const unit = await readUnit(folder);
  if (unit !== null && !unit.used) await writeUnit(folder, { ...unit, used: true });
}

function writeUnit(folder: string, unit: UnitRecord): Promise<void> {
  return writeJson(join(folder, UNIT_FILE), unit);
}

interface Counted {
  made: number;
  fromJournal: number;
  /** When the time that is told began. */
  since: number;
}

/** Lessons are shared by all that is made of the same trials: the time of a distillation is from its last lesson on. */
const ANALYSTS: readonly Caller[] = ["error-analyst", "success-analyst"];

function counted(model: Model, calls: Counted): Model {
  const complete: Model["complete"] = async (call) => {
    const completion: Completion = await model.complete(call);
    if (ANALYSTS.includes(call.caller)) calls.since = performance.now();
    else calls[completion.fromJournal ? "fromJournal" : "made"] += 1;
    return completion;
  };
  return { ...model, complete };
}

/** @throws SetupError for a folder that holds another experiment, or something else */
export async function refuseOtherExperiment(directory: string, name: string): Promise<void> {
  const stored = await readJson(join(directory, EXPERIMENT_FILE), ExperimentRecord);
  if (stored.kind === "missing") return;
  const problem =
    stored.kind === "read"
      ? stored.value.definition.name === name
        ? null
        : `holds the experiment ${JSON.stringify(stored.value.definition.name)}, asked is ${JSON.stringify(name)}`
      : stored.kind === "broken"
        ? `has an ${EXPERIMENT_FILE} that is damaged: ${stored.problem}`
        : `was written in format version ${JSON.stringify(stored.version)}`;
  const way = stored.kind === "broken" ? "Move that file away, or choose another folder" : "Choose another folder";
  if (problem !== null) throw new SetupError(`${directory} ${problem}. ${way}; what is shared is not paid again`);
}

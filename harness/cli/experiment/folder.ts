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

/**
 * Null where there is none.
 * @throws SetupError for one that is damaged: whether skills were made from what lies there, nobody can tell then
 */
export async function readUnit(folder: string): Promise<UnitRecord | null> {
  const path = join(folder, UNIT_FILE);
  const stored = await readJson(path, UnitRecord);
  switch (stored.kind) {
    case "read":
      return stored.value;
    case "missing":
      return null;
    case "broken":
      throw new SetupError(
        `${path} is damaged: ${stored.problem}. Put that file back as it was; or move its folder away and give the command again: ` +
          "it is made anew, and what the journal holds is not paid again",
      );
    case "other-version":
      throw new SetupError(
        `${path} was written in format version ${JSON.stringify(stored.version)}; this trace2skill reads version ${FORMAT_VERSION}. ` +
          "Choose another folder; what the journal holds is not paid again",
      );
    default:
      return stored satisfies never;
  }
}

/** A folder that one may have to wait for. */
export interface Turn {
  readonly folder: string;
  /** Ends the wait for whoever is at work there; without one there is no wait. */
  readonly signal?: AbortSignal;
  /** Told once the id of another process that is waited for. */
  readonly onWait?: (holder: number) => void;
}

export interface Work extends Turn {
  readonly id: string;
  readonly of: string;
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
 * A command that is stopped adds its part; a killed one leaves no time to be told. Nothing is done where another process had
 * done it when its turn came.
 */
export async function inFolder(asked: Work, work: (counter: Counter) => Promise<void>): Promise<void> {
  const { folder, id, of } = asked;
  await using _lock = await lockWhenFree(asked);
  if (await asked.isDone?.()) return;
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
    const skill = (await readUnit(folder))?.skill ?? before?.skill; // what it wrote of itself stays
    await writeUnit(folder, { ...base, state, minutes: settled, ...(skill !== undefined && { skill }) });
  };
  try {
    await work({ of: (model) => counted(model, calls) });
  } catch (error) {
    // Stopped in good order: the part that was done counts when it goes on. Where that cannot be written either, such as on a
    // full disk, the unit stands as one that was killed, and what stopped the work is what is told.
    await end("stopped").catch(() => {});
    throw error;
  }
  await end("ended");
}

/** How often it is looked whether the other has ended; other work of this process is at a folder for a moment only. */
const LOOK_MS = 500;
const OWN_LOOK_MS = 20;

/** Two experiments share a unit: the second waits for the first, and reads back what it made. */
async function lockWhenFree({ folder, signal, onWait }: Turn): Promise<AsyncDisposable> {
  let told = false;
  for (;;) {
    try {
      return await lockFolder(folder);
    } catch (error) {
      if (!(error instanceof FolderTaken) || signal === undefined) throw error;
      const isOwn = error.holder === process.pid;
      if (!isOwn && !told) onWait?.(error.holder);
      told ||= !isOwn;
      await setTimeout(isOwn ? OWN_LOOK_MS : LOOK_MS, undefined, { signal });
    }
  }
}

/** Notes what a unit's skill was when it was made. */
export async function markSkill(folder: string, skill: string): Promise<void> {
  const unit = await readUnit(folder);
  if (unit !== null) await writeUnit(folder, { ...unit, skill });
}

/**
 * Reads what is to be learned from, once it is noted that something is: from then on trials stay as they are, so that what is
 * made from them stays theirs. Nobody else is at work there meanwhile.
 */
export async function learnFrom<T>(turn: Turn, read: () => Promise<T>): Promise<T> {
  await using _lock = await lockWhenFree(turn);
  const unit = await readUnit(turn.folder);
  if (unit !== null && !unit.used) await writeUnit(turn.folder, { ...unit, used: true });
  return await read(); // the lock is held until then
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

/** What a unit is made with: the tools of the experiment, and what was made before it. */
import { join } from "node:path";
import type { SkillSource, Unit } from "../../../reports/experiments/units.ts";
import { SetupError } from "../../errors.ts";
import { shortHash } from "../../hash.ts";
import { MEMORY_FILE } from "../../memory/memory.ts";
import type { Benchmark } from "../../roles.ts";
import type { Width } from "../../run/width.ts";
import type { PlaceboMark } from "../../skill/placebo-mark.ts";
import type { Skill } from "../../skill/skill.ts";
import type { Io } from "../io.ts";
import type { Counted } from "../progress.ts";
import type { Session } from "../session.ts";
import type { Connecting, Loaded } from "./facts.ts";
import { type Counter, inFolder, type Turn } from "./folder.ts";

/** A skill as agents are given it. */
export interface GivenSkill {
  readonly skill: Skill;
  readonly path: string;
  /** Where it is no skill but a placebo of one. */
  readonly placebo?: PlaceboMark;
  /** Tasks that a placebo's skill was distilled from; of a skill, its own folder tells. */
  readonly learned?: readonly string[];
}

/** What a unit left, for the units that need it. */
export interface Made {
  readonly folder: string;
  readonly skill: GivenSkill | null;
  /** Folder of a memory. */
  readonly memory: { readonly path: string; readonly hash: string } | null;
  readonly distillation: boolean;
  readonly minutes: number | null;
  /** Trials of a run that our side spoilt; the same command tries them again where nothing was learned from it. */
  readonly unscored: number;
  /** Of a run: whether something was learned from it when it was read. */
  readonly used: boolean;
}

/** All that it takes to find what is there. */
export interface Shelf {
  readonly loaded: Loaded;
  /** Where the folders of units are. */
  readonly store: string;
}

export interface Bench extends Shelf {
  readonly session: Session;
  readonly connecting: Connecting;
  /** Folders whose documents are closed to whatever makes a skill, but for its inputs. */
  readonly guarded: readonly string[];
  /** Trials, or analysts, at work at once. */
  readonly width: Width;
  readonly signal: AbortSignal;
  readonly io: Io;
}

export interface Finding {
  readonly bench: Shelf;
  /** By unit id: all that the unit needs. */
  readonly made: ReadonlyMap<string, Made>;
}

export interface Making extends Finding {
  readonly bench: Bench;
  readonly onCount: (counted: Counted) => void;
}

interface Place {
  readonly folder: string;
  /** What is there that is done; null for nothing. */
  readonly there: () => Promise<Made | null>;
  readonly make: (counter: Counter) => Promise<void>;
}

/** Makes a unit in its folder, or reads back what is there: also what another experiment made that was at it. */
export async function makeIn(unit: Unit, making: Making, { folder, there, make }: Place): Promise<Made> {
  const before = await there();
  if (before !== null) return before;
  const isDone = async () => (await there()) !== null;
  await inFolder({ ...turnAt(folder, unit.label, making), id: unit.id, of: unit.kind, isDone }, make);
  return required((await there()) ?? undefined);
}

/** @param label of the unit that lies there */
export function turnAt(folder: string, label: string, { bench }: Making): Turn {
  const onWait = (holder: number) =>
    bench.io.err(`note: process ${holder} is at ${label}: it is waited for, and read back`);
  return { folder, signal: bench.signal, onWait };
}

/** Where a unit lies: named for what it is, and for what it was made from as that came out. */
export function unitFolder(unit: Unit, { bench, made }: Finding, more: readonly string[] = []): string {
  const cameOut = unit.needs.map((id) => {
    const input = made.get(id);
    return input?.skill?.skill.hash ?? input?.memory?.hash ?? null;
  });
  const known = cameOut.some((hash) => hash !== null) || more.length > 0;
  return join(bench.store, `${unit.label}-${known ? shortHash([unit.id, cameOut, more]) : unit.id}`);
}

/** The skill that a source comes to; null for none. */
export function skillOf(source: SkillSource, { bench, made }: Finding): GivenSkill | null {
  switch (source.kind) {
    case "none":
      return null;
    case "folder":
      return required(bench.loaded.skills.get(source.name));
    case "unit":
      return required(made.get(source.unit)?.skill ?? undefined);
    default:
      return source satisfies never;
  }
}

/** As of `distill`: of a user's own benchmark, `folder/mine`, the last part. */
export function nameOf({ name }: Benchmark): string {
  return `${name.split("/").at(-1) ?? "new"}-skill`;
}

/** Path of the document of a memory, as records name it. */
export function memoryFile(folder: string): string {
  return join(folder, MEMORY_FILE);
}

/** @throws SetupError for what somebody changed since it was made: it would be judged under a name that is not its own */
export function refuseChanged(what: string, expected: string, found: string): void {
  if (found === expected) return;
  throw new SetupError(
    `${what} has changed since it was made: expected hash ${expected.slice(0, 12)}, found ${found.slice(0, 12)}. ` +
      "Put its files back as they were, or move the folder of the unit away",
  );
}

/** What the plan promises is there. */
export function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("a unit lacks what the plan promised it");
  return value;
}

/** The folder of a distillation: `manifest.json` first, then what each stage did, `distillation.json` last. */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { SetupError } from "../harness/errors.ts";
import { hashJson } from "../harness/hash.ts";
import { type Memory, readMemory, writeMemory } from "../harness/memory/memory.ts";
import { readJson, type Stored, writeJson } from "../harness/run/files.ts";
import { fileNameOf, makeFolder } from "../harness/run/store.ts";
import { readSkill } from "../harness/skill/read.ts";
import type { Skill } from "../harness/skill/skill.ts";
import { writeSkill } from "../harness/skill/write.ts";
import {
  Analysis,
  Distillation,
  DistillationManifest,
  type Draft,
  type Merge,
  type Proposal,
  type Step,
} from "./documents.ts";

const FOLDERS = ["analyses", "patches", "steps", "merges"] as const;

/** Where a parametric skill lies below the distillation's folder: a skill folder, so that it can be judged as an arm. */
export function draftPath(name: string): string {
  return `parametric/${name}`;
}

/** Where a retrieval memory lies below the distillation's folder. */
export const MEMORY_PATH = "memory";

export interface DistillationFolder {
  /** The distillation that is there whole, under the same manifest; or null. */
  finished(): Promise<Distillation | null>;
  /** An analysis that is there and was made under the same unit id; or null. */
  analysis(trial: string, unit: string): Promise<Analysis | null>;
  /** What the analyst of a unit was shown before a kill. */
  writeAnalysis(analysis: Analysis): Promise<void>;
  /** Writes the draft that a creation starts from, as a skill folder of its own where there is one. */
  writeDraft(draft: Draft, skill: Skill | null): Promise<void>;
  writeProposal(proposal: Proposal): Promise<void>;
  writeStep(step: Step): Promise<void>;
  writeMerge(merge: Merge): Promise<void>;
  /** Writes a retrieval memory, in a folder of its own. */
  writeMemory(memory: Memory): Promise<void>;
  /** Writes the skill, then the document that says that all is done. */
  finish(distillation: Distillation, skill: Skill): Promise<void>;
}

/**
 * Starts a distillation's folder, or goes on with the one that is there.
 * @throws SetupError when it holds another distillation, or one of another format version
 */
export async function openFolder(directory: string, manifest: DistillationManifest): Promise<DistillationFolder> {
  const path = join(directory, "manifest.json");
  const existing = readable(path, await readJson(path, DistillationManifest));
  if (existing !== null) refuseAnother(directory, existing, manifest);
  for (const folder of FOLDERS) await makeFolder(join(directory, folder));
  if (existing === null) await writeJson(path, manifest);
  const used = new Set<string>();
  const use = (folder: (typeof FOLDERS)[number], name: string) => {
    used.add(join(folder, `${name}.json`));
    return join(directory, folder, `${name}.json`);
  };
  return {
    finished: () => readFinished(directory, manifest),
    async analysis(trial, unit) {
      const stored = await readJson(use("analyses", fileNameOf(trial)), Analysis);
      return stored.kind === "read" && stored.value.unit === unit ? stored.value : null;
    },
    async writeAnalysis(analysis) {
      await writeJson(use("analyses", fileNameOf(analysis.trial)), analysis);
    },
    writeProposal: (proposal) => writeJson(use("patches", fileNameOf(proposal.trial)), proposal),
    async writeDraft(draft, skill) {
      if (skill !== null) await writeSkill(skill, join(directory, draftPath(skill.name)));
      await writeJson(join(directory, "draft.json"), draft);
    },
    writeStep: (step) => writeJson(use("steps", String(step.step).padStart(4, "0")), step),
    writeMerge: (merge) => writeJson(use("merges", `${merge.level}-${merge.index + 1}`), merge),
    async writeMemory(memory) {
      await makeFolder(join(directory, MEMORY_PATH));
      await writeMemory(join(directory, MEMORY_PATH), memory);
    },
    async finish(distillation, skill) {
      await removeLeftovers(directory, used, skill.name);
      await writeSkill(skill, join(directory, distillation.skill.path));
      await writeJson(join(directory, "distillation.json"), distillation);
    },
  };
}

/**
 * What the journal knows a distillation by: all that its manifest says, as it stands in the folder. The same asked for twice is one.
 * @throws SetupError when there is none
 */
export async function distillationId(directory: string): Promise<string> {
  const path = join(directory, "manifest.json");
  const manifest = readable(path, await readJson(path, z.looseObject({ kind: z.literal("distillation") })));
  if (manifest !== null) return hashJson(manifest);
  throw new SetupError(
    `${directory} is no distillation: it has no manifest.json. Make one with: trace2skill distill RUN --out ${directory}`,
  );
}

/**
 * Reads a finished distillation.
 * @throws SetupError when there is none
 */
export async function readDistillation(directory: string): Promise<Distillation> {
  const path = join(directory, "distillation.json");
  const read = readable(path, await readJson(path, Distillation));
  if (read !== null) return read;
  throw new SetupError(
    `${directory} holds no finished distillation: there is no distillation.json. Make one with: trace2skill distill RUN --out ${directory}`,
  );
}

/** Damage to the last document only means that it is not done; the skill must be the one it speaks of. */
async function readFinished(directory: string, manifest: DistillationManifest): Promise<Distillation | null> {
  const stored = await readJson(join(directory, "distillation.json"), Distillation);
  if (stored.kind !== "read" || hashJson(DistillationManifest.strip().parse(stored.value)) !== hashJson(manifest))
    return null;
  const skill = await readSkill(join(directory, stored.value.skill.path)).catch((error: unknown) => {
    if (error instanceof SetupError) return null;
    throw error;
  });
  return skill?.hash === stored.value.skill.hash && (await hasMemory(directory, stored.value)) ? stored.value : null;
}

/** Whether the memory that a distillation speaks of is there; true for one that speaks of none. */
async function hasMemory(directory: string, { memory }: Distillation): Promise<boolean> {
  if (memory === undefined) return true;
  const stored = await readMemory(join(directory, memory.path)).catch((error: unknown) => {
    if (error instanceof SetupError) return null;
    throw error;
  });
  return stored?.hash === memory.hash;
}

/** What is no part of this end: files half-written at a kill, and merges of an end that a fault made come out otherwise. */
async function removeLeftovers(directory: string, used: ReadonlySet<string>, skillName: string): Promise<void> {
  const below = await Promise.all(
    FOLDERS.map(async (folder) => (await readdir(join(directory, folder))).map((name) => join(folder, name))),
  );
  const skills = (await readdir(join(directory, "skill")).catch(() => [])).filter((name) =>
    name.startsWith(`.${skillName}-`),
  );
  const halfWritten = (await readdir(directory)).filter((name) =>
    /^(manifest|draft|distillation)\.json\..+/.test(name),
  );
  const leftovers = [
    ...below.flat().filter((path) => !used.has(path)),
    ...skills.map((name) => join("skill", name)),
    ...halfWritten,
  ];
  await Promise.all(leftovers.map((path) => rm(join(directory, path), { recursive: true, force: true })));
}

function readable<T>(path: string, stored: Stored<T>): T | null {
  switch (stored.kind) {
    case "read":
      return stored.value;
    case "missing":
      return null;
    case "broken":
      if (stored.problem.startsWith("kind:"))
        throw new SetupError(
          `${path} is of something else than a distillation (${stored.problem}). Give another folder`,
        );
      throw new SetupError(`${path} is damaged: ${stored.problem}. Move the folder away and give the command again`);
    case "other-version":
      throw new SetupError(
        `${path} was written in another format version (${JSON.stringify(stored.version)}). Choose another folder`,
      );
    default:
      return stored satisfies never;
  }
}

function refuseAnother(directory: string, existing: DistillationManifest, asked: DistillationManifest): void {
  const parts = (manifest: DistillationManifest) => ({
    name: manifest.name,
    ...manifest.options,
    ...manifest.fingerprint,
  });
  const before: Record<string, unknown> = parts(existing);
  const different = Object.entries(parts(asked)).filter(([part, value]) => hashJson(before[part]) !== hashJson(value));
  if (different.length === 0) return;
  const told = different.map(
    ([part, value]) => `${part}: ${JSON.stringify(before[part])} there, ${JSON.stringify(value)} asked`,
  );
  throw new SetupError(
    `${directory} holds another distillation (${told.join("; ")}). Choose another folder with --out`,
  );
}

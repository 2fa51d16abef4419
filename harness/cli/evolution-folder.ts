/** Where the chosen skill lies: at the place of a plain distillation, so that all that reads one finds it. */
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Distillation } from "../../distill/documents.ts";
import type { SelectedSkill, Selection } from "../../distill/selection-document.ts";
import type { Verdict } from "../../distill/selection-gate.ts";
import { renamed } from "../../distill/skeleton.ts";
import { SetupError } from "../errors.ts";
import type { Skill } from "../skill/skill.ts";
import { writeSkill } from "../skill/write.ts";

/** Holds a folder of distillation for each seed. */
export const SEEDS = "seeds";
/** Runs of candidates: `scores/PART/LABEL`. */
export const SCORES = "scores";
const DOCUMENT = "distillation.json";

/** One distillation, finished. */
export interface Evolved {
  readonly seed: number;
  /** Below the output folder. */
  readonly path: string;
  readonly distillation: Distillation;
}

/** Path of a seed's distillation below the output folder. */
export function seedPath(seed: number): string {
  return `${SEEDS}/${seed}`;
}

/** @throws SetupError for a folder that holds a distillation made without these options */
export function refusePlain(directory: string): void {
  if (!existsSync(join(directory, "manifest.json")) || existsSync(join(directory, SEEDS))) return;
  throw new SetupError(
    `${directory} holds a distillation that was made without --evolution-seeds and --gate. Choose another folder with --out`,
  );
}

/** What is put in place. A verdict other than accepted keeps the start skill and sets the new one aside. */
export interface Installed {
  readonly used: Selection["used"];
  readonly refused: SelectedSkill | null;
}

/**
 * Copies a distillation to the output folder, in place of what was put there before, its document last: a folder without
 * the document holds no finished distillation. One that was not accepted goes to a folder named for the verdict.
 * @param chosen null when nothing was chosen: then no skill is put in place
 */
export async function install(
  directory: string,
  chosen: Evolved | null,
  { verdict, start }: { verdict: Verdict | null; start: Skill | null },
): Promise<Installed> {
  await clear(directory);
  if (chosen === null) return { used: { kind: "none" }, refused: null };
  const { name, hash, path } = chosen.distillation.skill;
  if (verdict === null || verdict === "accepted") {
    await copy(join(directory, chosen.path), directory);
    return { used: { kind: "distilled", skill: { name, hash, path }, seed: chosen.seed }, refused: null };
  }
  await copy(join(directory, chosen.path), join(directory, verdict));
  const refused = { name, hash, path: `${verdict}/${path}` };
  if (start === null) return { used: { kind: "none" }, refused };
  const kept = renamed(start, name);
  await writeSkill(kept, join(directory, path));
  return { used: { kind: "start", skill: { name, hash: kept.hash, path } }, refused };
}

/** What was put in place before, and no more: a user may keep things of their own there. */
async function clear(directory: string): Promise<void> {
  const folders = (await readdir(join(directory, SEEDS))).map((seed) => join(directory, SEEDS, seed));
  const names = (await Promise.all(folders.map((folder) => readdir(folder)))).flat();
  const verdicts: readonly Verdict[] = ["indecisive", "rejected"];
  // The documents first: killed in between, nothing speaks of what is no longer there.
  const order = ["selection.json", DOCUMENT, ...new Set(names), ...verdicts];
  for (const name of order) {
    if (name !== "lock") await rm(join(directory, name), { recursive: true, force: true });
  }
}

async function copy(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  const names = (await readdir(from)).filter((name) => name !== "lock" && name !== DOCUMENT);
  for (const name of [...names, DOCUMENT]) await cp(join(from, name), join(to, name), { recursive: true });
}

/** What `--skill` and `--placebo` make of an agent. */
import { join, resolve } from "node:path";
import { placeboArm, placeboSkill } from "../skill/placebo.ts";
import { readSkill } from "../skill/read.ts";
import { learnedFrom } from "./learned-from.ts";
import type { RunSpec } from "./perform-run.ts";
import type { PlaceboSettings } from "./placebo-options.ts";

const FIRST_SEED = 1;

/** What the agent is given, and the label of its arm. A placebo is to be written to its path in the run folder, under its hash. */
export async function skillAsked(
  settings: PlaceboSettings,
  directory: string,
): Promise<Pick<RunSpec, "skill" | "learned"> & { readonly label: string | null }> {
  if (settings.skill === undefined) return { skill: null, label: null };
  const path = resolve(settings.skill);
  const skill = await readSkill(settings.skill);
  const { placebo: kind, placeboSeed: seed = FIRST_SEED } = settings;
  if (kind === undefined) return { skill: { skill, path }, label: skill.name };
  const placebo = placeboSkill(skill, { kind, seed });
  const own = join(directory, "placebo", placebo.hash.slice(0, 12), placebo.name);
  return {
    skill: { skill: placebo, path: own, placebo: { kind, seed, of: skill.hash } },
    label: placeboArm(skill.name, kind),
    // Its words came from those tasks; of the other kinds nothing did.
    ...(kind === "shuffled" && { learned: [...(await learnedFrom({ skill, path }))] }),
  };
}

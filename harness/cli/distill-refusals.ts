/** What of the options of `distill` contradicts itself, or would have no effect: refused before anything is read. */
import { resolve } from "node:path";
import { UsageError } from "../errors.ts";
import { skillNameProblems } from "../skill/front-matter.ts";
import type { DistillSettings } from "./distill.ts";
import type { EvolutionPlan } from "./evolution.ts";

/** @throws UsageError */
export function refuseWrongUse(
  folders: readonly string[],
  settings: DistillSettings,
  plan: EvolutionPlan | null,
): void {
  const { records, name, mode, start, strategy, merge } = settings;
  const refuse = (wrong: boolean, problem: string) => {
    if (wrong) throw new UsageError(problem);
  };
  const isTwice = new Set(folders.map((folder) => resolve(folder))).size < folders.length;
  refuse(isTwice, `a run is given twice: ${folders.join(" ")}`);
  const isNothing = folders.length === 0 && records === undefined;
  refuse(isNothing, "give run folders, or lessons that were drawn elsewhere with --records PATH");
  const [wrongName] = name === undefined ? [] : skillNameProblems(name);
  refuse(wrongName !== undefined, `--name: ${wrongName}`);
  refuse(
    mode === "deepen" && !isGiven(start),
    "--mode deepen needs the skill to deepen: --start DIR. Without one, the mode is create",
  );
  refuse(
    mode === "create" && isGiven(start),
    `--mode create starts from a draft, and --start ${start} names a skill to deepen: leave one of them out`,
  );
  refuse(
    settings.shuffleMerge > 0 && strategy !== "parallel",
    `--shuffle-merge merges the patches of --strategy parallel in other orders; ${strategy} has no such patches: leave one of them out`,
  );
  refuse(
    settings.batch > 1 && strategy !== "sequential",
    `--batch ${settings.batch} is of --strategy sequential, and ${strategy} takes no steps: give that strategy, or leave --batch out`,
  );
  refuse(
    merge === "program" && strategy === "retrieval",
    "--merge says how edits are merged, and --strategy retrieval makes none: leave one of them out",
  );
  refuse(
    plan !== null && strategy === "retrieval",
    "--evolution-seeds and --gate choose among skills, and --strategy retrieval makes none",
  );
  refuse(
    plan !== null && folders.length === 0,
    "--evolution-seeds and --gate score skills on tasks of runs, and --records names none: give run folders too",
  );
}

/** Whether a start skill is named. */
export function isGiven(start: string | undefined): start is string {
  return start !== undefined && start !== "none";
}

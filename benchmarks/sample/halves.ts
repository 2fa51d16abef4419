/** How sample tasks are split: neighbours go to different halves, so every kind is in both, and every setting of it too. */
import { SetupError } from "../../harness/errors.ts";

/** @param variant number of a task, or of the page that tasks share, within its kind, from 0 */
export function halfOf(variant: number): "evolve" | "test" {
  return variant % 2 === 0 ? "evolve" : "test";
}

export function ofSplit<T extends { readonly variant: number }>(made: readonly T[], split: string): readonly T[] {
  return made.filter(({ variant }) => split === "all" || halfOf(variant) === split);
}

/** @throws SetupError always */
export function noTask(name: string, split: string, id: string): never {
  throw new SetupError(`${name}: the split ${split} has no task ${JSON.stringify(id)}`);
}

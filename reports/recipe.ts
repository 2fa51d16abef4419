/** How a skill is made, whoever made it: what authors are compared by. */
import { hashJson } from "../harness/hash.ts";
import type { ArmChoice, DistillChoice, Experiment, SkillChoice } from "./experiments/definition.ts";

export interface Recipe {
  /** The same for skills that differ in nothing but their author. */
  readonly key: string;
  /** Such as `combined lessons, on draft`. */
  readonly text: string;
  /** As `text`, without the names of skills that authors made for themselves. */
  readonly general: string;
}

/**
 * How the skill or the memory of an arm is made; null for a bare arm.
 * @throws RangeError for a name that the definition does not have, which the planner refuses
 */
export function recipeOf(arm: ArmChoice, definition: Experiment): Recipe | null {
  if (arm.memory !== undefined) {
    const { distill, ...found } = arm.memory;
    const lessons = distilled(distill, definition);
    return within(lessons, { memory: found, lessons: lessons.key }, (text) => `memory of ${text}`);
  }
  return arm.skill === undefined ? null : skillRecipe(arm.skill, definition);
}

function skillRecipe(name: string, definition: Experiment): Recipe {
  const choice: SkillChoice | undefined = definition.skills[name];
  if (choice === undefined) throw new RangeError(`no skill ${name} in the definition`);
  if ("folder" in choice) return { key: hashJson({ folder: choice.folder }), text: name, general: name };
  if ("parametric" in choice) {
    const key = hashJson({ parametric: choice.parametric.domain ?? null });
    return { key, text: name, general: "a draft from what the author knows" };
  }
  if ("distill" in choice) return distilled(choice.distill, definition);
  const of = skillRecipe(choice.of, definition);
  return within(of, { placebo: choice.placebo, of: of.key }, (text) => `placebo (${choice.placebo}) of ${text}`);
}

function distilled({ author: _, start, ...choice }: DistillChoice, definition: Experiment): Recipe {
  const from = start === null ? null : skillRecipe(start, definition);
  const method = [
    ...(choice.strategy === undefined || choice.strategy === "parallel" ? [] : [choice.strategy]),
    ...(choice.batch === undefined ? [] : [`batch ${choice.batch}`]),
    ...(choice.errorAnalyst === undefined ? [] : [`${choice.errorAnalyst} analyst`]),
    ...(choice.merge === undefined ? [] : [`merge by ${choice.merge}`]),
    ...(choice.mode === undefined ? [] : [choice.mode]),
    `of ${choice.evolve}`,
  ];
  const textOf = (base: string) => [`${choice.lessons} lessons`, base, ...method].join(", ");
  if (from === null) {
    const text = textOf("from nothing");
    return { key: hashJson({ ...choice, start: null }), text, general: text };
  }
  const general = from.general === start ? `on ${start}` : `on ${from.general}`;
  return { key: hashJson({ ...choice, start: from.key }), text: textOf(`on ${start}`), general: textOf(general) };
}

function within(inner: Recipe, key: unknown, textOf: (text: string) => string): Recipe {
  return { key: hashJson(key), text: textOf(inner.text), general: textOf(inner.general) };
}

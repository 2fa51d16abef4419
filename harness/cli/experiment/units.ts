/** How each kind of unit is made: one file a kind. */
import type { Unit } from "../../../reports/experiments/units.ts";
import { distillationThere, makeDistillation } from "./distill.ts";
import type { Finding, Made, Making } from "./making.ts";
import { makeRun, runThere } from "./run.ts";
import { makeParametric, makePlacebo, parametricThere, placeboThere } from "./skills.ts";

/** What a unit left that is done; null for one that is not, or not whole. Asks no model and writes nothing. */
export async function unitThere(unit: Unit, finding: Finding): Promise<Made | null> {
  switch (unit.kind) {
    case "run":
      return runThere(unit, finding);
    case "distill":
    case "memory":
      return distillationThere(unit, finding);
    case "parametric":
      return parametricThere(unit, finding);
    case "placebo":
      return placeboThere(unit, finding);
    default:
      return unit satisfies never;
  }
}

/** Makes a unit, goes on with it, or reads back what is there. @throws SetupError for what the user must mend */
export async function makeUnit(unit: Unit, making: Making): Promise<Made> {
  switch (unit.kind) {
    case "run":
      return makeRun(unit, making);
    case "distill":
    case "memory":
      return makeDistillation(unit, making);
    case "parametric":
      return makeParametric(unit, making);
    case "placebo":
      return makePlacebo(unit, making);
    default:
      return unit satisfies never;
  }
}

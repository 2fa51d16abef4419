/** The simulated models that are built in. */
import { modelName } from "../simulator/sizes.ts";

export const SIMULATED_MODELS: readonly string[] = [modelName("small"), modelName("large")];

/** By its name, wherever it is served. */
export function isSimulatedModel(name: string): boolean {
  return SIMULATED_MODELS.includes(name);
}

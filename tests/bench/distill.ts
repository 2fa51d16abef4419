/** Figures of distillation, all in one run, with the simulated model: they measure the machinery and no model. */

import { gainBench } from "./distill-gain.ts";
import { killsBench } from "./distill-kills.ts";
import { sizesBench, strategiesBench } from "./distill-speed.ts";

export async function distillBench(): Promise<void> {
  await sizesBench();
  await strategiesBench();
  await killsBench();
  await gainBench();
}

/** The rival strategies by name. To add one: a file with a `Strategy`, its name in `choices.ts`, a line here. */
import type { StrategyName } from "./choices.ts";
import { retrieval } from "./memory/retrieval.ts";
import { parallel } from "./parallel.ts";
import { sequential } from "./sequential.ts";
import type { Strategy } from "./strategy.ts";

export const STRATEGIES: Readonly<Record<StrategyName, Strategy>> = { parallel, sequential, retrieval };

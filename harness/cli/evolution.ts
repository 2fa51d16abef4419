/** Options of `distill` for several independent distillations, for choosing one of them, and for the gate. */
import type { Command } from "commander";
import { UsageError } from "../errors.ts";
import { filled, integers, number, oneOf } from "./options.ts";

/** Exit codes of `--gate` beside 0, which is accepted, and 1, which is a fault that the same command tries again. */
export const GATE_EXITS = { accepted: 0, indecisive: 10, rejected: 11 } as const;

const DEFAULT_SHARE = 0.3;
const DEFAULT_MARGIN = 0.05;

type SelectBy = "train" | "validation" | "none";

export interface EvolutionSettings {
  readonly evolutionSeeds?: number[];
  readonly select?: SelectBy;
  readonly validationShare?: number;
  readonly gate: boolean;
  readonly gateMargin?: number;
  readonly agentModel?: string;
  readonly dryRun: boolean;
}

/** Adds the options; `evolutionPlan` reads them. */
export function addEvolutionOptions(command: Command): Command {
  return command
    .option(
      "--evolution-seeds <list>",
      "so many independent distillations, such as 41,42,43, each in OUT/seeds/SEED; --seed then only draws the held-back tasks",
      integers("--evolution-seeds"),
    )
    .option(
      "--select <by>",
      "which of them is used: best score of an agent on train (the evolve tasks that they learned from; default), best on validation (evolve tasks held back from them), or none (all are reported)",
      oneOf("--select", ["train", "validation", "none"]),
    )
    .option(
      "--validation-share <share>",
      `share of the evolve tasks, or families of tasks, held back for --select validation and --gate (default: ${DEFAULT_SHARE}); half each where both are asked for`,
      number("--validation-share", 0.01, 0.9),
    )
    .option(
      "--gate",
      "use the new skill only if a paired test on held-back tasks does not speak against it; else the start skill stays",
      false,
    )
    .option(
      "--gate-margin <score>",
      `how much worse would still be no loss: the 95 % interval must lie above minus this (default: ${DEFAULT_MARGIN})`,
      number("--gate-margin", 0.001, 0.5),
    )
    .option(
      "--agent-model <name>",
      "model of the agent that candidates are scored with (default: that of --model)",
      filled("--agent-model"),
    )
    .option(
      "--dry-run",
      "print how many distillations, trials and model calls are to be expected, and do nothing",
      false,
    )
    .addHelpText(
      "after",
      `
  trace2skill distill runs/evolve --out runs/distilled --evolution-seeds 41,42,43 --select validation --gate

Exit codes with --gate: ${GATE_EXITS.accepted} accepted, ${GATE_EXITS.indecisive} indecisive (too few tasks to tell; the start skill stays), ${GATE_EXITS.rejected} rejected (the start skill stays),
1 failed, or something is left that the same command tries again.`,
    );
}

/** What was asked for, with all defaults in place. */
export interface EvolutionPlan {
  /** One distillation each. */
  readonly seeds: readonly number[];
  readonly select: SelectBy;
  /** What candidates are scored on; null for a single one that only the gate judges. */
  readonly scoredOn: "train" | "validation" | null;
  /** In units of score; null without a gate. */
  readonly gateMargin: number | null;
  /** Share of the evolve tasks held back; null when none are. */
  readonly share: number | null;
}

/**
 * What the options ask for; null when they ask for one plain distillation.
 * @throws UsageError for options that have no effect together, or contradict each other
 */
export function evolutionPlan(settings: EvolutionSettings & { readonly seed: number }): EvolutionPlan | null {
  const { evolutionSeeds, gate, validationShare } = settings;
  const select = settings.select ?? "train";
  refuse(
    evolutionSeeds === undefined && settings.select !== undefined,
    "--select chooses among several distillations: give --evolution-seeds too",
  );
  refuse(
    gate && evolutionSeeds !== undefined && select === "none",
    "--gate judges one skill, and --select none chooses none: give --select train or validation",
  );
  refuse(!gate && settings.gateMargin !== undefined, "--gate-margin says how --gate judges: give --gate too");
  const single = evolutionSeeds === undefined;
  refuse(
    single && !gate && settings.agentModel !== undefined,
    "--agent-model scores candidates: give --evolution-seeds or --gate too",
  );
  // With no choice to make, tasks are held back only where the user says how many.
  const validates = !single && (select === "validation" || (select === "none" && validationShare !== undefined));
  refuse(
    !gate && !validates && validationShare !== undefined,
    "--validation-share holds tasks back for --select validation or --gate: give one of them too",
  );
  if (single && !gate) return null;
  return {
    seeds: evolutionSeeds ?? [settings.seed],
    select: single ? "none" : select,
    scoredOn: single ? null : validates ? "validation" : "train",
    gateMargin: gate ? (settings.gateMargin ?? DEFAULT_MARGIN) : null,
    share: gate || validates ? (validationShare ?? DEFAULT_SHARE) : null,
  };
}

function refuse(wrong: boolean, problem: string): void {
  if (wrong) throw new UsageError(problem);
}

/** Verb `distill`: the trials of runs to a skill. */
import type { Command } from "commander";
import { StrategyName } from "../../distill/choices.ts";
import { addEvolutionOptions, type EvolutionSettings } from "./evolution.ts";
import type { Io } from "./io.ts";
import { addJsonOption, addModelOptions, filled, integer, type ModelSettings, oneOf } from "./options.ts";
import { addRoleOptions, type RoleSettings } from "./role-options.ts";
import { addSandboxOptions, type SandboxSettings } from "./sandbox-options.ts";

export interface DistillSettings extends ModelSettings, EvolutionSettings, RoleSettings, SandboxSettings {
  readonly out: string;
  readonly mode?: "deepen" | "create";
  /** A folder, or `none`. */
  readonly start?: string;
  readonly name?: string;
  readonly data?: string;
  readonly records?: string;
  readonly lessons: "error" | "success" | "combined";
  readonly errorAnalyst?: "agentic" | "single-call";
  readonly strategy: StrategyName;
  readonly batch: number;
  readonly merge: "model" | "program";
  readonly fanIn: number;
  readonly width: number;
  readonly routeSupport: number;
  readonly maxSkillLines: number;
  readonly maxReferenceLines: number;
  readonly shuffleMerge: number;
  readonly seed: number;
  readonly json: boolean;
}

export function registerDistill(program: Command, io: Io): void {
  const command = program
    .command("distill")
    .description("Distill the trials of runs into a skill: analyse, propose, merge, route by support, apply, validate.")
    .argument("[runs...]", "run folders; runs of a test split are refused, whatever they claim to be")
    .requiredOption("--out <dir>", "folder for the skill and for all that led to it", filled("--out"))
    .option(
      "--mode <mode>",
      "deepen (a skill given with --start) or create (a draft that the model writes first from what it knows, kept in OUT/parametric) (default: deepen with --start DIR, else create)",
      oneOf("--mode", ["deepen", "create"]),
    )
    .option(
      "--start <dir>",
      "skill to start from; `none` creates from a bare frame, with no draft of the model",
      filled("--start"),
    )
    .option("--name <name>", "name of the new skill (default: that of the start skill)")
    .option("--data <dir>", "folder of the data set (default: the one the runs were made with)")
    .option(
      "--records <path>",
      "lessons that were drawn elsewhere, beside runs or without any: parsed_error_records.json, or what import --from records wrote; those of test tasks are left out",
      filled("--records"),
    )
    .option(
      "--lessons <kind>",
      "error, success or combined",
      oneOf("--lessons", ["error", "success", "combined"]),
      "combined",
    )
    .option(
      "--error-analyst <kind>",
      "agentic (works in a sandbox, hands in a fix that is proved) or single-call (default: agentic where the tasks are at hand)",
      oneOf("--error-analyst", ["agentic", "single-call"]),
    )
    .option(
      "--strategy <name>",
      "parallel (all trials at once, patches merged), sequential (a batch of trials at a time, on the skill as it stands) or retrieval (no skill: a memory in OUT/memory for run --memory)",
      oneOf("--strategy", StrategyName.options),
      "parallel",
    )
    .option("--batch <n>", "sequential: trials a step", integer("--batch", 1), 1)
    .option(
      "--merge <by>",
      "model, or program (exact and near duplicates by their words, no model call)",
      oneOf("--merge", ["model", "program"]),
      "model",
    )
    .option("--fan-in <n>", "patches merged at once", integer("--fan-in", 2), 32)
    .option("--width <n>", "analysts, proposers and mergers at work at once", integer("--width", 1), 128)
    .option(
      "--route-support <n>",
      "distinct problems from which on a lesson stands in SKILL.md, not in a reference; 1 puts all there",
      integer("--route-support", 1),
      2,
    )
    .option(
      "--max-skill-lines <n>",
      "most lines of SKILL.md; sections leave it for references, least supported first",
      integer("--max-skill-lines", 10),
      500,
    )
    .option(
      "--max-reference-lines <n>",
      "most lines of a reference; a longer one is split at the borders of sections",
      integer("--max-reference-lines", 20),
      300,
    )
    .option(
      "--shuffle-merge <n>",
      "parallel: merge the same patches in so many other orders as well, and tell how stable each lesson is",
      integer("--shuffle-merge", 0),
      0,
    )
    .option("--seed <n>", "seed sent with each call", integer("--seed", 0), 41)
    .addHelpText(
      "after",
      `
Examples:
  trace2skill distill runs/evolve --out runs/created                             # mode create: the model's draft first
  trace2skill distill runs/evolve --start none --out runs/framed                 # create from a bare frame
  trace2skill distill runs/evolve --start skills/mine --strategy sequential --batch 4 --out runs/sequential
  trace2skill distill runs/evolve --start none --strategy retrieval --out runs/remembered   # then: run … --memory runs/remembered/memory
  trace2skill distill runs/evolve --start skills/mine --merge program --out runs/floor
  trace2skill distill runs/evolve --start skills/mine --route-support 3 --max-skill-lines 200 --json --out runs/short
  trace2skill distill runs/evolve --start skills/my-skill --out runs/distilled --model sim/large
  trace2skill distill runs/real --base-url http://localhost:8000/v1 --model SMALL --model-role proposer=LARGE,merger=LARGE --out runs/by-role
  trace2skill distill --records lessons --start skills/mine --out runs/from-records
  trace2skill distill runs/real --lessons error --out runs/distilled --base-url http://localhost:8000/v1 --model NAME`,
    );
  addJsonOption(addRoleOptions(addModelOptions(addEvolutionOptions(addSandboxOptions(command))))).action(
    async (runs: string[], settings: DistillSettings) => {
      const { distillVerb } = await import("./distill-verb.ts");
      await distillVerb(runs, settings, io);
    },
  );
}

/** Verb `run`: an agent on the tasks of a benchmark. */
import type { Command } from "commander";
import { BENCHMARK_NAMES } from "../../benchmarks/index.ts";
import { UsageError } from "../errors.ts";
import { DEFAULT_IMAGE_SIDE } from "../images/raster.ts";
import type { Protocol } from "../records.ts";
import { DEFAULT_LIMITS } from "../run/default-limits.ts";
import { amount, LIMIT_EXIT } from "./budget-options.ts";
import type { Io } from "./io.ts";
import { addMemoryOptions, type MemorySettings } from "./memory-options.ts";
import {
  addJsonOption,
  addModelOptions,
  addTaskOptions,
  filled,
  integer,
  integers,
  type ModelSettings,
  oneOf,
  type TaskSettings,
} from "./options.ts";
import { addPlaceboOptions, type PlaceboSettings } from "./placebo-options.ts";
import { addSandboxOptions, type SandboxSettings } from "./sandbox-options.ts";

export interface RunSettings extends ModelSettings, TaskSettings, MemorySettings, PlaceboSettings, SandboxSettings {
  readonly out: string;
  readonly arm?: string;
  readonly protocol: Protocol;
  readonly seeds: number[];
  readonly turnLimit: number;
  readonly tokenLimit: number;
  readonly timeLimit: number;
  readonly workingTimeLimit?: number;
  readonly costLimit?: number;
  readonly commandTimeLimit?: number;
  readonly explainSandbox: boolean;
  readonly imageSide: number;
  readonly dryRun: boolean;
  readonly estimateFrom: string[];
  readonly json: boolean;
}

export function registerRun(program: Command, io: Io): void {
  const command = program
    .command("run")
    .description("Run an agent on the tasks of a benchmark; the same command again goes on where it stopped.")
    .argument("<benchmark>", BENCHMARK_NAMES.join(", "))
    .option("--out <dir>", "run folder; must be given, but for --explain-sandbox", filled("--out"))
    .option("--skill <dir>", "Agent Skill that the agent is given (none when left out)")
    .option(
      "--arm <label>",
      "name of the arm in tables (default: the skill's name and its placebo, memory, both with a plus, or no-skill)",
      filled("--arm"),
    )
    .option(
      "--protocol <protocol>",
      "tools (native tool calling) or text (thought, Action, Observation)",
      oneOf("--protocol", ["tools", "text"]),
      "tools",
    )
    .option("--seeds <list>", "seeds, one trial of every task each", integers("--seeds"), [41])
    .option("--turn-limit <n>", "replies a trial", integer("--turn-limit", 1), DEFAULT_LIMITS.turns)
    .option(
      "--token-limit <n>",
      "tokens a trial, input and output of all calls",
      integer("--token-limit", 1),
      DEFAULT_LIMITS.tokens,
    )
    .option(
      "--time-limit <seconds>",
      "seconds a trial, waits in queues included",
      integer("--time-limit", 1),
      DEFAULT_LIMITS.timeMs / 1_000,
    )
    .option(
      "--working-time-limit <seconds>",
      "seconds a trial without waits in queues and between tries, looked at between replies (default: none)",
      integer("--working-time-limit", 1),
    )
    .option(
      "--cost-limit <amount>",
      "what the calls of a trial may cost, in the currency of the prices (default: none); needs prices",
      amount("--cost-limit"),
    )
    .option(
      "--command-time-limit <seconds>",
      `seconds a command of the agent (default: ${DEFAULT_LIMITS.commandTimeoutMs / 1_000}, or command of --sandbox-limits)`,
      integer("--command-time-limit", 1),
    )
    .option(
      "--image-side <pixels>",
      "most pixels on the long side of an image",
      integer("--image-side", 64, 16_384),
      DEFAULT_IMAGE_SIDE,
    )
    .option("--dry-run", "print trials, calls, tokens and cost to be expected, and do nothing", false)
    .option(
      "--estimate-from <dirs...>",
      "with --dry-run: run folders whose trials tell what one takes (default: those in --out; without any, stated assumptions)",
      [],
    )
    .addHelpText(
      "after",
      `
Examples:
  trace2skill run sample-spreadsheet --split evolve --model sim/large --out runs/evolve
  trace2skill run sample-spreadsheet --split test --memory runs/remembered/memory --out runs/with-memory
  trace2skill run sample-spreadsheet --split test --skill runs/distilled/skill/spreadsheet-work --placebo same-length --out runs/placebo
  trace2skill run sample-spreadsheet --sandbox-limits memory=2g,processes=128 --out runs/held
  trace2skill run sample-spreadsheet --sandbox podman --explain-sandbox
  trace2skill run sample-mathematics --split evolve --seeds 41,42,43 --model sim/small --out runs/mathematics
  trace2skill run sample-spreadsheet --dry-run --estimate-from runs/evolve --prices prices.json --out runs/next
  trace2skill run spreadsheetbench --data DIR --preset qwen3.5-instruct --prices prices.json --max-cost 20 --base-url http://localhost:8000/v1 --model NAME --out runs/limited
  trace2skill run spreadsheetbench --data DIR --tasks 0:40 --seeds 41,42 --base-url http://localhost:8000/v1 --model NAME --out runs/real

Exit codes: 0 done, 1 failed or trials unscored, 2 wrong use, ${LIMIT_EXIT} stopped at --max-cost or --max-tokens-total: calls under way were
finished and kept, no further one was sent; the same command with a higher limit goes on.`,
    );
  addJsonOption(addModelOptions(addMemoryOptions(addPlaceboOptions(addTaskOptions(addSandboxOptions(command))))));
  command.option("--explain-sandbox", "only print the agent's world: programs, libraries, paths, limits", false);
  command.action(async (benchmark: string, settings: RunSettings) => {
    const { out, explainSandbox }: Partial<RunSettings> = settings;
    if (out === undefined && explainSandbox !== true)
      throw new UsageError("required option '--out <dir>' not specified");
    const { runVerb } = await import("./run-verb.ts");
    await runVerb(benchmark, settings, io);
  });
}

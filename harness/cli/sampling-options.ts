/** Options that say how a model samples. What is not given is not sent, so that the server's own default holds. */
import type { Command } from "commander";
import { UsageError } from "../errors.ts";
import { PRESETS } from "../model/presets.ts";
import { filled, integer, number, oneOf } from "./parsers.ts";

/** As commander names what the flags gave; each is undefined when it was not given. */
export interface SamplingFlags {
  readonly preset?: string;
  readonly sampling?: string;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly minP?: number;
  readonly presencePenalty?: number;
  readonly frequencyPenalty?: number;
  readonly repetitionPenalty?: number;
  readonly maxTokens?: number;
  readonly seedPolicy?: "send" | "withhold";
  readonly thinking?: boolean;
  readonly extraBody?: string;
}

export function addSamplingOptions(command: Command): Command {
  return command
    .option(
      "--preset <name>",
      `published sampling settings: ${Object.keys(PRESETS).join(", ")} (trace2skill presets lists them with their sources)`,
      oneOf("--preset", Object.keys(PRESETS)),
    )
    .option(
      "--sampling <file>",
      "sampling settings as JSON or YAML (temperature, top_p, top_k, …, thinking, seed, extra_body); goes before --preset, and flags go before it",
      filled("--sampling"),
    )
    .option(
      "--temperature <number>",
      "sampling temperature (here and below: the server's default when not given)",
      number("--temperature", 0, 2),
    )
    .option("--top-p <number>", "nucleus sampling", positive("--top-p", 1))
    .option("--top-k <n>", "only so many of the likeliest tokens; 0: all", integer("--top-k", 0))
    .option("--min-p <number>", "only tokens at least so likely, beside the likeliest", number("--min-p", 0, 1))
    .option("--presence-penalty <number>", "from -2 to 2", number("--presence-penalty", -2, 2))
    .option("--frequency-penalty <number>", "from -2 to 2", number("--frequency-penalty", -2, 2))
    .option("--repetition-penalty <number>", "1: none", positive("--repetition-penalty", 10))
    .option("--max-tokens <n>", "most tokens in a reply", integer("--max-tokens", 1))
    .option(
      "--seed-policy <policy>",
      "send (the trial's seed goes with each call; default) or withhold (none does, for servers that refuse it)",
      oneOf("--seed-policy", ["send", "withhold"]),
    )
    .option(
      "--thinking <switch>",
      "on or off: enable_thinking of chat_template_kwargs (vLLM, SGLang, llama.cpp)",
      (text) => oneOf("--thinking", ["on", "off"])(text) === "on",
    )
    .option("--extra-body <json>", "further fields of each request, as the server names them", filled("--extra-body"));
}

/** Zero is no number of these. */
function positive(option: string, most: number): (text: string) => number {
  return (text) => {
    const value = number(option, 0, most)(text);
    if (value === 0) throw new UsageError(`${option} must be above 0`);
    return value;
  };
}

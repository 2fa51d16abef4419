/** Verb `simulate`: the simulated model as a server of its own. */
import type { Command } from "commander";
import type { Io } from "./io.ts";
import { addJsonOption, addTaskOptions, integer, number, type TaskSettings } from "./options.ts";

export interface SimulateSettings extends TaskSettings {
  readonly port: number;
  readonly benchmark: string[];
  readonly latency: number;
  readonly faults: number;
  readonly json: boolean;
}

export function registerSimulate(program: Command, io: Io): void {
  const command = program
    .command("simulate")
    .description(
      "Serve the simulated model on loopback, as an OpenAI-compatible endpoint. It is a statistical stand-in, and no model.",
    )
    .option("--port <n>", "port (0: any that is free)", integer("--port", 0, 65_535), 8111)
    .option("--benchmark <names...>", "benchmarks whose tasks it can play", ["sample-spreadsheet", "sample-tables"])
    .option(
      "--latency <factor>",
      "share of the stated latency that it really takes: 0 none, 1 all",
      number("--latency", 0, 100),
      0,
    )
    .option(
      "--faults <rate>",
      "share of tries that meet a fault: 429, 5xx, resets, broken replies, calls or thinking left in the text",
      number("--faults", 0, 1),
      0,
    )
    .addHelpText(
      "after",
      `
Example:
  trace2skill simulate --port 8111 &
  trace2skill run sample-spreadsheet --base-url http://127.0.0.1:8111/v1 --model sim/small --out runs/over-http`,
    );
  addJsonOption(addTaskOptions(command)).action(async (settings: SimulateSettings) => {
    const { simulateVerb } = await import("./simulate-verb.ts");
    await simulateVerb(settings, io);
  });
}

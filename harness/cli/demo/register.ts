/** Verb `demo`: the whole method offline, on our own sample and with the simulated model. */
import type { Command } from "commander";
import type { Io } from "../io.ts";
import { addJsonOption, filled, integer } from "../options.ts";

export interface DemoSettings {
  readonly out: string;
  readonly evolveTasks: number;
  readonly testTasks: number;
  readonly oodTasks: number;
  readonly maxConnections: number;
  readonly baseUrl?: string;
  readonly json: boolean;
}

export function registerDemo(program: Command, io: Io): void {
  const command = program
    .command("demo")
    .description(
      "The main table of the paper in small, offline: 15 conditions, two sizes of a simulated model, our own sample.",
    )
    .option("--out <dir>", "folder for everything it makes", filled("--out"), "runs/demo")
    .option("--evolve-tasks <n>", "tasks that skills are distilled from", integer("--evolve-tasks", 2), 13)
    .option("--test-tasks <n>", "held-out tasks that arms are judged on", integer("--test-tasks", 2), 13)
    .option(
      "--ood-tasks <n>",
      "table questions that arms are judged on out of distribution",
      integer("--ood-tasks", 2),
      4,
    )
    .option("-j, --max-connections <n>", "trials under way at once", integer("--max-connections", 1), 8)
    .option("--base-url <url>", "a simulated server of your own (trace2skill simulate) in place of the built-in one")
    .addHelpText(
      "after",
      `
What it makes is numbers of a simulated model: they test the machinery and say nothing about a real one.
The same command again reads everything back, or goes on where it was stopped.

Example:
  trace2skill demo --out runs/demo`,
    );
  addJsonOption(command).action(async (settings: DemoSettings) => {
    const { demoVerb } = await import("./verb.ts");
    await demoVerb(settings, io);
  });
}

/** Verb `presets`: the published sampling settings that `--preset` takes. */
import type { Command } from "commander";
import { PRESETS } from "../model/presets.ts";
import type { Io } from "./io.ts";
import { addJsonOption } from "./options.ts";

export function registerPresets(program: Command, io: Io): void {
  const command = program
    .command("presets")
    .description("List the published sampling settings that --preset takes, each with its source.");
  addJsonOption(command).action(({ json }: { json: boolean }) => {
    io.out(json ? JSON.stringify(PRESETS, null, 1) : presetsText());
  });
}

function presetsText(): string {
  return Object.entries(PRESETS)
    .map(([name, { use, source, settings }]) => {
      const values = Object.entries(settings).map(([field, value]) => `${field} ${value}`);
      return `${name}\n  ${use}\n  ${values.join(", ")}\n  source: ${source}`;
    })
    .join("\n\n");
}

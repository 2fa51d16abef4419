/**
 * A sandbox that shows the same results again when a killed trial is gone on with. Commands do run again, to bring the
 * folder to where it was, but what they print may hold the time or a new order; shown the first text instead, the model is
 * sent the same chat, and the journal has the answer (invariant 3).
 */
import { hashJson } from "../hash.ts";
import type { CommandResult, Sandbox } from "../roles.ts";
import type { Memory } from "../run/memory.ts";

export function rememberingSandbox(sandbox: Sandbox, memory: Memory): Sandbox {
  let commands = 0;
  return {
    ...sandbox,
    async run(command, options) {
      commands += 1;
      const result = await sandbox.run(command, options);
      const seen = await memory.firstSeen(`${commands} ${hashJson(command)}`, JSON.stringify(result));
      return JSON.parse(seen) as CommandResult;
    },
  };
}

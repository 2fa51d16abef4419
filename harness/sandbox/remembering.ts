/** A sandbox that shows the results that were first seen, when a trial is gone on with (`harness/journal/seen.ts`). */
import { hashJson } from "../hash.ts";
import type { CommandResult, Sandbox, Seen } from "../roles.ts";

export function rememberingSandbox(sandbox: Sandbox, seen: Seen): Sandbox {
  let commands = 0;
  return {
    ...sandbox,
    async run(command, options) {
      commands += 1;
      const result = await sandbox.run(command, options);
      return JSON.parse(seen.first(`${commands} ${hashJson(command)}`, JSON.stringify(result))) as CommandResult;
    },
  };
}

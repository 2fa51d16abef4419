/** The tools of an agent that works in a shell. */
import { z } from "zod";
import type { CommandResult, Sandbox, Tool } from "../harness/roles.ts";
import { cutMiddle, OBSERVATION_LIMITS, SKILL_FILE_LIMITS } from "../harness/truncate.ts";

export const BASH: Tool = {
  name: "bash",
  description: "Run a bash command in /work. Each command starts a new shell; files stay. No network.",
  parameters: z.toJSONSchema(z.strictObject({ command: z.string() })),
};

export const SUBMIT: Tool = {
  name: "submit",
  description: "End the task. The answer is text; leave it empty when the answer is a file in /work.",
  parameters: z.toJSONSchema(z.strictObject({ answer: z.string() })),
};

/** Runs a command and words what came of it for the model: output, exit code if not 0, and what was cut or killed. */
export async function observe(
  sandbox: Sandbox,
  command: string,
  limits: { timeoutMs: number; signal: AbortSignal },
): Promise<string> {
  return (await observeTimed(sandbox, command, limits)).text;
}

/** As `observe`, with the time that the command took without the wait for its turn. */
export async function observeTimed(
  sandbox: Sandbox,
  command: string,
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
): Promise<{ text: string; workedMs: number }> {
  const result = await sandbox.run(command, { timeoutMs, signal });
  const shown = command.includes("/skill/") ? SKILL_FILE_LIMITS : OBSERVATION_LIMITS;
  const parts = [cutMiddle(result.output.trimEnd(), shown), endText(result, timeoutMs)];
  const text = parts.filter((part) => part !== "").join("\n");
  return { text: text || "[no output]", workedMs: result.durationMs };
}

/** How a command ended, where that needs a word. */
function endText({ killed, timedOut, exitCode }: CommandResult, timeoutMs: number): string {
  if (killed !== undefined) return `[killed: ${killed}]`;
  if (timedOut) return `[killed after ${timeoutMs / 1000} s, with all that it had started]`;
  return exitCode === 0 ? "" : `[exit code ${exitCode ?? "none: killed"}]`;
}

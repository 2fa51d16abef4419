/** What `run --explain-sandbox` does instead of running. */
import { explainWorld, worldText } from "../sandbox/explain.ts";
import { openSandboxesOf, type SandboxChoice } from "../sandbox/open.ts";
import { definedOf, type Io } from "./io.ts";

export async function explainSandbox(choice: SandboxChoice, { json }: { json: boolean }, io: Io): Promise<void> {
  await using sandboxes = await openSandboxesOf(choice, definedOf(io.env));
  const world = await explainWorld(sandboxes, choice.kind, io.signal);
  io.out(json ? JSON.stringify(world, null, 1) : worldText(world));
}

import type { Finding } from "./finding.ts";
import { machineFindings } from "./machine.ts";
import { sandboxFindings } from "./sandbox.ts";

/** Looks at all that the tool needs of this machine: about two seconds, most of them Python's. Changes nothing. */
export async function examine({ runsFolder, signal }: { runsFolder: string; signal: AbortSignal }): Promise<Finding[]> {
  const [machine, sandbox] = await Promise.all([machineFindings(runsFolder), sandboxFindings(signal)]);
  return [...machine, ...sandbox];
}

/** True when the main job can be done on this machine. */
export function isSound(findings: readonly Finding[]): boolean {
  return findings.every(({ required, ok }) => ok || !required);
}

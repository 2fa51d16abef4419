import type { Finding } from "./finding.ts";
import { machineFindings } from "./machine.ts";
import { type Examined, sandboxFindings } from "./sandbox.ts";

/** Looks at all that the tool needs of this machine: about two seconds, most of them Python's. Changes nothing. */
export async function examine({ runsFolder, ...examined }: Examined & { runsFolder: string }): Promise<Finding[]> {
  const [machine, sandbox] = await Promise.all([machineFindings(runsFolder), sandboxFindings(examined)]);
  return [...machine, ...sandbox];
}

/** True when the main job can be done on this machine. */
export function isSound(findings: readonly Finding[]): boolean {
  return findings.every(({ required, ok }) => ok || !required);
}

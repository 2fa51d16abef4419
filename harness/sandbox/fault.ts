/** Faults of the system on our side of a sandbox. */
import { messageOf } from "../errors.ts";
import { SandboxError } from "../roles.ts";

/** What the system refuses (no room, no rights) spoils this trial; anything else that is thrown is a bug, and stays one. */
export function asSandboxError(error: unknown): never {
  if (error instanceof Error && "syscall" in error) throw new SandboxError(messageOf(error), { cause: error });
  throw error;
}

/** A trial whose programs may ask the model (`--network model`): the gateway in its sandbox, and its commands with it. */
import { join } from "node:path";
import { type Gateway, openGateway } from "../model/gateway.ts";
import type { AgentLimits, Model, Sandbox } from "../roles.ts";
import { SOCKET_NAME } from "../sandbox/frame.ts";

export interface Access {
  readonly model: Model;
  readonly seed: number;
  readonly limits: Pick<AgentLimits, "tokens">;
  readonly signal: AbortSignal;
}

/** Null where the sandbox has no room for it, as without `--network model`. */
export async function openAccess(sandbox: Sandbox, { limits, ...access }: Access): Promise<Gateway | null> {
  const folder = sandbox.inside?.model ?? null;
  if (folder === null) return null;
  return openGateway({ ...access, tokens: limits.tokens, path: join(folder, SOCKET_NAME) });
}

/** A command during which the model could not be asked shows nothing: what stopped the call is thrown, as for the agent's own. */
export function withAccess(sandbox: Sandbox, gateway: Gateway | null): Sandbox {
  if (gateway === null) return sandbox;
  return {
    ...sandbox,
    async run(command, options) {
      const result = await sandbox.run(command, options);
      gateway.assertSound();
      return result;
    },
  };
}

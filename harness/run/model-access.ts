/** A trial whose programs may ask the model (`--network model`): the gateway in its sandbox, and its commands with it. */
import { join } from "node:path";
import { type Gateway, openGateway } from "../model/gateway.ts";
import { amountOf } from "../prices/prices.ts";
import type { Usage } from "../records.ts";
import type { AgentLimits, Model, Sandbox } from "../roles.ts";
import { SOCKET_NAME } from "../sandbox/frame.ts";

export interface Access {
  readonly model: Model;
  readonly seed: number;
  readonly limits: AgentLimits;
  readonly signal: AbortSignal;
}

/** Null where the sandbox has no room for it, as without `--network model`. */
export async function openAccess(sandbox: Sandbox, { limits, ...access }: Access): Promise<Gateway | null> {
  const folder = sandbox.inside?.model ?? null;
  if (folder === null) return null;
  return openGateway({ ...access, spent: (usage) => spentOf(usage, limits), path: join(folder, SOCKET_NAME) });
}

/** Programs have the trial's limits for themselves, beside what its agent takes. */
function spentOf(usage: Usage, { tokens, cost, ...prices }: AgentLimits): string | null {
  if (usage.inputTokens + usage.outputTokens >= tokens) return `${tokens} tokens`;
  const { inputPrice: input = 0, cachedInputPrice: cachedInput = input, outputPrice: output = 0 } = prices;
  if (cost !== undefined && amountOf(usage, { input, cachedInput, output }) >= cost) return `${cost} of cost`;
  return null;
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

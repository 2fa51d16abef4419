/** The kinds of sandboxes, by name. */
import type { Network } from "../roles.ts";
import type { OpenedSandboxes } from "./driver.ts";
import type { SandboxLimits } from "./limits.ts";

export const SANDBOX_KINDS = ["bubblewrap", "docker", "podman", "none"] as const;
export type SandboxKind = (typeof SANDBOX_KINDS)[number];

export interface SandboxChoice {
  readonly kind: SandboxKind;
  /** Of containers; our own when left out. */
  readonly image?: string;
  readonly limits: SandboxLimits;
  /** None when left out. */
  readonly network?: Network;
}

/**
 * Makes ready sandboxes of the kind asked for, and of no other.
 * @param env of the user, for what runs outside of a sandbox
 * @throws SetupError when this machine cannot make them, with the cure
 */
export async function openSandboxesOf(
  { kind, image, limits, network = "none" }: SandboxChoice,
  env: Readonly<Record<string, string>>,
): Promise<OpenedSandboxes> {
  switch (kind) {
    case "bubblewrap":
      return (await import("./bubblewrap.ts")).openSandboxes({ limits, network });
    case "docker":
    case "podman": {
      const { openContainers } = await import("./containers.ts");
      return openContainers({
        engine: kind,
        limits,
        network,
        env,
        ...(image === undefined ? {} : { image }),
      });
    }
    case "none":
      return (await import("./unisolated.ts")).openUnisolated({ limits, network, path: env.PATH ?? "/usr/bin:/bin" });
    default:
      return kind satisfies never;
  }
}

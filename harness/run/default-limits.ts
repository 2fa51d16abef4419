/** What limits a trial where nobody says otherwise. */
import type { AgentLimits } from "../roles.ts";

export const DEFAULT_LIMITS = {
  turns: 100,
  timeMs: 3_600_000,
  tokens: 2_000_000,
  commandTimeoutMs: 120_000,
} as const satisfies AgentLimits;

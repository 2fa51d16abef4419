/** What stands for the simulated model in journals and fingerprints. */
import { sha256 } from "../hash.ts";
import type { AnswerKey } from "./answer-key.ts";
import { HABITS, VAGUE_LESSONS } from "./habits.ts";
import { SPEEDS } from "./latency.ts";
import { SIZES } from "./sizes.ts";

/** Goes up when the simulated model behaves in another way for the same catalogue and key. */
export const SIMULATOR_VERSION = 2;

/**
 * `simulated:<version>-<12 hex digits>`: changes with the catalogue, the sizes and the key.
 * Without a key: the model alone, for where the tasks stand in the fingerprint already.
 */
export function simulatorIdentity(key: AnswerKey = []): string {
  const catalogue = JSON.stringify([HABITS, VAGUE_LESSONS, SIZES, SPEEDS], (_, value: unknown) => {
    return value instanceof RegExp ? String(value) : value; // functions count by the version alone
  });
  return `simulated:${SIMULATOR_VERSION}-${sha256(`${catalogue}\n${JSON.stringify(key)}`).slice(0, 12)}`;
}

/** Deletes folders that agents made: they may be nested deeper than a path can be long, or barred to their owner. */
import { lstat, rm } from "node:fs/promises";
import { runProcess } from "./process.ts";

const TIMEOUT_MS = 120_000;

/**
 * Deletes a folder and all in it, following no link. Never throws: what resists is left, and the sweep of a later start
 * tries again.
 * @returns whether it is gone
 */
export async function removeTree(path: string): Promise<boolean> {
  const gone = await rm(path, { recursive: true, force: true, maxRetries: 3 }).then(
    () => true,
    () => false,
  );
  if (gone) return true;
  // Both walk by descriptor, so that no path is too long for them.
  await runProcess("/bin/chmod", ["-R", "u+rwX", "--", path], { timeoutMs: TIMEOUT_MS });
  await runProcess("/bin/rm", ["-rf", "--one-file-system", "--", path], { timeoutMs: TIMEOUT_MS });
  return lstat(path).then(
    () => false,
    () => true,
  );
}

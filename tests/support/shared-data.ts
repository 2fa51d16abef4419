/** Data sets and recorded verdicts beside the checkout; tests that need them are skipped where they are not there. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { TestContext } from "vitest";

/** The path of a file or folder below `../shared`. Skips the test, visibly, where it is missing. */
export function sharedPath(context: Pick<TestContext, "skip">, path: string): string {
  const found = fileURLToPath(new URL(`../../../shared/${path}`, import.meta.url));
  if (!existsSync(found)) context.skip(`there is no ../shared/${path}`);
  return found;
}

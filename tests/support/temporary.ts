import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder of its own for one test, deleted when the test ends. */
export async function temporaryFolder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "trace2skill-test-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

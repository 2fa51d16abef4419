import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { measure } from "./measure.ts";

const BIN = fileURLToPath(new URL("../../bin/trace2skill.js", import.meta.url));

/** The demo from nothing, then again. Wanted on 2 cores: under 120 s, under 400 MB, then under 3 s without a call. */
export async function demoBench(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "trace2skill-bench-"));
  try {
    for (const time of ["first time", "again"]) {
      const { ms, peakMb, out } = await measure(process.execPath, [BIN, "demo", "--json"], folder);
      const { calls } = JSON.parse(out) as { calls: { made: number } };
      console.log(
        `  demo, ${time.padEnd(10)}  ${(ms / 1000).toFixed(1)} s, peak ${peakMb.toFixed(0)} MB, ${calls.made} calls made`,
      );
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

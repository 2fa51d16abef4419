import { fileURLToPath } from "node:url";
import { measure, median } from "./measure.ts";

const BIN = fileURLToPath(new URL("../../bin/trace2skill.js", import.meta.url));
const TIMES = 21;

/** The command line's start beside that of Node alone, in turn, so that both meet the same noise. Wanted: at most 3 times. */
export async function startupBench(): Promise<void> {
  await measure(process.execPath, [BIN, "--help"]); // fills Node's compile cache, as a user's first call does
  const bare: number[] = [];
  const help: number[] = [];
  for (let round = 0; round < TIMES; round += 1) {
    bare.push((await measure(process.execPath, ["-e", "0"])).ms);
    help.push((await measure(process.execPath, [BIN, "--help"])).ms);
  }
  const ratio = median(help) / median(bare);
  console.log(`  node -e 0            median of ${TIMES}: ${median(bare).toFixed(0)} ms`);
  console.log(
    `  trace2skill --help   median of ${TIMES}: ${median(help).toFixed(0)} ms, ${ratio.toFixed(2)} times (wanted: at most 3)`,
  );
}

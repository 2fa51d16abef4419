import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { oneSheet } from "../benchmarks/scoring/handmade.ts";
import { HOSTILE_ARCHIVES } from "../benchmarks/scoring/hostile-archives.ts";
import { HOSTILE_PARTS } from "../benchmarks/scoring/hostile-parts.ts";
import { measure } from "./measure.ts";
import type { Cost } from "./scoring-one.ts";

const ONE = fileURLToPath(new URL("./scoring-one.ts", import.meta.url));

/** Each hostile output in a process of its own, whose peak is that of one file. */
export async function hostileTable(folder: string): Promise<void> {
  const [golden, output] = [join(folder, "golden.xlsx"), join(folder, "output.xlsx")];
  await writeFile(golden, oneSheet());
  const costs: (Cost & { readonly name: string })[] = [];
  for (const [name, { make }] of Object.entries({ ...HOSTILE_ARCHIVES, ...HOSTILE_PARTS })) {
    await writeFile(output, make());
    const { out } = await measure(process.execPath, [ONE, golden, output]);
    costs.push({ name, ...(JSON.parse(out) as Cost) });
  }
  console.log(
    `  ${costs.length} hostile outputs, each scored 0: ${costs.every(({ value }) => value === 0) ? "yes" : "NO"}`,
  );
  for (const { name, ms, peakMb, heldUpMs, explanation } of costs.toSorted((a, b) => b.ms - a.ms)) {
    const told = explanation.split("\n")[0]?.slice(0, 70);
    console.log(
      `  ${ms.toFixed(0).padStart(6)} ms ${peakMb.toFixed(0).padStart(4)} MB  held up ${heldUpMs.toFixed(0).padStart(3)} ms  ${name}: ${told}`,
    );
  }
  const most = (of: (cost: Cost) => number) => Math.max(...costs.map(of)).toFixed(0);
  console.log(
    `  at most ${most(({ ms }) => ms)} ms (wanted: 2,000), ${most(({ peakMb }) => peakMb)} MB (wanted: 300); ` +
      `the main thread was held up ${most(({ heldUpMs }) => heldUpMs)} ms at most`,
  );
}

/** Whether, and by what, the formulas of an agent's workbook are calculated anew before it is scored. */
import type { BenchmarkSettings } from "../../harness/manifest.ts";

/** What came of it. */
export type Recalculated =
  /** There is no regular file of a size that is read. */
  | { readonly kind: "absent" }
  | { readonly kind: "recalculated"; readonly path: string }
  /** The engine cannot read the file, or takes too long: its fault, in words. */
  | { readonly kind: "failed"; readonly problem: string };

export interface Recalculator {
  /** Name and version of the engine: part of the fingerprint. */
  readonly identity: string;
  /**
   * Writes a workbook with all formulas calculated anew beside the cache, and gives its path.
   * Safe to call at once for many files, whatever is in them.
   * @param path a file that an agent left; there may be nothing, or no workbook
   * @throws SandboxError when the engine cannot be run at all
   */
  recalculate(path: string): Promise<Recalculated>;
}

/**
 * The engine that the settings ask for; null for none.
 * @throws SetupError when it cannot be had on this machine, with the cure
 */
export async function recalculatorFor(
  { recalculate }: BenchmarkSettings,
  cacheDirectory: string,
): Promise<Recalculator | null> {
  switch (recalculate) {
    case "none":
      return null;
    case "libreoffice":
      return (await import("./libreoffice.ts")).libreOffice({ cacheDirectory });
    default:
      return recalculate satisfies never;
  }
}

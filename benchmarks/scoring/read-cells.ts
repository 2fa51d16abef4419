/** Cells of a workbook that an agent left, for scorers that judge values rather than compare workbooks. */
import type { CellsWanted, FoundCells } from "./find-cells.ts";
import { sharedThread } from "./scoring-thread.ts";

/**
 * Reads the cells of one range from a .xlsx file that is not trusted: on the scoring thread, within the limits of
 * `limits.ts`, values as openpyxl reads them with `data_only=True`. Never rejects: a file that is missing, damaged or hostile,
 * a sheet that is not there and a range that cannot be followed are a `problem` in words, and the fault of whoever made them.
 * Texts are cut at 32,767 characters, as Excel has it. Costs some milliseconds for common files.
 * This signature is stable: benchmarks of tables stand on it.
 */
export async function readCells(path: string, wanted: CellsWanted): Promise<FoundCells> {
  const answer = await sharedThread({ kind: "cells", path, wanted });
  if (answer.kind === "found") return answer.found;
  const problem = answer.kind === "broken" ? answer.problem : "the scoring thread answered another question";
  return { kind: "problem", problem };
}

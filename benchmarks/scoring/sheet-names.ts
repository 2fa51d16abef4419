/** Names of sheets as openpyxl gives them (`openpyxl/workbook/child.py`): a name that is taken gets a number behind it. */
import { WorkbookError } from "./cell-values.ts";

const INVALID = /[\\*?:/[\]]/;
const UNNAMED = "Sheet";

/**
 * @param written in the list of sheets
 * @param taken names of the sheets before it
 * @throws WorkbookError where openpyxl refuses it
 */
export function sheetName(written: string, taken: readonly string[]): string {
  const name = written === "" ? UNNAMED : written;
  if (INVALID.test(name)) throw new WorkbookError(`invalid sheet name: ${JSON.stringify(name)}`);
  if (!taken.some((other) => other.toLowerCase() === name.toLowerCase())) return name;
  const numbered = new RegExp(`${RegExp.escape(name)}([0-9]*),?`, "giu");
  const counts = [...taken.join(",").matchAll(numbered)].map(([, count]) => Number(count || 0));
  return `${name}${Math.max(0, ...counts) + 1}`;
}

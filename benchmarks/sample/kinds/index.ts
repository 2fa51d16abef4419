/** The kinds of sample tasks: a new one is a new file and a line here. */
import type { Kind } from "../draft.ts";
import { combineSheets } from "./combine-sheets.ts";
import { crosstabByMonth } from "./crosstab-by-month.ts";
import { deduplicateAndSort } from "./deduplicate-and-sort.ts";
import { deleteRowsByRule } from "./delete-rows-by-rule.ts";
import { fillFormulaDown } from "./fill-formula-down.ts";
import { fillGaps } from "./fill-gaps.ts";
import { filterByDates } from "./filter-by-dates.ts";
import { lookupAcrossSheets } from "./lookup-across-sheets.ts";
import { markByCondition } from "./mark-by-condition.ts";
import { reconcileLists } from "./reconcile-lists.ts";
import { removeDuplicateRows } from "./remove-duplicate-rows.ts";
import { splitAndCleanText } from "./split-and-clean-text.ts";
import { tableCount } from "./table-count.ts";
import { tableDifference } from "./table-difference.ts";
import { tableExtreme } from "./table-extreme.ts";
import { tableList } from "./table-list.ts";
import { tableNeighbour } from "./table-neighbour.ts";
import { tableTotal } from "./table-total.ts";
import { totalsByGroup } from "./totals-by-group.ts";

export const SPREADSHEET_KINDS: readonly Kind[] = [
  lookupAcrossSheets,
  deduplicateAndSort,
  fillFormulaDown,
  filterByDates,
  deleteRowsByRule,
  splitAndCleanText,
  totalsByGroup,
  fillGaps,
  reconcileLists,
  markByCondition,
  combineSheets,
  crosstabByMonth,
  removeDuplicateRows,
];

export const TABLE_KINDS: readonly Kind[] = [
  tableCount,
  tableExtreme,
  tableList,
  tableDifference,
  tableNeighbour,
  tableTotal,
];

/** The tables of the paper by name: a new one is a new file and an entry here. */
import { UsageError } from "../../harness/errors.ts";
import { AGENTIC_TABLE } from "./agentic.ts";
import { DOCVQA, DOCVQA_LATER, DOCVQA_RIVALS } from "./docvqa.ts";
import { MATHEMATICS, MATHEMATICS_RIVALS } from "./mathematics.ts";
import type { PaperTable } from "./paper-table.ts";
import { PREVALENCE } from "./prevalence.ts";
import { PARALLEL, RETRIEVAL } from "./rivals.ts";
import { SPREADSHEET } from "./spreadsheet.ts";

export const PAPER_TABLES: readonly PaperTable[] = [
  SPREADSHEET,
  MATHEMATICS,
  MATHEMATICS_RIVALS,
  DOCVQA,
  DOCVQA_LATER,
  DOCVQA_RIVALS,
  PARALLEL,
  RETRIEVAL,
  AGENTIC_TABLE,
  PREVALENCE,
];

/** @throws UsageError for a name that is not there, with those that are */
export function paperTable(name: string): PaperTable {
  const table = PAPER_TABLES.find(({ id }) => id === name);
  if (table !== undefined) return table;
  throw new UsageError(
    `there is no table ${JSON.stringify(name)}; there are: ${PAPER_TABLES.map(({ id }) => id).join(", ")} (trace2skill reproduce list tells more)`,
  );
}

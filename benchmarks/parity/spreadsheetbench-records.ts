/** Shapes of the recorded verdicts of SpreadsheetBench's scorers, a file each. */
import { z } from "zod";
import { Typed } from "./typed-values.ts";

const Verdict = z.object({ pass: z.boolean(), message: z.string(), exception: z.string().nullable() });
/** Cell names that a range means, or the exception that it raised. */
const Expansion = z.union([
  z.string(),
  z.object({ exception: z.string().optional(), count: z.number().optional(), sha256: z.string().optional() }),
]);

/** `cases.jsonl` and `synthetic.jsonl`: two workbooks compared. */
export const ScorerCase = z.object({
  id: z.string(),
  task_id: z.string().optional(),
  mutation: z.string().default("synthetic"),
  detail: z.string().default(""),
  golden: z.string(),
  output: z.string().nullable(),
  answer_position: z.string(),
  official: Verdict,
  trace2skill: Verdict,
});
export type ScorerCase = z.infer<typeof ScorerCase>;

/** `values.jsonl`: two values compared, and their normal forms. */
export const ValuePair = z.object({
  id: z.string(),
  a: Typed,
  b: Typed,
  equal: z.boolean(),
  a_normal: Typed,
  b_normal: Typed,
});
export type ValuePair = z.infer<typeof ValuePair>;

/** `ranges.jsonl` */
export const RangeCase = z.object({
  id: z.string(),
  range: z.string(),
  /** Extent of the golden sheet; null where the code was not told. */
  max_row: z.number().nullable(),
  max_col: z.number().nullable(),
  official: Expansion,
  trace2skill: Expansion,
});
export type RangeCase = z.infer<typeof RangeCase>;

/** `cells.jsonl`: what a cell's XML reads as. */
export const CellCase = z.object({
  id: z.string(),
  cell: z.object({
    t: z.string().nullable(),
    v: z.string().nullable(),
    f: z.string().nullable(),
    inner_xml: z.string().nullable(),
    number_format: z.string(),
  }),
  date1904: z.boolean(),
  value: Typed.optional(),
  normal: Typed.optional(),
  /** The whole workbook does not load then. */
  load_error: z.string().nullish(),
  /** Where the cell stands in a workbook of the folder. */
  workbook: z.string().nullish(),
  ref: z.string().nullish(),
});
export type CellCase = z.infer<typeof CellCase>;

/** `dump.jsonl`: an answer range of a golden, cell by cell. */
export const Dump = z.object({
  task_id: z.string(),
  workbook: z.string(),
  answer_position: z.string(),
  sheetnames: z.array(z.string()),
  cells_in_range: z.number(),
  /** The first 250 with a value: sheet, cell, value. */
  cells: z.array(z.tuple([z.string(), z.string(), Typed])),
  sha256_of_range: z.string(),
});
export type Dump = z.infer<typeof Dump>;

/** The answer key that a simulated model is given when its server starts (design section 8); no agent ever sees one. */
import { z } from "zod";

export const CellValue = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
  z.strictObject({ date: z.iso.datetime() }),
]);
export type CellValue = z.infer<typeof CellValue>;

/** A box of cells; rows and columns count from 1, both ends included. */
const Area = z.strictObject({
  sheet: z.string(),
  firstRow: z.number().int(),
  firstColumn: z.number().int(),
  lastRow: z.number().int(),
  lastColumn: z.number().int(),
});

export const AnswerKeyEntry = z.strictObject({
  task: z.string(),
  /** `Task.instruction`, by which the server knows the task in a prompt. */
  instruction: z.string(),
  kind: z.string(),
  /** Names of the habits (catalogue in `habits.ts`) that may bite on this task. */
  habits: z.array(z.string()),
  /** Name of the sheet that holds the answer, to tell whether a wrong-sheet slip is possible. */
  sheet: z.string(),
  /**
   * Python that solves the task and leaves `answer`: a list of (sheet, cell, value) or (sheet, cell, value, formula),
   * or for a task that asks for text the bare value. Where it names `wb`, it finds there the input (openpyxl, not
   * data_only), and may change it as well. Null where no program is known: then `cells` or `text` are given as they are.
   */
  program: z.string().nullable(),
  /**
   * By name of a habit: the program as that habit spoils it, or without a program the text as it does;
   * other habits spoil the writing of `answer` instead.
   */
  slips: z.record(z.string(), z.string()),
  /** The ground truth of the answer range, where there is no program. */
  cells: z.array(z.strictObject({ sheet: z.string(), cell: z.string(), value: CellValue })),
  /** Boxes of the answer: a cell in them that `cells` does not list must be blank. Left out where `cells` lists the blanks, too. */
  areas: z.array(Area).optional(),
  /** The answer of a task that asks for text, exactly as a right submission words it; left out where the answer is a file. */
  text: z.string().optional(),
  /** A wrong answer that lies near, such as what stands beside the right one; where left out, one is made up. */
  decoy: z.string().optional(),
  /** SHA-256 of an input file, in hex: by it tasks are told apart whose instructions are the same. */
  inputHash: z.string().optional(),
});
export type AnswerKeyEntry = z.infer<typeof AnswerKeyEntry>;
export const AnswerKey = z.array(AnswerKeyEntry);
export type AnswerKey = z.infer<typeof AnswerKey>;

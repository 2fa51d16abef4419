/** How a spreadsheet task is put to an agent: the fields of the official prompts, in words of our own. */
import { loadPrompt } from "../harness/prompt.ts";

const TEMPLATE = loadPrompt(new URL("./prompts/spreadsheet.md", import.meta.url), [
  "request",
  "preview",
  "kind",
  "answerPosition",
]);

export interface SpreadsheetRequest {
  /** What the owner of the workbook asks for, in their words. */
  readonly request: string;
  /** First rows of the input, from `previewRows`. */
  readonly preview: string;
  /** `Cell-Level Manipulation` or `Sheet-Level Manipulation`. */
  readonly kind: string;
  /** Such as `'Sheet1'!A1:B20`. */
  readonly answerPosition: string;
}

/** The whole text of a task; input and output are at the same paths in every trial. */
export function spreadsheetInstruction({ request, preview, kind, answerPosition }: SpreadsheetRequest): string {
  return TEMPLATE.fill({ request, preview, kind, answerPosition });
}

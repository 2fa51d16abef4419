/** What kind of work a task is: it decides which habits can bite at all, and how able the model is. */
import type { AnswerKeyEntry } from "./answer-key.ts";

/** `question`: a span of text, read off a page or a table. */
export type Domain = "workbook" | "question" | "mathematics";

const WORKBOOK = /\.xls[xm]?\b|\bopenpyxl\b|\bspreadsheets?\b|\bworkbooks?\b/i;
const PICTURE = /\.(?:png|jpe?g|gif|webp|tiff?)\b/i;
const MATHEMATICS = /\\boxed|\banswer:|\bmath\w*\b|\binteger\b|\bremainder\b/i;

export function domainOf({ text, instruction }: Pick<AnswerKeyEntry, "text" | "instruction">): Domain {
  return text === undefined ? "workbook" : domainOfAnswer(instruction);
}

/** @param told what is known of a task that is not in the key: its instruction, what was done for it */
export function domainOfText(told: string): Domain {
  return WORKBOOK.test(told) ? "workbook" : domainOfAnswer(told);
}

function domainOfAnswer(told: string): Domain {
  return !PICTURE.test(told) && MATHEMATICS.test(told) ? "mathematics" : "question";
}

/** The form of an answer that is text: a last line `Answer: N`, a `\\boxed{}`, or the bare text. */
import type { AnswerKeyEntry } from "./answer-key.ts";

/** What stands around an answer's core, and the core. */
export interface AnswerForm {
  readonly before: string;
  readonly core: string;
  readonly after: string;
}

const BOX = "\\boxed{";

/** The core is what is in the last box, else what follows the last `Answer:`, else all of the text. */
export function formOf(text: string): AnswerForm {
  const start = text.lastIndexOf(BOX) + BOX.length;
  const end = start < BOX.length ? -1 : closingBrace(text, start);
  if (end !== -1) return { before: text.slice(0, start), core: text.slice(start, end), after: text.slice(end) };
  const [, before = "", core = text, after = ""] = /^([\s\S]*\bAnswer: *)(.*?)(\s*)$/.exec(text) ?? [];
  return { before, core, after };
}

function closingBrace(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === "{") depth += 1;
    if (text[at] === "}") depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}

/** The answer with another core, in the same form. */
export function reworded(text: string, change: (core: string) => string): string {
  const { before, core, after } = formOf(text);
  return before + change(core) + after;
}

/** A plausible wrong answer in the form of the right one: the key's decoy, or its last number changed. */
export function wrongAnswer({ text = "", decoy }: Pick<AnswerKeyEntry, "text" | "decoy">): string {
  return reworded(text, (core) => decoy ?? otherThan(core));
}

const LAST_NUMBER = /\d[\d,]*(?:\.\d+)?(?!.*\d)/s;

function otherThan(core: string): string {
  return LAST_NUMBER.test(core) ? core.replace(LAST_NUMBER, otherNumber) : "not stated";
}

/** Twice the number and three more in its last place, with as many decimals and with its separators. */
function otherNumber(number: string): string {
  const decimals = number.includes(".") ? number.length - number.indexOf(".") - 1 : 0;
  const digits = String(2n * BigInt(number.replace(/\D/g, "")) + 3n).padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const grouped = number.includes(",") ? whole.replace(/\B(?=(?:\d{3})+$)/g, ",") : whole;
  return decimals === 0 ? grouped : `${grouped}.${digits.slice(-decimals)}`;
}

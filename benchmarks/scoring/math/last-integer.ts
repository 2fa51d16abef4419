/**
 * The safe reading of an answer that must be a whole number: the one in the last complete box, else after the last
 * "Answer:". Spaces, text around it, leading zeros, separators of thousands, `.0` and a degree sign are allowed; a
 * tolerance, a per cent sign or arithmetic is not. Nothing else in the response counts.
 */
import { lastBraced } from "./python-text.ts";

/** At the end of a response. */
const LONGEST_RESPONSE = 20_000;
const LONGEST_ANSWER = 200;
const ANSWER = /answer\W{0,10}?:([^\n]{1,200})/gi;
const WRAPPED = /^\\(?:text|textbf|mathrm|mathbf|mbox|boxed)\{(.*)\}$/;
const INTEGER = /^([+-]?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.0*)?$/;

/** Null where no whole number is given. */
export function lastInteger(response: string): bigint | null {
  const text = response.slice(-LONGEST_RESPONSE);
  const box = lastCompleteBox(text);
  const written = box ?? [...text.matchAll(ANSWER)].at(-1)?.[1];
  return written === undefined || written.length > LONGEST_ANSWER ? null : wholeNumber(written);
}

/** An unclosed box at the very end does not hide the one before it. */
function lastCompleteBox(text: string): string | null {
  let end = text.length;
  for (let tries = 0; tries < 20; tries += 1) {
    const start = text.slice(0, end).lastIndexOf("\\boxed{");
    if (start < 0) return null;
    const box = lastBraced(text.slice(start, end), "\\boxed{");
    if (box !== null) return box.slice("\\boxed{".length, -1);
    end = start;
  }
  return null;
}

function wholeNumber(written: string): bigint | null {
  let text = written.replace(/\*\*|\\\$|\$|\\[!,;: ]|\s/g, "").replaceAll("{,}", ",");
  text = text
    .replace(/^[a-zA-Z+]{1,5}=/, "")
    .replace(/\^\{?\\circ\}?$/, "")
    .replace(/\.$/, "");
  for (let wrapped = WRAPPED.exec(text); wrapped !== null; wrapped = WRAPPED.exec(text)) text = wrapped[1] ?? "";
  text = text.replace(/\\(?:text|mathrm|mbox)\{[a-zA-Z]*\}$/, "");
  const [, sign = "", digits] = INTEGER.exec(text) ?? [];
  return digits === undefined ? null : BigInt(`${sign === "-" ? "-" : ""}${digits.replaceAll(",", "")}`);
}

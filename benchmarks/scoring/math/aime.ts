/**
 * The rule of lm-evaluation-harness for AIME (`tasks/aime/utils.py`): what the last box holds, or what stands between
 * the first and the last dollar sign, or the whole response, equals the accepted answer as a text after normalisation.
 * No arithmetic: 42.0 and 84/2 are not 42. Verdicts of the official code are recorded in the oracle's `lm_eval_aime`.
 */
import { pythonInt } from "../python.ts";
import { lastBraced } from "./python-text.ts";

export const AIME_RULES = "lm-eval-aime/1";

export interface AimeVerdict {
  readonly right: boolean;
  /** What was taken as the answer. */
  readonly found: string;
}

/** Longer answers are no numbers; normalising them would only take time. */
const LONGEST_ANSWER = 10_000;
const DROPPED = ["\n", "\\!"];
const DROPPED_COMMANDS = ["\\left", "\\right", "^{\\circ}", "^\\circ", "\\$"];

export function judgeAime(wanted: string, response: string): AimeVerdict {
  const found = extracted(response);
  if (found.length > LONGEST_ANSWER) return { right: found === wanted, found };
  const [x, y] = [normalized(found), normalized(wanted)];
  return { right: x === null || y === null ? found === wanted : x === y, found };
}

function extracted(response: string): string {
  const box = lastBox(response);
  const content = box === null ? null : contentOf(box);
  if (content !== null) return content;
  const [first, last] = [response.indexOf("$"), response.lastIndexOf("$")];
  return first === last ? response : response.slice(first + 1, last);
}

/** `\boxed 42` up to a dollar sign is preferred to `\boxed{42}`, wherever it stands. */
function lastBox(response: string): string | null {
  const spaced = response.lastIndexOf("\\boxed ");
  if (spaced >= 0) return `\\boxed ${response.slice(spaced + 7).split("$")[0] ?? ""}`;
  return response.includes("\\boxed") ? lastBraced(response, "\\boxed") : lastBraced(response, "\\fbox");
}

/** Null for a box of another form, such as `\fbox{42}`. */
function contentOf(box: string): string | null {
  if (box.startsWith("\\boxed ")) return box.slice("\\boxed ".length);
  return !box.includes("\\boxed ") && box.startsWith("\\boxed{") ? box.slice("\\boxed{".length, -1) : null;
}

/** Null where the official code raises an error: it then compares the texts as they are. */
function normalized(answer: string): string | null {
  let text = answer;
  for (const part of DROPPED) text = text.replaceAll(part, "");
  text = text.replaceAll("\\\\", "\\").replaceAll("tfrac", "frac").replaceAll("dfrac", "frac");
  for (const part of DROPPED_COMMANDS) text = text.replaceAll(part, "");
  const units = text.split("\\text{ ");
  if (units.length > 2) return null;
  text = (units[0] ?? "").replaceAll("\\%", "").replaceAll(" .", " 0.").replaceAll("{.", "{0.");
  if (text === "") return "";
  if (text.startsWith(".")) text = `0${text}`;
  text = withoutShortName(text);
  const rooted = bracedRoots(text);
  const fractions = rooted === null ? null : bracedFractions(rooted.replaceAll(" ", ""));
  if (fractions === null) return null;
  return slashFraction(fractions === "0.5" ? "\\frac{1}{2}" : fractions);
}

/** `k = 42`: what stands before the only equals sign may have two characters. */
function withoutShortName(text: string): string {
  const sides = text.split("=");
  return sides.length === 2 && Array.from(sides[0] ?? "").length <= 2 ? (sides[1] ?? "") : text;
}

/** Null where nothing follows a root. */
function bracedRoots(text: string): string | null {
  const [first = "", ...parts] = text.split("\\sqrt");
  if (parts.includes("")) return null;
  const mended = parts.map((part) => {
    const [head = "", ...rest] = Array.from(part);
    return head === "{" ? `\\sqrt${part}` : `\\sqrt{${head}}${rest.join("")}`;
  });
  return first + mended.join("");
}

/** The text unchanged where less than two characters follow a fraction; null where none does. */
function bracedFractions(text: string): string | null {
  let result = text.split("\\frac")[0] ?? "";
  for (const part of text.split("\\frac").slice(1)) {
    const [a, b, ...rest] = Array.from(part);
    if (a === undefined) return null;
    if (a === "{") result += `\\frac${part}`;
    else if (b === undefined) return text;
    else result += b === "{" ? `\\frac{${a}}${b}${rest.join("")}` : `\\frac{${a}}{${b}}${rest.join("")}`;
  }
  return result;
}

/** `1/2`, as Python writes the two whole numbers. */
function slashFraction(text: string): string | null {
  const [upper, lower, ...more] = text.split("/");
  if (upper === undefined || lower === undefined || more.length > 0) return text;
  const [a, b] = [pythonInt(upper), pythonInt(lower)];
  // The official code catches only an assertion here: text that is no number falls through to its caller.
  if (a === null || b === null) return null;
  return text === `${a}/${b}` ? `\\frac{${a}}{${b}}` : text;
}

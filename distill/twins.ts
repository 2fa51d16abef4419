/** Points of a list that several edits brought word for word: one line is enough, and all of the edits stand behind it. Pure. */

/** What of a line is looked at here. */
export interface Written {
  readonly text: string;
  /** Ids of the edits behind it; none for a line of the base, which is never touched. */
  readonly edits: readonly string[];
  readonly fixed?: boolean;
}

/** Shorter points, such as `- yes`, may be meant twice. In characters. */
const SHORTEST = 20;
const POINT = /^[-*+] \S/;
const HEADING = /^ {0,3}#{1,6}(\s|$)/;
const FENCE = /^ {0,3}(?:```|~~~)/;
/** What may follow a point that is one line long. */
const AFTER = /^\s*$|^[-*+] |^ {0,3}#{1,6}(\s|$)/;

/** The lines without points that stand above them under the same heading; blank lines that only parted such points go with them. */
export function withoutTwins<Line extends Written>(lines: readonly Line[]): Line[] {
  const kept: Line[] = [];
  let first = new Map<string, number>();
  let isCode = false;
  for (const [index, line] of lines.entries()) {
    if (FENCE.test(line.text)) isCode = !isCode;
    if (!isCode && HEADING.test(line.text)) first = new Map();
    const next = lines[index + 1]?.text ?? "";
    if (isCode || !isPoint(line, next)) {
      kept.push(line);
      continue;
    }
    const at = first.get(line.text);
    const twin = at === undefined ? undefined : kept[at];
    if (at === undefined || twin === undefined) {
      first.set(line.text, kept.length);
      kept.push(line);
      continue;
    }
    kept[at] = { ...twin, edits: [...new Set([...twin.edits, ...line.edits])] };
    if (next.trim() === "" && isBlankOfEdits(kept.at(-1))) kept.pop();
  }
  return kept;
}

function isPoint({ text, edits, fixed }: Written, next: string): boolean {
  return edits.length > 0 && fixed !== true && text.length >= SHORTEST && POINT.test(text) && AFTER.test(next);
}

function isBlankOfEdits(line: Written | undefined): boolean {
  return line !== undefined && line.edits.length > 0 && line.text.trim() === "";
}

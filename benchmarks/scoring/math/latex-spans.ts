/**
 * Formulas in a text: what stands between `$$`, `\[ \]`, `$`, `\( \)` and in ` [ ] `, and bare fractions, with a per cent
 * sign or word that may follow. In time linear in the text, whatever stands in it.
 */

export interface Span {
  readonly end: number;
  readonly content: string;
  readonly percent: boolean;
}

export interface SpanReader {
  /** The formula that begins there. */
  spanAt(start: number, options: { readonly boxedOnly: boolean }): Span | null;
  /** Up to six formulas that begin there, with `and`, `or` or a comma between. */
  listAt(start: number, options: { readonly boxedOnly: boolean }): readonly Span[];
}

const BRACKETED = /\s\[([^\n\][]+)\]\s/y;
const BARE_FRACTION = /-?\\frac\{-?\d+(?:[.,]\d+)?\}\{-?\d+(?:[.,]\d+)?\}/y;
const TAIL = /\s*(\\?%|[Pp]ercent|[Pp]ct)?/y;
const CONJUNCTION = /\s*(?:,?and|,?or|,)\s*/y;
const OPENER = /[$\\\s-]/;
const MOST_IN_LIST = 6;

export function spanReader(text: string): SpanReader {
  const next = {
    doubleDollar: positionsOf(text, (at) => text[at] === "$" && text[at + 1] === "$"),
    displayEnd: positionsOf(text, (at) => text[at] === "\\" && text[at + 1] === "]"),
    inlineEnd: positionsOf(text, (at) => text[at] === "\\" && text[at + 1] === ")"),
    dollar: positionsOf(text, (at) => text[at] === "$" && text[at - 1] !== "\\"),
    lineEnd: positionsOf(text, (at) => text[at] === "\n"),
  };
  const at = (ends: Int32Array, from: number) => ends[from] ?? text.length;
  /** From `open` to the first end that no backslash escapes. */
  const between = (open: number, ends: Int32Array, oneLine: boolean): { content: string; close: number } | null => {
    const close = at(ends, open);
    if (close >= text.length || close === open || text[close - 1] === "\\") return null;
    return oneLine && at(next.lineEnd, open) < close ? null : { content: text.slice(open, close), close };
  };

  const enclosedAt = (start: number): { content: string; end: number } | null => {
    const before = text[start - 1] ?? "";
    const ended = (found: { content: string; close: number } | null, length: number) =>
      found && { content: found.content, end: found.close + length };
    if (text[start] === "$" && before !== "\\") {
      const display = text[start + 1] === "$" ? between(start + 2, next.doubleDollar, false) : null;
      if (display !== null) return ended(display, 2);
      return /\d/.test(before) ? null : ended(between(start + 1, next.dollar, true), 1);
    }
    if (text[start] === "\\" && before !== "\\") {
      if (text[start + 1] === "[") return ended(between(start + 2, next.displayEnd, false), 2);
      if (text[start + 1] === "(") return ended(between(start + 2, next.inlineEnd, true), 2);
    }
    const [match, content] = matchAt(BRACKETED, text, start) ?? [];
    return match === undefined || content === undefined ? null : { content, end: start + match.length };
  };
  const spanAt = (start: number, { boxedOnly }: { readonly boxedOnly: boolean }): Span | null => {
    const [fraction] = boxedOnly ? [] : (matchAt(BARE_FRACTION, text, start) ?? []);
    const found =
      enclosedAt(start) ?? (fraction === undefined ? null : { content: fraction, end: start + fraction.length });
    if (found === null || (boxedOnly && !hasBox(found.content))) return null;
    const [tail = "", percent] = matchAt(TAIL, text, found.end) ?? [];
    return { content: found.content, end: found.end + tail.length, percent: percent !== undefined };
  };

  return {
    spanAt,
    listAt(start, options) {
      const first = OPENER.test(text[start] ?? "") ? spanAt(start, options) : null;
      if (first === null) return [];
      const list = [first];
      while (list.length < MOST_IN_LIST) {
        const end = list.at(-1)?.end ?? start;
        const [conjunction] = matchAt(CONJUNCTION, text, end) ?? [];
        const span = conjunction === undefined ? null : spanAt(end + conjunction.length, options);
        if (span === null) break;
        list.push(span);
      }
      return list;
    },
  };
}

/** For every place, the first one from it on where `test` holds; the text's length where there is none. */
function positionsOf(text: string, test: (at: number) => boolean): Int32Array {
  const positions = new Int32Array(text.length + 1).fill(text.length);
  for (let at = text.length - 1; at >= 0; at -= 1) positions[at] = test(at) ? at : (positions[at + 1] ?? text.length);
  return positions;
}

export function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** A box with something in it. */
function hasBox(content: string): boolean {
  const start = content.indexOf("\\boxed{");
  return start >= 0 && content.indexOf("}", start + 8) >= 0;
}

/** Texts as Python 3 has them: white space of its patterns, slices by code points. */

/** What `\s` matches in a Python pattern, for use in a character class. */
export const PYTHON_SPACES = String.raw`\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000`;

/** `text[-count:]` */
export function lastCharacters(text: string, count: number): string {
  // A character takes two units at most, so that no more than this need be taken apart.
  return Array.from(text.slice(-2 * count))
    .slice(-count)
    .join("");
}

/** The part from the last `opener` to where its braces are closed, both included; null where there is none. */
export function lastBraced(text: string, opener: string): string | null {
  const start = text.lastIndexOf(opener);
  if (start < 0) return null;
  let depth = 0;
  for (let position = start; position < text.length; position += 1) {
    if (text[position] === "{") depth += 1;
    if (text[position] !== "}") continue;
    depth -= 1;
    if (depth === 0) return text.slice(start, position + 1);
  }
  return null;
}

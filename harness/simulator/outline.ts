/** The headings of the skill's files as an editor's prompt shows them. */
import { unfence } from "../prompt.ts";

/** The headings of SKILL.md, without marks, in order; a `#` in a code block is none. */
export function headingsIn(prompt: string): string[] {
  const file = unfence("skill-file", prompt).find((text) => /^SKILL\.md\r?\n/.test(text)) ?? "";
  let inCode = false;
  return file.split("\n").flatMap((line) => {
    if (/^ {0,3}(?:```|~~~)/.test(line)) inCode = !inCode;
    const heading = inCode ? null : /^ {0,3}#{1,6}[ \t]+(.*?)[ \t]*#*[ \t]*$/.exec(line);
    return heading?.[1] ? [heading[1]] : [];
  });
}

/** The heading of the same words, as the file spells it. */
export function sectionNamed(theme: string, headings: readonly string[]): string | null {
  return headings.find((heading) => heading.toLowerCase() === theme.toLowerCase()) ?? null;
}

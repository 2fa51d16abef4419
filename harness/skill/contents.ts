/** Whether a long page says at its start what stands in it (Anthropic's guidance: a table of contents above 100 lines). */
import type { Outline } from "./markdown.ts";

/** Longer pages are read in part: their start must say what there is. */
export const MOST_LINES_WITHOUT_CONTENTS = 100;
const CONTENTS_HEADING =
  /^(?:table of )?contents\b|^toc$|^on this page\b|^in this (?:file|page|reference)\b|^index$|^overview$/i;
/** Of the page's own headings, named in links or in plain words near its start. */
const LEAST_NAMED = 2;
const START_LINES = 40;

export function hasContents({ headings, links, paragraphs }: Outline): boolean {
  if (headings.some(({ text, line }) => line <= START_LINES && CONTENTS_HEADING.test(text.trim()))) return true;
  if (links.filter(({ target, line }) => target.startsWith("#") && line <= START_LINES).length >= LEAST_NAMED)
    return true;
  const start = paragraphs.filter(({ line }) => line <= START_LINES).map(({ text }) => text.toLowerCase());
  const named = headings.filter(({ text, line }) => {
    const title = text.trim().toLowerCase();
    return line > 1 && title.length > 2 && start.some((said) => said.includes(title));
  });
  return named.length >= Math.max(LEAST_NAMED, Math.ceil((headings.length - 1) / 2));
}

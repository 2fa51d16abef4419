/** Headings of a page: glued to text, without a text of their own, twice; and code blocks that swallow them. */
import { type Page, warning } from "./page.ts";
import type { Problem } from "./problem.ts";

const PLACEHOLDER =
  /^(?:(?:new )?section(?: title| name)?(?: \d+)?|(?:section )?(?:heading|title|name)(?: here)?|(?:insert|your|add) (?:\w+ ){0,3}(?:here|heading|title|section(?: name)?)|untitled|placeholder|todo|tbd|x{3,}|lorem ipsum.*|\.\.\.|<.*>|\[.*\]|\{.*\})$/i;
/** A heading's marks in the middle of a line, as an edit leaves them that was put in without a line break. */
const HEADING_IN_LINE = [
  /\S[ \t]*(?<!\\|#)#{2,6}[ \t]+[\p{Lu}\p{Lo}\p{N}]/u,
  /[.!?:;)*`\u3002\uff01\uff1f\uff1a](?<!\\)#{2,6}[ \t]+\p{L}/u,
  /[.!?:;\u3002\uff01\uff1f\uff1a]#[ \t]+[\p{Lu}\p{Lo}]/u,
];
/** Marks without the space that makes them a heading. `#REF!` and the like are what a cell shows, `#tag` is a tag. */
const MARKS_WITHOUT_SPACE = /^(?:#{2,6}[\p{L}\p{N}]|#\p{Lu}\p{Ll}+(?: |$))/u;
const TABLE_ROW = /^\s*\|/;

export function headingProblems(page: Page): Problem[] {
  const { file, outline } = page;
  return [
    ...ownProblems(page),
    ...proseProblems(page),
    ...outline.html.flatMap(({ text, line }) => swallowedBy(file, text, line)),
    ...outline.openFences.map((line) =>
      warning(file, line, "fence-open", "no fence closes this block of code, so all that follows is code"),
    ),
  ];
}

function ownProblems({ file, outline: { headings } }: Page): Problem[] {
  const before = new Map<string, number>();
  const above: string[] = [];
  return headings.flatMap(({ text, depth, line, belowText, empty }) => {
    above.splice(depth - 1);
    above[depth - 1] = text;
    // `Example` below one section and below another are two things.
    const place = JSON.stringify([depth, ...above]);
    const twin = before.get(place);
    before.set(place, line);
    const lines = text.split("\n").length;
    return [
      ...(belowText
        ? [warning(file, line, "heading-glued", "no blank line between this heading and what stands above it")]
        : []),
      ...(lines > 1
        ? [warning(file, line, "heading-glued", `the marks below make one heading of ${lines} lines of text`)]
        : []),
      ...(PLACEHOLDER.test(text.trim())
        ? [warning(file, line, "heading-placeholder", `${JSON.stringify(text)} says nothing of what follows`)]
        : []),
      ...(text.trim() === "" ? [warning(file, line, "heading-empty", "a heading without text")] : []),
      ...(empty
        ? [warning(file, line, "section-empty", `nothing stands below the heading ${JSON.stringify(text)}`)]
        : []),
      ...(twin === undefined
        ? []
        : [warning(file, line, "heading-twice", `${JSON.stringify(text)} is also the heading of line ${twin}`)]),
    ];
  });
}

function proseProblems({ file, outline: { prose } }: Page): Problem[] {
  return prose.flatMap(({ text, line }) =>
    text.split("\n").flatMap((part, index) => {
      if (TABLE_ROW.test(part)) return [];
      if (HEADING_IN_LINE.some((pattern) => pattern.test(part)))
        return [warning(file, line + index, "heading-glued", "a heading stands in the middle of a line")];
      if (MARKS_WITHOUT_SPACE.test(part))
        return [warning(file, line + index, "heading-glued", "no space after the marks of a heading")];
      return [];
    }),
  );
}

/** A block of HTML ends at a blank line only. */
function swallowedBy(file: string, html: string, line: number): Problem[] {
  if (/^<(?:!--|script|pre|style|textarea)/i.test(html)) return [];
  return html
    .split("\n")
    .flatMap((part, index) =>
      index > 0 && /^ {0,3}#{1,6}[ \t]/.test(part)
        ? [warning(file, line + index, "heading-glued", "no blank line between this heading and the tag above it")]
        : [],
    );
}

import fc from "fast-check";
import { expect, test } from "vitest";
import { closesItself, readDocument, sectionsIn } from "../../distill/markdown.ts";

const line = fc.oneof(
  fc.constantFrom(
    "# A",
    "## B",
    "   # C",
    "    # code",
    "\t# tab",
    "#no",
    "#",
    "Title",
    "===",
    "---",
    "- item",
    "- # in a list",
    "> # quoted",
    "```",
    "~~~",
    "<div>",
    "<!-- x",
    "-->",
    "",
    "  - deep",
    "a\u000bb",
    "\ufeff# marked",
    "| a | b |",
    "`half",
    "1. one",
    "[a]: b",
  ),
  fc.string({ maxLength: 12 }).filter((text) => !/[\r\n]/.test(text)),
);
const lines = fc.array(line, { maxLength: 8 }).filter(([first]) => first?.replace(/^\ufeff/, "").trimEnd() !== "---");

test("what is told without a parser is what the parser tells: the headings of a text", () => {
  fc.assert(
    fc.property(lines, (some) => {
      // Read as a file it always goes through the parser.
      expect(sectionsIn(some)).toEqual(readDocument(some.join("\n")).sections);
    }),
    { numRuns: 500 },
  );
});

test("and whether a text would hold what stands below it", () => {
  fc.assert(
    fc.property(lines, (some) => {
      const content = some.join("\n");
      const last = readDocument(`${content}\n\n# end\n`).sections.at(-1);
      expect(closesItself(content)).toBe(last?.heading === "end" && last.level === 1);
    }),
    { numRuns: 500 },
  );
});

/** Skill folders of strangers: whatever they hold, a check of them ends soon and with problems, never with an error. */
import { describe, expect, test } from "vitest";
import { readFrontMatter } from "../../../harness/skill/front-matter.ts";
import { lintSkill } from "../../../harness/skill/lint.ts";
import { EDIT_LIMITS, markdownProblem, PAGE_LIMITS } from "../../../harness/skill/markdown-limits.ts";
import { problemLine } from "../../../harness/skill/problem.ts";
import { HEAD, skillFiles } from "./support.ts";

const rulesOf = (page: string) =>
  lintSkill({
    files: skillFiles({ "SKILL.md": `${HEAD}\n# A\n\nSee references/a.md.\n`, "references/a.md": page }),
  }).map(({ file, rule }) => `${file} ${rule}`);

const PAGES: [string, string][] = [
  ["5,000 quotes in each other", `${">".repeat(5000)} a`],
  ["5,000 quotes with blanks", `${"> ".repeat(5000)} a`],
  ["2,000 lists in each other", `${"- ".repeat(2000)} a`],
  ["600 lists in each other by indentation", Array.from({ length: 600 }, (_, i) => `${"  ".repeat(i)}- a`).join("\n")],
  ["400 KB of half links", "[a](".repeat(100_000)],
  ["20,000 stars around a word", `${"*".repeat(20_000)}a${"*".repeat(20_000)}`],
  ["stars over many lines", "*a\n".repeat(20_000)],
  ["stars behind a fence that is none", `<!--\n\`\`\`\n-->\n${"*a ".repeat(20_000)}`],
  ["stars behind a fence with a mark in its head", `\`\`\`a\`\n${"*a ".repeat(20_000)}`],
  ["20,000 references", `${"[a]: b\n".repeat(20_000)}${"[a]".repeat(20_000)}`],
  ["a megabyte", "word ".repeat(200_000)],
  ["quotes, 20 deep, on a thousand lines", `${">".repeat(20)} a\n\n`.repeat(1000)],
];

describe("pages that would take a parser's time or stack", () => {
  test.each(PAGES)("%s: told as a problem within two seconds", (_, page) => {
    const started = performance.now();

    expect(rulesOf(page)).toContain("references/a.md not-checked");
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test("a page that could not be checked makes no other page look unlinked", () => {
    const files = skillFiles({
      "SKILL.md": `${HEAD}\n${">".repeat(5000)} [a](references/a.md)\n`,
      "references/a.md": "# A\n\nb\n",
    });

    expect(lintSkill({ files }).map(({ rule }) => rule)).toEqual(["not-checked"]);
  });
});

test.each([
  ["a long table", `| a | b |\n|---|---|\n${"| `x_1` | **y** |\n".repeat(80)}`],
  ["a long program", `Run it:\n\n\`\`\`python\n${"a[0] = b_c[1] * 2\n".repeat(400)}\`\`\`\n`],
  ["a program in a list", `1. Run it:\n   \`\`\`python\n${"   a[0] = b_c[1]\n".repeat(60)}   \`\`\`\n`],
  ["a list in a list in a list", "- a\n  - b\n    - c\n      - d\n".repeat(100)],
  ["quotes in quotes", "> > a\n> b\n\n".repeat(100)],
  ["18 KB of prose", "Some *words* with `code` and a [link](x.md).\n\n".repeat(400)],
])("%s is Markdown as people write it, also in an edit", (_, page) => {
  expect(markdownProblem(page, EDIT_LIMITS)).toBeNull();
});

test("a page of 450 KB as people write it is checked", () => {
  expect(markdownProblem("- Some *words* with `code` and a [link](x.md).\n".repeat(9_500), PAGE_LIMITS)).toBeNull();
});

test("the problem names the line", () => {
  expect(markdownProblem(`a\n\n${">".repeat(30)} b`, EDIT_LIMITS)).toEqual({
    line: 3,
    message: expect.stringContaining("30 quotes and lists"),
  });
});

describe("front matter", () => {
  test.each([
    ["a list that holds itself as the name", "name: &a [*a]\ndescription: b", "name"],
    ["a map that holds itself as the licence", "name: a\ndescription: b\nlicense: &a {b: *a}", "license"],
    ["an endless number", "name: .inf\ndescription: b", "name"],
    ["30,000 brackets", `name: ${"[".repeat(30_000)}`, "front-matter-yaml"],
    ["30,000 list marks", `name:\n${"- ".repeat(30_000)}a`, "front-matter-yaml"],
    ["lists 400 deep", `name: ${"[".repeat(400)}a${"]".repeat(400)}\ndescription: b`, "name"],
    ["half a megabyte", `name: a\n${"a: b\n".repeat(100_000)}`, "front-matter"],
  ])("%s is a problem", (_, head, rule) => {
    const started = performance.now();
    const { problems } = readFrontMatter(`---\n${head}\n---\nx`);

    expect(problems.map((problem) => problem.rule)).toContain(rule);
    expect(problems.length).toBeLessThan(30);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test("a value that is no text is named by its kind", () => {
    const { problems } = readFrontMatter("---\nname: [a]\ndescription: {b: c}\n---\nx");

    expect(problems.map(({ message }) => message)).toEqual([
      "expected text, found a list; put it in quotes",
      "expected text, found a map; put it in quotes",
    ]);
  });
});

test("a problem is one line that steers no terminal, whatever the file is called", () => {
  const line = problemLine({
    file: "a\u001b[31mred\n.md",
    line: 1,
    rule: "x",
    severity: "error",
    message: `b\u202e${"c".repeat(5000)}`,
  });

  expect(line).toMatch(/^a�\[31mred \.md:1 error x: b�c+…$/);
  expect(line.length).toBeLessThan(1000);
});

test("a hidden character in a page is told with its line", () => {
  const files = skillFiles({ "SKILL.md": `${HEAD}\n# A\n\nSee \u202Efdp.\n` });

  expect(lintSkill({ files })).toEqual([
    expect.objectContaining({
      file: "SKILL.md",
      line: 8,
      rule: "hidden-character",
      message: expect.stringContaining("U+202E"),
    }),
  ]);
});

test("two paths that differ in case only are one file on many machines", () => {
  const files = skillFiles({
    "SKILL.md": `${HEAD}\nSee [a](references/a.md) and [A](references/A.md).\n`,
    "references/a.md": "# A\n\nb\n",
    "references/A.md": "# A\n\nb\n",
  });

  expect(lintSkill({ files })).toEqual([expect.objectContaining({ file: "references/A.md", rule: "path-case" })]);
});

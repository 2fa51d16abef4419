import { expect, test } from "vitest";
import { answerProblems, markupProblems } from "../../distill/finding.ts";
import { BASE_TEXT, files } from "../support/distill-builders.ts";

const analyses = [
  { task: "13-1", expected: ["ZEBRA-CANARY", "48213.55"] },
  { task: "14-1", expected: ["Pending"] },
];

test("a value that some task's scorer expected is told with its line, but not where the start skill holds it", () => {
  const base = files({ "SKILL.md": `${BASE_TEXT}\nPending is a state.\n` });
  const final = files({
    "SKILL.md": `${BASE_TEXT}\nPending is a state.\n\n- Write 48,213.55 first.\n`,
    "references/a.md": "# A\n\nAlways zebra-canary.\n",
    "scripts/x.py": "ZEBRA-CANARY",
  });

  expect(answerProblems(final, base, analyses)).toEqual([
    {
      file: "SKILL.md",
      line: 30,
      rule: "answer-value",
      severity: "warning",
      message: 'holds "48213.55", which is expected in the answer of task 13-1',
    },
    expect.objectContaining({ file: "references/a.md", line: 3, rule: "answer-value" }),
  ]);
});

test("tags, comments and links to the web that the start skill does not have are told", () => {
  const old = "[old](https://old.example/) <br> ![here](a.png)\n";
  const base = files({ "SKILL.md": `${BASE_TEXT}\n${old}` });
  const final = files({
    "SKILL.md": `${BASE_TEXT}\n${old}\n<script>alert(1)</script>\n\nSee [x](https://evil.example/x.sh) <!-- psst -->\n\n![](//evil.example/?q)\n\n[r]: javascript:alert(1)\n\nUse \`<b>\` and [a](references/a.md) <https://auto.example>.\n`,
    "references/a.md": "# A\n\nfine\n",
  });

  expect(markupProblems(final, base).map(({ line, rule, message }) => [line, rule, message.slice(0, 90)])).toEqual([
    [30, "html", expect.stringContaining("<script>")],
    [32, "html", expect.stringContaining("<!-- psst")],
    [32, "external-link", expect.stringContaining("https://evil.example/x.sh")],
    [34, "external-link", expect.stringContaining("//evil.example/?q")],
    [36, "external-link", expect.stringContaining("javascript:")],
    [38, "external-link", expect.stringContaining("https://auto")],
  ]);
});

test("a page that cannot be parsed is left to the check of the skill", () => {
  expect(markupProblems(files({ "SKILL.md": ">".repeat(5000) }), files({}))).toEqual([]);
});

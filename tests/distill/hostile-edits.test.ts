/** Edits that a model writes to break the program that applies them, or to hide something in the skill. */
import { describe, expect, test } from "vitest";
import { applyEdits, conflictsOf } from "../../distill/apply.ts";
import { propose } from "../../distill/propose.ts";
import type { Edit, EditBody } from "../../distill/records.ts";
import { append, BASE_TEXT, edit, files, lesson, skill } from "../support/distill-builders.ts";
import { distillScript, json } from "../support/distill-script.ts";

const SKILL = "SKILL.md";
const base = files({ [SKILL]: BASE_TEXT, "references/a.md": "# A\n\ntext\n" });
const fine = append("good", "- Fine.", { tasks: ["t8"] });

function refusal(one: Edit): string {
  const started = performance.now();
  const { applied, rejected } = applyEdits(base, [one, fine]);
  conflictsOf(base, [one, fine]);
  expect(performance.now() - started).toBeLessThan(2000);
  expect(applied).toEqual(["good"]);
  expect(rejected).toMatchObject([{ edit: { id: one.id }, kind: "unfit" }]);
  return rejected[0]?.problem ?? "";
}

const BOMBS: [string, string][] = [
  ["3,000 quotes in each other", `${">".repeat(3000)} a`],
  ["2,000 lists in each other", "- ".repeat(2000)],
  ["20,000 stars around a word", `${"*".repeat(20_000)} a ${"*".repeat(20_000)}`],
  ["5,000 half links", "[a](".repeat(5000)],
  ["quotes, 20 deep, on 500 lines", `${">".repeat(20)} a\n\n`.repeat(500)],
  ["21 KB of words", "some words\n".repeat(2000)],
];

describe("text that would take a parser's time or stack is refused before it is parsed", () => {
  test.each(BOMBS)("%s as content", (_, content) => {
    expect(refusal(append("bad", content))).toMatch(/the content cannot be taken: line \d+: /);
  });

  test.each([
    ["add_section", (content: string) => ({ op: "add_section", file: SKILL, after: null, heading: "New", content })],
    ["a heading", (heading: string) => ({ op: "add_section", file: SKILL, after: null, heading, content: "x" })],
    ["create_file", (content: string) => ({ op: "create_file", file: "references/n.md", content, link: "when" })],
    ["a link", (link: string) => ({ op: "create_file", file: "references/n.md", content: "x", link })],
    [
      "the text to replace",
      (old: string) => ({ op: "replace_in_section", file: SKILL, section: "Reading", old, content: "x" }),
    ],
    ["an anchor", (anchor: string) => ({ op: "insert_after", file: SKILL, section: "Reading", anchor, content: "x" })],
  ] satisfies [string, (text: string) => EditBody][])("in %s", (_, body) => {
    for (const [, text] of BOMBS) expect(refusal(edit("bad", body(text)))).toContain("cannot be taken");
  });

  test("many edits that are small one by one do not make one page together that is too much", () => {
    const rows = (id: number) => `${"| `*a_b*` ".repeat(100)}| ${id} |`;
    const creations = Array.from({ length: 60 }, (_, index) =>
      edit(`c${index}`, { op: "create_file", file: "references/n.md", content: rows(index), link: "when" }, [
        `t${index}`,
      ]),
    );
    const started = performance.now();

    const { applied, rejected } = applyEdits(base, [...creations, fine]);

    expect(performance.now() - started).toBeLessThan(3000);
    expect(applied).toContain("good");
    expect(applied.length + rejected.length).toBe(61);
    expect(rejected[0]?.problem).toContain("references/n.md");
  });

  test("an anchor that is everywhere is found out soon", () => {
    const long = files({ [SKILL]: `${BASE_TEXT}\n${"eee eee eee\n".repeat(20_000)}` });
    const started = performance.now();

    const { rejected } = applyEdits(long, [
      edit("bad", { op: "insert_after", file: SKILL, section: "Formulas", anchor: "e", content: "x" }),
    ]);

    expect(performance.now() - started).toBeLessThan(3000);
    expect(rejected[0]?.problem).toMatch(/text found 20 times or more, wanted once/);
  });

  test("a proposer that writes such an edit is told, and the refusal is recorded", async () => {
    const model = distillScript({
      proposer: () =>
        json({
          reasoning: "",
          edits: [
            { op: "append_to_section", file: SKILL, section: "Reading", content: `${">".repeat(3000)} a` },
            { op: "append_to_section", file: SKILL, section: "Reading", content: "- Good." },
          ],
        }),
    });
    const source = { trial: "run/t1.1", lessons: [lesson()] };

    const proposal = await propose(source, skill(), { model, seed: 1, signal: new AbortController().signal });

    expect(model.asked[1]?.messages.at(-1)?.content).toContain("quotes and lists in each other");
    expect(proposal.patch.edits).toMatchObject([{ body: { content: "- Good." } }]);
    expect(proposal.refused).toMatchObject([{ problem: expect.stringContaining("quotes and lists in each other") }]);
  });
});

describe("what a reader would not see is refused", () => {
  test.each([
    ["an escape", "a\u001b]0;pwn\u0007", "U+001B"],
    ["a turned direction", "a\u202Eb", "U+202E"],
    ["a NUL", "a\0b", "U+0000"],
    ["invisible letters", "a\u{e0041}\u{e0042}", "U+E0041"],
  ])("%s", (_, content, code) => {
    expect(refusal(append("bad", content))).toContain(code);
    expect(
      refusal(edit("bad", { op: "add_section", file: SKILL, after: null, heading: content, content: "x" })),
    ).toContain(code);
  });
});

describe("paths that differ in case only are one file on many machines", () => {
  const create = (id: string, file: string) => edit(id, { op: "create_file", file, content: `# ${id}`, link: "when" });

  test("a file that is there under another case cannot be created", () => {
    expect(refusal(create("bad", "references/A.md"))).toContain("references/a.md exists already");
  });

  test("of two new files the second spelling is refused", () => {
    const { applied, rejected } = applyEdits(base, [
      create("e1", "references/New.md"),
      create("e2", "references/new.md"),
    ]);

    expect(applied).toEqual(["e1"]);
    expect(rejected[0]?.problem).toContain("differs from references/New.md in case only");
  });
});

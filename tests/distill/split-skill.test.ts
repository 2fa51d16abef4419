import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applyEdits } from "../../distill/apply.ts";
import type { Edit } from "../../distill/records.ts";
import { splitLongPages } from "../../distill/split-skill.ts";
import { lintSkill } from "../../harness/skill/lint.ts";
import { edit, skill } from "../support/distill-builders.ts";

const HEAD = "---\nname: weak\ndescription: A weak skill.\n---\n\n# Work\n\nGo on.\n";
const rules = (name: string, count: number) =>
  Array.from({ length: count }, (_, n) => `- ${name} rule ${n + 1}.`).join("\n");
const textOf = (files: ReadonlyMap<string, Uint8Array>, file: string) => new TextDecoder().decode(files.get(file));
const linesOf = (files: ReadonlyMap<string, Uint8Array>, file: string) => textOf(files, file).trimEnd().split("\n");

const section = (id: string, heading: string, count: number, tasks: string[]): Edit =>
  edit(id, { op: "add_section", file: "SKILL.md", after: null, heading, content: rules(heading, count) }, tasks);

/** A skill with a section of its own and what edits add, split at those limits. */
function made(
  edits: readonly Edit[],
  limits: { skill?: number; reference?: number; contents?: boolean } = {},
  text = HEAD,
) {
  const base = skill(`${text}\n## Given\n\n${rules("Given", 20)}\n`);
  const applied = applyEdits(base.files, edits);
  expect(applied.rejected).toEqual([]);
  const options = {
    maxSkillLines: limits.skill ?? 500,
    maxReferenceLines: limits.reference ?? 300,
    known: new Map(edits.map((one) => [one.id, one])),
    titles: new Map(edits.flatMap(({ lessons }) => lessons.map((id) => [id, `Title of ${id.slice(4, 6)}`] as const))),
    contents: limits.contents ?? true,
  };
  return { before: applied, ...splitLongPages(applied, options) };
}

const EDITS = [
  section("e1", "Common", 20, ["t1", "t2", "t3"]),
  section("e2", "Rare", 20, ["t1"]),
  section("e3", "Middling", 20, ["t1", "t2"]),
];

test("what is short enough keeps every byte and every origin", () => {
  const { before, files, lines, notices } = made(EDITS);
  expect(textOf(files, "SKILL.md")).toBe(textOf(before.files, "SKILL.md"));
  expect(lines).toEqual(before.lines);
  expect(notices).toEqual([]);
});

describe("too long a SKILL.md", () => {
  test("gives up its least supported section first, for a line that says when to read it", () => {
    const { files, notices } = made(EDITS, { skill: 90 });
    expect([...files.keys()].sort()).toEqual(["SKILL.md", "references/rare.md"]);
    expect(textOf(files, "SKILL.md")).toContain(
      "## References\n\n- [references/rare.md](references/rare.md): read it when the task touches on: Rare (Title of t1).",
    );
    expect(textOf(files, "SKILL.md")).not.toContain("Rare rule");
    expect(textOf(files, "references/rare.md")).toMatch(/^# Rare\n\n- Rare rule 1\.\n/);
    expect(notices).toEqual([
      expect.stringContaining('the section "Rare", with a support of 1, is now references/rare.md'),
    ]);
  });

  test("gives up text of the start skill last, and says so", () => {
    const { files, notices } = made(EDITS, { skill: 20 });
    expect([...files.keys()].sort()).toEqual([
      "SKILL.md",
      ...["common", "given", "middling", "rare"].map((name) => `references/${name}.md`),
    ]);
    expect(notices.map((notice) => /"(\w+)"/.exec(notice)?.[1])).toEqual(["Rare", "Middling", "Common", "Given"]);
    expect(linesOf(files, "SKILL.md").length).toBeLessThanOrEqual(20);
  });

  test("stays as it is where it has no section that could leave it", () => {
    const { files } = made([], { skill: 10 }, HEAD.replace("Go on.", rules("Top", 30)));
    expect(linesOf(files, "SKILL.md").length).toBeGreaterThan(10);
    expect([...files.keys()].sort()).toEqual(["SKILL.md", "references/given.md"]);
  });

  test("what looks like a heading in a code block is no border, and subsections move up with theirs", () => {
    const content = `Text.\n\n\`\`\`python\n# Not a heading\n${"x = 1\n".repeat(20)}\`\`\`\n\n### Below\n\n- More.`;
    const { files } = made(
      [edit("e1", { op: "add_section", file: "SKILL.md", after: null, heading: "Code", content }, ["t1"])],
      { skill: 40 },
    );
    expect(textOf(files, "references/code.md")).toContain("```python\n# Not a heading\n");
    expect(textOf(files, "references/code.md")).toContain("\n## Below\n");
  });
});

describe("too long a reference", () => {
  const pages = (content: string) =>
    edit("e1", { op: "create_file", file: "references/long.md", content, link: "read it for all" }, ["t1"]);

  test("is cut at the borders of sections, each part with a title, a link and its contents", () => {
    const content = `# Long\n\n${["One", "Two", "Three", "Four"].map((name) => `## ${name}\n\n${rules(name, 70)}`).join("\n\n")}`;
    const { files } = made([pages(content)], { reference: 170 });
    expect([...files.keys()].sort()).toEqual(["SKILL.md", "references/long-2.md", "references/long.md"]);
    expect(textOf(files, "references/long.md")).toMatch(/^# Long\n\n## Contents\n\n- One\n- Two\n\n## One\n/);
    expect(textOf(files, "references/long-2.md")).toMatch(
      /^# Long \(part 2\)\n\n## Contents\n\n- Three\n- Four\n\n## Three\n/,
    );
    expect(textOf(files, "SKILL.md")).toContain("- [references/long-2.md](references/long-2.md): read it when");
  });

  test("is cut between items where it has no sections, and never within a code block", () => {
    const code = `\`\`\`python\n${"y = 2\n\n".repeat(30)}\`\`\``;
    const { files } = made([pages(`# Long\n\n${rules("a", 70)}\n\n${code}\n\n${rules("b", 70)}`)], { reference: 90 });
    const parts = [...files.keys()].filter((file) => file.startsWith("references/"));
    expect(parts.length).toBeGreaterThan(2);
    for (const part of parts) {
      expect(linesOf(files, part).length, part).toBeLessThanOrEqual(90);
      expect((textOf(files, part).match(/^```/gm) ?? []).length % 2).toBe(0);
    }
  });

  test("of the start skill, which no edit touched, is split too but gets no contents when it is short enough", () => {
    const text = `# Own\n\n## A\n\n${rules("a", 60)}\n\n## B\n\n${rules("b", 60)}\n`;
    const base = skill(`${HEAD}\nSee references/own.md.\n`, { "references/own.md": text });
    const split = (most: number) =>
      splitLongPages(
        { files: base.files, lines: [] },
        { maxSkillLines: 500, maxReferenceLines: most, known: new Map(), titles: new Map(), contents: true },
      );
    expect(textOf(split(300).files, "references/own.md")).toBe(text);
    expect([...split(100).files.keys()]).toContain("references/own-2.md");
    expect(split(100).lines.filter(({ origin }) => origin === "start").length).toBeGreaterThan(60);
  });
});

test("no line is lost, limits hold, links lead somewhere, and every line that edits wrote keeps them, whatever the sizes", () => {
  const sizes = fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.subarray(["t1", "t2", "t3"], { minLength: 1 })), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(
    fc.property(
      sizes,
      fc.integer({ min: 30, max: 90 }),
      fc.integer({ min: 30, max: 60 }),
      (all, most, mostReference) => {
        const edits = all.map(([count, tasks], n) => section(`e${n}`, `Part ${"abcdef"[n]}`, count, tasks));
        const { before, files, lines } = made(edits, { skill: most, reference: mostReference });
        const everything = [...files.keys()].flatMap((file) => linesOf(files, file));
        for (const line of linesOf(before.files, "SKILL.md").filter((text) => text.startsWith("- ")))
          expect(everything).toContain(line);
        const problems = lintSkill({ files }, "weak").filter(
          ({ severity, rule }) => severity === "error" || rule === "orphan",
        );
        expect(problems).toEqual([]);
        expect(linesOf(files, "SKILL.md").length).toBeLessThanOrEqual(most);
        for (const file of files.keys())
          if (file !== "SKILL.md") expect(linesOf(files, file).length).toBeLessThanOrEqual(mostReference);
        const origins = new Map(lines.map((line) => [`${line.file}:${line.line}`, line]));
        for (const [page] of files) {
          for (const [index, text] of linesOf(files, page).entries()) {
            const name = /^- (Part \w) rule/.exec(text)?.[1];
            if (name === undefined) continue;
            expect(origins.get(`${page}:${index + 1}`)?.edits).toEqual([`e${"abcdef".indexOf(name.at(-1) ?? "")}`]);
          }
        }
      },
    ),
    { numRuns: 40 },
  );
});

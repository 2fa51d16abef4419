import { describe, expect, test } from "vitest";
import { applyEdits, conflictsOf } from "../../distill/apply.ts";
import type { Edit } from "../../distill/records.ts";
import { append, BASE_TEXT, edit, files } from "../support/distill-builders.ts";

const SKILL = "SKILL.md";
const base = files({ [SKILL]: BASE_TEXT });

function textAfter(edits: readonly Edit[], from = base, file = SKILL): string {
  return new TextDecoder().decode(applyEdits(from, edits).files.get(file));
}

function problemOf(one: Edit, from = base): string {
  const { rejected, files: after } = applyEdits(from, [one]);
  expect(after).toEqual(from);
  return rejected[0]?.problem ?? "was not rejected";
}

describe("places", () => {
  test("an item appended to a section joins the list at its end, not the code block below nor the next section", () => {
    const text = "# T\n\n## List\n\n- one\n- two\n\n## Next\n\nx\n";
    expect(textAfter([append("e1", "- three", { section: "List" })], files({ [SKILL]: text }))).toBe(
      "# T\n\n## List\n\n- one\n- two\n- three\n\n## Next\n\nx\n",
    );
  });

  test("a # in a code block is no heading, so text is appended after the block and not into it", () => {
    const after = textAfter([append("e1", "More on reading.")]);
    expect(after).toContain('wb = load_workbook("input.xlsx")\n```\n\nMore on reading.\n\n## Writing');
    expect(problemOf(append("e1", "x", { section: "open the file" }))).toContain("section found 0 times, wanted once");
  });

  test("text appended to a section with subsections stands under its own heading, not under the last subsection", () => {
    expect(textAfter([append("e1", "Then close it.", { section: "Writing" })])).toContain(
      "Save under the name asked for.\n\nThen close it.\n\n### Formulas\n\nAlways re-calc before saving.\n",
    );
  });

  test("an anchor within a wrapped paragraph keeps the paragraph whole", () => {
    const wrapped = files({ [SKILL]: "# T\n\none line\nof two lines\n\nlast\n" });
    const body = { op: "insert_after", file: SKILL, section: "T", anchor: "one line", content: "New." } as const;
    expect(textAfter([edit("e1", body)], wrapped)).toBe("# T\n\none line\nof two lines\n\nNew.\n\nlast\n");
  });

  test("a line of code goes into the code block of its anchor; prose goes below the block", () => {
    const at = { op: "insert_after", file: SKILL, section: "Reading", anchor: "wb = load_workbook" } as const;
    expect(textAfter([edit("e1", { ...at, content: "# first sheet\nws = wb.active" })])).toContain(
      'load_workbook("input.xlsx")\n# first sheet\nws = wb.active\n```',
    );
    expect(textAfter([edit("e1", { ...at, content: "- Close it again." })])).toContain(
      '"input.xlsx")\n```\n\n- Close it again.\n\n## Writing',
    );
  });

  test("insert_before puts a heading on a line of its own with blank lines around", () => {
    const body = {
      op: "insert_before",
      file: SKILL,
      section: "Reading",
      anchor: "- Look at",
      content: "### First\nDo this.",
    } as const;
    expect(textAfter([edit("e1", body)])).toContain("## Reading\n\n### First\n\nDo this.\n\n- Look at all sheets.");
  });

  test("headings in appended text are moved down, so that they do not end the section", () => {
    expect(textAfter([append("e1", "# Own title\n\nText.")])).toContain("### Own title\n\nText.\n\n## Writing");
  });

  test("a row joins the table of its anchor", () => {
    const table = files({ [SKILL]: "# T\n\n| a | b |\n| - | - |\n| 1 | 2 |\n| 5 | 6 |\n" });
    const body = { op: "insert_after", file: SKILL, section: "T", anchor: "| 1 | 2 |", content: "| 3 | 4 |" } as const;
    expect(textAfter([edit("e1", body)], table)).toBe("# T\n\n| a | b |\n| - | - |\n| 1 | 2 |\n| 3 | 4 |\n| 5 | 6 |\n");
  });
});

describe("replacing and deleting", () => {
  test("part of a line is replaced within the line, and no line end is swallowed", () => {
    const body = {
      op: "replace_in_section",
      file: SKILL,
      section: "Formulas",
      old: "re-calc",
      content: "recalculate",
    } as const;
    expect(textAfter([edit("e1", body)])).toBe(BASE_TEXT.replace("re-calc", "recalculate"));
  });

  test("a heading that would begin in the middle of a line is refused", () => {
    const body = {
      op: "replace_in_section",
      file: SKILL,
      section: "Formulas",
      old: "before saving.",
      content: "## New\n\ntext",
    } as const;
    expect(problemOf(edit("e1", body))).toContain("must begin on a line of its own");
  });

  test("a deleted section takes its subsections along and nothing else", () => {
    expect(textAfter([edit("e1", { op: "delete_section", file: SKILL, section: "Writing" })])).toBe(
      BASE_TEXT.split("## Writing")[0],
    );
  });

  test("the section that is the whole file cannot be deleted", () => {
    expect(problemOf(edit("e1", { op: "delete_section", file: SKILL, section: "Workbooks" }))).toContain(
      "is the whole file",
    );
  });

  test("a deleted reference takes the line that links to it along", () => {
    const linked = files({ [SKILL]: "# T\n\n- [a](references/a.md): read\n- other\n", "references/a.md": "# A\n" });
    const { files: after, rejected } = applyEdits(linked, [edit("e1", { op: "delete_file", file: "references/a.md" })]);
    expect(rejected).toEqual([]);
    expect([...after.keys()]).toEqual([SKILL]);
    expect(new TextDecoder().decode(after.get(SKILL))).toBe("# T\n\n- other\n");
  });
});

describe("new sections and files", () => {
  test("several edits that add the same heading make one section, best supported text first", () => {
    const body = { op: "add_section", file: SKILL, after: "Reading" } as const;
    const edits = [
      edit("e1", { ...body, heading: "Dates", content: "- rare" }),
      edit("e2", { ...body, heading: "## dates", content: "## Dates\n\n- often" }, ["t2", "t3"]),
      append("e3", "- appended", { section: "Dates" }),
    ];
    expect(textAfter(edits)).toContain("```\n\n## dates\n\n- often\n- rare\n- appended\n\n## Writing");
    expect(applyEdits(base, edits).rejected).toEqual([]);
  });

  test("a new section that the skill has already is appended to it", () => {
    const body = { op: "add_section", file: SKILL, after: null, heading: "Writing", content: "Twice." } as const;
    expect(textAfter([edit("e1", body)])).toContain("Save under the name asked for.\n\nTwice.\n\n### Formulas");
  });

  test("a section after one that only another edit adds follows it, and an unknown place is told", () => {
    const a = { op: "add_section", file: SKILL, after: null, heading: "A", content: "a" } as const;
    const b = { op: "add_section", file: SKILL, after: "A", heading: "B", content: "b" } as const;
    const c = { op: "add_section", file: SKILL, after: "Nowhere", heading: "C", content: "c" } as const;
    const { notices } = applyEdits(base, [edit("e1", a), edit("e2", b), edit("e3", c)]);
    expect(textAfter([edit("e2", b), edit("e1", a)])).toMatch(/## A\n\na\n\n## B\n\nb\n$/);
    expect(notices).toEqual([expect.stringContaining('no section "Nowhere"')]);
  });

  test("a created file gets its link in a References section that is made once, and can be added to", () => {
    const create = (id: string, name: string) =>
      edit(id, {
        op: "create_file",
        file: `references/${name}.md`,
        content: `# ${name}\n\ntext`,
        link: `read for ${name}`,
      });
    const edits = [
      create("e1", "a"),
      create("e2", "b"),
      append("e3", "- more", { section: "a", file: "references/a.md" }),
    ];
    const { files: after, rejected } = applyEdits(base, edits);
    expect(rejected).toEqual([]);
    expect(new TextDecoder().decode(after.get("references/a.md"))).toBe("# a\n\ntext\n\n- more\n");
    expect(new TextDecoder().decode(after.get(SKILL))).toBe(
      `${BASE_TEXT}\n## References\n\n- [references/a.md](references/a.md): read for a\n- [references/b.md](references/b.md): read for b\n`,
    );
  });

  test("two edits that create the same file share it and its link", () => {
    const create = (id: string, content: string) =>
      edit(id, { op: "create_file", file: "references/a.md", content, link: "see references/a.md" });
    const { files: after, lines } = applyEdits(base, [create("e1", "# A\n\none"), create("e2", "two")]);
    expect(new TextDecoder().decode(after.get("references/a.md"))).toBe("# A\n\none\n\ntwo\n");
    expect(lines.filter(({ file }) => file === "references/a.md").map(({ edits }) => edits.join())).toEqual([
      "e1",
      "e1",
      "e1",
      "e2",
      "e2",
    ]);
    expect(textAfter([create("e1", "x"), create("e2", "y")]).match(/references\/a\.md/g)).toHaveLength(1);
  });

  test("links that edits list in a References section stand in the same section as those of new files", () => {
    const listed = edit("e1", {
      op: "add_section",
      file: SKILL,
      after: null,
      heading: "References",
      content: "- by hand",
    });
    const created = edit("e2", { op: "create_file", file: "references/a.md", content: "# A", link: "a" });
    expect(textAfter([listed, created]).match(/## References/g)).toHaveLength(1);
    expect(textAfter([listed, created])).toContain("- by hand\n- [references/a.md]");
  });
});

describe("what does not fit is returned with its problem", () => {
  test("text that is not there: what was wanted, the nearest line, and the lessons behind it", () => {
    const body = {
      op: "replace_in_section",
      file: SKILL,
      section: "Formulas",
      old: "Always recalc before saving",
      content: "x",
    } as const;
    expect(problemOf(edit("e-42", body, ["13-1", "57-3"]))).toBe(
      'e-42, replace_in_section in SKILL.md "Formulas": text found 0 times, wanted once: "Always recalc before saving". ' +
        'Nearest is line 26: "Always re-calc before saving.". Lessons behind it: run/13-1.1#1, run/57-3.1#1.',
    );
  });

  test("text that is there twice: the lines on which it stands", () => {
    const twice = files({ [SKILL]: "# T\n\nsame\n\nsame\n" });
    const body = { op: "insert_after", file: SKILL, section: "T", anchor: "same", content: "x" } as const;
    expect(problemOf(edit("e1", body), twice)).toContain(
      'text found 2 times, wanted once: "same". It stands on lines 3, 5.',
    );
  });

  test("a file that is not there names those that are", () => {
    expect(problemOf(append("e1", "x", { file: "references/none.md" }))).toContain(
      "the file does not exist. The skill has SKILL.md",
    );
  });

  test.each([
    "../SKILL.md",
    "/etc/passwd",
    "scripts/run.sh",
    "references/../../x.md",
    "references/a/b.md",
    "LICENSE.txt",
    "references\\x.md",
    "references/x.py",
  ])("path %s cannot be touched by any operation", (file) => {
    const edits = [
      append("e1", "x", { file, section: "Reading" }),
      edit("e2", { op: "create_file", file, content: "x", link: "x" }),
      edit("e3", { op: "add_section", file, after: null, heading: "H", content: "x" }),
      edit("e4", { op: "replace_in_section", file, section: "Reading", old: "Look", content: "x" }),
      edit("e5", { op: "delete_file", file }),
    ];
    const there = files({
      [SKILL]: BASE_TEXT,
      "scripts/run.sh": "## Reading\nLook\n",
      "LICENSE.txt": "## Reading\nLook\n",
    });
    const { files: after, rejected } = applyEdits(there, edits);
    expect(rejected.map((rejection) => rejection.edit.id)).toEqual(["e2", "e1", "e3", "e4", "e5"]);
    expect(after).toEqual(there);
  });

  test.each(["```python\nx = 1", "<!-- note", "   "])(
    "content %j that would swallow what follows is refused",
    (content) => {
      expect(problemOf(append("e1", content))).toMatch(/does not close|is blank/);
    },
  );
});

describe("conflicts", () => {
  const replace = (id: string, content: string, tasks: string[]) =>
    edit(
      id,
      { op: "replace_in_section", file: SKILL, section: "Reading", old: "- Print the first rows.", content },
      tasks,
    );

  test("of two edits of the same lines the better supported one wins, and the other names it", () => {
    const edits = [replace("e1", "- rare", ["t1"]), replace("e2", "- often", ["t2", "t3"])];
    const { rejected } = applyEdits(base, edits);
    expect(textAfter(edits)).toContain("- often");
    expect(rejected.map(({ kind, problem }) => [kind, problem])).toEqual([
      [
        "conflict",
        expect.stringContaining("what edit e2 changes as well (lines 13 to 13), which has the support of 2"),
      ],
    ]);
    expect(conflictsOf(base, edits)).toEqual([["e2", "e1"]]);
  });

  test("two edits that do the very same thing are no conflict: the line has both", () => {
    const { rejected, lines } = applyEdits(base, [replace("e1", "- same", ["t1"]), replace("e2", "- same", ["t2"])]);
    expect(rejected).toEqual([]);
    expect(lines).toMatchObject([{ file: SKILL, line: 13, edits: ["e1", "e2"] }]);
  });

  test("an anchor that a better supported edit replaces is a conflict, not a silent loss", () => {
    const insert = edit("e1", {
      op: "insert_after",
      file: SKILL,
      section: "Reading",
      anchor: "- Print",
      content: "- more",
    });
    expect(
      applyEdits(base, [insert, replace("e2", "- new", ["t2", "t3"])]).rejected.map(({ edit: { id } }) => id),
    ).toEqual(["e1"]);
  });

  test("text appended to a section that a better supported edit deletes is a conflict", () => {
    const gone = edit("e2", { op: "delete_section", file: SKILL, section: "Writing" }, ["t2", "t3"]);
    expect(
      applyEdits(base, [append("e1", "x", { section: "Formulas" }), gone]).rejected.map(({ edit: { id } }) => id),
    ).toEqual(["e1"]);
  });
});

test("line ends of the file are kept, and new lines get the same", () => {
  const crlf = files({ [SKILL]: "# T\r\n\r\n- a\r\n\r\n## Z\r\n\r\nend" });
  expect(textAfter([append("e1", "- b\n- c", { section: "T" })], crlf)).toBe(
    "# T\r\n\r\n- a\r\n- b\r\n- c\r\n\r\n## Z\r\n\r\nend",
  );
  expect(textAfter([append("e1", "- b", { section: "Z" })], crlf)).toBe(
    "# T\r\n\r\n- a\r\n\r\n## Z\r\n\r\nend\r\n\r\n- b\r\n",
  );
});

test("the order in which edits are given changes nothing", () => {
  const edits = [append("e1", "- one"), append("e2", "- two", { tasks: ["a", "b"] }), append("e3", "- three")];
  expect(textAfter(edits)).toBe(textAfter(edits.toReversed()));
  expect(textAfter(edits)).toMatch(/- two\n- one\n- three/);
});

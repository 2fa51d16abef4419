import { expect, test } from "vitest";
import { applyEdits } from "../../distill/apply.ts";
import { routeBySupport } from "../../distill/route.ts";
import { append, BASE_TEXT, edit, files } from "../support/distill-builders.ts";

const base = files({ "SKILL.md": BASE_TEXT });
const titles = new Map([
  ["run/t1.1#1", "Merged [cells]"],
  ["run/t2.1#1", "Text dates"],
]);
const two = ["t1", "t2"];

test("an addition that two tasks support stays in SKILL.md, a rare one goes to the reference of its section, with a line that says when to read it", () => {
  const edits = [append("e1", "- often", { tasks: two }), append("e2", "- rare", { tasks: ["t1"] })];
  const { edits: routed, made, routed: ids } = routeBySupport(edits, base, { routeSupport: 2, titles });
  const { files: after, rejected } = applyEdits(base, [...routed, ...made]);

  expect(rejected).toEqual([]);
  expect(ids).toEqual(["e2"]);
  const skill = new TextDecoder().decode(after.get("SKILL.md"));
  expect(skill).toContain("- often");
  expect(skill).not.toContain("- rare");
  expect(skill).toContain(
    "## References\n\n- [references/reading.md](references/reading.md): read it when the task touches on one of these: Merged cells.",
  );
  expect(new TextDecoder().decode(after.get("references/reading.md"))).toMatch(/^# Reading\n\n.+\n\n- rare\n$/);
});

test("a rare replacement stays where it is, a rare deletion is dropped with the reason", () => {
  const replace = edit("e1", {
    op: "replace_in_section",
    file: "SKILL.md",
    section: "Formulas",
    old: "Always",
    content: "Never",
  });
  const remove = edit("e2", { op: "delete_section", file: "SKILL.md", section: "Reading" });
  const { edits: left, dropped, routed } = routeBySupport([replace, remove], base, { routeSupport: 2, titles });
  expect(left).toEqual([replace]);
  expect(routed).toEqual([]);
  expect(dropped).toEqual([{ edit: "e2", reason: "it removes a section on the word of 1 of the 2 tasks it takes" }]);
});

test("rare sections that only one edit wants share a file, each under its heading; those that several want have their own", () => {
  const add = (id: string, heading: string) =>
    edit(id, { op: "add_section", file: "SKILL.md", after: null, heading, content: `about ${heading} ${id}` }, [id]);
  const { made, edits } = routeBySupport(
    [add("e1", "Dates"), add("e2", "Colours"), add("e3", "Pivots"), add("e4", "pivots")],
    base,
    { routeSupport: 2, titles },
  );
  expect(made.map(({ body }) => body.file)).toEqual(["references/pivots.md", "references/special-cases.md"]);
  const { files: after } = applyEdits(base, [...made, ...edits]);
  expect(new TextDecoder().decode(after.get("references/special-cases.md"))).toContain(
    "## Dates\n\nabout Dates e1\n\n## Colours\n\nabout Colours e2",
  );
  expect(new TextDecoder().decode(after.get("references/pivots.md"))).toContain("# Pivots\n\n");
});

test("a route support of 1 puts everything into SKILL.md", () => {
  const edits = [append("e1", "- rare", { tasks: ["t1"] })];
  expect(routeBySupport(edits, base, { routeSupport: 1, titles })).toEqual({
    edits,
    made: [],
    routed: [],
    dropped: [],
  });
});

test("a reference never takes the name of a file that is there", () => {
  const there = files({ "SKILL.md": BASE_TEXT, "references/reading.md": "# Mine\n" });
  const { made } = routeBySupport([append("e1", "- rare", { tasks: ["t1"] })], there, { routeSupport: 2, titles });
  expect(made.map(({ body }) => body.file)).toEqual(["references/reading-2.md"]);
});

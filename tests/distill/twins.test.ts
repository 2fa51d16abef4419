import { expect, test } from "vitest";
import { applyEdits } from "../../distill/apply.ts";
import type { Edit } from "../../distill/records.ts";
import { withoutTwins } from "../../distill/twins.ts";
import { skill } from "../support/distill-builders.ts";

const KEEP = "- Keep every formula as it is.";
const LOOK = "- Look at the last row as well.";

const line = (text: string, ...edits: string[]) => ({ text, edits });

function adding(id: string, content: string): Edit {
  const body = { op: "add_section", file: "SKILL.md", after: null, heading: "Rules", content } as const;
  return { id, body, lessons: [`l-${id}`], tasks: [`t-${id}`] };
}

test("a point that two edits bring word for word stands once in the skill, with both edits behind it", () => {
  const { files, lines, applied } = applyEdits(skill().files, [
    adding("e-1", `${KEEP}\n${LOOK}`),
    adding("e-2", `- Save before the end comes.\n${KEEP}`),
  ]);

  const text = new TextDecoder().decode(files.get("SKILL.md"));
  expect(text.split(KEEP)).toHaveLength(2);
  expect(text).toContain(LOOK);
  expect(text).not.toMatch(/\n\n\n/);
  const number = text.split("\n").indexOf(KEEP) + 1;
  expect(lines.find((one) => one.line === number)?.edits.toSorted()).toEqual(["e-1", "e-2"]);
  expect(applied.toSorted()).toEqual(["e-1", "e-2"]);
});

test.each([
  ["under another heading", [line(KEEP, "a"), line("## Other", "b"), line(KEEP, "b")]],
  ["of the start skill", [line(KEEP), line(KEEP)]],
  ["of the start skill and of an edit", [line(KEEP), line(KEEP, "a")]],
  ["in code", [line("```", "a"), line(KEEP, "a"), line(KEEP, "b"), line("```", "b")]],
  ["with more below it", [line(KEEP, "a"), line(KEEP, "b"), line("  - unless it is broken", "b")]],
  ["that are short", [line("- yes, it is so", "a"), line("- yes, it is so", "b")]],
])("points %s stay as they are", (_, lines) => {
  expect(withoutTwins(lines)).toEqual(lines);
});

test("the blank line that parted the second from what stands above goes with it", () => {
  const lines = [line(KEEP, "a"), line("", "b"), line(KEEP, "b"), line("", "b"), line("## Next")];
  expect(withoutTwins(lines)).toEqual([line(KEEP, "a", "b"), line("", "b"), line("## Next")]);
});

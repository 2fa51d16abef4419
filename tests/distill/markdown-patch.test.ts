import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readEditBody } from "../../distill/edit-reply.ts";
import { readMarkdownPatch } from "../../distill/markdown-patch.ts";
import { salvageEdits } from "../../distill/salvage.ts";

const HEADINGS = ["Workbooks", "Reading", "Writing", "Writing results"];
const START = "===== PATCH START =====";
const END = "===== PATCH END =====";
const editsIn = (...items: string[]) =>
  readMarkdownPatch(
    `${START}\nReasoning: because\nChangelog:\n- one\nItems:\n${items.map((item, n) => `[ITEM_${n + 1}_START]\n${item}\n[ITEM_${n + 1}_END]`).join("\n")}\n${END}`,
    HEADINGS,
  )?.edits;

test("the example of each prompt reads as the operation that it shows", () => {
  for (const name of ["proposer", "step-proposer"]) {
    const prompt = readFileSync(join(import.meta.dirname, `../../distill/prompts/${name}.md`), "utf8");
    const patch = readMarkdownPatch(prompt, ["Sending letters"]);
    expect(patch?.reasoning).toBe("Letters are filed by date; the skill does not say so.");
    expect(patch?.edits).toEqual([
      {
        op: "append_to_section",
        file: "SKILL.md",
        section: "Sending letters",
        lessons: ["run/12.41#1"],
        content: "- Date a letter before it is copied: what is added later is missing from the copies.",
      },
    ]);
  }
});

describe("an intent in words becomes an operation", () => {
  const item = (intent: string, where: string, content = "- Look.") =>
    `Target File: SKILL.md\nEdit Intent: ${intent}\nLocation Hint: ${where}\nChange Instruction:\n${content}`;
  test.each([
    ["append to the section", 'under "Reading"', { op: "append_to_section", section: "Reading" }],
    ["Add a rule", "at the end of ## Writing results", { op: "append_to_section", section: "Writing results" }],
    [
      "add a new section",
      "after Reading",
      { op: "add_section", after: "Reading", heading: "Signs" },
      "## Signs\n\n- Look.",
    ],
    [
      "Insert",
      'in Reading, after "- Look at all sheets."',
      { op: "insert_after", section: "Reading", anchor: "- Look at all sheets." },
    ],
    ["Insert", 'in Reading, before "- Look at all sheets."', { op: "insert_before", anchor: "- Look at all sheets." }],
    [
      "Replace the rule",
      'Reading: "- Look at all sheets."',
      { op: "replace_in_section", old: "- Look at all sheets." },
    ],
    ["remove the section", "Writing", { op: "delete_section", section: "Writing" }, ""],
    ["append", "no heading of that kind", { op: "add_section", after: null, heading: "Signs" }, "## Signs\n\n- Look."],
  ])("%s, %s", (intent, where, wanted, content = "- Look.") => {
    const [edit] = editsIn(item(intent, where, content)) ?? [];
    expect(edit).toMatchObject(wanted);
    expect(readEditBody(edit ?? {}, "lessons").success).toBe(true);
  });

  test("a new reference and its pointer are one", () => {
    const [edit] =
      editsIn(
        "Target File: SKILL.md, references/dates.md\nEdit Intent: create a new file\nLocation Hint: read it where dates are compared\nChange Instruction:\n# Dates\n\n- Compare days.",
      ) ?? [];
    expect(edit).toMatchObject({
      op: "create_file",
      file: "references/dates.md",
      link: "read it where dates are compared",
      content: "# Dates\n\n- Compare days.",
    });
  });
});

describe("tolerant of how models write it", () => {
  test("headings for items, bold field names, no closing marker, thoughts before", () => {
    const text = `<think>${START}\n### Item 9\nTarget File: x</think>\nHere:\n${START}\n\n### Item 1: a rule\n- **Target File**: SKILL.md\n- **Edit Intent**: append\n- **Location Hint**: Reading\n- **Change Instruction**: - Look twice.\n`;
    expect(readMarkdownPatch(text, HEADINGS)?.edits).toMatchObject([
      { op: "append_to_section", section: "Reading", content: "- Look twice." },
    ]);
  });

  test("text that looks like a field is text, and a fence of Markdown around it goes", () => {
    const [edit] =
      editsIn(
        "Target File: SKILL.md\nEdit Intent: append\nSection: Reading\nChange Instruction:\n```markdown\nContent: of the file\nSection: none\n```",
      ) ?? [];
    expect(edit).toMatchObject({ section: "Reading", content: "Content: of the file\nSection: none" });
  });

  test.each(["", "Nothing to do.", `${START}\n${END}`, "- Target File: SKILL.md"])(
    "what is in no such format is not read: %j",
    (text) => {
      expect(readMarkdownPatch(text, HEADINGS)).toBeNull();
    },
  );
});

describe("edits picked out of replies that keep no format", () => {
  const edit = { op: "append_to_section", file: "SKILL.md", section: "Reading", content: '- {x} "y"', lessons: ["l"] };

  test("each by itself: a broken one does not cost the others", () => {
    const broken = `{"reasoning": "so", "edits": [${JSON.stringify(edit)}, {"op": ~~~ }, ${JSON.stringify({ ...edit, section: "Writing" })} and then I would`;
    expect(salvageEdits(broken)).toEqual([edit, { op: "~~~" }, { ...edit, section: "Writing" }]);
  });

  test("in any order of keys, and none where there are none", () => {
    const { op, ...rest } = edit;
    expect(salvageEdits(`I suggest ${JSON.stringify({ ...rest, content: "- z", op })}!`)).toMatchObject([
      { op, content: "- z" },
    ]);
    expect(salvageEdits("I would rather not {op}.")).toEqual([]);
  });

  test("of a reply that repeats itself no more than fifty, in no time", () => {
    const start = performance.now();
    expect(salvageEdits(`${JSON.stringify(edit)},`.repeat(20_000)).length).toBeLessThanOrEqual(50);
    expect(salvageEdits('{"op":'.repeat(50_000))).toEqual([]);
    expect(performance.now() - start).toBeLessThan(4_000);
  });
});

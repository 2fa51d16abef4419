import { join } from "node:path";
import { expect, test } from "vitest";
import { curedBy } from "../../../harness/simulator/habits.ts";
import { lintSkill } from "../../../harness/skill/lint.ts";
import { outlineOf } from "../../../harness/skill/markdown.ts";
import { MOST_OFF, placeboSkill } from "../../../harness/skill/placebo.ts";
import { PlaceboKind } from "../../../harness/skill/placebo-mark.ts";
import { readSkill } from "../../../harness/skill/read.ts";
import { parseSkill, type Skill, skillBody, skillText } from "../../../harness/skill/skill.ts";
import { skillFiles } from "./support.ts";

const KINDS = PlaceboKind.options;
const SEED_SKILL = join(import.meta.dirname, "../../../distill/seeds/spreadsheet-work");

const BODY = `---
name: tidy-sheets
description: "Tidies sheets: values, dates and totals. Use it when a workbook is untidy."
license: Apache-2.0
metadata:
  author: somebody
---

# Tidy sheets

See [deleting rows](references/delete-rows-bottom-up.md) and run \`scripts/recalc.py\` at the end. More at
[the manual](https://openpyxl.readthedocs.io/en/stable/).

## Write values, not formulas

1. Write computed values: openpyxl writes a formula without a cached value, so load it with \`data_only=True\`.
   - **Never** save through \`DataFrame.to_excel\`; it drops every other sheet. Compare [order](#order-of-work).

> Quote: numbers are numbers,
> dates are dates.

| wanted | how to get it |
|--------|---------------|
| totals | sum in Python |

\`\`\`python
# delete from the bottom
for row in sorted(rows, reverse=True):
    sheet.delete_rows(row)
\`\`\`

## Order of work

Read the workbook, change it, read it back.
`;

const REFERENCE =
  "# Delete rows\n\nDelete rows from the bottom up, because rows below a deleted one move up by one place each time.\n";
const SCRIPT = `#!/usr/bin/env python3\n"""Recalculates a workbook."""\nimport subprocess\n\nsubprocess.run(["soffice", "--headless"])\n`;

function tidySheets(): Skill {
  const files = skillFiles({
    "SKILL.md": BODY,
    "references/delete-rows-bottom-up.md": REFERENCE,
    "scripts/recalc.py": SCRIPT,
    LICENSE: "Use as you like, delete nothing.\n",
  });
  return parseSkill(new Map([...files, ["assets/blank.xlsx", new Uint8Array([80, 75, 3, 4, 255])]]), "tidy-sheets");
}

const length = (skill: Skill) =>
  [...skill.files.values()].reduce((sum, bytes) => sum + new TextDecoder().decode(bytes).length, 0);

/** What a page is apart from its words: everything but letters and digits, headings by their depth. */
const form = (text: string) => outlineOf(text).headings.map(({ depth }) => depth);

test.each(KINDS)("a %s placebo is as long as its skill within 2 % and passes the lint", async (kind) => {
  for (const skill of [tidySheets(), await readSkill(SEED_SKILL)]) {
    for (const seed of [1, 2, 3]) {
      const placebo = placeboSkill(skill, { kind, seed });

      expect(Math.abs(length(placebo) / length(skill) - 1)).toBeLessThanOrEqual(MOST_OFF);
      expect(lintSkill(placebo, skill.name).filter(({ severity }) => severity === "error")).toEqual([]);
      expect(form(skillBody(placebo))).toEqual(form(skillBody(skill)));
    }
  }
});

test.each(KINDS)("a %s placebo is the same with the same seed and another with another one", (kind) => {
  const [once, again, other] = [7, 7, 8].map((seed) => placeboSkill(tidySheets(), { kind, seed }));

  expect(again?.hash).toBe(once?.hash);
  expect(other?.hash).not.toBe(once?.hash);
});

/** Shuffled words may do so by chance: the simulated model looks for words that stand in one line, in whatever order. */
test.each(["same-length", "other-domain"] as const)("a %s placebo teaches the simulated model nothing", (kind) => {
  const taught = curedBy(BODY + REFERENCE);
  const placebo = placeboSkill(tidySheets(), { kind, seed: 1 });

  expect(taught.length).toBeGreaterThan(1);
  expect([...placebo.files.keys()].flatMap((file) => curedBy(skillText(placebo, file) ?? ""))).toEqual([]);
});

test.each(["same-length", "other-domain"] as const)(
  "a %s placebo has none of the advice, not even in names of files",
  (kind) => {
    const placebo = placeboSkill(tidySheets(), { kind, seed: 1 });
    const texts = [...placebo.files.keys()]
      .filter((file) => file !== "LICENSE")
      .map((file) => skillText(placebo, file));

    expect([...placebo.files.keys()].join("\n") + texts.join("\n")).not.toMatch(
      /delete|openpyxl|formula|workbook|to_excel|recalc|soffice|sorted|untidy/i,
    );
  },
);

test("files keep their folders and kinds, and links lead to where the files now are", () => {
  const placebo = placeboSkill(tidySheets(), { kind: "same-length", seed: 1 });

  expect([...placebo.files.keys()].map((file) => file.replace(/part-\d/, "part-N")).sort()).toEqual([
    "LICENSE",
    "SKILL.md",
    "assets/part-N.xlsx",
    "references/part-N.md",
    "scripts/part-N.py",
  ]);
  expect(lintSkill(placebo).map(({ rule }) => rule)).toEqual(lintSkill(tidySheets()).map(({ rule }) => rule));
  expect(skillText(placebo, "LICENSE")).toBe("Use as you like, delete nothing.\n");
  expect([...(placebo.files.get([...placebo.files.keys()].find((file) => file.endsWith(".xlsx"))!) ?? [])]).toEqual([
    0, 0, 0, 0, 0,
  ]);
});

test("nothing that an agent can read says that it is a placebo", () => {
  for (const kind of KINDS) {
    const placebo = placeboSkill(tidySheets(), { kind, seed: 1 });
    const all = [...placebo.files].map(([file, bytes]) => file + new TextDecoder().decode(bytes)).join("\n");

    expect(all).not.toMatch(/placebo|shuffle|neutral|filler/i);
    expect(placebo.name).toBe("tidy-sheets");
  }
});

test("shuffled words are those of the skill, each as often, in another order", () => {
  const placebo = placeboSkill(tidySheets(), { kind: "shuffled", seed: 1 });

  expect(wordsOf(placebo).sort()).toEqual(wordsOf(tidySheets()).sort());
  expect(wordsOf(placebo)).not.toEqual(wordsOf(tidySheets()));
  expect(placebo.description).not.toBe(tidySheets().description);
});

/** An anchor names its heading, whatever that has become. */
function wordsOf(skill: Skill): string[] {
  const texts = [...skill.files.keys()]
    .filter((file) => file !== "SKILL.md" && !file.endsWith(".xlsx"))
    .map((file) => skillText(skill, file));
  const all = `${skill.description} ${skillBody(skill)} ${texts.join(" ")}`.replace(/#[\w-]+\)/g, "");
  return all.split(/[^\p{L}\p{N}_]+/u).filter((word) => word !== "");
}

test("a skill that is too short to be matched within 2 % is refused with what to do", () => {
  const files = skillFiles({
    "SKILL.md": "---\nname: short\ndescription: Short.\n---\n\n[a](a.md)\n",
    "a.md": "b\n",
  });
  const make = () => placeboSkill(parseSkill(files, "short"), { kind: "same-length", seed: 1 });

  expect(make).toThrow(/no same-length placebo of the skill short: .*take another kind or seed/);
});

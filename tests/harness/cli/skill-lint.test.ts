import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { trace2skill } from "../../support/command-line.ts";
import { temporaryFolder } from "../../support/temporary.ts";

async function skillFolder(text: string): Promise<string> {
  const folder = join(await temporaryFolder(), "tidy-sheets");
  await mkdir(folder);
  await writeFile(join(folder, "SKILL.md"), text);
  return folder;
}

test("skill lint lists all problems at once and exits with 1", async () => {
  const folder = await skillFolder("---\nname: Tidy\nauthor: me\n---\n\nSee [x](x.md).\n");

  const { code, out } = await trace2skill(["skill", "lint", folder]);

  expect(code).toBe(1);
  expect(out.split("\n").map((line) => line.split(" ").slice(0, 3).join(" "))).toEqual([
    "SKILL.md:1 error description:",
    "SKILL.md:1 error name-folder:",
    "SKILL.md:2 error name:",
    "SKILL.md:3 error front-matter-key:",
    "SKILL.md:6 error link-dead:",
    "5 errors, 0",
    "",
  ]);
});

test("skill lint of a sound skill exits with 0, warnings or not, and --json is one document", async () => {
  const folder = await skillFolder(
    "---\nname: tidy-sheets\ndescription: Tidies.\n---\n\n# Tidy\ntext\n## Next\n\ntext\n",
  );

  const { code, out } = await trace2skill(["skill", "lint", folder, "--json"]);

  expect(code).toBe(0);
  expect(JSON.parse(out)).toEqual({
    ok: true,
    problems: [expect.objectContaining({ file: "SKILL.md", line: 8, rule: "heading-glued", severity: "warning" })],
  });
});

test("a folder that is not there is a clear error", async () => {
  const { code, out, err } = await trace2skill(["skill", "lint", "no-such-folder"]);

  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).toMatch(/^error: expected a skill's folder with a SKILL.md at no-such-folder, found nothing/);
});

import { mkdir, readdir, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { SetupError } from "../../../harness/errors.ts";
import { readSkill } from "../../../harness/skill/read.ts";
import { parseSkill, skillBody, skillText } from "../../../harness/skill/skill.ts";
import { writeSkill } from "../../../harness/skill/write.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { HEAD, skillFiles } from "./support.ts";

let folder = "";
beforeEach(async () => {
  folder = await temporaryFolder();
});

test("a skill that is written and read again is the same skill", async () => {
  const skill = parseSkill(skillFiles({ "references/a b.md": "# A\n", "scripts/run.py": "print(1)\n" }), "memory");

  await writeSkill(skill, join(folder, "deep", "tidy-sheets"));
  const again = await readSkill(join(folder, "deep", "tidy-sheets"));

  expect(again.hash).toBe(skill.hash);
  expect(again.name).toBe("tidy-sheets");
  expect(again.description).toBe("Tidies sheets. Use it when a workbook is untidy.");
  expect(skillBody(again)).toBe("# Tidy sheets\n\nRead the sheet first.");
  expect(skillText(again, "scripts/run.py")).toBe("print(1)\n");
});

test("writing replaces what was there, files that are no longer part of the skill included", async () => {
  const directory = join(folder, "tidy-sheets");
  await writeSkill(parseSkill(skillFiles({ "references/old.md": "old" }), "old"), directory);

  await writeSkill(parseSkill(skillFiles({ "references/new.md": "new" }), "new"), directory);

  expect(await readdir(join(directory, "references"))).toEqual(["new.md"]);
  expect(await readdir(folder)).toEqual(["tidy-sheets"]);
});

test("a skill that breaks the format is not written, and what is there stays", async () => {
  const directory = join(folder, "tidy-sheets");
  await writeSkill(parseSkill(skillFiles(), "good"), directory);
  const files = new Map([...skillFiles(), ["../outside.md", new Uint8Array()] as const]);

  await expect(writeSkill({ name: "a", description: "b", files, hash: "" }, directory)).rejects.toThrow(
    /\.\.\/outside\.md:1 error path/,
  );

  expect(await readdir(directory)).toEqual(["SKILL.md"]);
});

test("every problem of a folder is told at once: links that lead outside or nowhere, sizes, and the head", async () => {
  await writeFile(join(folder, "SKILL.md"), "---\nname: Bad Name\n---\n\nText.\n");
  await symlink("/etc/hostname", join(folder, "host.md"));
  await symlink("gone.md", join(folder, "dangling.md"));
  await writeFile(join(folder, "huge.bin"), "");
  await truncate(join(folder, "huge.bin"), 5 * 1024 ** 2);
  await mkdir(join(folder, ".git"));
  await writeFile(join(folder, ".git", "config"), "not part of the skill");

  const error: unknown = await readSkill(folder).catch((thrown: unknown) => thrown);

  expect(error).toBeInstanceOf(SetupError);
  const lines = String(error)
    .split("\n")
    .filter((line) => line.startsWith("  "));
  expect(lines.map((line) => line.trim().split(" ").slice(0, 3).join(" "))).toEqual([
    "dangling.md:1 error link-file:",
    "host.md:1 error link-file:",
    "huge.bin:1 error file-size:",
    "SKILL.md:2 error name:",
    "SKILL.md:1 error description:",
  ]);
});

test("a link to a file within the folder is read as that file", async () => {
  await writeFile(join(folder, "SKILL.md"), `${HEAD}\nText.\n`);
  await symlink("SKILL.md", join(folder, "README.md"));

  expect(skillText(await readSkill(folder), "README.md")).toBe(`${HEAD}\nText.\n`);
});

test("a folder that is not there, and one without SKILL.md, say what was expected", async () => {
  await expect(readSkill(join(folder, "none"))).rejects.toThrow(
    /expected a skill's folder with a SKILL.md at .*none, found nothing/,
  );
  await expect(readSkill(folder)).rejects.toThrow(/SKILL.md:1 error skill-md: the file is missing/);
});

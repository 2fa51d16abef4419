/** Processes and files as they are found from outside. */
import { lstat, mkdir, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { settleTimes } from "../../../harness/sandbox/times.ts";
import { temporaryFolder } from "../../support/temporary.ts";

test("the times of a trial's files are settled, in folders too; what a link leads to keeps its own", async () => {
  const folder = await temporaryFolder();
  const outside = join(await temporaryFolder(), "outside");
  await writeFile(outside, "");
  await utimes(outside, 1, 1);
  await mkdir(join(folder, "deep"));
  await writeFile(join(folder, "deep", "file"), "");
  await symlink(outside, join(folder, "link"));
  await symlink("nowhere", join(folder, "broken"));

  settleTimes(folder);

  const year = async (name: string) => (await lstat(join(folder, name))).mtime.toISOString().slice(0, 10);
  expect(await Promise.all(["deep", "deep/file", "link", "broken"].map(year))).toEqual(Array(4).fill("2026-01-01"));
  expect((await stat(outside)).mtimeMs).toBe(1_000);
});

import { mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { c as createTar } from "tar";
import { expect, test } from "vitest";
import { unpackOnce, unpackTar } from "../../benchmarks/unpack.ts";
import { temporaryFolder } from "../support/temporary.ts";

async function archiveOf(files: Record<string, string>): Promise<string> {
  const cwd = await temporaryFolder();
  for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, name), text);
  await symlink("/etc/passwd", join(cwd, "link"));
  await createTar({ gzip: true, cwd, file: join(cwd, "made.tar.gz") }, [...Object.keys(files), "link"]);
  return join(cwd, "made.tar.gz");
}

test("regular files are unpacked once, links are not, and nothing is left beside them", async () => {
  const archive = await archiveOf({ "a.txt": "a" });
  const cache = await temporaryFolder();

  const [first, second] = await Promise.all([unpackOnce(archive, cache), unpackOnce(archive, cache)]);

  expect(first).toBe(second);
  expect(await readdir(first)).toEqual(["a.txt"]);
  expect(await readdir(cache)).toHaveLength(1);
});

test("an archive that unpacks to too much is refused, and what is too much is not written", async () => {
  const archive = await archiveOf({ "a.txt": "a", "bomb.txt": "0".repeat(1_000_000) });
  const directory = await temporaryFolder();

  await expect(unpackTar(archive, directory, 10_000)).rejects.toThrow(/unpacks to more than 10000 bytes/);
  expect(await readdir(directory)).toEqual(["a.txt"]);
});

test("a cache that is no folder is told with archive and cache", async () => {
  const archive = await archiveOf({ "a.txt": "a" });
  const place = join(await temporaryFolder(), "file");
  await writeFile(place, "");

  await expect(unpackOnce(archive, join(place, "cache"))).rejects.toThrow(/cannot unpack .*made.tar.gz into .*cache/);
});

test("a damaged archive leaves nothing in the cache", async () => {
  const cache = join(await temporaryFolder(), "cache");
  await mkdir(cache);
  const archive = join(await temporaryFolder(), "broken.tar.gz");
  await writeFile(archive, "no archive");

  await expect(unpackOnce(archive, cache)).rejects.toThrow(/cannot unpack .*broken.tar.gz/);
  expect(await readdir(cache)).toEqual([]);
});

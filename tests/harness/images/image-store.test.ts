import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SetupError } from "../../../harness/errors.ts";
import { sha256 } from "../../../harness/hash.ts";
import { imageStore } from "../../../harness/images/image-store.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const BYTES = new TextEncoder().encode("the bytes of a picture");
const PNG = { mediaType: "image/png", width: 3, height: 2 } as const;

test("an image is kept once under its hash, however often and from wherever it is kept, and read back", async () => {
  const folder = join(await temporaryFolder(), "images");
  const store = imageStore(folder);

  const references = await Promise.all(Array.from({ length: 20 }, () => imageStore(folder).keep(PNG, BYTES)));

  expect(new Set(references.map((reference) => JSON.stringify(reference))).size).toBe(1);
  expect(references[0]).toEqual({ ...PNG, sha256: sha256(BYTES) });
  expect(await readdir(folder)).toEqual([`${sha256(BYTES)}.png`]);
  expect(new Uint8Array(await store.read(references[0]!))).toEqual(BYTES);
});

test("an image that is gone or was changed is told with its place, and keeping it again mends it", async () => {
  const folder = await temporaryFolder();
  const store = imageStore(folder);
  const gone = { ...PNG, sha256: "0".repeat(64) };
  await expect(store.read(gone)).rejects.toThrow(/cannot read .*0{64}\.png.*ENOENT/);
  await expect(store.read(gone)).rejects.toBeInstanceOf(SetupError);

  const kept = await store.keep({ ...PNG, mediaType: "image/jpeg" }, BYTES);
  await writeFile(join(folder, `${kept.sha256}.jpg`), "half");
  await expect(store.read(kept)).rejects.toThrow(/is not the image that a model was shown/);
  await store.keep({ ...PNG, mediaType: "image/jpeg" }, BYTES);
  expect(new Uint8Array(await store.read(kept))).toEqual(BYTES);
});

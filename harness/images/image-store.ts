/** Images that models were shown, in a folder, each under the hash of its bytes: `<sha256>.png` or `.jpg`. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { hasCode, messageOf, SetupError } from "../errors.ts";
import { sha256 } from "../hash.ts";
import type { ImageReference } from "../records.ts";
import type { Images } from "../roles.ts";
import { writeWhole } from "../run/files.ts";
import { makeFolder } from "../run/store.ts";

/** The folder is made with the first image. What is kept is whole or not there, and damage is mended by keeping it again. */
export function imageStore(directory: string): Images {
  return {
    async keep(image, bytes) {
      const reference = { sha256: sha256(bytes), ...image };
      const path = join(directory, imageName(reference));
      if (await isWhole(path, reference)) return reference;
      await makeFolder(directory);
      await writeWhole(path, bytes);
      return reference;
    },
    async read(image) {
      const path = join(directory, imageName(image));
      const bytes = await readFile(path).catch((cause: unknown) => {
        throw new SetupError(`cannot read ${path}, an image that a model was shown: ${messageOf(cause)}. ${CURE}`, {
          cause,
        });
      });
      if (sha256(bytes) !== image.sha256)
        throw new SetupError(`${path} is not the image that a model was shown. ${CURE}`);
      return bytes;
    },
  };
}

const CURE = "Bring the file back, or run again into another folder with --out";

/** Name of an image's file in its folder. */
export function imageName({ sha256: hash, mediaType }: Pick<ImageReference, "sha256" | "mediaType">): string {
  return `${hash}.${mediaType === "image/png" ? "png" : "jpg"}`;
}

async function isWhole(path: string, { sha256: hash }: ImageReference): Promise<boolean> {
  try {
    return sha256(await readFile(path)) === hash;
  } catch (error) {
    if (hasCode(error, "ENOENT") || hasCode(error, "ENOTDIR")) return false;
    throw new SetupError(`cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
}

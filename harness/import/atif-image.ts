/** Images that ATIF documents name by path: brought into the run's own store, as a model can be sent them. */
import { messageOf } from "../errors.ts";
import { fitImage, ImageError, imageSize } from "../images/raster.ts";
import type { ImageReference } from "../records.ts";
import type { Images } from "../roles.ts";
import { MOST_IMAGE_BYTES, readFileBelow } from "../run/regular-file.ts";
import { isSafePath } from "../skill/skill.ts";

const AS_THEY_ARE = ["image/png", "image/jpeg"] as const;

/** @param folder of the document: only files below it are read, and nothing is fetched from the web */
export function imageKeeper(folder: string, images: Images) {
  return async (source: { readonly media_type: string; readonly path: string }): Promise<ImageReference | string> => {
    if (/^[a-z][a-z0-9+.-]*:/i.test(source.path)) return "its address is on the web, and nothing is fetched";
    const path = source.path.replace(/^(\.\/)+/, "");
    if (!isSafePath(path)) return "its path leads out of the trajectory's folder";
    const bytes = await readFileBelow(folder, path, MOST_IMAGE_BYTES);
    if (typeof bytes === "string") return bytes;
    try {
      const mediaType = AS_THEY_ARE.find((type) => type === source.media_type);
      if (mediaType !== undefined) return await images.keep({ mediaType, ...(await imageSize(bytes)) }, bytes);
      const { bytes: fitted, ...image } = await fitImage(bytes);
      return await images.keep(image, fitted);
    } catch (error) {
      if (error instanceof ImageError) return `it cannot be read: ${messageOf(error)}`;
      throw error;
    }
  };
}

/**
 * Images made fit for a model: the only importer of sharp. Work is done off the main thread, few images at once.
 * On one machine, with one version of sharp, equal input gives equal bytes.
 */
import pLimit from "p-limit";
import type { Metadata, Sharp } from "sharp";
import { messageOf } from "../errors.ts";
import type { ImageReference } from "../records.ts";

/** An image encoded as PNG or JPEG, upright, without transparency. */
export interface Raster extends Pick<ImageReference, "mediaType" | "width" | "height"> {
  readonly bytes: Uint8Array;
}

/** In pixels of the upright image, from its left upper corner. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Bytes that are no image, or none that is taken; the message says which in a few words. */
export class ImageError extends Error {
  override readonly name = "ImageError";
}

export const DEFAULT_IMAGE_SIDE = 2_048;
/** An A3 page scanned at 600 dpi has 70 million pixels. */
const MOST_PIXELS = 100_000_000;
const MOST_SECONDS = 30;
const JPEG_QUALITY = 90;
/** A part of a page is enlarged no more than so often, and not beyond this long side: more pixels tell nothing more. */
const MOST_ENLARGED = 4;
const ENLARGED_SIDE = 1_280;
/** Qwen's image processors refuse a side ratio over 200 and round to tokens of 28 or 32 pixels (`smart_resize`), so strips are padded. */
const SHORTEST_SIDE = 32;
const MOST_RATIO = 100;
/** What libvips may be handed: by their first bytes, so that no file is read as SVG, PDF or text, which can refer to other files. */
const FORMATS = ["\x89PNG\r\n\x1a\n", "\xff\xd8\xff", "GIF87a", "GIF89a", "RIFF", "II*\0", "MM\0*"];
const TAKEN = "PNG, JPEG, GIF, WebP or TIFF";
const WHITE = "#ffffff";

/** Many trials decode at once, on few cores. */
const atOnce = pLimit(2);

type Engine = typeof import("sharp").default;

/** Loaded with the first image: most runs have none, and it takes a tenth of a second. */
async function loadEngine(): Promise<Engine> {
  const { default: sharp } = await import("sharp");
  sharp.concurrency(1); // threads an image
  sharp.cache(false);
  return sharp;
}

/**
 * The whole image, upright, shrunk so that its long side has at most `maxSide` pixels; never enlarged.
 * Of an animation the first frame. Encoded as PNG or JPEG, whichever is smaller.
 * @throws ImageError
 */
export function fitImage(bytes: Uint8Array, { maxSide = DEFAULT_IMAGE_SIDE } = {}): Promise<Raster> {
  return decoding(async (sharp) => encode(sharp, within(opened(sharp, bytes), maxSide)));
}

/**
 * A part of the image, enlarged up to 4 times where it is small, shrunk to `maxSide` where it is large.
 * @throws ImageError, also when the box is not within the image or holds no pixel
 */
export function cropImage(bytes: Uint8Array, box: Box, { maxSide = DEFAULT_IMAGE_SIDE } = {}): Promise<Raster> {
  return decoding(async (sharp) => {
    const { width, height } = uprightSize(await opened(sharp, bytes).metadata());
    const { left, top } = box;
    if (
      left < 0 ||
      top < 0 ||
      box.width < 1 ||
      box.height < 1 ||
      left + box.width > width ||
      top + box.height > height
    ) {
      throw new ImageError(`the box is not within the image of ${width} x ${height} pixels`);
    }
    const long = Math.max(box.width, box.height);
    const side = Math.max(Math.min(long, maxSide), Math.min(long * MOST_ENLARGED, ENLARGED_SIDE, maxSide));
    // A pipeline of its own: sharp would otherwise shrink while it reads, before it cuts.
    const part = await opened(sharp, bytes).extract(box).png({ compressionLevel: 1 }).toBuffer();
    return encode(sharp, sharp(part).resize({ width: side, height: side, fit: "inside" }));
  });
}

/**
 * Size of the upright image, from its header.
 * @throws ImageError
 */
export function imageSize(bytes: Uint8Array): Promise<Size> {
  return decoding(async (sharp) => uprightSize(await opened(sharp, bytes).metadata()));
}

/**
 * Draws an SVG of our own on white, as PNG in the size that it states; fonts are those of the machine.
 * @throws ImageError
 */
export function renderSvg(svg: string): Promise<Raster> {
  return decoding(async (sharp) => {
    const drawing = sharp(Buffer.from(svg), { limitInputPixels: MOST_PIXELS }).flatten({ background: WHITE });
    return rasterOf(await drawing.png({ compressionLevel: 9 }).toBuffer({ resolveWithObject: true }), "image/png");
  });
}

async function decoding<T>(work: (sharp: Engine) => Promise<T>): Promise<T> {
  try {
    return await atOnce(async () => work(await loadEngine()));
  } catch (error) {
    if (error instanceof ImageError) throw error;
    const [problem = ""] = messageOf(error).split("\n");
    if (problem.includes("exceeds pixel limit")) throw tooLarge();
    throw new ImageError(`it cannot be read as an image: ${problem}`, { cause: error });
  }
}

function opened(sharp: Engine, bytes: Uint8Array): Sharp {
  const start = Buffer.from(bytes.subarray(0, 16)).toString("latin1");
  if (bytes.length === 0) throw new ImageError("it is empty");
  if (!FORMATS.some((format) => start.startsWith(format)))
    throw new ImageError(`it is no image of a kind that is taken (${TAKEN})`);
  const options = { limitInputPixels: MOST_PIXELS, failOn: "error", pages: 1 } as const;
  return sharp(bytes, options).timeout({ seconds: MOST_SECONDS }).autoOrient();
}

function uprightSize({ autoOrient }: Metadata): Size {
  const { width, height } = autoOrient;
  if (width * height > MOST_PIXELS) throw tooLarge();
  return { width, height };
}

function tooLarge(): ImageError {
  return new ImageError(`it has more than the ${MOST_PIXELS.toLocaleString("en-US")} pixels that are taken`);
}

function within(image: Sharp, maxSide: number): Sharp {
  return image.resize({ width: maxSide, height: maxSide, fit: "inside", withoutEnlargement: true });
}

async function encode(sharp: Engine, image: Sharp): Promise<Raster> {
  const { data, info } = await image
    .flatten({ background: WHITE })
    .toColourspace("srgb")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const pixels = () => sharp(data, { raw: { width, height, channels } }).extend(padding(info));
  const [png, jpeg] = await Promise.all([
    pixels().png({ compressionLevel: 7 }).toBuffer({ resolveWithObject: true }),
    pixels().jpeg({ quality: JPEG_QUALITY, chromaSubsampling: "4:4:4" }).toBuffer({ resolveWithObject: true }),
  ]);
  return png.data.length <= jpeg.data.length ? rasterOf(png, "image/png") : rasterOf(jpeg, "image/jpeg");
}

/** White at the right and below, where a side is too short for image processors. */
function padding({ width, height }: Size) {
  const shortest = Math.max(SHORTEST_SIDE, Math.ceil(Math.max(width, height) / MOST_RATIO));
  const [right, bottom] = [width, height].map((side) => Math.max(0, shortest - side));
  return { right: right ?? 0, bottom: bottom ?? 0, background: WHITE };
}

function rasterOf(
  { data, info }: { readonly data: Buffer; readonly info: Size },
  mediaType: Raster["mediaType"],
): Raster {
  return { bytes: new Uint8Array(data), mediaType, width: info.width, height: info.height };
}

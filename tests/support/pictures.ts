/** Pictures made for a test, and what is in the pixels of others. */
import sharp, { type Sharp } from "sharp";

export type Colour = readonly [red: number, green: number, blue: number];
export const RED: Colour = [255, 0, 0];
export const BLUE: Colour = [0, 0, 255];
export const WHITE: Colour = [255, 255, 255];

/** A plain picture with coloured boxes `[colour, left, top, width, height]` on white. */
export async function picture(
  width: number,
  height: number,
  boxes: readonly (readonly [Colour, number, number, number, number])[] = [],
): Promise<Sharp> {
  const background = { r: 255, g: 255, b: 255 };
  const drawn = boxes.map(([[r, g, b], left, top, boxWidth, boxHeight]) => ({
    input: { create: { width: boxWidth, height: boxHeight, channels: 3 as const, background: { r, g, b } } },
    left,
    top,
  }));
  const png = await sharp({ create: { width, height, channels: 3, background } })
    .composite(drawn)
    .png()
    .toBuffer();
  return sharp(png);
}

/** A picture that no encoder makes small: the same for equal sizes. */
export function noise(width: number, height: number): Sharp {
  const pixels = Buffer.alloc(width * height * 3);
  let state = 12_345;
  for (let index = 0; index < pixels.length; index += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    pixels[index] = state >>> 24;
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

/** The colour of a pixel, each channel rounded to a multiple of 51, so that what JPEG loses does not matter. */
export async function colourAt(bytes: Uint8Array, left: number, top: number): Promise<Colour> {
  const { data, info } = await sharp(bytes)
    .toColourspace("srgb")
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const at = (top * info.width + left) * info.channels;
  const [red = -1, green = -1, blue = -1] = [0, 1, 2].map(
    (channel) => Math.round((data[at + channel] ?? -1) / 51) * 51,
  );
  return [red, green, blue];
}

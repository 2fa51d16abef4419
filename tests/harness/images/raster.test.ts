import { readdir, readFile } from "node:fs/promises";
import { crc32, deflateSync } from "node:zlib";
import sharp from "sharp";
import { expect, test } from "vitest";
import { cropImage, fitImage, ImageError, imageSize, renderSvg } from "../../../harness/images/raster.ts";
import { sentSize } from "../../../harness/images/sent-size.ts";
import { BLUE, colourAt, noise, picture, RED, WHITE } from "../../support/pictures.ts";

const REAL = new URL("../../../../shared/data/docvqa/", import.meta.url);

/** Red on the left, blue on the right, as it is stored; cameras turn it by a note in the EXIF data. */
const lying = async (orientation: number) =>
  (
    await picture(60, 40, [
      [RED, 0, 0, 30, 40],
      [BLUE, 30, 0, 30, 40],
    ])
  )
    .withMetadata({ orientation })
    .jpeg({ quality: 100 })
    .toBuffer();

test("a page that its EXIF data turn is shown upright, and has its upright size", async () => {
  const turned = await lying(6); // the stored left is the upper edge

  const upright = await fitImage(turned);

  expect(upright).toMatchObject({ width: 40, height: 60 });
  expect(await imageSize(turned)).toEqual({ width: 40, height: 60 });
  expect(await colourAt(upright.bytes, 20, 10)).toEqual(RED);
  expect(await colourAt(upright.bytes, 20, 50)).toEqual(BLUE);
});

test("boxes are cut from the upright page, not from how it is stored", async () => {
  const lower = await cropImage(await lying(6), { left: 0, top: 40, width: 40, height: 20 });
  expect(await colourAt(lower.bytes, 5, 5)).toEqual(BLUE);
  const mirrored = await cropImage(await lying(2), { left: 0, top: 0, width: 20, height: 40 });
  expect(await colourAt(mirrored.bytes, 5, 5)).toEqual(BLUE);
});

test("a large page shrinks to the side asked for, a small one is never enlarged", async () => {
  const large = await (await picture(3000, 1000)).png().toBuffer();
  const small = await (await picture(100, 80)).png().toBuffer();

  expect(await fitImage(large)).toMatchObject({ width: 2048, height: 683 });
  expect(await fitImage(large, { maxSide: 600 })).toMatchObject({ width: 600, height: 200 });
  expect(await fitImage(small)).toMatchObject({ width: 100, height: 80 });
});

test("a drawing goes as PNG without loss, a photograph as JPEG: whichever is smaller", async () => {
  const drawing = await fitImage(await (await picture(200, 200, [[RED, 10, 10, 50, 50]])).png().toBuffer());
  const photograph = await fitImage(await noise(200, 200).png().toBuffer());

  expect(drawing.mediaType).toBe("image/png");
  expect(photograph.mediaType).toBe("image/jpeg");
  expect((await sharp(drawing.bytes).metadata()).format).toBe("png");
  expect((await sharp(photograph.bytes).metadata()).format).toBe("jpeg");
});

test("equal input gives equal bytes", async () => {
  const page = await noise(300, 200).png().toBuffer();
  const box = { left: 10, top: 10, width: 50, height: 40 };

  expect(await fitImage(page, { maxSide: 100 })).toEqual(await fitImage(page, { maxSide: 100 }));
  expect(await cropImage(page, box)).toEqual(await cropImage(page, box));
});

test("what is transparent lies on white, 16 bits a channel become 8, of an animation the first frame is shown", async () => {
  const clear = await sharp({
    create: { width: 40, height: 40, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
  })
    .png()
    .toBuffer();
  const deep = await (await picture(40, 40, [[RED, 0, 0, 40, 40]])).toColourspace("rgb16").png().toBuffer();
  const frames = await Promise.all(
    [RED, BLUE].map(async (colour) => (await picture(40, 40, [[colour, 0, 0, 40, 40]])).png().toBuffer()),
  );
  const animated = await sharp(frames, { join: { animated: true } })
    .gif()
    .toBuffer();

  expect(await colourAt((await fitImage(clear)).bytes, 20, 20)).toEqual(WHITE);
  const { bytes } = await fitImage(deep);
  expect(await sharp(bytes).metadata()).toMatchObject({ depth: "uchar" });
  expect(await colourAt(bytes, 20, 20)).toEqual(RED);
  const first = await fitImage(animated);
  expect(first).toMatchObject({ width: 40, height: 40 });
  expect(await colourAt(first.bytes, 20, 20)).toEqual(RED);
});

test("a small part is enlarged four times at most, a large one to the side asked for", async () => {
  const page = await (await picture(2000, 3000)).png().toBuffer();
  const part = (width: number, height: number, maxSide = 2048) =>
    cropImage(page, { left: 100, top: 100, width, height }, { maxSide });

  expect(await part(100, 50)).toMatchObject({ width: 400, height: 200 });
  expect(await part(500, 250)).toMatchObject({ width: 1280, height: 640 });
  expect(await part(1600, 800)).toMatchObject({ width: 1600, height: 800 });
  expect(await part(1600, 800, 400)).toMatchObject({ width: 400, height: 200 });
});

test("a strip too thin for image processors is padded with white, at the right or below", async () => {
  const page = await (await picture(1000, 1000, [[RED, 0, 0, 1000, 1000]])).png().toBuffer();

  const line = await cropImage(page, { left: 0, top: 0, width: 1000, height: 2 });

  expect(line).toMatchObject({ width: 1280, height: 32 });
  expect(await colourAt(line.bytes, 600, 0)).toEqual(RED);
  expect(await colourAt(line.bytes, 600, 31)).toEqual(WHITE);
  expect(await fitImage(await (await picture(1, 1)).png().toBuffer())).toMatchObject({ width: 32, height: 32 });
});

test.each([
  [-1, 0, 10, 10],
  [0, 0, 101, 10],
  [95, 0, 10, 10],
  [0, 0, 0, 10],
])("a box that is not within the page (%i, %i, %i x %i) is told", async (left, top, width, height) => {
  const page = await (await picture(100, 80)).png().toBuffer();
  await expect(cropImage(page, { left, top, width, height })).rejects.toThrow(/not within the image of 100 x 80/);
});

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="40">';

test.each<[string, () => Promise<Uint8Array>, RegExp]>([
  ["nothing", async () => new Uint8Array(), /it is empty/],
  ["text", async () => Buffer.from("no image"), /no image of a kind that is taken/],
  [
    "an SVG, which may refer to other files",
    async () => Buffer.from(`${SVG}<image href="file:///etc/hostname"/></svg>`),
    /no image of a kind/,
  ],
  ["a PDF", async () => Buffer.from("%PDF-1.7\n"), /no image of a kind/],
  [
    "a picture cut in half",
    async () => (await noise(200, 200).png().toBuffer()).subarray(0, 50_000),
    /cannot be read as an image/,
  ],
  [
    "a JPEG cut in half",
    async () => (await noise(200, 200).jpeg().toBuffer()).subarray(0, 9_000),
    /cannot be read as an image/,
  ],
  ["a first line and no more", async () => Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), /cannot be read as an image/],
  [
    "a sound that begins like WebP",
    async () => Buffer.from("RIFF\x24\0\0\0WAVEfmt ", "latin1"),
    /cannot be read as an image/,
  ],
  ["a bomb of 400 million pixels", async () => bomb(20_000), /more than the 100,000,000 pixels/],
])("%s is refused with the reason, and keeps nobody waiting", async (_, make, problem) => {
  const bytes = await make();
  const started = performance.now();

  const error: unknown = await fitImage(bytes).catch((thrown: unknown) => thrown);

  expect(error).toBeInstanceOf(ImageError);
  expect(String(error)).toMatch(problem);
  expect(performance.now() - started).toBeLessThan(20_000); // no measure of speed: it must not hang
});

/** A PNG of one grey bit a pixel, all of them black: 50 KB for a side of 20,000. */
function bomb(side: number): Uint8Array {
  const chunk = (name: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header[8] = 1;
  const rows = deflateSync(Buffer.alloc(side * (1 + Math.ceil(side / 8))));
  const start = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
  return Buffer.concat([start, chunk("IHDR", header), chunk("IDAT", rows), chunk("IEND", Buffer.alloc(0))]);
}

test("a page of just under 100 million pixels is taken", async () => {
  expect(await fitImage(bomb(9_999), { maxSide: 100 })).toMatchObject({ width: 100, height: 100 });
});

test("a drawing of our own becomes a PNG on white, the same every time", async () => {
  const drawing = `${SVG}<rect x="10" y="10" width="20" height="20" fill="red"/></svg>`;

  const drawn = await renderSvg(drawing);

  expect(drawn).toMatchObject({ mediaType: "image/png", width: 60, height: 40 });
  expect(await colourAt(drawn.bytes, 20, 20)).toEqual(RED);
  expect(await colourAt(drawn.bytes, 50, 35)).toEqual(WHITE);
  expect(await renderSvg(drawing)).toEqual(drawn);
  await expect(renderSvg("<svg")).rejects.toBeInstanceOf(ImageError);
});

test("real pages and receipts fit, and the size that is stated is the size that is sent", async ({ skip }) => {
  const files = await Promise.all(
    ["images/", "receipts/"].map(async (folder) => {
      const names = await readdir(new URL(folder, REAL)).catch(() => []);
      return names.slice(0, 4).map((name) => new URL(folder + name, REAL));
    }),
  );
  if (files.flat().length === 0) return skip("the pages (../shared/data/docvqa) are not here");
  for (const file of files.flat()) {
    const page = await fitImage(await readFile(file));
    expect(sentSize(page.bytes), file.pathname).toEqual({ width: page.width, height: page.height });
    expect(Math.max(page.width, page.height)).toBeLessThanOrEqual(2048);
  }
});

test("the size of what is sent is read from its header; of anything else there is none", async () => {
  const page = await picture(123, 45);
  expect(sentSize(await page.clone().png().toBuffer())).toEqual({ width: 123, height: 45 });
  expect(sentSize(await page.clone().jpeg().toBuffer())).toEqual({ width: 123, height: 45 });
  expect(sentSize(await page.clone().jpeg({ progressive: true }).toBuffer())).toEqual({ width: 123, height: 45 });
  for (const text of ["", "x", "GIF89a...", "\xff\xd8\xff\xe0\0\x10"])
    expect(sentSize(Buffer.from(text, "latin1"))).toBeNull();
});

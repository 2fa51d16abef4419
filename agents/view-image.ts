/** A tool to look at images: at a file of the working folder, whole or a part of it enlarged. */
import { posix } from "node:path";
import { z } from "zod";
import { hashJson } from "../harness/hash.ts";
import {
  type Box,
  cropImage,
  fitImage,
  ImageError,
  imageSize,
  type Raster,
  type Size,
} from "../harness/images/raster.ts";
import { ImageReference } from "../harness/records.ts";
import type { Images, Sandbox, Seen, Tool } from "../harness/roles.ts";
import { MOST_IMAGE_BYTES, readFileBelow } from "../harness/run/regular-file.ts";
import type { Observation } from "./loop.ts";

const pixels = (what: string) => z.int().describe(`${what}, in pixels of the upright file`).optional();

export const VIEW_IMAGE: Tool = {
  name: "view_image",
  description:
    "Look at an image file in /work: the whole of it, or the part in a box, enlarged. It is shown to you after the tool's answer.",
  parameters: z.toJSONSchema(
    z.strictObject({
      path: z.string().describe("PNG, JPEG, GIF, WebP or TIFF file in /work"),
      left: pixels("Left edge of the box"),
      top: pixels("Upper edge of the box"),
      width: pixels("Width of the box"),
      height: pixels("Height of the box"),
    }),
  ),
};

/** Of a path in Linux. */
const LONGEST_PATH = 4_096;

/** Models also write numbers as text, with decimals, or null for what they leave out. */
const number = z
  .union([
    z.number(),
    z
      .string()
      .trim()
      .regex(/^-?\d+(\.\d+)?$/)
      .transform(Number),
  ])
  .transform(Math.round)
  .nullish();
const Arguments = z.looseObject({
  path: z.string().min(1).max(LONGEST_PATH),
  left: number,
  top: number,
  width: number,
  height: number,
});
type Arguments = z.infer<typeof Arguments>;

const Remembered = z.object({ text: z.string(), images: z.array(ImageReference) });

export interface View {
  readonly sandbox: Sandbox;
  readonly images: Images;
  /** Most pixels on the long side. */
  readonly maxSide: number;
  /** What was shown before; nothing is remembered where left out. */
  readonly seen?: Seen | undefined;
}

/**
 * Does what a call of the tool asks for. What a model asks wrongly is told it, never thrown.
 * @param turn number of the call in its trial: under it, what is shown is remembered
 */
export async function viewImage(args: unknown, turn: number, view: View): Promise<Observation> {
  const shown = await look(args, view);
  if (view.seen === undefined) return shown;
  const fresh = JSON.stringify({ text: shown.text, images: shown.images ?? [] });
  const first = view.seen.first(`${turn} ${VIEW_IMAGE.name} ${hashJson([args, view.maxSide])}`, fresh);
  if (first === fresh) return shown;
  const { text, images } = Remembered.parse(JSON.parse(first));
  // Another run folder that shares the journal may lack what was shown there: then this is a first look.
  return (await allThere(view.images, images)) ? observation(text, images) : shown;
}

async function look(args: unknown, { sandbox, images, maxSide }: View): Promise<Observation> {
  const read = Arguments.safeParse(args);
  if (!read.success) return observation(`Not shown: ${z.prettifyError(read.error)}`);
  const path = posix.resolve("/work", read.data.path);
  if (!path.startsWith("/work/") || path.includes("\0"))
    return observation("Not shown: only files in /work can be viewed.");
  const name = path.slice("/work/".length);
  const file = await readFileBelow(sandbox.directory, name, MOST_IMAGE_BYTES);
  if (typeof file === "string") return observation(`Not shown: /work/${name}: ${file}.`);
  try {
    const whole = await imageSize(file);
    const box = boxOf(read.data, whole);
    if (typeof box === "string") return observation(`Not shown: ${box}. /work/${name} has ${sizeOf(whole)} pixels.`);
    const { bytes, ...seen } = await (box === null ? fitImage(file, { maxSide }) : cropImage(file, box, { maxSide }));
    const text = `/work/${name} has ${sizeOf(whole)} pixels. Shown below: ${partOf(box, whole, seen)}.`;
    return observation(text, [await images.keep(seen, bytes)]);
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    return observation(`Not shown: /work/${name}: ${error.message}.`);
  }
}

/** The box as far as it lies on the image; null for all of the image, or what is wrong with it. */
function boxOf(asked: Arguments, whole: Size): Box | null | string {
  const left = Math.max(0, asked.left ?? 0);
  const top = Math.max(0, asked.top ?? 0);
  const right = asked.width == null ? whole.width : Math.min(whole.width, (asked.left ?? 0) + asked.width);
  const bottom = asked.height == null ? whole.height : Math.min(whole.height, (asked.top ?? 0) + asked.height);
  const box = { left, top, width: right - left, height: bottom - top };
  if (box.width < 1 || box.height < 1) return "the box holds no pixel of the image";
  return box.width === whole.width && box.height === whole.height ? null : box;
}

function partOf(box: Box | null, whole: Size, seen: Omit<Raster, "bytes">): string {
  // The short side may be padded; the long one never is.
  const scale = Math.max(seen.width, seen.height) / Math.max((box ?? whole).width, (box ?? whole).height);
  const times = scale === 1 ? "in its own size" : `at ${Number(scale.toFixed(2))} times its size`;
  if (box === null) return `all of it, ${times}`;
  return `the box left ${box.left}, top ${box.top}, width ${box.width}, height ${box.height}, ${times}`;
}

function sizeOf({ width, height }: Size): string {
  return `${width} x ${height}`;
}

function observation(text: string, images: readonly ImageReference[] = []): Observation {
  return images.length === 0 ? { kind: "observation", text } : { kind: "observation", text, images };
}

async function allThere(store: Images, images: readonly ImageReference[]): Promise<boolean> {
  const reads = await Promise.allSettled(images.map((image) => store.read(image)));
  return reads.every(({ status }) => status === "fulfilled");
}

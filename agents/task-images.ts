/** The images that stand with a task's instruction: shown to the model as far as it can see them, and told where to find whole. */
import { fitImage, ImageError, imageSize, type Raster } from "../harness/images/raster.ts";
import { loadPrompt } from "../harness/prompt.ts";
import type { Message, Task } from "../harness/records.ts";
import { type AgentOptions, BenchmarkError } from "../harness/roles.ts";
import { MOST_IMAGE_BYTES, readFileBelow } from "../harness/run/regular-file.ts";

const FRAME = loadPrompt(new URL("./prompts/task-images.md", import.meta.url), ["instruction", "images"]);
export const TASK_IMAGES_HASH = FRAME.hash;

/**
 * The message that opens a chat about a task. Images are read from the sandbox, so it must be made before any command runs.
 * @throws BenchmarkError when an image of the task cannot be read
 */
export async function openingMessage(
  task: Task,
  { sandbox, images, limits }: Pick<AgentOptions, "sandbox" | "images" | "limits">,
): Promise<Message> {
  const names = task.images ?? [];
  if (names.length === 0) return { role: "user", content: task.instruction };
  const shown = await Promise.all(
    names.map(async (name) => {
      const { page, size } = await readPage(sandbox.directory, name, limits.imageSide);
      const { bytes, ...seen } = page;
      const line = `- /work/${name}: ${size.width} x ${size.height} pixels, shown at ${seen.width} x ${seen.height}`;
      return { line, reference: await images.keep(seen, bytes) };
    }),
  );
  const lines = shown.map(({ line }) => line).join("\n");
  return {
    role: "user",
    content: FRAME.fill({ instruction: task.instruction, images: lines }),
    images: shown.map(({ reference }) => reference),
  };
}

async function readPage(directory: string, name: string, maxSide: number | undefined) {
  const read = await readFileBelow(directory, name, MOST_IMAGE_BYTES);
  if (typeof read === "string") throw new BenchmarkError(`the task's image ${name} cannot be read: ${read}`);
  try {
    const page: Raster = await fitImage(read, maxSide === undefined ? {} : { maxSide });
    return { page, size: await imageSize(read) };
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    throw new BenchmarkError(`the task's image ${name} cannot be shown: ${error.message}`, { cause: error });
  }
}

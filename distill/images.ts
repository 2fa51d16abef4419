/** The images of a distillation: those that the agents of its runs were shown, and those that analysts looked at themselves. */
import { join } from "node:path";
import { SetupError } from "../harness/errors.ts";
import { imageStore } from "../harness/images/image-store.ts";
import type { Images } from "../harness/roles.ts";

/**
 * Reads images from either place, and keeps new ones in the distillation's folder: nothing is written into a run.
 * @param shown those of a trial's run
 */
export function imagesBeside(shown: Images, distillation: string): Images {
  const own = imageStore(join(distillation, "images"));
  return {
    keep: (image, bytes) => own.keep(image, bytes),
    async read(image) {
      try {
        return await own.read(image);
      } catch (error) {
        if (error instanceof SetupError) return shown.read(image);
        throw error;
      }
    },
  };
}

/** Folders that a command must not write into: what lies there would be lost, or read as something else. */
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { SetupError } from "../errors.ts";

/**
 * @throws SetupError when the folder is that of a run or a distillation, as told by its manifest
 */
export function refuseTakenFolder(directory: string): void {
  if (existsSync(join(directory, "manifest.json")))
    throw new SetupError(`--out ${directory} holds a run or a distillation. Give a folder of its own`);
}

/**
 * @throws SetupError also when the folder lies anywhere in one, such as its `trials/`
 */
export function refuseFolderWithin(directory: string): void {
  refuseTakenFolder(directory);
  for (let folder = dirname(resolve(directory)); dirname(folder) !== folder; folder = dirname(folder))
    if (existsSync(join(folder, "manifest.json")) && existsSync(join(folder, "trials")))
      throw new SetupError(`--out ${directory} lies within the run ${folder}. Give a folder outside of it`);
}

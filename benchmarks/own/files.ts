/** Files of a user's own benchmark: they may not lead out of its folder. */
import { realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, SetupError } from "../../harness/errors.ts";

/**
 * The real path of a file below `folder`.
 * @param where who names it, for the message: `tasks.jsonl, task "a": golden`
 * @throws SetupError when it is not there, is no regular file, or a link leads out of the folder
 */
export async function innerFile(folder: string, path: string, where: string): Promise<string> {
  const root = await realpath(folder);
  const found = await realpath(join(root, path)).catch((cause: unknown) => {
    throw new SetupError(`${where}: cannot read ${path}: ${messageOf(cause)}`, { cause });
  });
  if (!found.startsWith(`${root}/`)) throw new SetupError(`${where}: ${path} is a link that leads out of ${folder}`);
  if (!(await stat(found)).isFile()) throw new SetupError(`${where}: ${path} is no regular file`);
  return found;
}

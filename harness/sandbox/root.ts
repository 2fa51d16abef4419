/** The folder below the system's temporary folder that all sandboxes of a process live in. */
import { mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf, SetupError } from "../errors.ts";
import { isProcess } from "./alive.ts";
import { removeTree } from "./remove-tree.ts";

const PREFIX = "trace2skill-sandboxes-";

export interface Root extends AsyncDisposable {
  readonly directory: string;
}

/** Makes the folder, and sweeps those that killed processes left behind. */
export async function openRoot(): Promise<Root> {
  const directory = await makeRoot();
  return {
    directory,
    async [Symbol.asyncDispose]() {
      await removeTree(directory);
    },
  };
}

async function makeRoot(): Promise<string> {
  try {
    await sweep();
    return await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
  } catch (cause) {
    const problem = `cannot make a folder for sandboxes in ${tmpdir()}: ${messageOf(cause)}. Set TMPDIR to a folder with room`;
    throw new SetupError(problem, { cause });
  }
}

async function sweep(): Promise<void> {
  const names = await readdir(tmpdir());
  const dead = names.filter(
    (name) => name.startsWith(PREFIX) && !isProcess(Number.parseInt(name.slice(PREFIX.length), 10)),
  );
  await Promise.all(dead.map((name) => removeTree(join(tmpdir(), name))));
}

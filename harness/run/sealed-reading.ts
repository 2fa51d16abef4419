/**
 * The seal on test scores (invariant 9) while a skill is made: whatever runs within `whileLearning` reads stored documents below
 * guarded folders only where they were opened for it. What it calls, and what that calls, is held to the same.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { relative, resolve } from "node:path";

/** An attempt to look at what is sealed: a fault of the program, which stops all work. */
export class SealedError extends Error {
  override readonly name = "SealedError";
}

export interface Seal {
  /** Who learns, for the message. */
  readonly learner: string;
  /** Folders whose documents are closed to it … */
  readonly guarded: readonly string[];
  /** … but for these, its inputs and its own folder. */
  readonly open: readonly string[];
}

const seals = new AsyncLocalStorage<Seal>();

/** Does work that writes, edits or chooses a skill. */
export function whileLearning<T>(seal: Seal, work: () => T): T {
  return seals.run(seal, work);
}

/** @throws SealedError when whoever asks is making a skill, and the document was not opened for it */
export function refuseSealedPath(path: string): void {
  const seal = seals.getStore();
  if (seal === undefined || !seal.guarded.some((folder) => isWithin(folder, path))) return;
  if (seal.open.some((folder) => isWithin(folder, path))) return;
  throw new SealedError(
    `${seal.learner} was about to read ${path}, which is not among what it learns from (${seal.open.join(", ") || "nothing"}): ` +
      "scores of other runs are closed to whatever makes or chooses a skill",
  );
}

/** Whether a path is a folder or lies below it, by their names. */
export function isWithin(folder: string, path: string): boolean {
  const way = relative(resolve(folder), resolve(path));
  return way === "" || (way !== ".." && !way.startsWith("../"));
}

/** Work on many things at once, with an end that leaves nothing running. */
import pLimit from "p-limit";

/**
 * Does the work for all items, at most `width` at a time.
 * The first error stops what has not begun, waits for what has, and is thrown.
 * @returns results in the order of the items
 */
export async function atOnce<Item, Result>(
  items: readonly Item[],
  { width, signal }: { readonly width: number; readonly signal: AbortSignal },
  work: (item: Item, signal: AbortSignal) => Promise<Result>,
): Promise<Result[]> {
  const stop = new AbortController();
  const stopped = AbortSignal.any([signal, stop.signal]);
  const limit = pLimit(width);
  const begin = async (item: Item) => {
    stopped.throwIfAborted();
    return work(item, stopped);
  };
  const settled = await Promise.allSettled(
    items.map((item) =>
      limit(begin, item).catch((error: unknown) => {
        stop.abort(error);
        throw error;
      }),
    ),
  );
  return settled.map((result) => {
    if (result.status === "fulfilled") return result.value;
    throw signal.aborted ? signal.reason : stop.signal.reason;
  });
}

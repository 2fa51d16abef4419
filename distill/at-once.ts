/** Work on many things at once, with an end that leaves nothing running. */
import pLimit from "p-limit";
import { BudgetReached } from "../harness/errors.ts";

/**
 * Does the work for all items, at most `width` at a time.
 * The first error stops what has not begun, waits for what has, and is thrown. What is under way at the limit of a budget is
 * not cut off, for its calls are paid: it goes on to the next one that it would have to pay.
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
  let spent: BudgetReached | null = null;
  const begin = async (item: Item) => {
    stopped.throwIfAborted();
    if (spent !== null) throw spent;
    return work(item, stopped);
  };
  const settled = await Promise.allSettled(
    items.map((item) =>
      limit(begin, item).catch((error: unknown) => {
        if (error instanceof BudgetReached) spent ??= error;
        else stop.abort(error);
        throw error;
      }),
    ),
  );
  return settled.map((result) => {
    if (result.status === "fulfilled") return result.value;
    throw signal.aborted ? signal.reason : (stop.signal.reason ?? result.reason);
  });
}

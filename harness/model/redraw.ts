/** Asking again for a reply that cannot be used: whether, as which call, and what comes of several answers together. */
import type { Repair } from "../records.ts";
import type { Completion, ModelCall } from "../roles.ts";
import { sumUsage } from "../usage.ts";
import type { ReadAnswer } from "./answer.ts";
import { tellsContextLimit } from "./failures.ts";

/** An answer, and how it was come by. */
export type Drawn = ReadAnswer & Required<Pick<Completion, "fromJournal" | "durationMs" | "waitedMs">>;

/** Draws that callers count stay below. */
const DRAWS_APART = 1_000;
/** Seeds of trials are small numbers: these meet none of them. */
const SEEDS_APART = 1_000_003;
const MOST_SEED = 2 ** 31;

/**
 * The call as it is sent for the `again`-th time: the same request under another draw. A server that keeps to its seed would
 * say the same again, so the seed is another too; the simulated model's habits hang on it, and it keeps its own.
 */
export function askedAgain(call: ModelCall, again: number, { simulated }: { readonly simulated: boolean }): ModelCall {
  if (again === 0) return call;
  const seed = simulated ? call.seed : (call.seed + again * SEEDS_APART) % MOST_SEED;
  return { ...call, seed, draw: call.draw + again * DRAWS_APART };
}

export type Settled =
  | { readonly kind: "done"; readonly completion: Completion }
  | { readonly kind: "ask-again" }
  /** The server refused the prompt for its length, in an answer that says to be none of refusal. */
  | { readonly kind: "too-long"; readonly problem: string }
  | { readonly kind: "no-reply"; readonly problem: string };

/**
 * What to do after these answers. The second reply is the last, usable or not, so that a trial reads back as it went.
 * Answers without any reply are passed over, and no more than two of them are paid by one command.
 * @param drawn all answers to the call so far, one or more
 */
export function settle(drawn: readonly Drawn[], call: Pick<ModelCall, "canUse">): Settled {
  const replies = drawn.filter((one) => one.kind === "read");
  const usable = replies.find(({ reply, finishReason }) => call.canUse?.(reply, finishReason) ?? true);
  const best = usable ?? (replies.length > 1 ? replies[0] : undefined);
  if (best !== undefined) return { kind: "done", completion: together(best, drawn) };
  const inVain = drawn.filter((one) => one.kind === "unusable" && !one.fromJournal);
  const last = drawn.at(-1);
  if (last?.kind !== "unusable") return { kind: "ask-again" };
  if (tellsContextLimit(last.problem)) return { kind: "too-long", problem: last.problem };
  return inVain.length > 1 ? { kind: "no-reply", problem: last.problem } : { kind: "ask-again" };
}

function together(best: Drawn & { kind: "read" }, drawn: readonly Drawn[]): Completion {
  const repairs: Repair[] = [...best.repairs, ...drawn.slice(1).map(() => "asked-again" as const)];
  return {
    reply: best.reply,
    finishReason: best.finishReason,
    ...(repairs.length === 0 ? {} : { repairs }),
    usage: sumUsage(drawn.map(({ usage }) => usage)),
    fromJournal: drawn.every(({ fromJournal }) => fromJournal),
    durationMs: drawn.reduce((sum, { durationMs }) => sum + durationMs, 0),
    waitedMs: drawn.reduce((sum, { waitedMs }) => sum + waitedMs, 0),
  };
}

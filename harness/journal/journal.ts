/**
 * The journal: every model call ever paid for, with its full request and answer, stored before it is used (invariant 3).
 * SQLite of Node's own, write-ahead log: what was stored survives a killed process. Several processes may share it: a call
 * that one of them is making, the others wait for.
 */
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf, SetupError } from "../errors.ts";
import { hashJson } from "../hash.ts";
import { letHeapGrow } from "../heap.ts";
import { ContextLimitError, type Seen } from "../roles.ts";
import { openBatches } from "./batches.ts";
import { type Calls, type CallToMake, type Claim, callsIn, type Fault } from "./calls.ts";
import { openCheckpoints } from "./checkpoints.ts";
import { explained } from "./failure.ts";
import { holdersIn } from "./holders.ts";
import { lackingCall } from "./lacking.ts";
import { partStore } from "./parts.ts";
import { type RequestText, requestTexts } from "./request-text.ts";
import { openDatabase } from "./schema.ts";
import { seenIn } from "./seen.ts";
import { usesIn } from "./uses.ts";

export type { CallToMake, Claim, Fault } from "./calls.ts";

/** How an answer came. */
export interface Answered {
  readonly answer: unknown;
  /** True when this process did not pay for it just now. */
  readonly fromJournal: boolean;
}

export interface Journal extends Disposable {
  /** The text and key of a call. Objects in the request must not be changed afterwards: they are read once. */
  textOf(request: Readonly<Record<string, unknown>>, draw: number): RequestText;
  /** The stored answer to a call, or null when it was never answered; noted as used. @throws SetupError when it is damaged */
  find(key: string): unknown;
  /**
   * The answer to a call: read back, waited for where another is making it, else paid for by `ask` and stored. When `ask`
   * fails the call is given up, so that it can be made again; what it threw is thrown.
   * @throws SetupError when offline and there is none, or when it cannot be stored; the signal's reason while waiting
   */
  pay(call: CallToMake, ask: () => Promise<unknown>, signal: AbortSignal): Promise<Answered>;
  /** Notes that a call is about to be made, durable when it resolves; `mine` must be ended by `store` or `release`. */
  claim(call: CallToMake): Promise<Claim>;
  /** Stores an answer; when this resolves, a killed process has it. */
  store(key: string, answer: unknown): Promise<void>;
  release(key: string, fault: Fault): Promise<void>;
  /** Resolves after a moment in which another may have ended its call. */
  waitForOthers(signal: AbortSignal): Promise<void>;
  /** Keeps the bytes of an image that a request names by `sha256:` and hash. */
  keepImage(bytes: Uint8Array): Promise<void>;
  /** What that unit of work was shown before. */
  seen(unit: string): Seen;
  /** Notes all that `work` uses as used by that run. */
  usedBy<T>(run: string, work: () => T): T;
  /** Calls that were begun and neither answered nor given up: under way, or lost. */
  unanswered(): number;
  /** Those of them whose process has ended: paid perhaps. */
  lost(): number;
}

export interface JournalOptions {
  /** True where no call may be made: what is lacking is told. */
  readonly offline?: boolean;
}

/** The key of a call: the full request and the number of the draw. */
export function journalKey(request: unknown, draw: number): string {
  return hashJson({ request, draw });
}

/** With so many calls under way, writes wait some milliseconds for one another. */
const MANY = 32;
/** Once so many calls were under way, those that wait for their turn included, the log is carried over in a thread, and the heap may grow faster. */
const VERY_MANY = 512;
/** Wait between two looks at a call of another process. */
const LOOK_MS = 100;

/**
 * Opens the journal at `path`, making it where there is none; one of version 1 is brought up to date.
 * @throws SetupError when the file is no journal, is damaged, or the disk is full
 */
export function openJournal(path: string, { offline = false }: JournalOptions = {}): Journal {
  if (offline && !existsSync(path)) {
    throw new SetupError(
      `--offline: there is no journal ${path}. Fetch one with: trace2skill journal import FILE --journal ${path}`,
    );
  }
  const database = openDatabase(path);
  return explained(path, () => {
    const parts = partStore(database);
    const underWay = new Set<string>();
    let most = 0;
    const checkpoints = openCheckpoints(database, path, () => most >= VERY_MANY);
    const mayWait = () => underWay.size >= MANY;
    const batches = openBatches(database, path, { onRollback: parts.forget, onCommit: checkpoints.committed, mayWait });
    const holders = holdersIn(database, batches);
    const calls = callsIn(database, path, parts, holders);
    const uses = usesIn(database, batches);
    const seen = seenIn(database, batches);
    const lacking = (call: CallToMake) => lackingCall(database, path, call);
    const claim = async (call: CallToMake) => {
      if (offline) throw lacking(call);
      const claimed = await batches.write(() => calls.claim(call, Date.now()));
      if (claimed.kind === "mine") underWay.add(call.text.key);
      if (most < VERY_MANY && underWay.size >= VERY_MANY) letHeapGrow();
      most = Math.max(most, underWay.size);
      return claimed;
    };
    const release = (key: string, fault: Fault) => {
      if (fault.kind === "refused") uses.note("call", key);
      underWay.delete(key);
      return batches.write(() => calls.release(key, fault, Date.now()));
    };

    const store = (key: string, answer: unknown) => {
      uses.note("call", key);
      underWay.delete(key);
      return batches.write(() => calls.store(key, answer, Date.now()));
    };
    const find = (key: string) => {
      const answer = explained(path, () => calls.find(key));
      if (answer !== null) uses.note("call", key);
      return answer;
    };
    const shared = { find, claim, store, release, waitForOthers };

    return {
      ...shared,
      textOf: requestTexts().textOf,
      pay: (call, ask, signal) => {
        if (!offline) return pay(shared, call, ask, signal);
        return Promise.resolve().then(() => replay(find, calls, call, lacking));
      },
      keepImage: (bytes) => batches.write(() => void parts.keepBytes(bytes)),
      seen: (unit) => {
        uses.note("unit", unit);
        return { first: (key, text) => explained(path, () => seen(unit).first(key, text)) };
      },
      usedBy: uses.during,
      unanswered: () => explained(path, calls.unanswered),
      lost: () => explained(path, () => calls.lost(Date.now())),
      [Symbol.dispose]: () => {
        batches.flush();
        explained(path, holders.leave);
        checkpoints.end();
        database.close();
      },
    };
  });
}

async function waitForOthers(signal: AbortSignal): Promise<void> {
  await sleep(LOOK_MS, undefined, { signal }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw error;
  });
}

type Shared = Pick<Journal, "find" | "claim" | "store" | "release" | "waitForOthers">;

async function pay(
  journal: Shared,
  call: CallToMake,
  ask: () => Promise<unknown>,
  signal: AbortSignal,
): Promise<Answered> {
  const { key } = call.text;
  const known = journal.find(key);
  if (known !== null) return { answer: known, fromJournal: true };
  while (true) {
    const claim = await journal.claim(call);
    if (claim.kind === "mine") break;
    if (claim.kind === "answered") return { answer: journal.find(key) ?? claim.answer, fromJournal: true };
    await journal.waitForOthers(signal);
  }
  const answer = await askOrRelease(journal, key, ask);
  await journal.store(key, answer);
  return { answer, fromJournal: false };
}

async function askOrRelease({ release }: Shared, key: string, ask: () => Promise<unknown>): Promise<unknown> {
  try {
    return await ask();
  } catch (error) {
    await release(key, { kind: error instanceof ContextLimitError ? "refused" : "failed", message: messageOf(error) });
    throw error;
  }
}

/** From the journal alone. What the server refused for its length is refused again: that costs nothing and decides a trial's end. */
function replay(find: Shared["find"], calls: Calls, call: CallToMake, lacking: (call: CallToMake) => Error): Answered {
  const answer = find(call.text.key);
  if (answer !== null) return { answer, fromJournal: true };
  const fault = calls.faultOf(call.text.key);
  if (fault?.kind === "refused") throw new ContextLimitError(fault.message);
  throw lacking(call);
}

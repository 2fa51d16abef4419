/** Progress of long work: one line drawn over itself on a terminal, plain lines otherwise; always on standard error. */
import { createLogUpdate } from "log-update";
import type { ServersState } from "../model/endpoints.ts";
import type { Standstill } from "../model/watchdog.ts";
import type { TrialEvent } from "../run/run.ts";
import { visible } from "../text.ts";
import { sumUsage } from "../usage.ts";
import type { Io } from "./io.ts";
import type { Session } from "./session.ts";

const PLAIN_EVERY_MS = 5_000;
const DRAWN_EVERY_MS = 100;
/** A line at least this often, though nothing was finished. */
const QUIET_MS = 20_000;
/** How often it is looked whether calls stand still. */
const WATCH_MS = 5_000;

export interface Counted {
  readonly done: number;
  readonly total: number;
  readonly failing: number;
  /** Of all the work that this is a part of, where it is one: what the time to go is told by. */
  readonly whole?: { readonly done: number; readonly total: number };
}

export interface Progress {
  readonly trial: (event: TrialEvent) => void;
  /** Counts of a stage; the title names it. */
  readonly stage: (stage: string, counted: Counted) => void;
  /** A line that stays, above the one that is drawn. */
  readonly note: (text: string) => void;
  /** Leaves the last line standing. */
  readonly end: () => void;
}

/**
 * @param session whose calls are told; null for work without any
 * @param title what is under way, as in `run spreadsheetbench`
 */
export function progressOf(io: Io, session: Session | null, title: string): Progress {
  const started = performance.now();
  const draw = io.terminal ? createLogUpdate(process.stderr, { showCursor: true }) : null;
  let failing = 0;
  let readBack = 0;
  let shownAt = 0;
  let stage = "";
  let last: Counted = { done: 0, total: 0, failing: 0 };

  const show = (everyMs: number) => {
    const now = performance.now();
    if (now - shownAt < everyMs) return;
    shownAt = now;
    const line = lineOf(title + stage, last, { elapsedMs: now - started, readBack }, session);
    if (draw === null) io.err(line);
    else draw(line);
  };
  const count = (counted: Counted) => {
    last = counted;
    show(draw === null ? PLAIN_EVERY_MS : DRAWN_EVERY_MS);
  };
  const note = (text: string) => {
    if (draw === null) io.err(text);
    else draw.persist(text);
  };
  // So that a wait is told from a standstill.
  const heartbeat = setInterval(() => show(0), QUIET_MS);
  const watch = setInterval(() => {
    const still = session?.servers.state().standstill() ?? null;
    if (session === null || still === null) return;
    note(standstillText(still, session.servers.state()));
  }, WATCH_MS);
  for (const timer of [heartbeat, watch]) timer.unref();
  return {
    note,
    stage: (name, counted) => {
      stage = name === "" ? "" : ` ${name}`;
      count(counted);
    },
    trial: ({ trial, done, total, readBack: wasThere }) => {
      if (trial.score.kind === "unscored" || trial.score.value < 1) failing += 1;
      if (wasThere) readBack += 1;
      count({ done, total, failing });
    },
    end: () => {
      clearInterval(heartbeat);
      clearInterval(watch);
      if (last.total > 0) show(0);
      draw?.done();
    },
  };
}

function lineOf(
  title: string,
  counted: Counted,
  { elapsedMs, readBack }: { elapsedMs: number; readBack: number },
  session: Session | null,
): string {
  const { done, total, failing } = counted;
  const { whole = { done: done - readBack, total: total - readBack } } = counted;
  const leftMs = whole.done > 0 && whole.done < whole.total ? (elapsedMs / whole.done) * (whole.total - whole.done) : 0;
  return [
    `${title}: ${done}/${total} done, ${total - done} left, ${failing} failing`,
    ...(session === null ? [] : [callsText(session)]),
    `${seconds(elapsedMs)}${leftMs > 0 ? `, about ${seconds(leftMs)} to go` : ""}`,
  ].join("; ");
}

function callsText({ calls, usage, servers }: Session): string {
  const { inputTokens, outputTokens } = sumUsage(usage.values());
  const under = underWayText(servers.state());
  return `${calls.made} calls (${calls.fromJournal} from the journal), ${thousands(inputTokens)} tokens in, ${thousands(outputTokens)} out${under === "" ? "" : `, ${under}`}`;
}

/** As in `20 in flight of 20, 108 waiting, 3 retries, paused for 12 s`; empty when no server was asked. */
export function underWayText({
  servers,
  inFlight,
  limit,
  waiting,
  retries,
  pausedMs,
}: Omit<ServersState, "standstill">): string {
  if (servers === 0) return "";
  return [
    `${inFlight} in flight of ${limit}`,
    ...(waiting > 0 ? [`${waiting} waiting`] : []),
    ...(retries > 0 ? [`${retries} retries`] : []),
    ...(pausedMs >= 500 ? [`paused for ${seconds(pausedMs)} as the server asked`] : []),
  ].join(", ");
}

/** What stands still, since when, and why as far as it is known. */
export function standstillText({ quietMs, lastFailure }: Standstill, state: Omit<ServersState, "standstill">): string {
  const cause =
    lastFailure === null
      ? "no call has failed: the model may be thinking, or hang"
      : `the last failure: ${lastFailure}`;
  return `note: nothing came back for ${seconds(quietMs)} (${underWayText(state)}); ${visible(cause)}`;
}

function thousands(count: number): string {
  return count < 10_000 ? String(count) : `${Math.round(count / 1000)}k`;
}

function seconds(ms: number): string {
  return ms < 90_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}

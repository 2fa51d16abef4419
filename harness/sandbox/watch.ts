/** Looks at what a running command takes, where the kernel holds no sum over its processes, and says when it is too much. */
import type { DiskMeter, HeldFiles } from "./disk.ts";
import type { LimitName, SandboxLimits } from "./limits.ts";
import { memoryOf, takenBy } from "./tree.ts";

export interface Watch {
  /** Ends the watch; to be called when the command has ended. @throws what a look threw */
  stop(): Promise<void>;
}

/** The end of a command by the first limit that it breaks. */
export interface Striker {
  /** May be called again, which changes nothing. */
  strike(limit: LimitName): void;
  struck(): LimitName | null;
  /** Aborted by a strike, and by the caller. */
  readonly signal: AbortSignal;
}

export function strikerFor(signal: AbortSignal): Striker {
  const stop = new AbortController();
  let struck: LimitName | null = null;
  return {
    strike(limit) {
      struck ??= limit;
      stop.abort();
    },
    struck: () => struck,
    signal: AbortSignal.any([signal, stop.signal]),
  };
}

/** Called once at most. */
export type OnStrike = (limit: LimitName) => void;

/** Most commands are over by then, or start an interpreter. */
const FIRST_LOOK_MS = 25;
const LOOK_EVERY_MS = 50;
const DISK_EVERY_MS = 200;
/** Looking may take one part in so many of a core. */
const LOOK_SHARE = 20;

/**
 * @param processes folders below `/proc`; none before they are known
 * @param sockets bytes that the kernel may hold for their sockets
 */
export function watchProcesses(
  processes: () => string[],
  limits: Pick<SandboxLimits, "memoryBytes" | "processes">,
  onStrike: OnStrike,
  sockets: () => number = () => 0,
): Watch {
  return lookOut({ firstMs: FIRST_LOOK_MS, everyMs: LOOK_EVERY_MS }, onStrike, async () => {
    const running = processes();
    if (running.length > limits.processes) return "processes"; // without a look at each of them
    const { tasks, memory, pageTables } = takenBy(running);
    if (tasks > limits.processes) return "processes";
    const left = limits.memoryBytes - pageTables - sockets();
    if (memory <= left) return null;
    return running.length === 1 || (await memoryOf(running)) > left ? "memory" : null;
  });
}

/** @param held deleted files that the command's processes hold */
export function watchDisk(disk: DiskMeter, held: HeldFiles, onStrike: OnStrike): Watch {
  return lookOut({ firstMs: DISK_EVERY_MS, everyMs: DISK_EVERY_MS }, onStrike, async () =>
    (await disk.isOver(held)) ? "disk" : null,
  );
}

function lookOut(
  { firstMs, everyMs }: { firstMs: number; everyMs: number },
  onStrike: OnStrike,
  look: () => Promise<LimitName | null>,
): Watch {
  let timer: NodeJS.Timeout | null = null;
  let looking: Promise<void> = Promise.resolve();
  let stopped = false;
  next(firstMs);
  return {
    async stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      await looking;
    },
  };

  function next(ms: number): void {
    timer = setTimeout(() => {
      looking = lookOnce();
      looking.catch(() => {}); // told by `stop`
    }, ms);
  }

  async function lookOnce(): Promise<void> {
    const started = performance.now();
    const struck = await look();
    if (stopped) return;
    if (struck !== null) onStrike(struck);
    else next(Math.max(everyMs, LOOK_SHARE * (performance.now() - started)));
  }
}

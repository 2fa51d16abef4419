/** The servers of a process, each with its limit, and the queue of calls that wait for the least busy of those that may take them. */
import { UsageError } from "../errors.ts";
import { type Exchanges, openExchanges } from "../http.ts";
import { type Ending, type Limiter, openLimiter, START } from "./limiter.ts";
import { openWatchdog, type Standstill, type Watchdog } from "./watchdog.ts";

export interface ServersOptions {
  /** Silence after which a try counts as failed. */
  readonly silenceMs: number;
}

/** How many calls one server is sent at once. */
export interface Connections {
  readonly floor: number;
  readonly cap: number;
  /** At first; 20, held between floor and cap, where left out. */
  readonly start?: number;
}

/** Where nobody says otherwise. */
const CONNECTIONS: Connections = { floor: 1, cap: 128 };

/** One server, shared by all models that are asked for there. */
export interface Server {
  readonly url: string;
  readonly limiter: Limiter;
  /** Called when it may have room. */
  readonly onRoom: Set<() => void>;
  /** True once it gave a proper answer: what comes after is a bad moment, not a wrong address. */
  proven: boolean;
}

/** Of Node's timers; a longer one would go off at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What the line of progress tells. */
export interface ServersState {
  readonly servers: number;
  readonly inFlight: number;
  /** Calls that wait for a place. */
  readonly waiting: number;
  /** Most in flight at all servers together, as of now. */
  readonly limit: number;
  readonly retries: number;
  /** For how long nothing is sent to any server, as they asked; 0 while one takes calls. */
  readonly pausedMs: number;
  /** Told once it has lasted a minute, and again when that has doubled. */
  standstill(): Standstill | null;
}

export interface Servers extends AsyncDisposable {
  readonly exchanges: Exchanges;
  readonly watchdog: Watchdog;
  /** The server at that address: the same for the same address, with the limits of whoever named it first. */
  at(url: string, connections?: Connections): Server;
  /** Calls of one model wait here. */
  queue(servers: readonly Server[]): Queue;
  /** Number of a call, from 0. */
  nextCall(): number;
  /** Counts a further try. */
  retried(): void;
  state(): ServersState;
}

/** A place at a server, taken until `leave` is called, once. */
export interface Slot {
  readonly server: Server;
  leave(ending: Ending): void;
}

export interface Queue {
  /**
   * Waits for a place at the least busy server, in order of asking.
   * @throws the signal's reason when it is aborted before
   */
  acquire(options: Acquire): Promise<Slot>;
}

export interface Acquire {
  readonly signal: AbortSignal;
  /** The server of the last try, which failed: the others are asked first, and the call waits at the head. */
  readonly after: Server | null;
}

/** Reads `--base-url`: one address, or several of the same model with commas. @throws UsageError */
export function addressesOf(text: string, option = "--base-url"): readonly string[] {
  const urls = text.split(",").map((url) => url.trim().replace(/\/+$/, ""));
  for (const url of urls) {
    if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
      throw new UsageError(
        `${option} must be a URL such as http://localhost:8000/v1, or several with commas; found ${JSON.stringify(url)}`,
      );
    }
    const { username, password } = new URL(url);
    // The address is stored with every call and run.
    if (username !== "" || password !== "")
      throw new UsageError(`${option} must not hold a name or a password: give the key as OPENAI_API_KEY`);
  }
  return [...new Set(urls)];
}

export function openServers({ silenceMs }: ServersOptions): Servers {
  const exchanges = openExchanges({ silenceMs });
  const known = new Map<string, Server>();
  const watchdog = openWatchdog();
  let waiting = 0;
  let retries = 0;
  let calls = 0;
  const inFlight = () => sum([...known.values()].map(({ limiter }) => limiter.state().inFlight));
  const wait = (change: 1 | -1) => {
    waiting += change;
    if (waiting === 1 && change === 1) watchdog.began(performance.now());
  };

  return {
    exchanges,
    [Symbol.asyncDispose]: () => exchanges[Symbol.asyncDispose](),
    watchdog,
    at(url, { floor, cap, start = START } = CONNECTIONS) {
      const server = known.get(url) ?? {
        url,
        limiter: openLimiter({ start, floor, cap }),
        onRoom: new Set(),
        proven: false,
      };
      known.set(url, server);
      return server;
    },
    queue: (servers) => openQueue(servers, { wait, entered: () => watchdog.began(performance.now()), left: rest }),
    nextCall: () => calls++,
    retried: () => {
      retries += 1;
    },
    state() {
      const now = performance.now();
      const states = [...known.values()].map(({ limiter }) => limiter.state());
      return {
        servers: states.length,
        inFlight: sum(states.map((state) => state.inFlight)),
        waiting,
        limit: sum(states.map(({ limit }) => limit)),
        retries,
        pausedMs: Math.min(...states.map(({ pausedUntilMs }) => Math.max(0, pausedUntilMs - now)), now),
        standstill: () => watchdog.standstill(now),
      };
    },
  };

  function rest(): void {
    if (waiting === 0 && inFlight() === 0) watchdog.rested();
  }
}

interface Waiting {
  readonly after: Server | null;
  readonly admit: (slot: Slot) => void;
}

interface Watched {
  readonly wait: (change: 1 | -1) => void;
  readonly entered: () => void;
  readonly left: () => void;
}

function openQueue(servers: readonly Server[], watched: Watched): Queue {
  const waiting: Waiting[] = [];
  let timer: NodeJS.Timeout | null = null;
  for (const { onRoom } of servers) onRoom.add(admitAll);
  return {
    async acquire({ signal, after }) {
      signal.throwIfAborted();
      const free = waiting.length === 0 ? leastBusy(servers, after) : null;
      return free === null ? enqueue(signal, after) : enter(free);
    },
  };

  function enqueue(signal: AbortSignal, after: Server | null): Promise<Slot> {
    const { promise, resolve, reject } = Promise.withResolvers<Slot>();
    const leave = () => {
      signal.removeEventListener("abort", onAbort);
      watched.wait(-1);
    };
    const entry: Waiting = {
      after,
      admit: (slot) => {
        leave();
        resolve(slot);
      },
    };
    const onAbort = () => {
      waiting.splice(waiting.indexOf(entry), 1);
      leave();
      watched.left();
      reject(signal.reason);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    // One that was tried before has waited before.
    if (after === null) waiting.push(entry);
    else waiting.unshift(entry);
    watched.wait(1);
    admitAll();
    return promise;
  }

  function admitAll(): void {
    for (let [first] = waiting; first !== undefined; [first] = waiting) {
      const server = leastBusy(servers, first.after);
      if (server === null) break;
      waiting.shift();
      first.admit(enter(server));
    }
    if (waiting.length > 0) wakeLater();
  }

  function enter(server: Server): Slot {
    const ticket = server.limiter.enter(performance.now());
    watched.entered();
    return {
      server,
      leave(ending) {
        server.limiter.leave(ticket, ending, performance.now());
        for (const tell of server.onRoom) tell();
        watched.left();
      },
    };
  }

  /** Nothing will leave a server that rests with no call under way, so the end of its rest is waited for. */
  function wakeLater(): void {
    const now = performance.now();
    const ends = servers.map(({ limiter }) => limiter.state().pausedUntilMs).filter((endMs) => endMs > now);
    if (timer !== null || ends.length === 0) return;
    timer = setTimeout(
      () => {
        timer = null;
        admitAll();
      },
      Math.min(LONGEST_TIMER_MS, Math.ceil(Math.min(...ends) - now) + 1),
    );
  }
}

/** The server with room whose share of its limit in use is smallest, the one of the last try only for want of another; null when none has room. */
function leastBusy(servers: readonly Server[], after: Server | null): Server | null {
  const now = performance.now();
  let best: Server | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const server of servers) {
    if (!server.limiter.hasRoom(now)) continue;
    const { inFlight, limit } = server.limiter.state();
    const busy = inFlight / limit + (server === after ? 1 : 0);
    if (busy < least) [best, least] = [server, busy];
  }
  return best;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

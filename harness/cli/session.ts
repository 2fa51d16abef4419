/** What the verbs of one process share: journal, models, sandboxes, and the account of calls. */
import { statSync } from "node:fs";
import { UsageError } from "../errors.ts";
import { type Journal, openJournal } from "../journal/journal.ts";
import { assertPriced, type BudgetLimits, NO_LIMITS, openBudget } from "../model/budget.ts";
import { type Embedder, journalledEmbedder } from "../model/embeddings.ts";
import { addressesOf, type Connections, openServers, type Servers } from "../model/endpoints.ts";
import { type CallTold, journalledModel } from "../model/model.ts";
import { type Endpoint, openEndpoint } from "../model/openai.ts";
import { type Prices, pricesOf } from "../prices/prices.ts";
import { NO_USAGE, type Task, type Usage } from "../records.ts";
import type { Benchmark, Caller, Completion, Model, Sandboxes } from "../roles.ts";
import { openSpending, type Spending } from "../run/spending.ts";
import { DEFAULT_LIMITS } from "../sandbox/limits.ts";
import { openSandboxesOf, type SandboxChoice } from "../sandbox/open.ts";
import { EMBEDDING_MODEL } from "../simulator/embeddings.ts";
import { simulatorIdentity } from "../simulator/identity.ts";
import { sumUsage } from "../usage.ts";
import { cacheDirectoryOf } from "./benchmark-of.ts";
import { definedOf, type Io } from "./io.ts";
import { SIMULATED_MODELS } from "./simulated-models.ts";

export interface Calls {
  made: number;
  fromJournal: number;
}

export interface EndpointChoice {
  readonly name: string;
  readonly baseUrl: string | null;
  readonly maxRetries: number;
  /** Of the tries of one call; 600 s when left out. */
  readonly retryMs?: number;
  /** How many calls at once each of its servers is sent, where no other model named that server before. */
  readonly connections?: Connections;
  /** Whose key is sent, where a role has one of its own in the environment; the one key of all when left out. */
  readonly keyOf?: string;
}

export interface SessionOptions {
  /** Folder whose account of what was paid is kept; in memory alone when left out. */
  readonly spendingIn?: string;
  /** Of all that is paid there; none when left out. */
  readonly limits?: BudgetLimits;
  /** Those built in when left out. */
  readonly prices?: Prices;
  /** True where the journal alone may answer; false when left out. */
  readonly offline?: boolean;
  /** Bubblewrap when left out. */
  readonly sandbox?: SandboxChoice;
}

export interface ModelChoice extends EndpointChoice {
  readonly sampling: Readonly<Record<string, unknown>>;
}

export interface Session extends AsyncDisposable {
  readonly calls: Calls;
  readonly usage: Map<Caller, Usage>;
  /** What was paid for, in this process and, where the account is kept in a folder, before it. */
  readonly spending: Spending;
  readonly prices: Prices;
  readonly cacheDirectory: string;
  readonly journal: Journal;
  /** The servers that models are asked at, with their limits. */
  readonly servers: Servers;
  /** A model by name; a simulated one knows the tasks of the benchmarks given to `teach`. */
  model(choice: ModelChoice): Model;
  /** An embedding model by name. */
  embedder(choice: EndpointChoice): Embedder;
  /** Tells the simulated server, should one be started, the answers of a benchmark's tasks, or of those given. */
  teach(benchmark: Benchmark, tasks?: readonly Task[]): void;
  /** Of the kind asked for, probed at the first call. */
  sandboxes(): Promise<Sandboxes>;
}

/** What is built in of a kind of model, and the option that names the endpoint of others. */
interface BuiltIn {
  readonly kind: string;
  readonly names: readonly string[];
  readonly option: string;
}
const CHAT: BuiltIn = { kind: "model", names: SIMULATED_MODELS, option: "--base-url" };
const EMBEDDING: BuiltIn = { kind: "embedding model", names: [EMBEDDING_MODEL], option: "--embedding-base-url" };
const REQUEST_TIMEOUT_MS = 30 * 60_000;

const BUBBLEWRAP: SandboxChoice = { kind: "bubblewrap", limits: DEFAULT_LIMITS };

/** Opens a session whose journal is at `journalPath`. */
export function openSession(io: Io, journalPath: string, options: SessionOptions = {}): Session {
  const closers: (() => unknown)[] = [];
  tellEmpty(io, journalPath);
  const journal = openJournal(journalPath, { offline: options.offline ?? false });
  tellLost(io, journal);
  const { limits = NO_LIMITS, prices = pricesOf(null) } = options;
  const spending = openSpending(options.spendingIn ?? null);
  const budget = openBudget({ limits, prices, spending });
  const taught: { benchmark: Benchmark; tasks: readonly Task[] }[] = [];
  const servers = openServers({ silenceMs: REQUEST_TIMEOUT_MS });
  const calls: Calls = { made: 0, fromJournal: 0 };
  const usage = new Map<Caller, Usage>();
  let sandboxes: Promise<Sandboxes & AsyncDisposable> | null = null;
  let simulator: Promise<string> | null = null;

  const count = (caller: Caller, call: Pick<Completion, "fromJournal" | "usage">) => {
    calls[call.fromJournal ? "fromJournal" : "made"] += 1;
    usage.set(caller, sumUsage([usage.get(caller) ?? NO_USAGE, call.usage]));
  };
  const onCall = ({ caller, completion }: CallTold) => count(caller, completion);

  return {
    calls,
    usage,
    spending,
    prices,
    journal,
    servers,
    cacheDirectory: cacheDirectoryOf(io),
    teach: (benchmark, tasks = benchmark.tasks) => void taught.push({ benchmark, tasks }),
    model: (choice) => {
      const { name, sampling } = choice;
      const { addresses, ...place } = placeOf(choice, CHAT, io);
      assertPriced({ model: name, endpoint: place.identity }, { limits, prices });
      return journalledModel({
        name,
        sampling,
        journal,
        budget,
        onCall,
        ...place,
        open: () => openPlace(choice, addresses),
      });
    },
    embedder: (choice) => {
      const { identity, addresses } = placeOf(choice, EMBEDDING, io);
      assertPriced({ model: choice.name, endpoint: identity }, { limits, prices });
      const open = () => openPlace(choice, addresses);
      return journalledEmbedder({
        name: choice.name,
        identity,
        journal,
        budget,
        open,
        onCall: (call) => count("embedder", call),
      });
    },
    sandboxes: () => {
      sandboxes ??= openSandboxesOf(options.sandbox ?? BUBBLEWRAP, definedOf(io.env));
      return sandboxes;
    },
    async [Symbol.asyncDispose]() {
      for (const close of closers.reverse()) await close();
      // One that could not be opened has told so already.
      await (await sandboxes?.catch(() => null))?.[Symbol.asyncDispose]();
      await servers[Symbol.asyncDispose]();
      journal[Symbol.dispose]();
    },
  };

  async function openPlace(choice: EndpointChoice, addresses: string): Promise<Endpoint> {
    const { maxRetries, retryMs, connections, keyOf } = choice;
    const baseUrl = addresses === "" ? await simulatorUrl() : addresses;
    const apiKey = (keyOf && io.env[keyVariable(keyOf)]) ?? io.env.OPENAI_API_KEY ?? "none";
    const bounds = { maxRetries, ...(retryMs !== undefined && { retryMs }), ...(connections && { connections }) };
    return openEndpoint({ baseUrl, apiKey, ...bounds, timeoutMs: REQUEST_TIMEOUT_MS, servers });
  }

  function simulatorUrl(): Promise<string> {
    simulator ??= startSimulated();
    return simulator;
  }

  async function startSimulated(): Promise<string> {
    const { startSimulator } = await import("../simulator/server.ts");
    const keys = await Promise.all(taught.map(({ benchmark, tasks }) => benchmark.answerKey(tasks)));
    const server = await startSimulator({ key: keys.flat(), latency: { kind: "zero" }, faults: { kind: "none" } });
    closers.push(() => server.close());
    return server.url;
  }
}

/** Where a model would be asked, as journal and fingerprint name it; nothing is opened. */
export function endpointOf(choice: EndpointChoice, io: Io): string {
  return placeOf(choice, CHAT, io).identity;
}

/** `OPENAI_API_KEY_ERROR_ANALYST`, `OPENAI_API_KEY_35B`: so that one provider need not be sent the key of another. */
function keyVariable(name: string): string {
  return `OPENAI_API_KEY_${name.toUpperCase().replace(/[^A-Z0-9]+/g, "_")}`;
}

interface Place {
  /** The first of the addresses: further ones are copies of it, so that adding or removing one pays nothing anew. */
  readonly identity: string;
  /** With commas; empty for the built-in simulated one. */
  readonly addresses: string;
  readonly simulated: boolean;
}

/** A process was killed between a call and its answer: what was paid for it is lost. */
function tellLost(io: Io, journal: Journal): void {
  const lost = journal.lost();
  if (lost === 0) return;
  io.err(
    `note: ${lost} ${lost === 1 ? "call was" : "calls were"} begun before by a process that ended without the answer; ` +
      "what is needed of them is asked for again, and may be paid twice",
  );
}

/** A file of no bytes is opened as a new journal; whoever had one there must hear of it. */
function tellEmpty(io: Io, path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.size !== 0) return;
  io.err(`note: the journal ${path} was there and empty: what was paid for before, if anything, is not in it`);
}

/** Endpoint and whether it is the built-in simulated one. */
function placeOf({ name, baseUrl }: EndpointChoice, { kind, names, option }: BuiltIn, io: Io): Place {
  const url = baseUrl ?? io.env.OPENAI_BASE_URL ?? null;
  const simulated = names.includes(name);
  if (baseUrl === null && simulated) return { identity: simulatorIdentity(), addresses: "", simulated };
  if (url === null) {
    throw new UsageError(
      `unknown ${kind} ${JSON.stringify(name)}: built in ${names.length > 1 ? "are" : "is"} ${names.join(" and ")}; for any other give ${option} http://HOST/v1 (or OPENAI_BASE_URL)`,
    );
  }
  const addresses = addressesOf(url, option);
  return { identity: addresses[0] ?? url, addresses: addresses.join(","), simulated };
}

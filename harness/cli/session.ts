/** What the verbs of one process share: journal, models, sandboxes, and the account of calls. */
import { UsageError } from "../errors.ts";
import { type Embedder, journalledEmbedder } from "../model/embeddings.ts";
import { type Journal, openJournal } from "../model/journal.ts";
import { journalledModel } from "../model/model.ts";
import { type Endpoint, openEndpoint } from "../model/openai.ts";
import { NO_USAGE, type Task, type Usage } from "../records.ts";
import type { Benchmark, Caller, Completion, Model, Sandboxes } from "../roles.ts";
import { EMBEDDING_MODEL } from "../simulator/embeddings.ts";
import { simulatorIdentity } from "../simulator/identity.ts";
import { sumUsage } from "../usage.ts";
import { cacheDirectoryOf } from "./benchmark-of.ts";
import type { Io } from "./io.ts";

export interface Calls {
  made: number;
  fromJournal: number;
}

export interface EndpointChoice {
  readonly name: string;
  readonly baseUrl: string | null;
  readonly maxRetries: number;
}

export interface ModelChoice extends EndpointChoice {
  readonly sampling: Readonly<Record<string, unknown>>;
}

export interface Session extends AsyncDisposable {
  readonly calls: Calls;
  readonly usage: Map<Caller, Usage>;
  readonly cacheDirectory: string;
  readonly journal: Journal;
  /** A model by name; a simulated one knows the tasks of the benchmarks given to `teach`. */
  model(choice: ModelChoice): Model;
  /** An embedding model by name. */
  embedder(choice: EndpointChoice): Embedder;
  /** Tells the simulated server, should one be started, the answers of a benchmark's tasks, or of those given. */
  teach(benchmark: Benchmark, tasks?: readonly Task[]): void;
  /** Bubblewrap, probed at the first call. */
  sandboxes(): Promise<Sandboxes>;
}

/** What is built in of a kind of model, and the option that names the endpoint of others. */
interface BuiltIn {
  readonly kind: string;
  readonly names: readonly string[];
  readonly option: string;
}
const CHAT: BuiltIn = { kind: "model", names: ["sim/small", "sim/large"], option: "--base-url" };
const EMBEDDING: BuiltIn = { kind: "embedding model", names: [EMBEDDING_MODEL], option: "--embedding-base-url" };
const REQUEST_TIMEOUT_MS = 30 * 60_000;

/** Opens a session whose journal is at `journalPath`. */
export function openSession(io: Io, journalPath: string): Session {
  const closers: (() => unknown)[] = [];
  const journal = openJournal(journalPath);
  const taught: { benchmark: Benchmark; tasks: readonly Task[] }[] = [];
  const calls: Calls = { made: 0, fromJournal: 0 };
  const usage = new Map<Caller, Usage>();
  let sandboxes: Promise<Sandboxes & AsyncDisposable> | null = null;
  let simulator: Promise<string> | null = null;

  const count = (caller: Caller, call: Pick<Completion, "fromJournal" | "usage">) => {
    calls[call.fromJournal ? "fromJournal" : "made"] += 1;
    usage.set(caller, sumUsage([usage.get(caller) ?? NO_USAGE, call.usage]));
  };
  const onCall = ({ caller, completion }: { caller: Caller; completion: Completion }) => count(caller, completion);

  return {
    calls,
    usage,
    journal,
    cacheDirectory: cacheDirectoryOf(io),
    teach: (benchmark, tasks = benchmark.tasks) => void taught.push({ benchmark, tasks }),
    model: (choice) => {
      const { name, sampling } = choice;
      const place = placeOf(choice, CHAT, io);
      return journalledModel({
        name,
        sampling,
        journal,
        onCall,
        ...place,
        open: () => openPlace(choice, place.identity),
      });
    },
    embedder: (choice) => {
      const { identity } = placeOf(choice, EMBEDDING, io);
      const open = () => openPlace(choice, identity);
      return journalledEmbedder({
        name: choice.name,
        identity,
        journal,
        open,
        onCall: (call) => count("embedder", call),
      });
    },
    sandboxes: () => {
      sandboxes ??= import("../sandbox/bubblewrap.ts").then((module) => module.openSandboxes());
      return sandboxes;
    },
    async [Symbol.asyncDispose]() {
      for (const close of closers.reverse()) await close();
      // One that could not be opened has told so already.
      await (await sandboxes?.catch(() => null))?.[Symbol.asyncDispose]();
      journal[Symbol.dispose]();
    },
  };

  async function openPlace({ baseUrl, maxRetries }: EndpointChoice, identity: string): Promise<Endpoint> {
    const url = identity.startsWith("simulated:") && baseUrl === null ? await simulatorUrl() : identity;
    const apiKey = io.env.OPENAI_API_KEY ?? "none";
    return openEndpoint({ baseUrl: url, apiKey, maxRetries, timeoutMs: REQUEST_TIMEOUT_MS });
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

/** Endpoint and whether it is the built-in simulated one. */
function placeOf(
  { name, baseUrl }: EndpointChoice,
  { kind, names, option }: BuiltIn,
  io: Io,
): { identity: string; simulated: boolean } {
  const url = baseUrl ?? io.env.OPENAI_BASE_URL ?? null;
  const simulated = names.includes(name);
  if (baseUrl === null && simulated) return { identity: simulatorIdentity(), simulated };
  if (url === null) {
    throw new UsageError(
      `unknown ${kind} ${JSON.stringify(name)}: built in ${names.length > 1 ? "are" : "is"} ${names.join(" and ")}; for any other give ${option} http://HOST/v1 (or OPENAI_BASE_URL)`,
    );
  }
  if (!URL.canParse(url))
    throw new UsageError(`${option} must be a URL such as http://localhost:8000/v1, found ${JSON.stringify(url)}`);
  return { identity: url.replace(/\/+$/, ""), simulated };
}

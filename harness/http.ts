/** Requests over HTTP: the only importer of undici. */
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { brotliDecompress, unzip, zstdDecompress } from "node:zlib";
import { buildConnector, Client, type Dispatcher, EnvHttpProxyAgent, errors, fetch } from "undici";

export interface HttpOptions {
  /** Of the process: `HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY` count, in either case. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Silence after which a request counts as failed, before and within the answer. */
  readonly silenceMs: number;
}

export interface HttpAnswer {
  readonly status: number;
  /** Null where there is no such header. */
  header(name: string): string | null;
  /** The bytes as they were sent. @throws Error when the connection breaks or falls silent */
  readonly body: AsyncIterable<Uint8Array>;
  /** Ends a body that is not wanted. */
  discard(): Promise<void>;
}

export interface Http extends AsyncDisposable {
  /** Follows redirects. @throws Error when no answer comes */
  get(url: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<HttpAnswer>;
}

/** Opens connections as they are needed; disposing closes them. */
export function openHttp({ env, silenceMs }: HttpOptions): Http {
  const of = (name: string) => env[name.toLowerCase()] ?? env[name] ?? "";
  const dispatcher = new EnvHttpProxyAgent({
    httpProxy: of("HTTP_PROXY"),
    httpsProxy: of("HTTPS_PROXY"),
    noProxy: of("NO_PROXY"),
    connect: { timeout: silenceMs },
    headersTimeout: silenceMs,
    bodyTimeout: silenceMs,
  });
  return {
    async get(url, headers, signal) {
      // A body that was packed on the way could neither be measured nor gone on with.
      const answer = await fetch(url, { headers: { ...headers, "accept-encoding": "identity" }, signal, dispatcher });
      const { body } = answer;
      return {
        status: answer.status,
        header: (name) => answer.headers.get(name),
        body: (body ?? []) as AsyncIterable<Uint8Array>,
        discard: async () => void (await body?.cancel().catch(() => {})),
      };
    },
    [Symbol.asyncDispose]: () => dispatcher.destroy(),
  };
}

/** One request whose answer is read whole: what calls of models are. */
export interface Exchange {
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  /** Left out with GET. */
  readonly body?: string | Uint8Array | LateBody | undefined;
  readonly signal: AbortSignal;
}

/**
 * A body that is made when its connection takes it. The answer of a model is waited for by minutes: a thousand whole chats,
 * kept for as long, would be most of what a run holds.
 */
export interface LateBody {
  readonly byteLength: number;
  /** Called once a try. */
  readonly make: () => Uint8Array;
}

export interface WholeAnswer {
  readonly status: number;
  /** Null where there is no such header. */
  header(name: string): string | null;
  readonly text: string;
}

export interface Exchanges extends AsyncDisposable {
  /**
   * Sends a request and reads its answer, whatever the status; follows no redirect and tries once.
   * @throws the signal's reason when it is aborted, which closes the connection, or ends it as soon as it is made; Error with a
   * `code` when no whole answer comes, `UND_ERR_DESTROYED` when these exchanges are disposed of
   */
  exchange(url: string, request: Exchange): Promise<WholeAnswer>;
}

/**
 * Servers of models close idle connections after 5 s (vLLM, and whatever else runs on uvicorn); a request that meets the end
 * of its connection is lost, so ours end first, whatever a server promises.
 */
const KEEP_IDLE_MS = 4_000;
/** An answer that is larger is cut off: no completion comes near it, and a hundred of them must fit into memory. */
export const MOST_ANSWER_BYTES = 64 * 1024 ** 2;
/** Of the silence that is borne: a body that still drips after that is ended, or blanks sent to keep a connection open would hold a call for ever. */
const LONGEST_BODY = 2;

/**
 * Opens connections as they are needed; idle ones do not keep the process, disposing closes them all.
 * @param silenceMs undici's own limit would end every request after 300 s without a byte, while the model is still thinking
 */
export function openExchanges({ silenceMs }: { readonly silenceMs: number }): Exchanges {
  const clients = openClients({
    headersTimeout: silenceMs,
    bodyTimeout: silenceMs,
    keepAliveTimeout: KEEP_IDLE_MS,
    keepAliveMaxTimeout: KEEP_IDLE_MS,
    maxResponseSize: MOST_ANSWER_BYTES,
    connect: buildConnector({}), // one for all, for it keeps the TLS sessions
  });
  return {
    async exchange(url, { method, headers, body, signal }) {
      signal.throwIfAborted();
      const { origin, pathname, search } = new URL(url);
      const request = { path: `${pathname}${search}`, method, ...sent(headers, body) };
      const longestMs = LONGEST_BODY * silenceMs;
      const answer = await clients.use(origin, (client) => answerOf(client, { request, signal, longestMs }));
      return wholeAnswer(answer, await textOf(answer));
    },
    [Symbol.asyncDispose]: clients[Symbol.asyncDispose],
  };
}

interface Clients extends AsyncDisposable {
  /** Lends a connection, which is closed when the work fails. */
  use<T>(origin: string, work: (client: Client) => Promise<T>): Promise<T>;
}

/** Not lent again before: servers that close a connection after an answer without having said so do it in this time. */
const REST_MS = 5;

interface Idle {
  readonly client: Client;
  readonly sinceMs: number;
}

/** Of those that have rested, the one given back last is lent first. undici's own pool looks through all of them for every request. */
function openClients(options: Client.Options): Clients {
  const open = new Set<Client>();
  const idle = new Map<string, Idle[]>();
  let isClosed = false;
  return {
    async use(origin, work) {
      if (isClosed) throw new errors.ClientDestroyedError();
      const free = idle.get(origin) ?? [];
      idle.set(origin, free);
      const rested = free.findLastIndex(({ sinceMs }) => performance.now() - sinceMs >= REST_MS);
      const client = free.splice(rested, rested < 0 ? 0 : 1)[0]?.client ?? new Client(origin, options);
      open.add(client);
      try {
        const result = await work(client);
        // In a later turn, for what else came with the answer is to be seen first, such as the connection's end.
        setImmediate(() => free.push({ client, sinceMs: performance.now() }));
        return result;
      } catch (error) {
        open.delete(client);
        await client.destroy();
        throw error;
      }
    },
    async [Symbol.asyncDispose]() {
      isClosed = true;
      await Promise.all([...open].map((client) => client.destroy()));
    },
  };
}

interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly pieces: readonly Uint8Array[];
}

interface Sent {
  readonly request: Dispatcher.DispatchOptions;
  readonly signal: AbortSignal;
  /** From the first byte of the answer, an interim one too, to its last. */
  readonly longestMs: number;
}

/** @throws the signal's reason at once, however far it is; the connection is to be closed then, and after every other failure */
async function answerOf(client: Client, { request, signal, longestMs }: Sent): Promise<RawAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<RawAnswer>();
  const onAbort = () => reject(signal.reason);
  const onLate = () => reject(Object.assign(new Error("the answer did not end"), { code: "ENDLESS_ANSWER" }));
  const pieces: Uint8Array[] = [];
  let [status, headers]: [number, RawAnswer["headers"]] = [0, {}];
  let timer: NodeJS.Timeout | undefined;
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    client.dispatch(request, {
      onRequestStart() {},
      onResponseStart(_, code, given) {
        timer ??= setTimeout(onLate, Math.min(longestMs, 2 ** 31 - 1));
        if (code < 200) return; // an interim answer
        [status, headers] = [code, given];
      },
      onResponseData: (_, piece) => void pieces.push(piece),
      onResponseEnd: () => resolve({ status, headers, pieces }),
      onResponseError: (_, error) => reject(error),
    });
    return await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}

/** Keeps neither the bytes, which whoever keeps the answer has as text, nor the request. */
function wholeAnswer({ status, headers }: Omit<RawAnswer, "pieces">, text: string): WholeAnswer {
  return { status, header: (name) => headerOf(headers[name]), text };
}

/** undici takes iterables, as its manual says and its types do not. */
type Sendable = Iterable<Uint8Array> & Readable;

/** Told its length, a server is sent no chunks, which some cannot read. */
function sent(
  headers: Exchange["headers"],
  body: Exchange["body"],
): Pick<Dispatcher.DispatchOptions, "headers" | "body"> {
  if (body === undefined) return { headers };
  if (typeof body === "string" || body instanceof Uint8Array) return { headers, body };
  return { headers: { ...headers, "content-length": String(body.byteLength) }, body: made(body) as Sendable };
}

function* made({ make }: LateBody): Iterable<Uint8Array> {
  yield make();
}

/** Answers are not asked for packed; some proxies pack them all the same. */
const UNPACK: Readonly<Record<string, (bytes: Uint8Array, options: { maxOutputLength: number }) => Promise<Buffer>>> = {
  gzip: promisify(unzip),
  "x-gzip": promisify(unzip),
  deflate: promisify(unzip),
  br: promisify(brotliDecompress),
  zstd: promisify(zstdDecompress),
};

const UTF8 = new TextDecoder();

/** @throws Error when it cannot be unpacked, or is too large then */
async function textOf({ headers, pieces }: RawAnswer): Promise<string> {
  const bytes = pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
  if (bytes.length === 0) return "";
  const unpack = UNPACK[headerOf(headers["content-encoding"])?.toLowerCase() ?? ""];
  return UTF8.decode(unpack === undefined ? bytes : await unpack(bytes, { maxOutputLength: MOST_ANSWER_BYTES }));
}

function headerOf(value: string | string[] | undefined): string | null {
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

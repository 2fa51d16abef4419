/** Requests over HTTP: the only importer of undici. */
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { brotliDecompress, unzip, zstdDecompress } from "node:zlib";
import { Agent, type Dispatcher, EnvHttpProxyAgent, fetch, request } from "undici";

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
   * @throws the signal's reason when it is aborted, which closes the connection; Error with a `code` when no whole answer comes,
   * `UND_ERR_DESTROYED` when these exchanges are disposed of
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
 * Connections for as many requests at once as are asked for; idle ones do not keep the process.
 * @param silenceMs undici's own limit would end every request after 300 s without a byte, while the model is still thinking
 */
export function openExchanges({ silenceMs }: { readonly silenceMs: number }): Exchanges {
  const dispatcher = new Agent({
    headersTimeout: silenceMs,
    bodyTimeout: silenceMs,
    keepAliveTimeout: KEEP_IDLE_MS,
    keepAliveMaxTimeout: KEEP_IDLE_MS,
    maxResponseSize: MOST_ANSWER_BYTES,
    connections: null,
  });
  return {
    async exchange(url, { method, headers, body, signal }) {
      const answer = await request(url, { dispatcher, method, signal, ...sent(headers, body) });
      const text = await readWhole(answer, LONGEST_BODY * silenceMs);
      return { status: answer.statusCode, header: (name) => headerOf(answer.headers[name]), text };
    },
    [Symbol.asyncDispose]: () => dispatcher.destroy(),
  };
}

/** undici takes iterables, as its manual says and its types do not. */
type Sendable = Iterable<Uint8Array> & Readable;

/** Told its length, a server is sent no chunks, which some cannot read. */
function sent(
  headers: Exchange["headers"],
  body: Exchange["body"],
): Pick<Dispatcher.RequestOptions, "headers" | "body"> {
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

async function readWhole({ headers, body }: Dispatcher.ResponseData, longestMs: number): Promise<string> {
  const late = () => body.destroy(Object.assign(new Error("the answer did not end"), { code: "ENDLESS_ANSWER" }));
  const timer = setTimeout(late, Math.min(longestMs, 2 ** 31 - 1));
  try {
    const unpack = UNPACK[headerOf(headers["content-encoding"])?.toLowerCase() ?? ""];
    if (unpack === undefined) return await body.text();
    const packed = await body.bytes();
    if (packed.length === 0) return ""; // such as a 204
    return new TextDecoder().decode(await unpack(packed, { maxOutputLength: MOST_ANSWER_BYTES }));
  } finally {
    clearTimeout(timer);
  }
}

function headerOf(value: string | string[] | undefined): string | null {
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

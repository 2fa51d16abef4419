/** Requests over HTTP: the only importer of undici. */
import { Agent, EnvHttpProxyAgent, fetch } from "undici";

export { Agent, fetch };

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

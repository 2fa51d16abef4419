/**
 * Bare requests to an endpoint, for looking at it: status, headers and words as they come, which clients of a run hide.
 * They go past the journal on purpose: what is asked for is the server as it is now. Each chat is counted.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../../errors.ts";
import { openExchanges } from "../../http.ts";
import { parseJson } from "../../mend-json.ts";

/** What a request came to. Nothing that a server does is thrown. */
export type Said =
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly text: string;
      /** The body where it is JSON, else undefined. */
      readonly json: unknown;
      header(name: string): string | null;
    }
  /** No whole answer in time. */
  | { readonly kind: "silent"; readonly seconds: number }
  /** No connection, or one that broke; `code` as the operating system names it. */
  | { readonly kind: "unreachable"; readonly code: string; readonly problem: string };

export interface WireOptions {
  /** Ends in `/v1` as a rule; without a slash at the end. */
  readonly baseUrl: string;
  readonly apiKey: string | null;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface Wire extends AsyncDisposable {
  readonly baseUrl: string;
  /** @param path below the base address */
  get(path: string): Promise<Said>;
  /** @param path below the server's root: the base address without its `/v1` */
  getNative(path: string): Promise<Said>;
  /** One chat completion; asked again where the server is busy (429, 503), and where the connection or the answer broke off. */
  chat(body: Readonly<Record<string, unknown>>): Promise<Said>;
  /** As `chat`, but given up after some seconds: for requests that a server either refuses at once or would answer at length. */
  peek(body: Readonly<Record<string, unknown>>): Promise<Said>;
  /** Chats sent so far. */
  sent(): number;
}

const LIST_TIMEOUT_MS = 15_000;
const NATIVE_TIMEOUT_MS = 5_000;
const PEEK_TIMEOUT_MS = 5_000;
const MOST_TRIES = 3;
const LONGEST_WAIT_MS = 20_000;
const BROKEN_WAIT_MS = 200;

/** Asks nothing yet. @throws the signal's reason, from any request, when it is aborted */
export function openWire({ baseUrl, apiKey, timeoutMs, signal }: WireOptions): Wire {
  const exchanges = openExchanges({ silenceMs: timeoutMs });
  const root = baseUrl.replace(/\/v\d+$/, "");
  const key = apiKey === null ? {} : { authorization: `Bearer ${apiKey}` };
  let sent = 0;

  const request = async (url: string, ms: number, body?: Readonly<Record<string, unknown>>): Promise<Said> => {
    const late = AbortSignal.timeout(ms);
    try {
      const { status, text, header } = await exchanges.exchange(url, {
        method: body === undefined ? "GET" : "POST",
        headers: { accept: "application/json", "content-type": "application/json", ...key },
        ...(body === undefined ? {} : { body: Buffer.from(JSON.stringify(body)) }),
        signal: AbortSignal.any([signal, late]),
      });
      return { kind: "answered", status, text, json: parseJson(text), header };
    } catch (error) {
      signal.throwIfAborted();
      if (late.aborted) return { kind: "silent", seconds: Math.round(ms / 1_000) };
      return { kind: "unreachable", ...causeOf(error) };
    }
  };

  const chat = async (body: Readonly<Record<string, unknown>>, ms: number): Promise<Said> => {
    for (let tries = 1; ; tries += 1) {
      sent += 1;
      const said = await request(`${baseUrl}/chat/completions`, ms, body);
      const waitMs = tries < MOST_TRIES ? waitAsked(said, tries) : null;
      if (waitMs === null) return said;
      await sleep(waitMs, undefined, { signal });
    }
  };

  return {
    baseUrl,
    get: (path) => request(`${baseUrl}${path}`, Math.min(timeoutMs, LIST_TIMEOUT_MS)),
    getNative: (path) => request(`${root}${path}`, Math.min(timeoutMs, NATIVE_TIMEOUT_MS)),
    chat: (body) => chat(body, timeoutMs),
    peek: (body) => chat(body, Math.min(timeoutMs, PEEK_TIMEOUT_MS)),
    sent: () => sent,
    [Symbol.asyncDispose]: () => exchanges[Symbol.asyncDispose](),
  };
}

const NO_CONNECTION = /^(ECONNREFUSED|ENOTFOUND|EHOSTUNREACH|ENETUNREACH)$/;

/** The wait before a further try; null where another would end the same, or the server wants to be left alone for longer than we wait. */
function waitAsked(said: Said, tries: number): number | null {
  if (said.kind === "silent") return null;
  if (said.kind === "unreachable") return NO_CONNECTION.test(said.code) ? null : BROKEN_WAIT_MS;
  if (said.status === 200 && said.json === undefined && /^\s*([{[]|$)/.test(said.text)) return BROKEN_WAIT_MS;
  if (![429, 503].includes(said.status)) return null;
  const asked = Number(said.header("retry-after") ?? Number.NaN);
  const waitMs = Number.isFinite(asked) && asked >= 0 ? asked * 1_000 : 1_000 * 2 ** (tries - 1);
  return waitMs <= LONGEST_WAIT_MS ? waitMs : null;
}

/** The innermost code: the operating system's error comes wrapped, or as one of several. */
function causeOf(error: unknown): { code: string; problem: string } {
  const inner = error instanceof AggregateError ? error.errors[0] : error instanceof Error ? error.cause : undefined;
  if (inner instanceof Error) return causeOf(inner);
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return { code, problem: messageOf(error) };
}

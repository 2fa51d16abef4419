/** Chat completions and embeddings on OpenAI-compatible servers: limits, retries, and failures told apart. */
import { SetupError } from "../errors.ts";
import type { WholeAnswer } from "../http.ts";
import { shapeProblem } from "../json.ts";
import { ModelError } from "../roles.ts";
import {
  addressesOf,
  type Connections,
  openServers,
  type Queue,
  type Server,
  type Servers,
  type Slot,
} from "./endpoints.ts";
import {
  type Asked,
  endingOf,
  errorOf,
  type Final,
  failureOfStatus,
  failureOfText,
  failureOfThrown,
  fieldOf,
  listed,
  type Passing,
} from "./failures.ts";
import { listModels } from "./model-list.ts";
import { usedUpMs } from "./rate-headers.ts";
import { type Answered, type Attempt, persist, type RetryBounds } from "./retry.ts";
import { bodyOf, type ChatRequest, type EmbeddingRequest } from "./wire.ts";

export interface Endpoint {
  /** The first of its servers: what stands for the endpoint in journal and fingerprint. */
  readonly baseUrl: string;
  /**
   * Sends one request for a chat completion, retrying what may pass.
   * @throws ContextLimitError; ModelError when it failed for good; SetupError for what the user must mend; the signal's reason
   */
  send(request: ChatRequest, signal: AbortSignal): Promise<Sent>;
  /** As `send`, for the embeddings of texts. */
  embed(request: EmbeddingRequest, signal: AbortSignal): Promise<Sent>;
}

export interface Sent {
  /** The server's own JSON, of whatever shape: `answer.ts` reads it. */
  readonly answer: unknown;
  /** Part of the time until the answer that was not the server's work on it: the queue, failed tries, waits between tries. */
  readonly waitedMs: number;
}

export interface EndpointOptions {
  /** One address, or several of the same model with commas: each call goes to the least busy. */
  readonly baseUrl: string;
  readonly apiKey: string;
  /** Tries after the first, for connection failures, silence, 408, 409, 425, 429 and 5xx. */
  readonly maxRetries: number;
  /** After the first failure of a call, no try begins later than this; 600 s where left out. */
  readonly retryMs?: number;
  /** Silence after which a try counts as failed; of no effect where `servers` is given. */
  readonly timeoutMs: number;
  /** Limits of its servers, where no other endpoint named them before. */
  readonly connections?: Connections;
  /** Those of the process, whose limits all endpoints share; its own where left out. */
  readonly servers?: Servers;
}

export const RETRY_MS = 600_000;

/** What all calls of an endpoint have in common. */
interface Line {
  readonly servers: Servers;
  readonly own: readonly Server[];
  readonly queue: Queue;
  readonly apiKey: string;
  readonly bounds: RetryBounds;
  readonly models: Map<string, readonly string[]>;
}

interface Post {
  readonly path: string;
  readonly body: ChatRequest | EmbeddingRequest;
}

/**
 * Opens an endpoint without asking it anything yet. Before the first request each server is asked for its models once, so that
 * a wrong address, key or model name is told at once and not after a thousand failed trials.
 */
export function openEndpoint(options: EndpointOptions): Endpoint {
  const servers = options.servers ?? openServers({ silenceMs: options.timeoutMs });
  const own = addressesOf(options.baseUrl).map((url) => servers.at(url, options.connections));
  const bounds = { maxRetries: options.maxRetries, maxMs: options.retryMs ?? RETRY_MS };
  const line: Line = { servers, own, queue: servers.queue(own), apiKey: options.apiKey, bounds, models: new Map() };
  const checked = new Map<string, Promise<void>>();
  const checkOnce = (model: string): Promise<void> => {
    const check = checked.get(model) ?? checkModel(line, model);
    checked.set(model, check);
    return check;
  };
  const deliver = async (post: Post, signal: AbortSignal) => {
    await untilAborted(checkOnce(post.body.model), signal);
    const { value, waitedMs } = await deliverOn(line, post, signal);
    return { answer: value, waitedMs };
  };
  return {
    baseUrl: own[0]?.url ?? options.baseUrl,
    send: (request, signal) => deliver({ path: "/chat/completions", body: request }, signal),
    embed: (request, signal) => deliver({ path: "/embeddings", body: request }, signal),
  };
}

/** @throws SetupError when a server cannot be used for that model */
async function checkModel({ servers, own, apiKey, models }: Line, model: string): Promise<void> {
  const lists = await Promise.all(
    own.map(async (server) => [server, await listModels(servers.exchanges, server.url, apiKey)] as const),
  );
  for (const [server, names] of lists) {
    models.set(server.url, names);
    if (names.length > 0 && !names.includes(model)) throw unknownModel(server.url, model, names);
  }
}

function unknownModel(url: string, model: string, names: readonly string[]): SetupError {
  return new SetupError(`${url} has no model ${JSON.stringify(model)}; it has: ${listed(names)}`);
}

function deliverOn(line: Line, post: Post, signal: AbortSignal): Promise<Answered<unknown>> {
  const { servers, own, queue, bounds } = line;
  let last: Server | null = null;
  return persist({
    ...bounds,
    signal,
    spread: servers.nextCall(),
    async attempt(tries) {
      if (tries > 0) servers.retried();
      const slot = await queue.acquire({ signal, after: last });
      last = slot.server;
      return tryAt(slot, line, post, signal);
    },
    giveUp(failure, tried) {
      const { url } = last ?? own[0] ?? { url: "" };
      const error = errorOf(failure, url, tried);
      if (!servers.watchdog.gaveUp(performance.now()) || error instanceof SetupError) return error;
      return new SetupError(
        `${url} does not answer any more: for over a minute every call failed as often as it was tried. The last: ${error.message}`,
      );
    },
  });
}

/** One try at one server; when this returns the connection is done with, then the place is given back. */
async function tryAt(slot: Slot, line: Line, post: Post, signal: AbortSignal): Promise<Attempt<unknown>> {
  const { server } = slot;
  const started = performance.now();
  const result = await ask(server, line, post, signal).catch((error: unknown) => {
    slot.leave({ kind: "neutral" });
    throw error;
  });
  const now = performance.now();
  if (result.kind === "answered") {
    server.proven = true;
    line.servers.watchdog.answered(now);
    slot.leave({ kind: "answered" });
    return { kind: "answered", value: result.value, tookMs: now - started };
  }
  if (result.kind === "passing") line.servers.watchdog.failed(`${server.url}: ${result.detail}`);
  slot.leave(endingOf(result, line.bounds.maxMs));
  return result;
}

type Answer = { readonly kind: "answered"; readonly value: unknown } | Passing | Final;

/** @throws the signal's reason alone */
async function ask(server: Server, line: Line, { path, body }: Post, signal: AbortSignal): Promise<Answer> {
  const asked: Asked = {
    baseUrl: server.url,
    model: body.model,
    images: showsImages(body),
    models: line.models.get(server.url) ?? [],
  };
  let answer: WholeAnswer;
  try {
    answer = await line.servers.exchanges.exchange(`${server.url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${line.apiKey}` },
      body: bodyOf(body),
      signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    return failureOfThrown(error, asked);
  }
  const usedUp = usedUpMs(answer);
  if (usedUp !== null && usedUp <= line.bounds.maxMs) server.limiter.pause(usedUp, performance.now());
  return read(answer, server, asked);
}

function read(answer: WholeAnswer, server: Server, asked: Asked): Answer {
  const json = parsed(answer.text);
  const failure = failureOfStatus(answer, statusOf(answer, json), asked);
  if (failure !== null) return failure;
  const problem = json === undefined ? null : shapeProblem(json);
  if (problem !== null)
    return { kind: "final", error: new ModelError(`${server.url} sent an answer of no use: ${problem}`) };
  if (json !== undefined) return { kind: "answered", value: json };
  const page = failureOfText(answer, asked);
  // A page in place of an answer, from a server that answered before: a proxy in between has a bad moment.
  if (page.fault !== "no-endpoint" || server.proven) return page;
  return { kind: "final", error: new SetupError(page.detail) };
}

/** Gateways wrap the failure of the server behind them in a success, with its status as the code. */
function statusOf({ status }: WholeAnswer, json: unknown): number {
  const code = fieldOf(fieldOf(json, "error"), "code");
  return status === 200 && fieldOf(json, "choices") === undefined && typeof code === "number" && code >= 400
    ? code
    : status;
}

/** Undefined for what is no JSON, which no JSON is. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function showsImages(body: ChatRequest | EmbeddingRequest): boolean {
  const messages: unknown = "messages" in body ? body.messages : [];
  return Array.isArray(messages) && messages.some((message: unknown) => Array.isArray(fieldOf(message, "content")));
}

/** @throws the signal's reason as soon as it is aborted, though the work goes on for others */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  return Promise.race([work, promise]).finally(() => signal.removeEventListener("abort", onAbort));
}

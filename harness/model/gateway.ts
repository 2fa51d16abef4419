/**
 * The run's own model for programs in a sandbox (`--network model`): chat completions on a socket in a folder of the trial,
 * and no way to anything else. Neither the server's address nor its key is inside; calls go through the journal as all others.
 */
import { chmod } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import pLimit, { type LimitFunction } from "p-limit";
import { z } from "zod";
import { messageOf, SetupError } from "../errors.ts";
import { hashJson } from "../hash.ts";
import { jsonProblem } from "../json.ts";
import { NO_USAGE, type Usage } from "../records.ts";
import { ContextLimitError, type Model, RefusedRequestError } from "../roles.ts";
import { sumUsage } from "../usage.ts";
import { answerBody, askedCall, GatewayRequest } from "./gateway-chat.ts";

export interface GatewayOptions {
  /** Where the socket is made. */
  readonly path: string;
  readonly model: Model;
  readonly seed: number;
  /** What is spent, in words, once its calls have taken as much as they may: further ones are refused. Null before. */
  readonly spent: (usage: Usage) => string | null;
  readonly signal: AbortSignal;
}

export interface Gateway extends AsyncDisposable {
  /** Of all calls so far. */
  readonly usage: Usage;
  /** @throws what stopped a call and is no fault of who asked: the trial ends as if its agent had met it */
  assertSound(): void;
}

const MAX_BODY_BYTES = 4 * 1024 ** 2;
/** Requests of one trial that are put to the model at once; others wait for their turn. */
const AT_ONCE = 16;
/** Further connections are closed. */
const MAX_CONNECTIONS = 128;
/** Requests under way, and their bytes: further ones are refused, for a single connection may bring them without end. */
const MAX_UNDER_WAY = 256;
const MAX_BYTES_UNDER_WAY = AT_ONCE * MAX_BODY_BYTES;
/** The kernel's limit for a socket's path. */
const MAX_PATH_BYTES = 107;

/** @throws SetupError when the path is too long for a socket */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const { path } = options;
  if (Buffer.byteLength(path) > MAX_PATH_BYTES)
    throw new SetupError(
      `--network model needs a shorter folder for temporary files: ${path} has more than ${MAX_PATH_BYTES} bytes, the most that a socket's path may have. Set TMPDIR=/tmp`,
    );
  const state: State = {
    ...{ usage: NO_USAGE, draws: new Map(), fault: null },
    ...{ underWay: 0, bytes: 0, inTurn: pLimit(AT_ONCE) },
  };
  const server = createServer((request, response) => void answer(request, response, options, state));
  server.maxConnections = MAX_CONNECTIONS;
  server.requestTimeout = 60_000; // to be received in
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  await chmod(path, 0o666); // where the tool runs as root, commands have a user of their own
  return {
    get usage() {
      return state.usage;
    },
    assertSound() {
      if (state.fault !== null) throw state.fault.error;
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

interface State {
  usage: Usage;
  /** How often each request was made: equal ones are answered anew, in the same order whenever the trial is repeated. */
  readonly draws: Map<string, number>;
  fault: { readonly error: unknown } | null;
  underWay: number;
  bytes: number;
  readonly inTurn: LimitFunction;
}

interface Answered {
  readonly status: number;
  readonly body: unknown;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: GatewayOptions,
  state: State,
): Promise<void> {
  const left = new AbortController();
  response.once("close", () => left.abort(new DOMException("who asked has gone", "AbortError")));
  const { status, body } = await answerTo(request, options, state, AbortSignal.any([options.signal, left.signal]));
  if (response.destroyed) return;
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function answerTo(
  request: IncomingMessage,
  options: GatewayOptions,
  state: State,
  signal: AbortSignal,
): Promise<Answered> {
  const { model } = options;
  const path = (request.url ?? "").split("?", 1)[0];
  if (request.method === "GET" && path === "/v1/models")
    return { status: 200, body: { object: "list", data: [{ id: model.name, object: "model" }] } };
  if (request.method !== "POST" || path !== "/v1/chat/completions")
    return refusal(404, "there is POST /v1/chat/completions and GET /v1/models");
  if (state.underWay >= MAX_UNDER_WAY || state.bytes >= MAX_BYTES_UNDER_WAY)
    return refusal(429, `${state.underWay} requests are under way: wait for their answers`);
  const held = { bytes: 0 };
  state.underWay += 1;
  try {
    const asked = await askedIn(request, state, held);
    if ("status" in asked) return asked;
    if (asked.model !== undefined && asked.model !== model.name)
      return refusal(404, `there is no model ${JSON.stringify(asked.model)}, only ${JSON.stringify(model.name)}`);
    return await state.inTurn(() => complete(asked, options, state, signal));
  } catch (error) {
    if (error instanceof ContextLimitError) return refusal(400, messageOf(error), { code: "context_length_exceeded" });
    // What a program wrote is its own fault: it would be a way out of a score.
    if (error instanceof RefusedRequestError) return refusal(400, error.said);
    if (!signal.aborted) state.fault ??= { error };
    return refusal(503, "the model cannot be asked now");
  } finally {
    state.underWay -= 1;
    state.bytes -= held.bytes;
  }
}

/** What is asked for, or what is answered to a request that asks for nothing that there is. */
async function askedIn(
  request: IncomingMessage,
  state: State,
  held: { bytes: number },
): Promise<GatewayRequest | Answered> {
  const text = await bodyOf(request, (bytes) => {
    held.bytes += bytes;
    state.bytes += bytes;
    return state.bytes <= MAX_BYTES_UNDER_WAY;
  }).catch(() => ""); // who asked has gone in the middle of it, or writes no HTTP
  if (text === null) return refusal(413, `a request has at most ${MAX_BODY_BYTES} bytes`);
  const asked = read(text);
  return typeof asked === "string" ? refusal(400, asked) : asked;
}

async function complete(
  asked: GatewayRequest,
  { model, seed, spent }: GatewayOptions,
  state: State,
  signal: AbortSignal,
): Promise<Answered> {
  signal.throwIfAborted(); // while it waited for its turn
  const gone = spent(state.usage);
  if (gone !== null) return refusal(429, `the trial's ${gone} are spent`, { code: "insufficient_quota" });
  const call = askedCall(asked);
  const key = hashJson(call);
  const draw = state.draws.get(key) ?? 0;
  state.draws.set(key, draw + 1);
  const completion = await model.complete({ ...call, caller: "agent", seed, draw, signal });
  state.usage = sumUsage([state.usage, completion.usage]);
  return { status: 200, body: answerBody(`${key.slice(0, 12)}-${draw}`, model.name, completion) };
}

/**
 * Null when it is too long; all of it is taken, as long as it comes in time, for nobody reads an answer while writing.
 * @param take told the bytes that are to be kept; whether there is room for them
 */
async function bodyOf(request: IncomingMessage, take: (bytes: number) => boolean): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let isTooLong = false;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    isTooLong ||= bytes > MAX_BODY_BYTES || !take(chunk.length);
    if (isTooLong) chunks.length = 0;
    else chunks.push(chunk);
  }
  if (isTooLong) return null;
  return Buffer.concat(chunks).toString("utf8");
}

/** Or why it cannot be read. */
function read(text: string): GatewayRequest | string {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return "the body is no JSON";
  }
  const problem = jsonProblem(json);
  if (problem !== null) return problem;
  const parsed = GatewayRequest.safeParse(json);
  return parsed.success ? parsed.data : z.prettifyError(parsed.error);
}

function refusal(status: number, message: string, more: Record<string, string> = {}): Answered {
  return { status, body: { error: { message, type: "invalid_request_error", ...more } } };
}

/**
 * The run's own model for programs in a sandbox (`--network model`): chat completions on a socket in a folder of the trial,
 * and no way to anything else. Neither the server's address nor its key is inside; calls go through the journal as all others.
 */
import { chmod } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { z } from "zod";
import { messageOf, SetupError } from "../errors.ts";
import { hashJson } from "../hash.ts";
import { jsonProblem } from "../json.ts";
import { NO_USAGE, type Usage } from "../records.ts";
import { ContextLimitError, type Model } from "../roles.ts";
import { sumUsage } from "../usage.ts";
import { answerBody, askedCall, GatewayRequest } from "./gateway-chat.ts";

export interface GatewayOptions {
  /** Where the socket is made. */
  readonly path: string;
  readonly model: Model;
  readonly seed: number;
  /** Input and output tokens of all its calls; at the limit further ones are refused. */
  readonly tokens: number;
  readonly signal: AbortSignal;
}

export interface Gateway extends AsyncDisposable {
  /** Of all calls so far. */
  readonly usage: Usage;
  /** @throws what stopped a call and is no fault of who asked: the trial ends as if its agent had met it */
  assertSound(): void;
}

const MAX_BODY_BYTES = 4 * 1024 ** 2;
/** Requests of one trial that are answered at once; the rest waits for its turn in the connection. */
const MAX_CONNECTIONS = 16;
/** The kernel's limit for a socket's path. */
const MAX_PATH_BYTES = 107;

/** @throws SetupError when the path is too long for a socket */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const { path } = options;
  if (Buffer.byteLength(path) > MAX_PATH_BYTES)
    throw new SetupError(
      `--network model needs a shorter folder for temporary files: ${path} has more than ${MAX_PATH_BYTES} bytes, the most that a socket's path may have. Set TMPDIR=/tmp`,
    );
  const state: State = { usage: NO_USAGE, draws: new Map(), fault: null };
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
  try {
    const text = await bodyOf(request);
    if (text === null) return refusal(413, `a request has at most ${MAX_BODY_BYTES} bytes`);
    const asked = read(text);
    if (typeof asked === "string") return refusal(400, asked);
    if (asked.model !== undefined && asked.model !== model.name)
      return refusal(404, `there is no model ${JSON.stringify(asked.model)}, only ${JSON.stringify(model.name)}`);
    return await complete(asked, options, state, signal);
  } catch (error) {
    if (error instanceof ContextLimitError) return refusal(400, messageOf(error), { code: "context_length_exceeded" });
    if (!signal.aborted) state.fault ??= { error };
    return refusal(503, "the model cannot be asked now");
  }
}

async function complete(
  asked: GatewayRequest,
  { model, seed, tokens }: GatewayOptions,
  state: State,
  signal: AbortSignal,
): Promise<Answered> {
  if (state.usage.inputTokens + state.usage.outputTokens >= tokens)
    return refusal(429, `the trial's ${tokens} tokens are spent`, { code: "insufficient_quota" });
  const call = askedCall(asked);
  const key = hashJson(call);
  const draw = state.draws.get(key) ?? 0;
  state.draws.set(key, draw + 1);
  const completion = await model.complete({ ...call, caller: "agent", seed, draw, signal });
  state.usage = sumUsage([state.usage, completion.usage]);
  return { status: 200, body: answerBody(`${key.slice(0, 12)}-${draw}`, model.name, completion) };
}

/** Null when it is too long; all of it is taken, as long as it comes in time, for nobody reads an answer while writing. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) chunks.length = 0;
    else chunks.push(chunk);
  }
  if (bytes > MAX_BODY_BYTES) return null;
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

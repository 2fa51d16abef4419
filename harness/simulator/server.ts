/**
 * The simulated model's server: OpenAI-compatible chat completions and embeddings on loopback (design section 8).
 * A statistical stand-in, never a model: its list of models and every reply of it say so.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { z } from "zod";
import { hasCode, messageOf, SetupError } from "../errors.ts";
import { sha256 } from "../hash.ts";
import type { AnswerKey } from "./answer-key.ts";
import { type Chat, ChatRequest, type Role, readChat } from "./chat.ts";
import { makeCompletion } from "./completion.ts";
import { EMBEDDING_MODEL, EmbeddingRequest, embeddingAnswer } from "./embeddings.ts";
import { type Fault, type Faults, faultOf } from "./faults.ts";
import { simulatorIdentity } from "./identity.ts";
import { countTokens, type Latency, wait } from "./latency.ts";
import { respond } from "./respond.ts";
import { modelName, SIZES } from "./sizes.ts";
import { indexTasks, type TaskIndex } from "./task-index.ts";
import { refuse, send, sendError, sendJson } from "./transport.ts";

export interface SimulatorOptions {
  /** 0, or left out: any free one. */
  readonly port?: number;
  readonly key: AnswerKey;
  /** How long calls really take; not at all where left out. */
  readonly latency?: Latency;
  readonly faults?: Faults;
}

/** What was asked since the start. */
export interface RequestCounts {
  /** Chat completions, those that were refused or failed on purpose included. */
  readonly total: number;
  /** Those that got a reply. */
  readonly answered: number;
  readonly byRole: Readonly<Partial<Record<Role | "none", number>>>;
  readonly faults: Readonly<Partial<Record<Fault, number>>>;
}

export interface Simulator {
  /** Base address for clients; ends in `/v1`. */
  readonly url: string;
  readonly port: number;
  readonly identity: string;
  requests(): RequestCounts;
  /** Ends all connections, those with a call under way as well. */
  close(): Promise<void>;
}

interface World {
  readonly identity: string;
  readonly tasks: TaskIndex;
  readonly latency: Latency;
  readonly faults: Faults;
  readonly counts: {
    total: number;
    answered: number;
    byRole: Partial<Record<Role | "none", number>>;
    faults: Partial<Record<Fault, number>>;
  };
  /** Number of tries so far, by hash of the request; kept only where faults are on. */
  readonly tries: Map<string, number>;
  readonly closing: AbortSignal;
}

/** @throws SetupError when the port is taken */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { port = 0, key, latency = { kind: "zero" }, faults = { kind: "none" } } = options;
  const closing = new AbortController();
  const world: World = {
    identity: simulatorIdentity(key),
    tasks: indexTasks(key),
    latency,
    faults,
    counts: { total: 0, answered: 0, byRole: {}, faults: {} },
    tries: new Map(),
    closing: closing.signal,
  };
  const server = createServer((request, response) => {
    handle(world, request, response).catch((error: unknown) => {
      if (closing.signal.aborted || response.destroyed) return; // the client left, or we did
      sendError(response, 500, {
        message: `the simulated model failed: ${messageOf(error)}`,
        type: "server_error",
        code: null,
      });
    });
  });
  await listen(server, port);
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${bound}/v1`,
    port: bound,
    identity: world.identity,
    requests: () => structuredClone(world.counts),
    close: async () => {
      closing.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function listen(server: Server, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject).listen(port, "127.0.0.1", resolve);
  await promise.catch((error: unknown) => {
    if (!hasCode(error, "EADDRINUSE")) throw error;
    throw new SetupError(`the simulated model cannot listen on port ${port}: it is taken. Choose another with --port`, {
      cause: error,
    });
  });
  server.keepAliveTimeout = 60_000; // clients keep sockets for some seconds between two turns; a server that closes first causes resets
}

async function handle(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const route = `${request.method} ${request.url?.split("?")[0]}`;
  switch (route) {
    case "POST /v1/chat/completions":
      return complete(world, await buffer(request), response);
    case "POST /v1/embeddings":
      return embed(world, await buffer(request), response);
    case "GET /v1/models":
      return sendJson(response, 200, {
        object: "list",
        data: [
          ...Object.values(SIZES).map((size) => ({
            ...modelEntry(modelName(size.name)),
            max_model_len: size.contextTokens,
          })),
          modelEntry(EMBEDDING_MODEL),
        ],
      });
    case "GET /stats":
    case "GET /v1/stats":
      return sendJson(response, 200, { simulated: true, identity: world.identity, ...world.counts });
    default:
      return sendError(response, 404, {
        message: `no such address: ${route}`,
        type: "invalid_request_error",
        code: "not_found",
      });
  }
}

function modelEntry(id: string) {
  return { id, object: "model", created: 0, owned_by: "simulated: a stand-in, not a language model", simulated: true };
}

async function complete(world: World, bytes: Buffer, response: ServerResponse): Promise<void> {
  world.counts.total += 1;
  const request = parseRequest(bytes, ChatRequest, "chat completion");
  if (typeof request === "string")
    return sendError(response, 400, { message: request, type: "invalid_request_error", code: "bad_request" });
  const chat = readChat(request);
  if (chat === null) return sendError(response, 404, unknownModel(request.model));
  const { prompt } = countTokens(request, { text: "", calls: [] }, "");
  if (prompt > chat.size.contextTokens) return sendError(response, 400, tooLong(prompt, chat.size.contextTokens));

  const id = sha256(bytes);
  const fault = nextFault(world, id);
  if (fault !== null && refuse(world.faults, fault, response)) return;
  const completion = makeCompletion(respond(chat, world.tasks), { request, size: chat.size.name, id, fault });
  count(world, chat);
  await wait(world.latency, completion.simulatedMs, world.closing);
  const { faults, closing: signal } = world;
  await send({ completion, fault, stream: request.stream === true, faults, signal }, response);
}

/** Not among the counts of chat completions; has their faults of transport. */
async function embed(world: World, bytes: Buffer, response: ServerResponse): Promise<void> {
  const request = parseRequest(bytes, EmbeddingRequest, "request for embeddings");
  if (typeof request === "string")
    return sendError(response, 400, { message: request, type: "invalid_request_error", code: "bad_request" });
  if (request.model !== EMBEDDING_MODEL) return sendError(response, 404, unknownModel(request.model));
  const fault = nextFault(world, sha256(bytes));
  if (fault !== null && refuse(world.faults, fault, response)) return;
  sendJson(response, 200, embeddingAnswer(request));
}

function parseRequest<T>(bytes: Buffer, schema: z.ZodType<T>, kind: string): T | string {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    return `the request body is no JSON: ${messageOf(error)}`;
  }
  const read = schema.safeParse(json);
  return read.success ? read.data : `the request is no ${kind}: ${z.prettifyError(read.error)}`;
}

function unknownModel(model: string) {
  const served = Object.values(SIZES).map(({ name }) => modelName(name));
  const message = `The model ${JSON.stringify(model)} does not exist here; this server simulates ${served.join(" and ")}, and embeddings as ${EMBEDDING_MODEL}.`;
  return { message, type: "invalid_request_error", code: "model_not_found" };
}

function tooLong(tokens: number, most: number) {
  const message = `This model's maximum context length is ${most} tokens, but the request has ${tokens}.`;
  return { message, type: "invalid_request_error", code: "context_length_exceeded" };
}

function nextFault({ faults, tries, counts }: World, id: string): Fault | null {
  if (faults.kind === "none") return null;
  const attempt = tries.get(id) ?? 0;
  tries.set(id, attempt + 1);
  const fault = faultOf(faults, id, attempt);
  if (fault !== null) counts.faults[fault] = (counts.faults[fault] ?? 0) + 1;
  return fault;
}

function count({ counts }: World, { role }: Chat): void {
  counts.answered += 1;
  counts.byRole[role ?? "none"] = (counts.byRole[role ?? "none"] ?? 0) + 1;
}

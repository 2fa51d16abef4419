/** Chat completions and embeddings on an OpenAI-compatible server: the only importer of the openai package. */
import { setTimeout as sleep } from "node:timers/promises";
import OpenAI, { APIConnectionError, APIConnectionTimeoutError, APIError, APIUserAbortError } from "openai";
import { z } from "zod";
import { messageOf, SetupError } from "../errors.ts";
import { Agent, fetch as undiciFetch } from "../http.ts";
import type { ImageReference, Message } from "../records.ts";
import { ContextLimitError, ModelError } from "../roles.ts";

/** The body of a request as it is sent: what the journal keys by, endpoint and draw aside. */
export type ChatRequest = Readonly<Record<string, unknown>> & { readonly model: string };

export interface EmbeddingRequest {
  readonly model: string;
  readonly input: readonly string[];
}

export interface Endpoint {
  readonly baseUrl: string;
  /** Sends one request, retrying what may pass. The answer is the server's own JSON. */
  send(request: ChatRequest, signal: AbortSignal): Promise<ChatAnswer>;
  /** As `send`, for the embeddings of texts; what was answered may be anything. */
  embed(request: EmbeddingRequest, signal: AbortSignal): Promise<unknown>;
}

export interface EndpointOptions {
  readonly baseUrl: string;
  readonly apiKey: string;
  /** Tries after the first, for connection failures, 408, 409, 429 and 5xx, with growing waits that honour Retry-After. */
  readonly maxRetries: number;
  readonly timeoutMs: number;
}

const TokenCount = z.number().nonnegative().nullish();

/** What is read of an answer; everything else the server sent is kept beside it. */
export const ChatAnswer = z.looseObject({
  choices: z
    .array(
      z.looseObject({
        finish_reason: z.string().nullish(),
        message: z.looseObject({
          content: z.string().nullish(),
          reasoning: z.string().nullish(),
          reasoning_content: z.string().nullish(),
          tool_calls: z
            .array(
              z.looseObject({
                id: z.string().nullish(),
                function: z.looseObject({ name: z.string(), arguments: z.string().nullish() }),
              }),
            )
            .nullish(),
        }),
      }),
    )
    .min(1),
  usage: z
    .looseObject({
      prompt_tokens: TokenCount,
      completion_tokens: TokenCount,
      prompt_tokens_details: z.looseObject({ cached_tokens: TokenCount }).nullish(),
      completion_tokens_details: z.looseObject({ reasoning_tokens: TokenCount }).nullish(),
    })
    .nullish(),
  simulated_ms: z.number().nonnegative().nullish(),
});
export type ChatAnswer = z.infer<typeof ChatAnswer>;

/** vLLM, SGLang, llama.cpp and OpenAI each word it in their own way. */
const CONTEXT_LIMIT =
  /context.?(length|size|window)|maximum context|too many tokens|exceeds? the (available|model'?s)|context_length_exceeded/i;

/**
 * Opens an endpoint without asking it anything yet. Before the first request it is asked for its models once, so that a
 * wrong address, key or model name is told at once and not after a thousand failed trials.
 */
export function openEndpoint(options: EndpointOptions): Endpoint {
  const client = clientOf(options);
  const known = new Map<string, Promise<void>>();
  const checkOnce = (model: string): Promise<void> => {
    const check = known.get(model) ?? checkModel(client, options, model);
    known.set(model, check);
    return check;
  };
  return {
    baseUrl: options.baseUrl,
    async send(request, signal) {
      await checkOnce(request.model);
      return send(client, options, request, signal);
    },
    async embed(request, signal) {
      await checkOnce(request.model);
      return post(client, options, { path: "/embeddings", body: request }, signal);
    },
  };
}

function clientOf({ baseUrl, apiKey, maxRetries, timeoutMs }: EndpointOptions): OpenAI {
  // undici's own limits would end a request after 300 s of silence, and keep sockets longer than vLLM does (5 s).
  const dispatcher = new Agent({
    headersTimeout: timeoutMs,
    bodyTimeout: 0,
    keepAliveTimeout: 4_000,
    connections: null,
  });
  const fetch = (url: string | URL | Request, init?: RequestInit) =>
    undiciFetch(url as string, { ...(init as object), dispatcher }) as unknown as Promise<Response>;
  return new OpenAI({ baseURL: baseUrl, apiKey, maxRetries, timeout: timeoutMs, fetch });
}

async function checkModel(client: OpenAI, { baseUrl }: EndpointOptions, model: string): Promise<void> {
  const answer: unknown = await client.models
    .list({ timeout: 15_000, maxRetries: 2 })
    .then((page) => page.data)
    .catch((error: unknown) => {
      if (error instanceof APIError && [404, 405, 501].includes(error.status ?? 0)) return undefined; // no such list here
      throw explained(error, baseUrl);
    });
  const models = z.array(z.looseObject({ id: z.string() })).safeParse(answer);
  if (answer !== undefined && !models.success) throw notAnEndpoint(baseUrl, answer);
  const names = models.data?.map(({ id }) => id) ?? [];
  if (names.length > 0 && !names.includes(model)) {
    throw new SetupError(`${baseUrl} has no model ${JSON.stringify(model)}; it has: ${names.slice(0, 20).join(", ")}`);
  }
}

async function send(
  client: OpenAI,
  options: EndpointOptions,
  request: ChatRequest,
  signal: AbortSignal,
): Promise<ChatAnswer> {
  const answer = await post(client, options, { path: "/chat/completions", body: request }, signal);
  const parsed = ChatAnswer.safeParse(answer);
  if (parsed.success) return parsed.data;
  if (typeof answer === "string") throw notAnEndpoint(options.baseUrl, answer);
  const [issue] = parsed.error.issues;
  throw new ModelError(
    `${options.baseUrl} answered something else than a chat completion: ${issue?.path.join(".")}: ${issue?.message}`,
  );
}

/** The package retries until the first byte of an answer; one that breaks off after it is asked for again here. */
async function post(
  client: OpenAI,
  options: EndpointOptions,
  { path, body }: { path: string; body: ChatRequest | EmbeddingRequest },
  signal: AbortSignal,
): Promise<unknown> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await client.post(path, { body, signal });
    } catch (error) {
      signal.throwIfAborted();
      if (!isBrokenOff(error) || tries >= options.maxRetries) {
        throw imageProblem(error, body, options.baseUrl) ?? explained(error, options.baseUrl);
      }
      await sleep(Math.min(8_000, 250 * 2 ** tries), undefined, { signal });
    }
  }
}

function isBrokenOff(error: unknown): boolean {
  if (error instanceof APIError) return false;
  return (
    error instanceof SyntaxError || /terminated|other side closed|premature|socket|ECONNRESET/i.test(messageOf(error))
  );
}

/** Tells what the user must mend from what spoils one call. */
function explained(error: unknown, baseUrl: string): Error {
  if (error instanceof APIUserAbortError) return error;
  if (error instanceof APIConnectionTimeoutError)
    return new ModelError(`${baseUrl} did not answer in time`, { cause: error });
  if (error instanceof APIConnectionError) return unreachable(error, baseUrl);
  if (!(error instanceof APIError)) return new ModelError(`${baseUrl}: ${messageOf(error)}`, { cause: error });
  const text = `${error.status ?? ""} ${error.message}`.slice(0, 500);
  if (error.status === 401 || error.status === 403) {
    return new SetupError(`${baseUrl} refused the key (${error.status}). Set OPENAI_API_KEY to a key that it takes`, {
      cause: error,
    });
  }
  if (error.status === 404) {
    return new SetupError(
      `${baseUrl} knows no such address or model (404: ${error.message.slice(0, 200)}). --base-url usually ends in /v1`,
      { cause: error },
    );
  }
  if (CONTEXT_LIMIT.test(text)) return new ContextLimitError(text, { cause: error });
  return new ModelError(`${baseUrl} answered ${text}`, { cause: error });
}

/** vLLM, SGLang, llama.cpp, OpenAI and servers for text alone each say in their own way that they take no image. */
const NO_IMAGES =
  /image_url|mmproj|at most \d+ (image|multimodal)|not (a )?multi-?modal|(image|vision|multi-?modal)\b.{0,60}(not|n't|only|un)\s?(supported|enabled|available|accepted)|(not|n't) (support|accept|take).{0,40}(image|vision|multi-?modal)|content.{0,40}(valid|be a) string/i;

/** What the user must mend about the images of a request: it comes back with every trial, so the run stops; null for all else. */
function imageProblem(
  error: unknown,
  { model, ...request }: ChatRequest | EmbeddingRequest,
  baseUrl: string,
): SetupError | null {
  const messages: unknown = "messages" in request ? request.messages : [];
  const hasImages = Array.isArray(messages) && messages.some(({ content }) => Array.isArray(content));
  if (!hasImages || !(error instanceof APIError) || error.status === undefined) return null;
  const said = error.message.slice(0, 300);
  if (error.status === 413) {
    return new SetupError(
      `${baseUrl} takes no request as large as one with these images (${said}). Allow larger ones there, or send smaller images with --image-side`,
      {
        cause: error,
      },
    );
  }
  if (error.status < 400 || [401, 403, 404, 429].includes(error.status) || !NO_IMAGES.test(said)) return null;
  return new SetupError(
    `${baseUrl} did not take the images of a task (${said}). Choose a model that sees images, let the server take several a request ` +
      `(vLLM: --limit-mm-per-prompt; llama.cpp: --mmproj), or leave out benchmarks of documents; the model is ${JSON.stringify(model)}`,
    { cause: error },
  );
}

function unreachable(error: Error, baseUrl: string): Error {
  const cause = error.cause instanceof Error ? error.cause : error;
  const code = "code" in cause ? String(cause.code) : "";
  const inner = cause.cause instanceof Error && "code" in cause.cause ? String(cause.cause.code) : code;
  if (["ECONNREFUSED", "ENOTFOUND", "EHOSTUNREACH", "ENETUNREACH", "EAI_AGAIN", "ERR_INVALID_URL"].includes(inner)) {
    return new SetupError(
      `nothing answers at ${baseUrl} (${inner}). Is the model server running, and is --base-url right?`,
      { cause: error },
    );
  }
  return new ModelError(`the connection to ${baseUrl} failed: ${inner} ${cause.message}`.trim(), { cause: error });
}

function notAnEndpoint(baseUrl: string, answer: unknown): SetupError {
  const start = typeof answer === "string" ? answer : (JSON.stringify(answer) ?? "nothing");
  return new SetupError(
    `${baseUrl} is no OpenAI-compatible endpoint: expected JSON, found ${JSON.stringify(start.slice(0, 80))}. --base-url usually ends in /v1`,
  );
}

/** A message of ours in the words of the protocol; what stands for an image is the caller's to say. */
export function toWire(message: Message, urlOf: (image: ImageReference) => string): Record<string, unknown> {
  switch (message.role) {
    case "system":
      return { role: "system", content: message.content };
    case "user": {
      const { content, images = [] } = message;
      if (images.length === 0) return { role: "user", content };
      const shown = images.map((image) => ({ type: "image_url", image_url: { url: urlOf(image) } }));
      return { role: "user", content: [{ type: "text", text: content }, ...shown] };
    }
    case "tool":
      return { role: "tool", tool_call_id: message.toolCallId, content: message.content };
    case "assistant":
      return {
        role: "assistant",
        content: message.content === "" && message.toolCalls.length > 0 ? null : message.content,
        ...(message.reasoning === null ? {} : { [message.reasoning.field]: message.reasoning.text }),
        ...(message.toolCalls.length === 0
          ? {}
          : {
              tool_calls: message.toolCalls.map(({ id, name, arguments: text }) => ({
                id,
                type: "function",
                function: { name, arguments: text },
              })),
            }),
      };
    default:
      return message satisfies never;
  }
}

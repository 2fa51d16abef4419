/**
 * What went wrong with a call, told apart by what is to be done: try again (it may pass), give the call up, end the trial as
 * too long, or let the user mend it. Told by status, code and the words of the servers; never parsed again elsewhere.
 */
import { messageOf, SetupError } from "../errors.ts";
import { MOST_ANSWER_BYTES, type WholeAnswer } from "../http.ts";
import { ContextLimitError, ModelError, RefusedRequestError } from "../roles.ts";
import type { Ending } from "./limiter.ts";
import { retryAfterMs } from "./rate-headers.ts";

/** A failure that may pass: tried again, in bounds. */
export interface Passing {
  readonly kind: "passing";
  readonly fault: "unreachable" | "broken-off" | "timeout" | "too-much" | "server-error" | "no-endpoint";
  /** For people. */
  readonly detail: string;
  /** How long the server wants to be left alone; null when it does not say. */
  readonly retryAfterMs: number | null;
}

/** A failure that comes back however often the call is tried. */
export interface Final {
  readonly kind: "final";
  readonly error: Error;
}

/** What a failure is read in the light of. */
export interface Asked {
  readonly baseUrl: string;
  readonly model: string;
  /** The request shows images. */
  readonly images: boolean;
  /** Models that the server listed; empty when it has no list. */
  readonly models: readonly string[];
}

/**
 * How the limiter takes it.
 * @param maxMs longest rest that a server is given, whatever it asks for: calls that wait would wait for a year
 */
export function endingOf(failure: Passing | Final, maxMs: number): Ending {
  if (failure.kind === "final") return { kind: "neutral" };
  const { fault, retryAfterMs: asked } = failure;
  if (fault === "too-much") return { kind: "too-much", retryAfterMs: asked === null ? null : Math.min(asked, maxMs) };
  return { kind: failure.fault === "unreachable" ? "unreachable" : "faulty" };
}

/** Of a request without an answer: no connection, a broken one, silence. */
export function failureOfThrown(error: unknown, { baseUrl }: Asked): Passing | Final {
  const passing = (fault: Passing["fault"], detail: string): Passing => ({
    kind: "passing",
    fault,
    detail,
    retryAfterMs: null,
  });
  const code = codeOf(error);
  if (UNREACHABLE.has(code)) return passing("unreachable", code);
  if (SILENT.has(code)) return passing("timeout", `no answer in time (${code})`);
  if (BROKEN_OFF.has(code)) return passing("broken-off", `the connection broke off (${code})`);
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID" || /CERT|SELF_SIGNED|ERR_SSL/.test(code)) {
    return final(new SetupError(`${baseUrl} cannot be trusted or speaks no TLS (${code})`, { cause: error }));
  }
  if (code === "UND_ERR_DESTROYED") {
    return final(new ModelError(`${baseUrl} is not asked any more: its connections are closed`, { cause: error }));
  }
  if (TOO_LARGE.has(code)) {
    const most = MOST_ANSWER_BYTES / 1024 ** 2;
    return final(new ModelError(`${baseUrl} sent an answer of more than ${most} MB`, { cause: error }));
  }
  return passing("broken-off", `the connection failed: ${code} ${messageOf(error)}`.trim());
}

/** Of an answer that is no success; null for one that is. */
export function failureOfStatus(answer: WholeAnswer, status: number, asked: Asked): Passing | Final | null {
  if (status >= 200 && status < 300) return null;
  const said = saidIn(answer.text);
  const detail = `${status} ${said}`.trim();
  const image = asked.images ? imageProblem(status, said, asked) : null;
  if (image !== null) return final(image);
  if (status === 429 && NO_QUOTA.test(answer.text)) {
    return final(new SetupError(`${asked.baseUrl} has no allowance left for this key (${detail})`));
  }
  if (TOO_LONG_STATUS.has(status) && tellsContextLimit(answer.text)) return final(new ContextLimitError(detail));
  if (status === 429 || status === 503 || status === 529) {
    return { kind: "passing", fault: "too-much", detail, retryAfterMs: retryAfterMs(answer) };
  }
  if (PASSING_STATUS.has(status) || (status >= 500 && status !== 501 && status !== 505)) {
    return { kind: "passing", fault: "server-error", detail, retryAfterMs: retryAfterMs(answer) };
  }
  return final(finalError(status, said, answer, asked));
}

/** Of an answer of 200 that is no JSON: cut off where it began as JSON, else a page of something in between. */
export function failureOfText({ text }: WholeAnswer, { baseUrl }: Asked): Passing {
  const start = text.trimStart();
  if (start === "" || start.startsWith("{") || start.startsWith("[")) {
    const detail = `the answer broke off after ${text.length} characters`;
    return { kind: "passing", fault: "broken-off", detail, retryAfterMs: null };
  }
  return { kind: "passing", fault: "no-endpoint", detail: notAnEndpoint(baseUrl, text).message, retryAfterMs: null };
}

/** What is thrown when a failure did not pass. */
export function errorOf({ fault, detail }: Passing, baseUrl: string, tried: string): Error {
  const told = `${baseUrl}: ${detail}${tried}`;
  switch (fault) {
    case "unreachable":
      return new SetupError(
        `nothing answers at ${baseUrl} (${detail})${tried}. Is the model server running, and is --base-url right?`,
      );
    case "no-endpoint":
      return new SetupError(`${detail}${tried}`);
    case "broken-off":
    case "timeout":
    case "too-much":
    case "server-error":
      return new ModelError(told);
    default:
      return fault satisfies never;
  }
}

export function notAnEndpoint(baseUrl: string, text: string): SetupError {
  return new SetupError(
    `${baseUrl} is no OpenAI-compatible endpoint: expected JSON, found ${JSON.stringify(text.slice(0, 80))}. --base-url usually ends in /v1`,
  );
}

/** Codes of the operating system and of undici. */
const UNREACHABLE = new Set([
  ...["ECONNREFUSED", "ENOTFOUND", "EHOSTUNREACH", "ENETUNREACH", "EAI_AGAIN"],
  ...["EHOSTDOWN", "ETIMEDOUT", "UND_ERR_CONNECT_TIMEOUT"],
]);
const SILENT = new Set(["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT", "ENDLESS_ANSWER"]);
/** Of undici, and of an answer that was packed. */
const TOO_LARGE = new Set(["UND_ERR_RES_EXCEEDED_MAX_SIZE", "ERR_BUFFER_TOO_LARGE"]);
const BROKEN_OFF = new Set([
  "ECONNRESET",
  "EPIPE",
  "UND_ERR_SOCKET",
  "ECONNABORTED",
  "UND_ERR_RES_CONTENT_LENGTH_MISMATCH",
]);
/** Request timeout, conflict, too early: OpenAI's own client tries these again as well. */
const PASSING_STATUS = new Set([408, 409, 425]);
const NO_QUOTA = /insufficient_quota|billing_not_active|exceeded your current quota/i;

/** Said of the request itself, not of who sends it or of the server's state. */
const REFUSED_STATUS = new Set([400, 413, 422]);
/** llama.cpp answered 500 to a prompt that is too long before it answered 400; some gateways answer 413 or 422. */
const TOO_LONG_STATUS = new Set([400, 413, 422, 500]);
/**
 * vLLM ("maximum context length is", "longer than the maximum model length of", "exceeds max_model_len"), SGLang ("longer than
 * the model's context length", "exceeds the maximum allowed length"), llama.cpp ("exceeds the available context size",
 * `exceed_context_size_error`, of old "too big compared to KV size"), OpenAI (`context_length_exceeded`, "exceeds the context
 * window"), TGI ("must be <="), TensorRT-LLM ("should not exceed max_num_tokens"), Gemini and xAI behind their compatible addresses.
 */
const CONTEXT_LIMIT =
  /context.?(length|size|window)|context_length_exceeded|exceed_context_size|maximum (context|model|allowed|input|prompt) length|maximum number of tokens|max_(model_len|seq_len|num_tokens)|KV size|prompt (is )?too long|input.{0,40}too long|too many tokens|exceeds? the (available|model'?s)|`?inputs`? tokens? .{0,40}must be <=/i;
/** A field that is called so, or a dump of settings, is no complaint about length. */
const TOO_MUCH =
  /exceed|too (long|large|big|many)|long(er)? (than|for)|larger|greater|reduce|overflow|maximum|must be <=/i;

export function tellsContextLimit(body: string): boolean {
  const words = body.slice(0, 4_000);
  return CONTEXT_LIMIT.test(words) && TOO_MUCH.test(words);
}

function final(error: Error): Final {
  return { kind: "final", error };
}

function finalError(status: number, said: string, answer: WholeAnswer, asked: Asked): Error {
  const { baseUrl, model, models } = asked;
  if (status === 401 || status === 403) {
    return new SetupError(`${baseUrl} refused the key (${status}). Set OPENAI_API_KEY to a key that it takes`);
  }
  if (status === 404) {
    const known = models.length === 0 ? "" : `; the model is ${JSON.stringify(model)}, it listed: ${listed(models)}`;
    return new SetupError(
      `${baseUrl} knows no such address or model (404: ${said})${known}. --base-url usually ends in /v1`,
    );
  }
  if (status >= 300 && status < 400) {
    const to = answer.header("location") ?? "elsewhere";
    return new SetupError(`${baseUrl} sends on to ${to} (${status}): give the address it means with --base-url`);
  }
  const told = `${baseUrl} answered ${status} ${said}`.trim();
  return REFUSED_STATUS.has(status) ? new RefusedRequestError(told, said) : new ModelError(told);
}

export function listed(models: readonly string[]): string {
  const more = models.length > 20 ? `, and ${models.length - 20} more` : "";
  return models.slice(0, 20).join(", ") + more;
}

/** vLLM, SGLang, llama.cpp, OpenAI and servers for text alone each say in their own way that they take no image. */
const NO_IMAGES =
  /image_url|mmproj|at most \d+ (image|multimodal)|not (a )?multi-?modal|(image|vision|multi-?modal)\b.{0,60}(not|n't|only|un)\s?(supported|enabled|available|accepted)|(not|n't) (support|accept|take).{0,40}(image|vision|multi-?modal)|content.{0,40}(valid|be a) string/i;

/** What the user must mend about images: it comes back with every trial, so the run stops; null for all else. */
function imageProblem(status: number, said: string, { baseUrl, model }: Asked): SetupError | null {
  if (status === 413) {
    return new SetupError(
      `${baseUrl} takes no request as large as one with these images (${said}). Allow larger ones there, or send smaller images with --image-side`,
    );
  }
  if (status < 400 || [401, 403, 404, 429].includes(status) || !NO_IMAGES.test(said)) return null;
  return new SetupError(
    `${baseUrl} did not take the images of a task (${said}). Choose a model that sees images, let the server take several a request ` +
      `(vLLM: --limit-mm-per-prompt; llama.cpp: --mmproj), or leave out benchmarks of documents; the model is ${JSON.stringify(model)}`,
  );
}

const MOST_SAID = 300;

/** What an error body says, whoever wrote it: `error.message`, `message`, `detail`, or the words of a page. */
export function saidIn(body: string): string {
  const text = wordsIn(body) ?? body.replace(/<(style|script)[\s\S]*?<\/\1>|<[^>]*>/gi, " ");
  return text.replace(/\s+/g, " ").trim().slice(0, MOST_SAID);
}

function wordsIn(body: string): string | null {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return null;
  }
  const told = [fieldOf(fieldOf(json, "error"), "message"), fieldOf(json, "error"), fieldOf(json, "message")];
  const found = [...told, fieldOf(json, "detail")].find((value) => typeof value === "string");
  return typeof found === "string" ? found : body;
}

export function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && name in value
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

/** The innermost code: what a connection failed of may be told by an error within an error. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  const own = "code" in error ? String(error.code) : "";
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]) || own;
  return codeOf(error.cause) || own;
}

/** How answers and faults go over the wire. */
import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Completion } from "./completion.ts";
import { CONTEXT_ERRORS } from "./context-errors.ts";
import type { Fault, Faults } from "./faults.ts";

/** Answers with a fault that leaves no reply; false for the others. */
export function refuse(faults: Faults, fault: Fault, response: ServerResponse): boolean {
  switch (fault) {
    case "rate-limit-retry-after": {
      const seconds = faults.kind === "none" ? 1 : (faults.retryAfterSeconds ?? 1);
      response.setHeader("retry-after", String(seconds));
      sendError(response, 429, {
        message: "Rate limit reached. Try again later.",
        type: "rate_limit_error",
        code: "rate_limit_exceeded",
      });
      return true;
    }
    case "rate-limit":
      sendError(response, 429, {
        message: "Rate limit reached.",
        type: "rate_limit_error",
        code: "rate_limit_exceeded",
      });
      return true;
    case "server-error":
      sendError(response, 500, { message: "Internal server error.", type: "server_error", code: null });
      return true;
    case "unavailable":
      sendError(response, 503, { message: "The server is overloaded.", type: "server_error", code: "overloaded" });
      return true;
    case "gateway-page":
      response.writeHead(502, { "content-type": "text/html" }).end(GATEWAY_PAGE);
      return true;
    case "reset":
      response.socket?.resetAndDestroy();
      return true;
    case "context-vllm":
    case "context-vllm-prompt":
    case "context-sglang":
    case "context-sglang-input":
    case "context-llama.cpp":
    case "context-openai":
      sendJson(response, CONTEXT_ERRORS[fault].status, CONTEXT_ERRORS[fault].body);
      return true;
    default:
      return false;
  }
}

const GATEWAY_PAGE =
  "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><center><h1>502 Bad Gateway</h1></center></body>\r\n</html>\r\n";

export interface Sending {
  readonly completion: Completion;
  readonly fault: Fault | null;
  readonly stream: boolean;
  readonly faults: Faults;
  readonly signal: AbortSignal;
}

/** @throws the signal's reason when it is aborted between the pieces of a slow answer */
export async function send(
  { completion, fault, stream, faults, signal }: Sending,
  response: ServerResponse,
): Promise<void> {
  const pieces = stream ? eventsOf(completion) : inQuarters(JSON.stringify(completion.body));
  const sent = fault === "truncated" ? halfOf(pieces) : pieces;
  response.writeHead(
    200,
    stream
      ? { "content-type": "text/event-stream", "cache-control": "no-cache" }
      : { "content-type": "application/json" },
  );
  const pauseMs = fault === "slow" && faults.kind !== "none" ? (faults.slowMs ?? 200) : 0;
  if (pauseMs === 0) {
    response.end(sent.join(""));
    return;
  }
  for (const piece of sent) {
    if (response.destroyed) return;
    response.write(piece);
    await sleep(pauseMs, undefined, { signal: signal });
  }
  response.end();
}

function eventsOf(completion: Completion): string[] {
  return [...completion.chunks().map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`), "data: [DONE]\n\n"];
}

function inQuarters(text: string): string[] {
  const length = Math.ceil(text.length / 4);
  return [0, 1, 2, 3].map((index) => text.slice(index * length, (index + 1) * length));
}

/** Half of the text, so that it ends within an object. */
function halfOf(pieces: readonly string[]): string[] {
  const text = pieces.join("");
  return [text.slice(0, Math.floor(text.length / 2))];
}

export function sendError(
  response: ServerResponse,
  status: number,
  error: { message: string; type: string; code: string | null },
): void {
  sendJson(response, status, { error: { ...error, param: null } });
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

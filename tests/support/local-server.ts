import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface LocalServer {
  /** With `/v1`. */
  readonly url: string;
  /** Bodies of the chat requests that came, in order. */
  readonly requests: Record<string, unknown>[];
  close(): Promise<void>;
}

export type Answer = (request: Record<string, unknown>, response: ServerResponse, count: number) => void;

/** A chat completion with that text. */
export function completion(content: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: "c",
    object: "chat.completion",
    choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content, ...more } }],
    usage: { prompt_tokens: 7, completion_tokens: 3 },
  };
}

export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

/** A real HTTP server on loopback that the test ends by its own handle; `/v1/models` lists `served`. */
export async function localServer(answer: Answer, served: readonly string[] = ["m"]): Promise<LocalServer> {
  const requests: Record<string, unknown>[] = [];
  const server = createServer((request, response) => {
    void readBody(request).then((text) => {
      if (request.url === "/v1/models")
        return sendJson(response, { object: "list", data: served.map((id) => ({ id })) });
      const body: Record<string, unknown> = JSON.parse(text);
      requests.push(body);
      return answer(body, response, requests.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  onTestFinished(close);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, requests, close };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface RawServer {
  /** With `/v1`. */
  readonly url: string;
  /** Paths that were asked for, in order. */
  readonly paths: readonly string[];
  /** Chat requests whose connection the client ended before the answer. */
  readonly aborted: () => number;
  close(): Promise<void>;
}

/**
 * A real HTTP server on loopback that answers as it is told, the question for its models included; `count` counts the chat
 * requests from 1, and is 0 for all else. The body of each request is read before.
 */
export async function rawServer(
  answer: (request: IncomingMessage, response: ServerResponse, count: number) => void,
  { keepAliveTimeout = 5_000 } = {},
): Promise<RawServer> {
  const paths: string[] = [];
  let chats = 0;
  let aborted = 0;
  const server = createServer((request, response) => {
    paths.push(request.url ?? "");
    const isChat = request.url === "/v1/chat/completions";
    const count = isChat ? ++chats : 0;
    response.on("close", () => {
      if (isChat && !response.writableEnded) aborted += 1;
    });
    request.resume().on("end", () => answer(request, response, count));
  });
  server.keepAliveTimeout = keepAliveTimeout;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  onTestFinished(close);
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/v1`, paths, aborted: () => aborted, close };
}

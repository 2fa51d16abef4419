/** A real HTTP server of files on loopback, with the faults that downloads meet. */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface Served {
  body: Uint8Array;
  /** Null for a server that names none. */
  etag?: string | null;
  /** False for one that ignores Range. */
  ranges?: boolean;
  /** Answers that end after so many bytes, by a reset; one an entry, then none. */
  resets?: number[];
  /** Answers that fall silent after so many bytes, with the line open; one an entry, then none. */
  holds?: number[];
  /** Statuses that come first; one an entry. */
  statuses?: number[];
  /** Where it redirects to instead. */
  location?: string;
}

export interface FileServer {
  readonly url: string;
  readonly files: Record<string, Served>;
  /** Path, range and status of each request, in order. */
  readonly log: { path: string; range: string | null; ifRange: string | null; status: number; sent: number }[];
}

export async function fileServer(files: Record<string, Served>): Promise<FileServer> {
  const log: FileServer["log"] = [];
  const server = createServer((request, response) => void answer(request, response, files, log));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, files, log };
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  files: FileServer["files"],
  log: FileServer["log"],
): Promise<void> {
  const path = request.url ?? "/";
  const file = files[path];
  const range = request.headers.range ?? null;
  const entry = {
    path,
    range,
    ifRange: (request.headers["if-range"] as string | undefined) ?? null,
    status: 0,
    sent: 0,
  };
  log.push(entry);
  const end = (status: number, headers: Record<string, string> = {}) => {
    entry.status = status;
    response.writeHead(status, headers).end();
  };
  const status = file?.statuses?.shift();
  if (file === undefined) return end(404);
  if (status !== undefined) return end(status, status === 429 ? { "retry-after": "0" } : {});
  if (file.location !== undefined) return end(302, { location: file.location });
  const etag = file.etag === undefined ? `"${sha256Of(file.body).slice(0, 8)}"` : file.etag;
  const from = Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0);
  const fresh = entry.ifRange === null || entry.ifRange === etag;
  const partial = from > 0 && file.ranges !== false && fresh;
  if (partial && from >= file.body.length) return end(416, { "content-range": `bytes */${file.body.length}` });
  const body = partial ? file.body.subarray(from) : file.body;
  entry.status = partial ? 206 : 200;
  response.writeHead(entry.status, {
    "content-length": String(body.length),
    ...(etag === null ? {} : { etag }),
    ...(partial ? { "content-range": `bytes ${from}-${file.body.length - 1}/${file.body.length}` } : {}),
  });
  const held = file.holds?.shift();
  if (held !== undefined) return void response.write(body.subarray(0, held));
  const reset = file.resets?.shift();
  entry.sent = Math.min(reset ?? body.length, body.length);
  if (reset === undefined) return void response.end(body);
  // The bytes are let through before the line is cut, or the client would see none of them.
  response.write(body.subarray(0, reset), () => setTimeout(() => response.destroy(), 50));
}

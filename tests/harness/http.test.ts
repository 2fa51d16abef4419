import { createServer, request as send } from "node:http";
import { type AddressInfo, connect, createServer as createPlainServer, type Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { openExchanges, openHttp } from "../../harness/http.ts";
import { fileServer } from "../support/file-server.ts";

/** A real proxy on loopback, for tunnels and plain requests; tells whom it was asked for. */
async function proxy(): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    request.pipe(send(request.url ?? "", (answer) => answer.pipe(response.writeHead(answer.statusCode ?? 500))));
  });
  server.on("connect", (request, socket) => {
    asked.push(request.url ?? "");
    const [host = "", port = ""] = (request.url ?? "").split(":");
    const target = connect(Number(port), host, () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      target.pipe(socket);
      socket.pipe(target);
    });
    for (const end of [target, socket]) end.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

async function get(env: Record<string, string>, url: string): Promise<string> {
  await using http = openHttp({ env, silenceMs: 5_000 });
  const answer = await http.get(url, {}, new AbortController().signal);
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer.body) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

test("requests go through the proxy of the environment, except to hosts that it excludes", async () => {
  const server = await fileServer({ "/a": { body: Buffer.from("alpha") } });
  const { url, asked } = await proxy();

  const through = await get({ HTTP_PROXY: url }, `${server.url}/a`);
  const around = await get({ http_proxy: url, no_proxy: "127.0.0.1" }, `${server.url}/a`);
  const without = await get({}, `${server.url}/a`);

  expect([through, around, without]).toEqual(["alpha", "alpha", "alpha"]);
  expect(asked).toHaveLength(1);
});

test("a late body is made once a try, when its connection is there, sent with its length, and whole though it is long", async () => {
  const got: { length: string | undefined; chunked: string | undefined; body: string }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { "content-length": length, "transfer-encoding": chunked } = request.headers;
    got.push({ length, chunked, body: Buffer.concat(chunks).toString() });
    response.end("done");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  await using exchanges = openExchanges({ silenceMs: 5_000 });
  const bytes = Buffer.from("é".repeat(1_000_000));
  let made = 0;
  const make = () => {
    made += 1;
    return bytes;
  };
  const body = { byteLength: bytes.byteLength, make };
  const { signal } = new AbortController();
  const post = (url: string) => exchanges.exchange(url, { method: "POST", headers: {}, body, signal });

  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { text } = await post(url);
  await expect(post("http://127.0.0.1:1")).rejects.toThrow();
  const madeForNobody = made - 1;
  await post(url);

  expect({ text, made, madeForNobody }).toEqual({ text: "done", made: 2, madeForNobody: 0 });
  const wanted = { length: "2000000", chunked: undefined, body: bytes.toString() };
  expect(got).toEqual([wanted, wanted]);
});

test("a connection serves one request after the other; what is aborted or breaks closes its own, and no other", async () => {
  const connections = new Set<number | undefined>();
  let closed = 0;
  const server = createServer((request, response) => {
    connections.add(request.socket.remotePort);
    if (request.url === "/never") return void response.writeHead(200).write("{");
    if (request.url === "/early") response.writeEarlyHints({ link: "</style>; rel=preload" });
    if (request.url === "/broken") return void request.socket.destroy();
    response.end(`\uFEFFanswer ${request.url}`);
  });
  server.on("connection", (socket) =>
    socket.on("close", () => {
      closed += 1;
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  await using exchanges = openExchanges({ silenceMs: 5_000 });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const get = (path: string, signal = new AbortController().signal) =>
    exchanges.exchange(`${url}${path}`, { method: "GET", headers: {}, signal });

  const texts: string[] = [];
  for (const path of ["/a?b=1", "/early", "/c"]) {
    texts.push((await get(path)).text);
    await sleep(30); // an end that comes late is seen
  }
  expect(texts).toEqual(["answer /a?b=1", "answer /early", "answer /c"]); // without its byte order mark
  expect(connections.size).toBe(1);

  const stop = new AbortController();
  const reason = new Error("enough");
  const [hung, beside] = [get("/never", stop.signal), get("/d")];
  await beside;
  stop.abort(reason);
  await expect(hung).rejects.toBe(reason);
  await expect.poll(() => closed).toBe(1);
  await sleep(30);
  await expect(get("/broken")).rejects.toMatchObject({ code: "UND_ERR_SOCKET" });
  await expect(get("/e", AbortSignal.abort(reason))).rejects.toBe(reason);
  expect((await get("/f")).status).toBe(200);
});

test("a server that closes connections after answers without having said so costs no request", async () => {
  const server = createPlainServer((socket) =>
    socket.on("error", () => {}).on("data", () => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")),
  );
  const url = await listening(server);
  await using exchanges = openExchanges({ silenceMs: 5_000 });
  const ask = async () => (await exchanges.exchange(url, { method: "GET", headers: {}, signal: NEVER })).text;

  const texts: string[] = [];
  for (let count = 0; count < 100; count += 1) texts.push(await ask());

  expect(texts).toEqual(Array(100).fill("ok"));
});

test("once disposed of, nothing is asked any more, and what was under way has ended", async () => {
  let requests = 0;
  const server = createServer(() => {
    requests += 1;
  });
  const url = await listening(server);
  const exchanges = openExchanges({ silenceMs: 5_000 });
  const ask = () => exchanges.exchange(url, { method: "GET", headers: {}, signal: NEVER });
  const underWay = ask();
  const ended = expect(underWay).rejects.toMatchObject({ code: "UND_ERR_DESTROYED" });
  await expect.poll(() => requests).toBe(1);

  await exchanges[Symbol.asyncDispose]();

  await ended;
  await expect(ask()).rejects.toMatchObject({ code: "UND_ERR_DESTROYED" });
  expect(requests).toBe(1);
});

test("an answer without bytes is not unpacked, whatever its head says", async () => {
  const server = createServer((_, response) => response.writeHead(204, { "content-encoding": "gzip" }).end());
  const url = await listening(server);
  await using exchanges = openExchanges({ silenceMs: 5_000 });

  const answer = await exchanges.exchange(url, { method: "GET", headers: {}, signal: NEVER });

  expect(answer).toMatchObject({ status: 204, text: "" });
});

const NEVER = new AbortController().signal;

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

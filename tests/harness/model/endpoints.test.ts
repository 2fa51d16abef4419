/** Several servers for one model, the queue before them, and the limit of each. */
import type { ServerResponse } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { SetupError, UsageError } from "../../../harness/errors.ts";
import { addressesOf, type Connections, openServers } from "../../../harness/model/endpoints.ts";
import { openEndpoint } from "../../../harness/model/openai.ts";
import { completion, sendJson } from "../../support/local-server.ts";
import { type RawServer, rawServer } from "../../support/raw-server.ts";

const NEVER = new AbortController().signal;

interface Busy extends RawServer {
  readonly answered: () => number;
  readonly most: () => number;
}

/** Answers each chat request after `ms`, and knows how many it had at once. */
async function busyServer(ms: number, served = "m"): Promise<Busy> {
  let [now, most, answered] = [0, 0, 0];
  const server = await rawServer((_, response, count) => {
    if (count === 0) return sendJson(response, { data: [{ id: served }] });
    now += 1;
    most = Math.max(most, now);
    setTimeout(() => {
      now -= 1;
      answered += 1;
      sendJson(response, completion("hi"));
    }, ms);
  });
  return { ...server, answered: () => answered, most: () => most };
}

function endpointAt(urls: readonly string[], connections: Connections, maxRetries = 3) {
  const servers = openServers({ silenceMs: 5_000 });
  onTestFinished(() => servers[Symbol.asyncDispose]());
  const options = { apiKey: "k", maxRetries, timeoutMs: 5_000, servers, connections };
  const endpoint = openEndpoint({ baseUrl: urls.join(","), ...options });
  const send = (n: number, signal = NEVER) =>
    endpoint.send({ model: "m", messages: [{ role: "user", content: String(n) }] }, signal);
  return { servers, send, endpoint, options };
}

test("no more calls are under way than the limit, and those that wait get in in order", async () => {
  const server = await busyServer(150);
  const { send, servers } = endpointAt([server.url], { floor: 1, cap: 4 });
  const order: number[] = [];
  const calls = Array.from({ length: 12 }, (_, n) => send(n).then(() => order.push(n)));
  await expect.poll(() => servers.state()).toMatchObject({ inFlight: 4, waiting: 8, limit: 4 });
  await Promise.all(calls);
  expect(server.most()).toBe(4);
  expect(order.slice(0, 4).every((n) => n < 4)).toBe(true);
  expect(order.slice(-4).every((n) => n >= 8)).toBe(true);
});

test("two servers share the calls by how busy they are: the quick one answers most", async () => {
  const [quick, slow] = [await busyServer(10), await busyServer(100)];
  const { send, endpoint } = endpointAt([quick.url, slow.url], { floor: 1, cap: 5 });
  await Promise.all(Array.from({ length: 80 }, (_, n) => send(n)));
  expect(quick.answered() + slow.answered()).toBe(80);
  expect(quick.answered()).toBeGreaterThan(2 * slow.answered());
  expect(slow.answered()).toBeGreaterThanOrEqual(5);
  expect(endpoint.baseUrl).toBe(quick.url);
});

test("a server that goes away in the middle leaves its calls to the other, and none is lost", async () => {
  const [stays, goes] = [await busyServer(10), await busyServer(10)];
  const { send } = endpointAt([stays.url, goes.url], { floor: 1, cap: 5 });
  await Promise.all(Array.from({ length: 10 }, (_, n) => send(n)));
  const calls = Array.from({ length: 40 }, (_, n) => send(100 + n));
  await goes.close();
  const answers = await Promise.all(calls);
  expect(answers).toHaveLength(40);
  expect(answers.every(({ answer }) => JSON.stringify(answer).includes("hi"))).toBe(true);
});

test("every server is asked for its models before the first call: a wrong one among several is named", async () => {
  const [right, wrong] = [await busyServer(1), await busyServer(1, "other")];
  const { send } = endpointAt([right.url, wrong.url], { floor: 1, cap: 5 });
  await expect(send(1)).rejects.toBeInstanceOf(SetupError);
  await expect(send(1)).rejects.toThrow(`${wrong.url} has no model "m"; it has: other`);
  expect(right.paths).toEqual(["/v1/models"]);
});

test("two models at one server share its limit", async () => {
  const server = await busyServer(20);
  const { send, options } = endpointAt([server.url], { floor: 1, cap: 3 });
  const other = openEndpoint({ baseUrl: server.url, ...options });
  const ask = (n: number) => other.send({ model: "m", messages: [], n }, NEVER);
  await Promise.all(Array.from({ length: 10 }, (_, n) => [send(n), ask(n)]).flat());
  expect(server.answered()).toBe(20);
  expect(server.most()).toBe(3);
});

test("a call that is aborted while it waits leaves the queue, and the others go on", async () => {
  const server = await busyServer(400);
  const { send, servers } = endpointAt([server.url], { floor: 1, cap: 1 });
  const abort = new AbortController();
  const first = send(1);
  await expect.poll(() => servers.state().inFlight).toBe(1);
  const second = send(2, abort.signal);
  const third = send(3);
  await expect.poll(() => servers.state().waiting).toBe(2);
  abort.abort(new Error("stop"));
  await expect(second).rejects.toThrow("stop");
  await Promise.all([first, third]);
  expect(server.answered()).toBe(2);
  expect(servers.state()).toMatchObject({ inFlight: 0, waiting: 0 });
});

test("a server that takes 8 at once and turns the others away answers all, with few turned away", async () => {
  let [now, refused] = [0, 0];
  const server = await rawServer((_, response: ServerResponse, count) => {
    if (count === 0) return sendJson(response, { data: [{ id: "m" }] });
    if (now >= 8) {
      refused += 1;
      response.writeHead(429, { "retry-after-ms": "20" }).end();
      return;
    }
    now += 1;
    setTimeout(() => {
      now -= 1;
      sendJson(response, completion("hi"));
    }, 15);
  });
  const { send, servers } = endpointAt([server.url], { floor: 1, cap: 64 }, 20);
  await Promise.all(Array.from({ length: 300 }, (_, n) => send(n)));
  expect(servers.state().limit).toBeLessThanOrEqual(16);
  expect(refused).toBeLessThan(300);
});

test.each([
  ["http://a:1/v1/, http://b:2/v1", ["http://a:1/v1", "http://b:2/v1"]],
  ["http://a:1/v1,http://a:1/v1/", ["http://a:1/v1"]],
])("addresses %s are read", (text, urls) => {
  expect(addressesOf(text)).toEqual(urls);
});

test.each(["", "a:1", "localhost:8000/v1", "http://a:1/v1,", "http://"])("%j is no address", (text) => {
  expect(() => addressesOf(text)).toThrow(UsageError);
});

test("a password in an address is refused, for addresses are stored with every call", () => {
  expect(() => addressesOf("http://a:1/v1,http://me:secret@b:2/v1")).toThrow(/OPENAI_API_KEY/);
});

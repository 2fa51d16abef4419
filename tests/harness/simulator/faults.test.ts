import OpenAI from "openai";
import { expect, test } from "vitest";
import { type Fault, faultOf } from "../../../harness/simulator/faults.ts";
import { agentRequest, entry, manyEntries, openSimulator } from "./support.ts";

const KEY = [entry({ habits: [] })];
const REQUEST = agentRequest(entry());

const openWith = (...faults: (Fault | null)[]) =>
  openSimulator({ key: KEY, faults: { kind: "plan", faults, slowMs: 30, retryAfterSeconds: 7 } });

test("429 comes without and with Retry-After", async () => {
  const { post } = await openWith("rate-limit", "rate-limit-retry-after");
  const [first, second, third] = [await post(REQUEST), await post(REQUEST), await post(REQUEST)];
  expect([first.status, second.status, third.status]).toEqual([429, 429, 200]);
  expect([first.headers.get("retry-after"), second.headers.get("retry-after")]).toEqual([null, "7"]);
});

test("server errors are 500 and 503", async () => {
  const { post } = await openWith("server-error", "unavailable");
  expect([(await post(REQUEST)).status, (await post(REQUEST)).status]).toEqual([500, 503]);
});

test("a reset ends the connection without an answer", async () => {
  const { post } = await openWith("reset");
  await expect(post(REQUEST)).rejects.toThrow();
  expect((await post(REQUEST)).status).toBe(200);
});

test("a truncated body is no JSON, and a truncated stream never says [DONE]", async () => {
  const { post } = await openWith("truncated");
  await expect((await post(REQUEST)).json()).rejects.toThrow(SyntaxError);
  expect(await (await post({ ...REQUEST, stream: true })).text()).not.toContain("[DONE]");
});

test("a slow answer dribbles but arrives whole", async () => {
  const { post, ask } = await openWith("slow");
  const started = performance.now();
  const slow = await (await post(REQUEST)).text();
  expect(performance.now() - started).toBeGreaterThan(80);
  expect(JSON.parse(slow)).toEqual(await ask(REQUEST));
});

test("malformed tool arguments and malformed text break off, and empty content is empty", async () => {
  const { ask } = await openWith("malformed", "empty");
  const broken = (await ask(REQUEST)).choices[0]!.message.tool_calls![0]!.function.arguments;
  expect(() => JSON.parse(broken)).toThrow();
  expect((await ask(REQUEST)).choices[0]!.message).toEqual({ role: "assistant", content: "" });
  const inText = await ask(agentRequest(entry(), { protocol: "text" }));
  expect(inText.choices[0]!.message.content).not.toMatch(/\}\s*$/);
});

test("thinking comes under either name, and in a stream as well", async () => {
  const { ask, post } = await openWith("reasoning", "reasoning_content");
  const [old, recent] = [await ask(REQUEST), await ask(REQUEST)];
  expect(Object.keys(old.choices[0]!.message)).toContain("reasoning");
  expect(Object.keys(recent.choices[0]!.message)).toContain("reasoning_content");
  expect(await (await post({ ...REQUEST, stream: true })).text()).toContain('"delta":{"reasoning":"What is asked');
});

test("at a rate, a client that retries gets through everywhere, and the same requests meet the same faults again", async () => {
  const key = manyEntries(40);
  const rates = { "rate-limit": 0.2, "server-error": 0.2, reset: 0.1, truncated: 0 };
  const run = async () => {
    const server = await openSimulator({ key, faults: { kind: "rates", seed: 1, rates, mostTries: 2 } });
    const client = new OpenAI({ baseURL: server.url, apiKey: "none", maxRetries: 3 });
    const send = (task: { instruction: string }) => client.post("/chat/completions", { body: agentRequest(task) });
    const replies = await Promise.all(key.map(send));
    return { replies, counts: server.requests() };
  };
  const one = await run();
  expect(one.counts.answered).toBe(40);
  expect(one.counts.faults["rate-limit"]).toBeGreaterThan(3);
  expect(await run()).toEqual(one);
});

test("rates are kept, and a request that failed often enough is answered", () => {
  const faults = { kind: "rates", seed: 3, rates: { reset: 0.25, slow: 0.25 }, mostTries: 2 } as const;
  const drawn = Array.from({ length: 4000 }, (_, n) => faultOf(faults, `request ${n}`, 0));
  expect(drawn.filter((fault) => fault === "reset").length / 4000).toBeCloseTo(0.25, 1);
  expect(drawn.filter((fault) => fault === null).length / 4000).toBeCloseTo(0.5, 1);
  expect(faultOf({ ...faults, rates: { reset: 1 } }, "request", 1)).toBe("reset");
  expect(faultOf({ ...faults, rates: { reset: 1 } }, "request", 2)).toBeNull();
});

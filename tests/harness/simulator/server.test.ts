import { request as httpRequest } from "node:http";
import OpenAI from "openai";
import { expect, test } from "vitest";
import { SetupError } from "../../../harness/errors.ts";
import { simulatorIdentity } from "../../../harness/simulator/identity.ts";
import { startSimulator } from "../../../harness/simulator/server.ts";
import { agentRequest, entry, openSimulator } from "./support.ts";

const KEY = [entry({ habits: [] })];
const REQUEST = agentRequest(entry());

test("the list of models and every reply say that they are simulated", async () => {
  const { url, ask } = await openSimulator({ key: KEY });
  const models = (await (await fetch(`${url}/models`)).json()) as {
    data: { id: string; owned_by: string; simulated: boolean }[];
  };
  expect(models.data.map(({ id }) => id)).toEqual(["sim/small", "sim/large", "sim/embedding"]);
  expect(models.data.every(({ simulated, owned_by }) => simulated && /not a language model/.test(owned_by))).toBe(true);
  const reply = await ask(REQUEST);
  expect(reply.simulated).toBe(true);
  expect(reply.simulated_ms).toBeGreaterThan(0);
});

test("the openai client reads it", async () => {
  const { url } = await openSimulator({ key: KEY });
  const client = new OpenAI({ baseURL: url, apiKey: "none", maxRetries: 0 });
  const body = {
    ...REQUEST,
    messages: REQUEST.messages as OpenAI.ChatCompletionMessageParam[],
    tools: REQUEST.tools as OpenAI.ChatCompletionTool[],
  };
  const { choices } = await client.chat.completions.create({ ...body, stream: false });
  const stream = await client.chat.completions.create({
    ...body,
    stream: true,
    stream_options: { include_usage: true },
  });
  let streamed = "";
  let tokens = 0;
  for await (const chunk of stream) {
    streamed += chunk.choices[0]?.delta.tool_calls?.[0]?.function?.arguments ?? "";
    tokens += chunk.usage?.completion_tokens ?? 0;
  }
  const [call] = choices[0]!.message.tool_calls!;
  expect(call).toMatchObject({ type: "function", function: { name: "bash", arguments: streamed } });
  expect(tokens).toBeGreaterThan(0);
});

test("a stream is server-sent events that end with [DONE], and its pieces make the same reply", async () => {
  const { post, ask } = await openSimulator({ key: KEY });
  const response = await post({ ...REQUEST, stream: true });
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  const events = (await response.text()).trim().split("\n\n");
  expect(events.at(-1)).toBe("data: [DONE]");
  const chunks = events.slice(0, -1).map((event) => JSON.parse(event.slice("data: ".length)));
  const text = chunks.map((chunk) => chunk.choices[0].delta.content ?? "").join("");
  expect(text).toBe((await ask(REQUEST)).choices[0]!.message.content);
  expect(chunks.at(-1).choices[0].finish_reason).toBe("tool_calls");
  expect(chunks.every((chunk) => chunk.simulated)).toBe(true);
});

test("what cannot be served is told in the words of the protocol", async () => {
  const { post, url } = await openSimulator({ key: KEY });
  const errorOf = async (body: unknown) => {
    const response = await post(body);
    return {
      status: response.status,
      ...((await response.json()) as { error: { message: string; code: string } }).error,
    };
  };
  expect(await errorOf({ ...REQUEST, model: "gpt-9" })).toMatchObject({
    status: 404,
    code: "model_not_found",
    message: expect.stringContaining("sim/small and sim/large"),
  });
  expect(await errorOf('{"model": ')).toMatchObject({ status: 400, message: expect.stringContaining("no JSON") });
  expect(await errorOf({ model: "sim/large", messages: [] })).toMatchObject({
    status: 400,
    message: expect.stringContaining("messages"),
  });
  expect(await errorOf({ ...REQUEST, seed: "x" })).toMatchObject({
    status: 400,
    message: expect.stringContaining("seed"),
  });
  expect((await fetch(`${url}/embeddings`)).status).toBe(404);
});

test("a prompt beyond the context is refused as servers refuse it", async () => {
  const { post } = await openSimulator({ key: KEY });
  const response = await post({
    ...REQUEST,
    messages: [...REQUEST.messages, { role: "user", content: "x".repeat(1_100_000) }],
  });
  expect(response.status).toBe(400);
  expect(await response.text()).toContain("context_length_exceeded");
});

test("usage counts a token for four characters, and what was sent before as cached in whole steps", async () => {
  const { ask } = await openSimulator({ key: KEY });
  const long = { ...REQUEST, messages: [...REQUEST.messages, { role: "user", content: "y".repeat(8_000) }] };
  const first = await ask(long);
  expect(first.usage.prompt_tokens_details.cached_tokens).toBe(0);
  const { message } = first.choices[0]!;
  const call = message.tool_calls![0]!;
  const second = await ask({
    ...long,
    messages: [...long.messages, message, { role: "tool", tool_call_id: call.id, content: "z".repeat(400) }],
  });
  const { prompt_tokens, prompt_tokens_details } = second.usage;
  expect(prompt_tokens - first.usage.prompt_tokens).toBeGreaterThan(100);
  expect(prompt_tokens_details.cached_tokens % 128).toBe(0);
  expect(first.usage.prompt_tokens - prompt_tokens_details.cached_tokens).toBeLessThan(128);
});

test("a reply is cut at max_tokens and at a stop text, and says so", async () => {
  const { ask } = await openSimulator({ key: KEY });
  const request = agentRequest(entry(), { protocol: "text" });
  const cut = await ask({ ...request, max_tokens: 3 });
  expect(cut.choices[0]).toMatchObject({
    finish_reason: "length",
    message: { content: expect.stringMatching(/^.{12}$/s) },
  });
  const stopped = await ask({ ...request, stop: ["Action:"] });
  expect(stopped.choices[0]!.message.content).not.toContain("Action:");
});

test("a prompt without a role of ours gets a plain word, and counts show who asked", async () => {
  const { ask, url, requests } = await openSimulator({ key: KEY });
  await ask(REQUEST);
  const { choices } = await ask({ model: "sim/small", messages: [{ role: "user", content: "hello" }] });
  expect(choices[0]!.message.content).toContain("simulated model");
  expect(requests()).toEqual({ total: 2, answered: 2, byRole: { agent: 1, none: 1 }, faults: {} });
  expect(await (await fetch(url.replace("/v1", "/stats"))).json()).toMatchObject({ total: 2, simulated: true });
});

test("scaled latency really waits, and zero latency states the same time", async () => {
  const quick = await openSimulator({ key: KEY });
  const slow = await openSimulator({ key: KEY, latency: { kind: "scaled", factor: 0.3 } });
  const { simulated_ms } = await quick.ask(REQUEST);
  const started = performance.now();
  expect((await slow.ask(REQUEST)).simulated_ms).toBe(simulated_ms);
  expect(performance.now() - started).toBeGreaterThan(simulated_ms * 0.3 - 5);
});

test("close ends idle connections and calls under way", async () => {
  const simulator = await startSimulator({ key: KEY, latency: { kind: "real" } });
  const pending = fetch(`${simulator.url}/chat/completions`, { method: "POST", body: JSON.stringify(REQUEST) });
  const rejected = expect(pending).rejects.toThrow();
  const idle = httpRequest(`${simulator.url}/models`, { agent: false });
  const refused = new Promise((resolve) => idle.once("error", resolve));
  await new Promise((resolve) => setTimeout(resolve, 50));
  const started = performance.now();
  await simulator.close();
  await rejected;
  await refused;
  expect(performance.now() - started).toBeLessThan(1000);
  await expect(fetch(`${simulator.url}/models`)).rejects.toThrow();
});

test("a port that is taken is for the user to mend", async () => {
  const { port } = await openSimulator({ key: KEY });
  await expect(startSimulator({ key: KEY, port })).rejects.toThrow(SetupError);
});

test("the identity follows the key, and is the same for equal keys", async () => {
  const { identity } = await openSimulator({ key: KEY });
  expect(identity).toMatch(/^simulated:\d+-[0-9a-f]{12}$/);
  expect(identity).toBe(simulatorIdentity([entry({ habits: [] })]));
  expect(identity).not.toBe(simulatorIdentity([entry()]));
});

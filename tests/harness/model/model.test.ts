import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { SetupError } from "../../../harness/errors.ts";
import { openJournal } from "../../../harness/journal/journal.ts";
import { journalledModel } from "../../../harness/model/model.ts";
import { openEndpoint } from "../../../harness/model/openai.ts";
import { ContextLimitError, type Model, type ModelCall, ModelError } from "../../../harness/roles.ts";
import { completion, localServer, sendJson } from "../../support/local-server.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const call = (parts: Partial<ModelCall> = {}): ModelCall => ({
  caller: "agent",
  messages: [{ role: "user", content: "hello" }],
  tools: [],
  seed: 1,
  draw: 0,
  signal: new AbortController().signal,
  ...parts,
});

async function modelAt(
  baseUrl: string,
  { journal = "", name = "m", sampling = {}, maxRetries = 0 } = {},
): Promise<Model> {
  const opened = openJournal(journal === "" ? join(await temporaryFolder(), "journal.sqlite") : journal);
  onTestFinished(() => opened[Symbol.dispose]());
  return journalledModel({
    name,
    identity: baseUrl,
    simulated: false,
    sampling,
    journal: opened,
    onCall: () => {},
    open: async () => openEndpoint({ baseUrl, apiKey: "k", maxRetries, timeoutMs: 5_000 }),
  });
}

test("invariant 3: a call is paid once, also when the server is gone afterwards", async () => {
  const journal = join(await temporaryFolder(), "journal.sqlite");
  const server = await localServer((_, response) => sendJson(response, completion("hi")));
  const first = await (await modelAt(server.url, { journal })).complete(call());
  await server.close();
  const second = await (await modelAt(server.url, { journal })).complete(call());
  expect(first).toMatchObject({
    fromJournal: false,
    reply: { content: "hi" },
    usage: { calls: 1, inputTokens: 7, outputTokens: 3 },
  });
  const times = { durationMs: 0, waitedMs: 0 };
  expect({ ...second, ...times }).toEqual({ ...first, fromJournal: true, ...times });
  expect(server.requests).toHaveLength(1);
});

test.each([
  ["messages", call({ messages: [{ role: "user", content: "other" }] }), {}],
  ["seed", call({ seed: 2 }), {}],
  ["draw", call({ draw: 1 }), {}],
  ["tools", call({ tools: [{ name: "bash", description: "", parameters: {} }] }), {}],
  ["a sampling field", call(), { sampling: { temperature: 0.5 } }],
  ["the model", call(), { name: "n" }],
])("invariant 3: another %s is another call", async (_, other, options) => {
  const journal = join(await temporaryFolder(), "journal.sqlite");
  const server = await localServer(
    (_request, response, count) => sendJson(response, completion(`reply ${count}`)),
    ["m", "n"],
  );
  await (await modelAt(server.url, { journal })).complete(call());
  const answer = await (await modelAt(server.url, { journal, ...options })).complete(other);
  expect(answer.reply.content).toBe("reply 2");
});

test("equal requests that are under way at once are sent once", async () => {
  const server = await localServer((_, response) => setTimeout(() => sendJson(response, completion("hi")), 50));
  const model = await modelAt(server.url);
  const answers = await Promise.all([model.complete(call()), model.complete(call())]);
  expect(server.requests).toHaveLength(1);
  expect(answers.map(({ fromJournal }) => fromJournal)).toEqual([false, true]);
});

test.each(["reasoning", "reasoning_content"] as const)("%s is read, and echoed under the same name", async (field) => {
  const server = await localServer((_, response) => sendJson(response, completion("hi", { [field]: "let me think" })));
  const model = await modelAt(server.url);
  const { reply } = await model.complete(call());
  await model.complete(call({ messages: [...call().messages, reply, { role: "user", content: "go on" }] }));
  expect(server.requests[1]?.messages).toMatchObject([
    {},
    { role: "assistant", content: "hi", [field]: "let me think" },
    {},
  ]);
});

test("content null with tool calls is read, and sent back as null", async () => {
  const calls = [{ id: "t1", type: "function", function: { name: "bash", arguments: '{"command":"ls"}' } }];
  const server = await localServer((_, response) => {
    const answer = completion("", { tool_calls: calls });
    sendJson(response, {
      ...answer,
      choices: [{ finish_reason: "tool_calls", message: { role: "assistant", content: null, tool_calls: calls } }],
    });
  });
  const model = await modelAt(server.url);
  const { reply } = await model.complete(call());
  expect(reply.toolCalls).toEqual([{ id: "t1", name: "bash", arguments: '{"command":"ls"}' }]);
  await model.complete(
    call({ messages: [...call().messages, reply, { role: "tool", toolCallId: "t1", content: "x" }] }),
  );
  expect(server.requests[1]?.messages).toMatchObject([
    {},
    { content: null, tool_calls: calls },
    { tool_call_id: "t1" },
  ]);
});

test("429 and 503 are tried again, and what came of it is paid once", async () => {
  const server = await localServer((_, response, count) => {
    if (count === 1) response.writeHead(429, { "retry-after-ms": "10" }).end();
    else if (count === 2) response.writeHead(503, { "retry-after-ms": "10" }).end();
    else sendJson(response, completion("hi"));
  });
  const { reply } = await (await modelAt(server.url, { maxRetries: 3 })).complete(call());
  expect(reply.content).toBe("hi");
});

test("an answer that breaks off is asked for again", async () => {
  const server = await localServer((_, response, count) => {
    if (count > 1) return sendJson(response, completion("whole"));
    response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
    response.write('{"choices": [{"mess');
    setTimeout(() => response.destroy(), 20);
  });
  const { reply } = await (await modelAt(server.url, { maxRetries: 2 })).complete(call());
  expect(reply.content).toBe("whole");
});

test("half of a surrogate pair in a reply is mended, for it could be neither stored nor sent again", async () => {
  const server = await localServer((_, response) => sendJson(response, completion("bad \ud800 half")));
  const model = await modelAt(server.url);
  const { reply } = await model.complete(call());
  await model.complete(call({ messages: [...call().messages, reply] }));
  expect(reply.content).toBe("bad \ufffd half");
});

test("half of a surrogate pair in the id, name or arguments of a tool call is mended as well", async () => {
  const broken = {
    id: "c\ud800",
    type: "function",
    function: { name: "ba\ud800sh", arguments: { command: "\ud800" } },
  };
  const server = await localServer((_, response) => sendJson(response, completion("", { tool_calls: [broken] })));
  const model = await modelAt(server.url);
  const { reply } = await model.complete(call());
  await model.complete(call({ messages: [...call().messages, reply] }));
  expect(reply.toolCalls).toMatchObject([{ id: "c\ufffd", name: "ba\ufffdsh" }]);
});

test("a server that fails for good spoils the call, not the tool", async () => {
  const server = await localServer((_, response) => sendJson(response, { error: { message: "out of memory" } }, 500));
  await expect((await modelAt(server.url)).complete(call())).rejects.toThrow(ModelError);
});

test.each([
  "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens",
  "the request exceeds the available context size. try increasing the context size",
  "The input is longer than the model's context length",
])("a prompt that is too long is told apart: %s", async (message) => {
  const server = await localServer((_, response) => sendJson(response, { error: { message } }, 400));
  await expect((await modelAt(server.url)).complete(call())).rejects.toThrow(ContextLimitError);
});

test("an endpoint that does not answer is the user's to mend", async () => {
  const server = await localServer((_, response) => sendJson(response, completion("hi")));
  await server.close();
  const failure = (await modelAt(server.url)).complete(call());
  await expect(failure).rejects.toThrow(SetupError);
  await expect(failure).rejects.toThrow(/nothing answers at http:\/\/127.*ECONNREFUSED/);
});

test("an endpoint that answers 401 is the user's to mend", async () => {
  const server = await listening((_, response) => sendJson(response, { error: { message: "bad key" } }, 401));
  const failure = (await modelAt(server)).complete(call());
  await expect(failure).rejects.toThrow(SetupError);
  await expect(failure).rejects.toThrow(/refused the key \(401\)\. Set OPENAI_API_KEY/);
});

test("an endpoint that answers HTML is the user's to mend", async () => {
  const server = await listening((_, response) =>
    response.writeHead(200, { "content-type": "text/html" }).end("<html>Welcome</html>"),
  );
  const failure = (await modelAt(server)).complete(call());
  await expect(failure).rejects.toThrow(SetupError);
  await expect(failure).rejects.toThrow(/no OpenAI-compatible endpoint: expected JSON.*usually ends in \/v1/);
});

test("a model name that the server does not have is told with those it has", async () => {
  const server = await localServer((_, response) => sendJson(response, completion("hi")), ["qwen", "gemma"]);
  await expect((await modelAt(server.url)).complete(call())).rejects.toThrow(/has no model "m"; it has: qwen, gemma/);
  expect(server.requests).toHaveLength(0);
});

test("an abort ends the request", async () => {
  const server = await localServer(() => {}); // never answers
  const abort = new AbortController();
  const failure = (await modelAt(server.url)).complete(call({ signal: abort.signal }));
  setTimeout(() => abort.abort(new Error("stop")), 50);
  await expect(failure).rejects.toThrow("stop");
});

/** A server that answers everything alike, also the question for its models. */
async function listening(answer: Parameters<typeof createServer>[1] & {}): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

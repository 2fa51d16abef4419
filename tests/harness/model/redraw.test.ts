import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { BASH, SUBMIT } from "../../../agents/bash-tools.ts";
import { converse } from "../../../agents/loop.ts";
import { toolsCodec } from "../../../agents/tools-codec.ts";
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
  seed: 41,
  draw: 0,
  signal: new AbortController().signal,
  ...parts,
});

async function modelAt(baseUrl: string, path = ""): Promise<Model> {
  const journal = openJournal(path === "" ? join(await temporaryFolder(), "journal.sqlite") : path);
  onTestFinished(() => journal[Symbol.dispose]());
  return journalledModel({
    name: "m",
    identity: "server",
    simulated: false,
    sampling: {},
    journal,
    onCall: () => {},
    open: async () => openEndpoint({ baseUrl, apiKey: "k", maxRetries: 0, timeoutMs: 5_000 }),
  });
}

const saysGood: ModelCall["canUse"] = ({ content }) => content === "good";

test("a reply that cannot be used is asked for again once, with another seed, and both are paid and counted", async () => {
  const server = await localServer((_, response, count) =>
    sendJson(response, completion(count === 1 ? "bad" : "good")),
  );
  const answer = await (await modelAt(server.url)).complete(call({ canUse: saysGood }));
  expect(answer).toMatchObject({
    reply: { content: "good" },
    repairs: ["asked-again"],
    usage: { calls: 2, inputTokens: 14 },
  });
  expect(new Set(server.requests.map(({ seed }) => seed)).size).toBe(2);
});

test("the second reply is the last: where neither can be used the first stands, now and when read back", async () => {
  const path = join(await temporaryFolder(), "journal.sqlite");
  const server = await localServer((_, response, count) => sendJson(response, completion(`bad ${count}`)));
  const first = await (await modelAt(server.url, path)).complete(call({ canUse: saysGood }));
  const again = await (await modelAt(server.url, path)).complete(call({ canUse: saysGood }));
  expect([first.reply.content, again.reply.content]).toEqual(["bad 1", "bad 1"]);
  expect([first.fromJournal, again.fromJournal]).toEqual([false, true]);
  expect(server.requests).toHaveLength(2);
});

test("answers without a reply spoil the call at the second, and the next command asks anew instead of reading them back", async () => {
  const path = join(await temporaryFolder(), "journal.sqlite");
  const server = await localServer((_, response, count) =>
    sendJson(response, count < 3 ? { ...completion(""), choices: [] } : completion("good")),
  );
  const failure = (await modelAt(server.url, path)).complete(call());
  await expect(failure).rejects.toThrow(ModelError);
  await expect(failure).rejects.toThrow(/it has no choices.*asks anew/);
  expect(server.requests).toHaveLength(2);

  const next = await (await modelAt(server.url, path)).complete(call());
  expect(next).toMatchObject({ reply: { content: "good" }, usage: { calls: 3 }, fromJournal: false });
  const readBack = await (await modelAt(server.url, path)).complete(call());
  expect(readBack).toMatchObject({ reply: { content: "good" }, fromJournal: true });
  expect(server.requests).toHaveLength(3);
});

test("a caller whose equal call is under way asks by itself when that one is given up", async () => {
  const server = await localServer((_, response, count) => {
    if (count > 1) sendJson(response, completion("good")); // the first is never answered
  });
  const model = await modelAt(server.url);
  const stop = new AbortController();
  const given = model.complete(call({ signal: stop.signal }));
  const waiting = model.complete(call());
  await expect.poll(() => server.requests.length).toBe(1);
  stop.abort(new Error("time is up"));
  await expect(given).rejects.toThrow("time is up");
  expect((await waiting).reply.content).toBe("good");
});

test("a caller who waits for an equal call may give up by itself, and the other goes on", async () => {
  const answered = Promise.withResolvers<void>();
  const server = await localServer(
    (_, response) => void answered.promise.then(() => sendJson(response, completion("good"))),
  );
  const model = await modelAt(server.url);
  const stop = new AbortController();
  const asking = model.complete(call());
  const waiting = model.complete(call({ signal: stop.signal }));
  await expect.poll(() => server.requests.length).toBe(1);
  stop.abort(new Error("time is up"));
  await expect(waiting).rejects.toThrow("time is up");
  answered.resolve();
  expect((await asking).reply.content).toBe("good");
});

test("a chat with arguments that nobody could read is taken by a server that parses them, as vLLM does", async () => {
  const cut = '{"command": "rm -r /work/tm';
  const server = await localServer((request, response, count) => {
    const messages = request.messages as { tool_calls?: { function: { arguments: string } }[] }[];
    for (const { function: said } of messages.flatMap(({ tool_calls = [] }) => tool_calls)) {
      if (!isJson(said.arguments)) return sendJson(response, { error: { message: "Expecting value", code: 400 } }, 400);
    }
    const [name, args] = count < 3 ? ["bash", cut] : ["submit", '{"answer": "done"}'];
    const calls = [{ id: `t${count}`, type: "function", function: { name, arguments: args } }];
    return sendJson(response, completion("", { content: null, tool_calls: calls }));
  });
  const trajectory = await converse({
    caller: "agent",
    model: await modelAt(server.url),
    codec: toolsCodec([BASH, SUBMIT]),
    prompt: [{ role: "user", content: "hello" }],
    limits: { turns: 5, timeMs: 60_000, tokens: 1e9, commandTimeoutMs: 1_000 },
    seed: 41,
    signal: new AbortController().signal,
    act: async (action) =>
      action.kind === "submit" ? { kind: "end", answer: action.answer } : { kind: "observation", text: "ran" },
  });
  expect(trajectory).toMatchObject({ exit: "submitted", answer: "done" });
  expect(trajectory.steps[0]).toMatchObject({
    action: { kind: "invalid", problem: "the arguments of bash are not a JSON object" },
    reply: { toolCalls: [{ arguments: cut }] },
    repairs: ["asked-again"],
  });
});

test("an error in an answer of 200 that tells of a prompt too long is told as such", async () => {
  const server = await localServer((_, response) =>
    sendJson(response, { error: { message: "This model's maximum context length is 4096 tokens" } }),
  );
  await expect((await modelAt(server.url)).complete(call())).rejects.toThrow(ContextLimitError);
  expect(server.requests).toHaveLength(1);
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

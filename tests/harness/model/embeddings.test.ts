import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { SetupError } from "../../../harness/errors.ts";
import { openJournal } from "../../../harness/journal/journal.ts";
import { cosineNearness } from "../../../harness/memory/cosine.ts";
import { type Embedder, journalledEmbedder } from "../../../harness/model/embeddings.ts";
import { openEndpoint } from "../../../harness/model/openai.ts";
import { NO_USAGE, type Usage } from "../../../harness/records.ts";
import { ModelError } from "../../../harness/roles.ts";
import { type Answer, type LocalServer, localServer, sendJson } from "../../support/local-server.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const NEVER = new AbortController().signal;

/** [length, number of spaces] of a text. */
const vectorOf = (text: string) => [text.length, text.split(" ").length - 1];

/** Answers in reverse order, as servers may. */
const embeddings: Answer = ({ input }, response) => {
  const data = (input as string[]).map((text, index) => ({ object: "embedding", index, embedding: vectorOf(text) }));
  sendJson(response, { object: "list", data: data.toReversed(), usage: { prompt_tokens: 5, total_tokens: 5 } });
};

async function embedderAt(server: LocalServer, { journal = "", name = "m", maxRetries = 0 } = {}) {
  const opened = openJournal(journal === "" ? join(await temporaryFolder(), "journal.sqlite") : journal);
  onTestFinished(() => opened[Symbol.dispose]());
  const told: { fromJournal: boolean; usage: Usage }[] = [];
  const embedder: Embedder = journalledEmbedder({
    name,
    identity: server.url,
    journal: opened,
    onCall: (call) => told.push(call),
    open: async () => openEndpoint({ baseUrl: server.url, apiKey: "k", maxRetries, timeoutMs: 5_000 }),
  });
  return { embedder, told };
}

const inputsOf = ({ requests }: LocalServer) => requests.map(({ input }) => input as string[]);

test("texts become vectors in their order, whatever the order of the answer; a text that comes twice is sent once", async () => {
  const server = await localServer(embeddings);
  const { embedder, told } = await embedderAt(server);
  expect(await embedder.embed(["a b", "abc", "a b"], NEVER)).toEqual([
    [3, 1],
    [3, 0],
    [3, 1],
  ]);
  expect(server.requests).toEqual([{ model: "m", input: ["a b", "abc"] }]);
  expect(told).toEqual([{ fromJournal: false, usage: { ...NO_USAGE, calls: 1, inputTokens: 5 } }]);
});

test("invariant 3: each text is paid once, whichever others it is sent with, also when the server is gone afterwards", async () => {
  const journal = join(await temporaryFolder(), "journal.sqlite");
  const server = await localServer(embeddings);
  await (await embedderAt(server, { journal })).embedder.embed(["one", "two"], NEVER);
  const again = await embedderAt(server, { journal });
  expect(await again.embedder.embed(["two", "three three"], NEVER)).toEqual([
    [3, 0],
    [11, 1],
  ]);
  await server.close();
  const offline = await embedderAt(server, { journal });
  expect(await offline.embedder.embed(["three three", "one"], NEVER)).toEqual([
    [11, 1],
    [3, 0],
  ]);
  expect(inputsOf(server)).toEqual([["one", "two"], ["three three"]]);
  expect(offline.told).toEqual([{ fromJournal: true, usage: NO_USAGE }]);
});

test("another model is another vector: it is asked anew", async () => {
  const journal = join(await temporaryFolder(), "journal.sqlite");
  const server = await localServer(embeddings, ["m", "other"]);
  await (await embedderAt(server, { journal })).embedder.embed(["one"], NEVER);
  await (await embedderAt(server, { journal, name: "other" })).embedder.embed(["one"], NEVER);
  expect(server.requests).toHaveLength(2);
});

test("many texts go in batches of at most 32, and a text under way is not sent again", async () => {
  const server = await localServer(embeddings);
  const { embedder } = await embedderAt(server);
  const texts = Array.from({ length: 70 }, (_, index) => `text ${index}`);
  const [all, some] = await Promise.all([embedder.embed(texts, NEVER), embedder.embed(texts.slice(60), NEVER)]);
  expect(inputsOf(server).map(({ length }) => length)).toEqual([32, 32, 6]);
  expect(all).toEqual(texts.map(vectorOf));
  expect(some).toEqual(all.slice(60));
});

test("a batch that fails keeps what was paid before it", async () => {
  const journal = join(await temporaryFolder(), "journal.sqlite");
  const texts = Array.from({ length: 40 }, (_, index) => `text ${index}`);
  const failing = await localServer((request, response, count) =>
    count === 1 ? embeddings(request, response, count) : sendJson(response, { error: { message: "boom" } }, 500),
  );
  await expect((await embedderAt(failing, { journal })).embedder.embed(texts, NEVER)).rejects.toThrow(ModelError);
  const { embedder } = await embedderAt(failing, { journal });
  expect(await embedder.embed(texts.slice(0, 32), NEVER)).toHaveLength(32);
  expect(failing.requests).toHaveLength(2);
});

test.each([
  ["one vector too few", { data: [{ index: 0, embedding: [1] }] }],
  ["the same index twice", { data: [0, 0].map((index) => ({ index, embedding: [1] })) }],
  ["an empty vector", { data: [0, 1].map((index) => ({ index, embedding: [] })) }],
  ["no vectors", { choices: [] }],
])("an answer with %s spoils the call and is not kept", async (_, answer) => {
  const server = await localServer((_request, response) => sendJson(response, answer));
  const { embedder } = await embedderAt(server);
  await expect(embedder.embed(["one", "two"], NEVER)).rejects.toThrow(ModelError);
  await expect(embedder.embed(["one", "two"], NEVER)).rejects.toThrow(/something else than one embedding a text/);
  expect(server.requests).toHaveLength(2);
});

test("an instruction that is too long for the embedding model is the user's to mend", async () => {
  const server = await localServer((_, response) =>
    sendJson(response, { error: { message: "This model's maximum context length is 512 tokens" } }, 400),
  );
  const failure = (await embedderAt(server)).embedder.embed(["long"], NEVER);
  await expect(failure).rejects.toThrow(SetupError);
  await expect(failure).rejects.toThrow(/takes no text as long.*--embedding-model/);
});

test("an embedding model that the server does not have is told with those it has", async () => {
  const server = await localServer(embeddings, ["qwen"]);
  await expect((await embedderAt(server)).embedder.embed(["x"], NEVER)).rejects.toThrow(
    /embeddings: .*has no model "m"; it has: qwen/,
  );
});

test("nearness is the cosine: length counts for nothing, and a vector without direction is near to none", async () => {
  const vectors: Record<string, number[]> = {
    same: [2, 0],
    aside: [0, 3],
    against: [-1, 0],
    nothing: [0, 0],
    asked: [5, 0],
  };
  const server = await localServer(({ input }, response) =>
    sendJson(response, { data: (input as string[]).map((text, index) => ({ index, embedding: vectors[text] })) }),
  );
  const { embedder } = await embedderAt(server);
  const nearness = cosineNearness(["same", "aside", "against", "nothing"], embedder);
  expect(await nearness.to("asked", NEVER)).toEqual([1, 0, -1, 0]);
  await nearness.to("asked", NEVER);
  expect(server.requests).toHaveLength(2);
});

test("texts are embedded again by the next query when the first one met a failure", async () => {
  const server = await localServer((request, response, count) =>
    count === 1 ? sendJson(response, { error: { message: "boom" } }, 500) : embeddings(request, response, count),
  );
  const nearness = cosineNearness(["a b"], (await embedderAt(server)).embedder);
  await expect(nearness.to("c d", NEVER)).rejects.toThrow(ModelError);
  expect(await nearness.to("c d", NEVER)).toEqual([expect.closeTo(1)]);
});

test("a server that gives vectors of another length under the same name is told, not compared", async () => {
  const server = await localServer((_, response, count) =>
    sendJson(response, { data: [{ index: 0, embedding: count === 1 ? [1, 2] : [1, 2, 3] }] }),
  );
  const nearness = cosineNearness(["a"], (await embedderAt(server)).embedder);
  await expect(nearness.to("b", NEVER)).rejects.toThrow(/2 and 3 numbers.*give another --journal/);
});

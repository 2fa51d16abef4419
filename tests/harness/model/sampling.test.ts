import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openJournal } from "../../../harness/journal/journal.ts";
import { journalledModel } from "../../../harness/model/model.ts";
import { openEndpoint } from "../../../harness/model/openai.ts";
import { PRESETS } from "../../../harness/model/presets.ts";
import { checkSampling, samplingFields } from "../../../harness/model/sampling.ts";
import { completion, localServer, sendJson } from "../../support/local-server.ts";
import { temporaryFolder } from "../../support/temporary.ts";

test("flags go before the file, the file before the preset, field by field; nothing else is sent", () => {
  const preset = PRESETS["qwen3.5-instruct"]?.settings ?? {};
  const file = checkSampling({ temperature: 0.5, extra_body: { top_a: 0.1, guided: "no" } }, "file");
  const flags = { temperature: 0, extra_body: { guided: "yes" } };

  expect(samplingFields([preset, file, flags])).toEqual({
    temperature: 0,
    top_p: 1,
    top_k: 40,
    min_p: 0,
    presence_penalty: 2,
    repetition_penalty: 1,
    chat_template_kwargs: { enable_thinking: false },
    top_a: 0.1,
    guided: "yes",
  });
});

test("equal settings are equal as text, in whatever order they were written; a flag that was not given overrides nothing", () => {
  const one = samplingFields([
    { max_tokens: 9, temperature: 1 },
    { temperature: undefined, extra_body: { b: 1, a: 2 } },
  ]);
  const other = samplingFields([{ extra_body: { a: 2, b: 1 }, temperature: 1, max_tokens: 9 }]);

  expect(JSON.stringify(one)).toBe(JSON.stringify(other));
  expect(JSON.stringify(one)).toBe('{"temperature":1,"max_tokens":9,"a":2,"b":1}');
});

test("no settings are no fields, so that fingerprints of runs without any stay as they were", () => {
  expect(samplingFields([{}, { temperature: undefined }])).toEqual({});
});

test.each([
  [{ temprature: 1 }, /f: unknown setting temprature; there are temperature, top_p.*under extra_body/],
  [{ temperature: "hot" }, /f: temperature: .*expected number/i],
  [{ top_p: 0 }, /f: top_p: /],
  [{ extra_body: { messages: [] } }, /f: extra_body cannot set messages/],
  [{ extra_body: { stream: true } }, /f: extra_body cannot set stream/],
  [{ extra_body: { temperature: 1 } }, /f: temperature is a setting of its own/],
  ["warm", /f: the document: /],
])("%j is refused", (value, message) => {
  expect(() => checkSampling(value, "f")).toThrow(message);
});

test("thinking joins other template settings, and contradicting it is refused", () => {
  const kwargs = { chat_template_kwargs: { other: 1 } };
  expect(samplingFields([{ thinking: true, extra_body: kwargs }])).toEqual({
    chat_template_kwargs: { other: 1, enable_thinking: true },
  });
  const both = { thinking: true, extra_body: { chat_template_kwargs: { enable_thinking: false } } };
  expect(() => samplingFields([both])).toThrow(/thinking is true and enable_thinking/);
});

test("every preset keeps the rules for settings, and tells its source", () => {
  for (const [name, { settings, source, use }] of Object.entries(PRESETS)) {
    expect(checkSampling(settings, name)).toEqual(settings);
    expect(source.length).toBeGreaterThan(20);
    expect(use.length).toBeGreaterThan(5);
  }
});

test("a seed that is withheld is not sent, and still keeps the answers of different trials apart", async () => {
  let count = 0;
  const server = await localServer((_, response) => {
    count += 1;
    sendJson(response, completion(`answer ${count}`));
  });
  const journal = openJournal(join(await temporaryFolder(), "journal.sqlite"));
  onTestFinished(() => journal[Symbol.dispose]());
  const model = journalledModel({
    name: "m",
    identity: server.url,
    simulated: false,
    sampling: samplingFields([{ seed: "withhold", temperature: 1 }]),
    journal,
    onCall: () => {},
    open: async () => openEndpoint({ baseUrl: server.url, apiKey: "k", maxRetries: 0, timeoutMs: 5_000 }),
  });
  const ask = async (seed: number) => {
    const signal = new AbortController().signal;
    const messages = [{ role: "user" as const, content: "hello" }];
    return (await model.complete({ caller: "agent", messages, tools: [], seed, draw: 0, signal })).reply.content;
  };

  const answers = [await ask(1), await ask(2), await ask(1)];

  expect(answers).toEqual(["answer 1", "answer 2", "answer 1"]);
  expect(server.requests.map((request) => "seed" in request)).toEqual([false, false]);
  expect(server.requests[0]).toMatchObject({ temperature: 1, model: "m" });
});

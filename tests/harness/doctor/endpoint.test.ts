import { expect, test } from "vitest";
import { type ExamineOptions, examineEndpoint } from "../../../harness/doctor/endpoint/examine.ts";
import { changesOf, usesOf } from "../../../harness/doctor/endpoint/plan.ts";
import { isUsable, ServerReport } from "../../../harness/doctor/endpoint/record.ts";
import { FAULTS } from "../../../harness/simulator/faults.ts";
import { startSimulator } from "../../../harness/simulator/server.ts";
import {
  llamaCpp,
  modelServer,
  obey,
  ollama,
  openai,
  type Routes,
  refusal,
  replyOf,
  sglang,
  vllm,
} from "../../support/model-servers.ts";

function examine(baseUrl: string, options: Partial<ExamineOptions> = {}): Promise<ServerReport> {
  return examineEndpoint({
    baseUrl,
    identity: baseUrl,
    model: null,
    apiKey: null,
    timeoutMs: 10_000,
    probeContext: false,
    signal: new AbortController().signal,
    onFound: () => {},
    ...options,
  });
}

const verdicts = ({ capabilities }: ServerReport) =>
  Object.fromEntries(capabilities.map(({ name, verdict }) => [name, verdict]));
const capability = ({ capabilities }: ServerReport, name: string) => capabilities.find((one) => one.name === name)!;
const use = (report: ServerReport, name: string) => usesOf(report).find((one) => one.name === name)?.value;

test("vLLM with all its flags: everything works, thinking is in `reasoning`, is switched off, and goes back under that name", async () => {
  const server = await modelServer(vllm());

  const report = await examine(server.url);

  expect(verdicts(report)).toEqual({
    ...{
      answers: "yes",
      thinking: "yes",
      tools: "yes",
      context: "yes",
      "tool results": "yes",
      "parallel tools": "yes",
    },
    ...{
      usage: "yes",
      "cached tokens": "yes",
      "stop texts": "yes",
      seed: "yes",
      "sampling fields": "yes",
      images: "yes",
    },
    ...{ "JSON mode": "yes", "JSON schema": "yes", tool_choice: "yes", streaming: "yes", logprobs: "yes" },
  });
  expect(report).toMatchObject({
    model: "qwen",
    server: { kind: "vllm", version: "0.11.0" },
    contextTokens: 40_960,
    thinking: { field: "reasoning", off: { chat_template_kwargs: { enable_thinking: false } }, on: null },
  });
  expect(use(report, "protocol")).toMatch(/^tools \(the default\)/);
  expect(changesOf(report)).toEqual([]);
  const echoed = server.chats
    .flatMap(({ messages }) => messages as Record<string, unknown>[])
    .find(({ role }) => role === "assistant");
  expect(echoed).toMatchObject({ reasoning: "The user asks. I answer.", tool_calls: [{ id: "call_0" }] });
});

test("the examination costs about twenty short calls, counts each, and sends no long prompt unless asked to", async () => {
  const server = await modelServer(vllm());

  const { spent } = await examine(server.url);

  expect(spent.calls).toBe(server.chats.length);
  expect(spent.calls).toBeLessThanOrEqual(24);
  expect(spent).toMatchObject({ uncounted: 0, outputTokens: 3 * spent.calls });
  expect(Math.max(...server.chats.map(({ messages }) => JSON.stringify(messages).length))).toBeLessThan(14_000);
});

test("vLLM without the flags for tools: the run should speak the text protocol, and both flags are named", async () => {
  const server = await modelServer(vllm({ tools: false }));

  const report = await examine(server.url);

  expect(verdicts(report)).toMatchObject({
    answers: "yes",
    tools: "no",
    "tool results": "unknown",
    "stop texts": "yes",
  });
  expect(use(report, "protocol")).toMatch(/^text \(--protocol text\)/);
  expect(capability(report, "tools").cure).toMatch(/--enable-auto-tool-choice and the --tool-call-parser/);
});

test("SGLang without parsers: thinking and calls are left among the words, and its key is kept nowhere", async () => {
  const server = await modelServer(sglang());

  const report = await examine(server.url);

  expect(report).toMatchObject({
    server: { kind: "sglang", version: "0.5.4" },
    contextTokens: 32_768,
    thinking: { field: "content", off: null },
  });
  expect(verdicts(report)).toMatchObject({
    thinking: "partly",
    tools: "partly",
    "stop texts": "yes",
    usage: "yes",
    "cached tokens": "unknown",
  });
  expect(capability(report, "thinking").cure).toMatch(/--reasoning-parser/);
  expect(use(report, "protocol")).toMatch(/counted as repaired/);
  expect(JSON.stringify(report)).not.toContain("secret");
});

test("llama-server without --jinja and --mmproj: 500 is a no where it is about the request, and a slot's context is short", async () => {
  const server = await modelServer(llamaCpp());

  const report = await examine(server.url);

  expect(report).toMatchObject({ server: { kind: "llama.cpp", version: "b8681" }, contextTokens: 4_096 });
  expect(verdicts(report)).toMatchObject({ tools: "no", images: "no", context: "partly", thinking: "no" });
  expect(capability(report, "tools").cure).toMatch(/--jinja/);
  expect(capability(report, "images").cure).toMatch(/--mmproj/);
  expect(capability(report, "context").cure).toMatch(/larger -c/);
});

test("Ollama is found by its own address, and a prompt beyond the context shows that it drops the rest without a word", async () => {
  const server = await modelServer(ollama());

  const report = await examine(server.url, { model: "llama3:latest", probeContext: true });

  expect(report).toMatchObject({
    model: "llama3:latest",
    server: { kind: "ollama", version: "0.12.3" },
    contextTokens: 4_096,
  });
  expect(verdicts(report)).toMatchObject({ tools: "no", images: "no", context: "no" });
  expect(capability(report, "context").found).toMatch(/4096 were read, without a word/);
  expect(capability(report, "context").cure).toMatch(/OLLAMA_CONTEXT_LENGTH/);
});

test("a hosted model that refuses max_tokens and a temperature is asked in its own way from then on", async () => {
  const server = await modelServer(openai("k"));

  const report = await examine(server.url, { model: "large", apiKey: "k" });

  expect(verdicts(report)).toMatchObject({
    answers: "yes",
    tools: "yes",
    "tool results": "yes",
    context: "unknown",
    "sampling fields": "no",
    images: "yes",
  });
  expect(server.chats.filter((body) => "max_tokens" in body)).toHaveLength(1);
  expect(capability(report, "sampling fields").found).toContain("Unrecognized request argument supplied: top_k");
  expect(report.server).toEqual({ kind: "unknown", version: null });
});

test("with --probe-context the limit is found by what the server says to long prompts", async () => {
  const routes = vllm({ context: 20_000 });
  const server = await modelServer({ ...routes, "GET /v1/models": () => ({ json: { data: [{ id: "qwen" }] } }) });

  const report = await examine(server.url, { probeContext: true });

  expect(report.contextTokens).toBe(20_000);
  expect(capability(report, "context")).toMatchObject({
    verdict: "partly",
    found: expect.stringMatching(/refused: 400: This model's maximum context length is 20000/),
  });
});

test("without a word in the list of models the length is read from a refused reply, at no cost", async () => {
  const server = await modelServer({
    ...vllm({ context: 65_536 }),
    "GET /v1/models": () => ({ json: { data: [{ id: "qwen" }] } }),
  });

  const report = await examine(server.url);

  expect(report.contextTokens).toBe(65_536);
  expect(capability(report, "context").verdict).toBe("yes");
});

test("what a server only does by chance or under load proves nothing: 429 for good is unknown, and is asked again with what it wants", async () => {
  const calm = vllm();
  const chat = calm["POST /v1/chat/completions"]!;
  const busy: Routes = {
    ...calm,
    "POST /v1/chat/completions": (body, ...rest) =>
      body.tools === undefined
        ? chat(body, ...rest)
        : { ...refusal(429, "Rate limit reached."), headers: { "retry-after": "0" } },
  };
  const server = await modelServer(busy);

  const report = await examine(server.url);

  expect(verdicts(report)).toMatchObject({ answers: "yes", tools: "unknown", "parallel tools": "unknown" });
  expect(server.chats.filter(({ tools }) => tools !== undefined)).toHaveLength(3 * 3);
  expect(report.spent.calls).toBe(server.chats.length);
});

test("a seed that is not kept is told, and one whose draws do not vary proves nothing", async () => {
  let draws = 0;
  const base = vllm();
  const chat = (content: () => string): Routes => ({
    ...base,
    "POST /v1/chat/completions": (body) => ({
      json: replyOf(
        body,
        JSON.stringify(body.messages).includes("twelve random") ? { content: content(), commands: [] } : obey(body),
      ),
    }),
  });
  const restless = await modelServer(chat(() => `words ${++draws}`));
  const still = await modelServer(chat(() => "always this"));

  expect(verdicts(await examine(restless.url)).seed).toBe("no");
  expect(verdicts(await examine(still.url)).seed).toBe("unknown");
});

test("a call of a tool that is not on offer, with broken arguments, or without an id is no sound call", async () => {
  const calls = [
    { call: { id: "1", type: "function", function: { name: "shell", arguments: "{}" } }, verdict: "no" },
    {
      call: { id: "1", type: "function", function: { name: "bash", arguments: '{"command": "ec' } },
      verdict: "partly",
    },
    { call: { type: "function", function: { name: "bash", arguments: '{"command":"ls"}' } }, verdict: "partly" },
  ];
  for (const { call, verdict } of calls) {
    const server = await modelServer({
      ...vllm(),
      "POST /v1/chat/completions": (body) => ({
        json: replyOf(body, obey(body), body.tools === undefined ? {} : { message: { tool_calls: [call] } }),
      }),
    });
    expect(verdicts(await examine(server.url)).tools).toBe(verdict);
  }
});

test("the simulated server can be examined as any other", async () => {
  const server = await startSimulator({ key: [] });
  try {
    const report = await examine(server.url, { model: "sim/small" });

    expect(report).toMatchObject({ server: { kind: "simulated" }, contextTokens: 262_144 });
    expect(verdicts(report)).toMatchObject({
      answers: "yes",
      tools: "yes",
      "tool results": "yes",
      "stop texts": "yes",
      thinking: "no",
    });
    expect(server.requests().total).toBe(report.spent.calls);
  } finally {
    await server.close();
  }
});

test("a server whose every first answer breaks off is found to do what it does on a calm day", async () => {
  const calm = vllm();
  const chat = calm["POST /v1/chat/completions"]!;
  const tries = new Map<string, number>();
  const shaky: Routes = {
    ...calm,
    "POST /v1/chat/completions": (body, ...rest) => {
      const [asked, before] = [JSON.stringify(body), tries.get(JSON.stringify(body)) ?? 0];
      tries.set(asked, before + 1);
      return before === 0 && body.stream !== true ? { text: '{"choices": [{"mess' } : chat(body, ...rest);
    },
  };
  const [one, other] = [await modelServer(calm), await modelServer(shaky)];

  const [wanted, found] = [await examine(one.url), await examine(other.url)];

  expect(verdicts(found)).toEqual(verdicts(wanted));
});

test("what was not seen is not told as a lack: without a word on usage it is said to ask again", async () => {
  const calm = vllm();
  const chat = calm["POST /v1/chat/completions"]!;
  let chats = 0;
  const failing: Routes = {
    ...calm,
    "POST /v1/chat/completions": (...asked) => (++chats === 1 ? chat(...asked) : refusal(500, "engine busy")),
  };
  const report = await examine((await modelServer(failing)).url);
  expect(verdicts(report)).toMatchObject({ usage: "unknown", images: "unknown" });
  expect([use(report, "tokens"), use(report, "images")]).toEqual([
    expect.stringMatching(/^not clear/),
    expect.stringMatching(/^not clear/),
  ]);
});

test("whatever faults a server shows, the examination ends with a report that counts every call", async () => {
  const rates = Object.fromEntries(FAULTS.filter((fault) => fault !== "slow").map((fault) => [fault, 0.02]));
  for (const seed of [1, 2, 3]) {
    const faults = { kind: "rates", seed, rates, retryAfterSeconds: 0, slowMs: 0 } as const;
    const server = await startSimulator({ key: [], faults });
    try {
      const report = await examine(server.url, { model: "sim/small", timeoutMs: 2_000 });

      expect(ServerReport.parse(report)).toEqual(report);
      expect(report.spent.calls).toBe(server.requests().total);
    } finally {
      await server.close();
    }
  }
});

const PAGE =
  "<!doctype html><html><head><title>nginx</title><style>b{}</style></head><body><h1>502 Bad Gateway</h1></body></html>";

test.each<[string, Routes, Partial<ExamineOptions>, RegExp, RegExp]>([
  [
    "a page of a proxy",
    { "GET /v1/models": () => ({ text: PAGE }) },
    {},
    /no OpenAI-compatible endpoint.*502 Bad Gateway/,
    /proxy/,
  ],
  [
    "a redirect",
    { "GET /v1/models": () => ({ status: 301, text: "", headers: { location: "https://elsewhere/v1/models" } }) },
    {},
    /sends on to https:\/\/elsewhere/,
    /base-url/,
  ],
  [
    "a redirect of chats alone",
    {
      ...vllm(),
      "POST /v1/chat/completions": () => ({ status: 307, text: "", headers: { location: "https://elsewhere/chat" } }),
    },
    {},
    /sends on to another address \(307: https:\/\/elsewhere\/chat\)/,
    /base-url/,
  ],
  [
    "a key that is wanted",
    { "GET /v1/models": () => refusal(401, "Unauthorized") },
    {},
    /OPENAI_API_KEY is not set/,
    /OPENAI_API_KEY/,
  ],
  [
    "a key that is refused",
    { "GET /v1/models": () => refusal(403, "no") },
    { apiKey: "k" },
    /the key was refused \(403: no\)/,
    /OPENAI_API_KEY/,
  ],
  [
    "a key that only chats want",
    { ...vllm(), "POST /v1/chat/completions": () => refusal(401, "no key") },
    {},
    /is not set \(401: no key\)/,
    /OPENAI_API_KEY/,
  ],
  ["a wrong model", vllm(), { model: "gpt-9" }, /no model "gpt-9"; it has: qwen/, /--model/],
  ["several models and none named", openai("k"), { apiKey: "k" }, /several models: large, small/, /--model/],
  [
    "a server that fails",
    { ...vllm(), "POST /v1/chat/completions": () => refusal(500, "EngineDeadError") },
    {},
    /500: EngineDeadError/,
    /log/,
  ],
  [
    "a limit that stays",
    { ...vllm(), "POST /v1/chat/completions": () => ({ ...refusal(429, "quota"), headers: { "retry-after": "0" } }) },
    {},
    /429: quota/,
    /limits of this key/,
  ],
  [
    "an answer that is no completion",
    { ...vllm(), "POST /v1/chat/completions": () => ({ json: { ok: true } }) },
    {},
    /of another shape: \{"ok":true\}/,
    /log/,
  ],
  [
    "an answer without choices",
    { ...vllm(), "POST /v1/chat/completions": () => ({ json: { choices: [] } }) },
    {},
    /without a choice/,
    /log/,
  ],
  [
    "an answer that breaks off",
    {
      ...vllm(),
      "POST /v1/chat/completions": (_, response) => {
        response.writeHead(200, { "content-length": "1000" }).write('{"choices"');
        response.destroy();
        return "handled";
      },
    },
    {},
    /the connection failed/,
    /log/,
  ],
  [
    "words that would steer a terminal",
    { ...vllm(), "POST /v1/chat/completions": () => refusal(500, "\u001b[2Jgone") },
    {},
    /\ufffd\[2Jgone/,
    /log/,
  ],
  [
    "no list and no chat",
    { "GET /v1/models": () => ({ status: 404, json: {} }) },
    { model: "m" },
    /404: Not Found/,
    /--base-url/,
  ],
])("%s is told with what to do, and costs next to nothing", async (_, routes, options, problem, cure) => {
  const server = await modelServer(routes);

  const report = await examine(server.url, options);

  expect(isUsable(report)).toBe(false);
  expect(report.capabilities).toHaveLength(1);
  expect(report.capabilities[0]).toMatchObject({
    name: "answers",
    verdict: "no",
    found: expect.stringMatching(problem),
    cure: expect.stringMatching(cure),
  });
  expect(report.spent.calls).toBeLessThanOrEqual(3);
});

test("somebody who forgot the /v1 is told the address that works", async () => {
  const server = await modelServer(vllm());

  const report = await examine(server.origin);

  expect(report.capabilities[0]?.cure).toContain(`--base-url ${server.origin}/v1`);
});

test("a server that takes the connection and says nothing is given up in time, at the list and at the chat", async () => {
  const mute = await modelServer({ "GET /v1/models": () => "handled" });
  const hung = await modelServer({ ...vllm(), "POST /v1/chat/completions": () => "handled" });

  const [atList, atChat] = await Promise.all([
    examine(mute.url, { timeoutMs: 300 }),
    examine(hung.url, { timeoutMs: 300 }),
  ]);

  expect(atList.capabilities[0]?.found).toMatch(/takes the connection and gives no answer/);
  expect(atChat.capabilities[0]).toMatchObject({
    verdict: "no",
    found: expect.stringMatching(/no answer within/),
    cure: expect.stringMatching(/--timeout/),
  });
});

test("nothing at the address is told with the system's own code", async () => {
  const server = await modelServer({});
  await server.close();

  expect((await examine(server.url)).capabilities[0]).toMatchObject({
    found: expect.stringMatching(/ECONNREFUSED/),
    cure: expect.stringMatching(/start the model server/),
  });
});

test("Ctrl-C ends the examination and the request under way", async () => {
  const interrupt = new AbortController();
  let closed: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    closed = resolve;
  });
  const server = await modelServer({
    ...vllm(),
    "POST /v1/chat/completions": (_, response) => {
      response.on("close", closed);
      interrupt.abort(new DOMException("interrupted", "AbortError"));
      return "handled";
    },
  });

  await expect(examine(server.url, { signal: interrupt.signal })).rejects.toThrow("interrupted");
  await ended;
});

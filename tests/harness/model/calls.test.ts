/** Calls over real connections: what is tried again, what is not, and what the user is told. */
import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { SetupError } from "../../../harness/errors.ts";
import { openServers } from "../../../harness/model/endpoints.ts";
import { type EndpointOptions, openEndpoint } from "../../../harness/model/openai.ts";
import { ContextLimitError, ModelError } from "../../../harness/roles.ts";
import { completion, sendJson } from "../../support/local-server.ts";
import { rawServer } from "../../support/raw-server.ts";

const REQUEST = { model: "m", messages: [{ role: "user", content: "hello" }] };
const NEVER = new AbortController().signal;

function endpointAt(baseUrl: string, options: Partial<EndpointOptions> = {}) {
  const servers = openServers({ silenceMs: options.timeoutMs ?? 5_000 });
  onTestFinished(() => servers[Symbol.asyncDispose]());
  const endpoint = openEndpoint({ baseUrl, apiKey: "k", maxRetries: 3, timeoutMs: 5_000, servers, ...options });
  return { servers, send: (signal = NEVER) => endpoint.send(REQUEST, signal) };
}

/** A server with a list of models; chat requests are answered as told. */
function chatServer(answer: (response: ServerResponse, count: number) => void, options = {}) {
  return rawServer((_, response, count) => {
    if (count === 0) sendJson(response, { data: [{ id: "m" }] });
    else answer(response, count);
  }, options);
}

const hi = (response: ServerResponse) => sendJson(response, completion("hi"));
const fails =
  (status: number, body: unknown = {}, headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    response
      .writeHead(status, { "content-type": "application/json", "retry-after-ms": "5", ...headers })
      .end(typeof body === "string" ? body : JSON.stringify(body));

test.each<[string, (response: ServerResponse) => void]>([
  ["429", fails(429)],
  ["408", fails(408)],
  ["409", fails(409)],
  ["500", fails(500, { error: { message: "CUDA error" } })],
  ["502 with the page of a proxy", fails(502, "<html><body>Bad gateway</body></html>")],
  ["503", fails(503)],
  ["504", fails(504)],
  ["524 of a proxy", fails(524)],
  ["529", fails(529)],
  ["a reset before any byte", (response) => void response.socket?.resetAndDestroy()],
  ["an end before any byte", (response) => void response.socket?.destroy()],
  [
    "a body that breaks off",
    (response) => {
      response.writeHead(200, { "content-length": "1000" }).write('{"choices": [{"mess');
      setTimeout(() => response.destroy(), 10);
    },
  ],
  [
    "a body that ends too early, with nothing amiss below",
    (response) => void response.writeHead(200).end('{"choices": [{"mess'),
  ],
  ["an empty body", (response) => void response.writeHead(200).end()],
  ["a failure wrapped in a success by a gateway", fails(200, { error: { message: "overloaded", code: 503 } })],
])("%s is tried again", async (_, failure) => {
  const server = await chatServer((response, count) => (count < 3 ? failure(response) : hi(response)));
  const { send, servers } = endpointAt(server.url);

  const { answer, waitedMs } = await send();

  expect(answer).toMatchObject({ choices: [{ message: { content: "hi" } }] });
  expect(waitedMs).toBeGreaterThan(0);
  expect(servers.state()).toMatchObject({ retries: 2, inFlight: 0, waiting: 0 });
});

test.each<[string, number, unknown, typeof ModelError | typeof SetupError | typeof ContextLimitError, RegExp]>([
  ["400", 400, { error: { message: "bad field top_q" } }, ModelError, /answered 400 bad field top_q/],
  ["401", 401, { error: { message: "no" } }, SetupError, /refused the key \(401\)/],
  ["403", 403, "<h1>no</h1>", SetupError, /refused the key \(403\)/],
  ["404", 404, { detail: "Not Found" }, SetupError, /404: Not Found\); the model is "m", it listed: m/],
  ["422", 422, { message: "unknown field" }, ModelError, /422 unknown field/],
  ["501", 501, {}, ModelError, /501/],
  ["307", 307, "", SetupError, /sends on to https:\/\/elsewhere\/v1 \(307\)/],
  [
    "429 of a used up account",
    429,
    { error: { code: "insufficient_quota", message: "You exceeded your current quota" } },
    SetupError,
    /no allowance left/,
  ],
])("%s is told and not tried again", async (_, status, body, kind, words) => {
  const server = await chatServer(fails(status, body, { location: "https://elsewhere/v1" }));
  const failure = endpointAt(server.url).send();

  await expect(failure).rejects.toBeInstanceOf(kind);
  await expect(failure).rejects.toThrow(words);
  expect(server.paths.filter((path) => path.endsWith("completions"))).toHaveLength(1);
});

test.each([
  [
    "vLLM",
    400,
    {
      object: "error",
      message:
        "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens (4500 in the messages, 500 in the completion). Please reduce the length of the messages or completion.",
      type: "BadRequestError",
      code: 400,
    },
  ],
  [
    "vLLM, newer",
    400,
    {
      error: {
        message:
          "'max_tokens' or 'max_completion_tokens' is too large: 3000. This model's maximum context length is 4096 tokens and your request has 2000 input tokens",
        type: "BadRequestError",
        code: 400,
      },
    },
  ],
  [
    "vLLM, by its decoder",
    400,
    {
      error: {
        message:
          "The decoder prompt (length 5000) is longer than the maximum model length of 4096. Make sure that `max_model_len` is no smaller than the number of text tokens.",
      },
    },
  ],
  [
    "SGLang",
    400,
    {
      object: "error",
      message:
        "Requested token count exceeds the model's maximum context length of 4096 tokens. You requested a total of 5000 tokens",
      code: 400,
    },
  ],
  [
    "SGLang, of the input",
    400,
    { error: { message: "The input (5000 tokens) is longer than the model's context length (4096 tokens)." } },
  ],
  [
    "llama.cpp",
    400,
    {
      error: {
        code: 400,
        message: "the request exceeds the available context size, try increasing it",
        type: "exceed_context_size_error",
        n_prompt_tokens: 5000,
        n_ctx: 4096,
      },
    },
  ],
  ["llama.cpp, older", 500, { error: { code: 500, message: "context size exceeded", type: "server_error" } }],
  [
    "OpenAI",
    400,
    {
      error: {
        message: "Your input exceeds the context window of this model.",
        type: "invalid_request_error",
        code: "context_length_exceeded",
      },
    },
  ],
  [
    "TGI",
    422,
    {
      error: "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000 `inputs` tokens",
      error_type: "validation",
    },
  ],
])("%s says that the prompt is too long: told apart, and not tried again", async (_, status, body) => {
  const server = await chatServer(fails(status, body));
  await expect(endpointAt(server.url).send()).rejects.toBeInstanceOf(ContextLimitError);
  expect(server.paths).toHaveLength(2);
});

test.each([
  ["llama.cpp, oldest", 500, "Input prompt is too big compared to KV size. Please try increasing KV size."],
  ["Gemini", 400, "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576)."],
  ["xAI", 400, "This model's maximum prompt length is 131072 but the request contains 537812 tokens."],
  ["TensorRT-LLM", 400, "The sum of prompt length (5000), query length (0) should not exceed max_num_tokens (4096)"],
  ["LM Studio", 400, "The number of tokens to keep from the initial prompt is greater than the context length."],
  ["Mistral", 400, "Prompt contains 40000 tokens, too large for model with 32768 maximum context length"],
])("%s says in its own words that the prompt is too long", async (_, status, message) => {
  const server = await chatServer(fails(status, { error: { message } }));
  await expect(endpointAt(server.url).send()).rejects.toBeInstanceOf(ContextLimitError);
});

test.each([
  ["a field that it does not know", 400, "Extra inputs are not permitted: context_length"],
  ["an engine that died, with its settings", 500, "EngineCore died. Config: max_model_len=4096, context_window=4096"],
])("%s is no prompt that is too long", async (_, status, message) => {
  const server = await chatServer(fails(status, { error: { message } }));
  await expect(endpointAt(server.url).send()).rejects.toBeInstanceOf(ModelError);
});

test("429 on too many tokens a minute is no prompt that is too long", async () => {
  const body = { error: { message: "Rate limit reached: too many tokens per min, see the context window docs" } };
  const server = await chatServer((response, count) => (count === 1 ? fails(429, body)(response) : hi(response)));
  await expect(endpointAt(server.url).send()).resolves.toMatchObject({ answer: { choices: [{}] } });
});

test("Retry-After holds all calls back, also those that were not turned away", async () => {
  const times: number[] = [];
  const server = await chatServer((response, count) => {
    times.push(performance.now());
    if (count === 1) fails(429, {}, { "retry-after-ms": "400" })(response);
    else hi(response);
  });
  const { send } = endpointAt(server.url);
  const first = send();
  await sleep(150);
  await Promise.all([first, send()]);

  expect(times).toHaveLength(3);
  expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(395);
});

test.each(["31536000", "Infinity", "Fri, 01 Jan 2999 00:00:00 GMT"])(
  "Retry-After: %s holds the other calls no longer than tries may take",
  async (asked) => {
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    process.on("warning", note);
    onTestFinished(() => void process.off("warning", note));
    const server = await chatServer((response, count) =>
      count === 1 ? response.writeHead(429, { "retry-after": asked }).end() : hi(response),
    );
    const { send } = endpointAt(server.url, { retryMs: 300 });
    await expect(send()).rejects.toThrow(/asks to wait (\d+|Infinity) s, more than --retry-time 0 s leaves/);
    await expect(send()).resolves.toMatchObject({ answer: { choices: [{}] } });
    expect(warnings).toEqual([]);
  },
);

test("an allowance that an answer has used up is waited for before the next call", async () => {
  const times: number[] = [];
  const used = { "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "300ms" };
  const server = await chatServer((response) => {
    times.push(performance.now());
    response.writeHead(200, used).end(JSON.stringify(completion("hi")));
  });
  const { send } = endpointAt(server.url);
  await send();
  const { waitedMs } = await send();

  expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(295);
  expect(waitedMs).toBeGreaterThanOrEqual(250);
});

test("a call that fails as often as it may is told with count, time and the last words", async () => {
  const server = await chatServer(fails(500, { error: { message: "CUDA error: device lost" } }));
  const failure = endpointAt(server.url).send();
  await expect(failure).rejects.toBeInstanceOf(ModelError);
  await expect(failure).rejects.toThrow(/500 CUDA error: device lost; tried 4 times in \d+ s/);
});

test("silence shorter than the limit is waited out, before the first byte and within the answer", async () => {
  const server = await chatServer((response) => {
    setTimeout(() => response.writeHead(200).write('{"choices": '), 1_300);
    setTimeout(() => response.end("[]}"), 2_600);
  });
  const { send } = endpointAt(server.url, { timeoutMs: 4_000, maxRetries: 0 });
  await expect(send()).resolves.toMatchObject({ answer: { choices: [] } });
});

test("silence longer than the limit is a failed try, whose connection is closed", async () => {
  const server = await chatServer((response, count) => {
    if (count > 1) hi(response);
  });
  const { send } = endpointAt(server.url, { timeoutMs: 600, maxRetries: 1 });
  await expect(send()).resolves.toMatchObject({ answer: { choices: [{}] } });
  expect(server.aborted()).toBe(1);
});

test("an answer that drips for ever is ended, and counts as silence", async () => {
  const server = await chatServer((response, count) => {
    if (count > 1) return hi(response);
    response.writeHead(200);
    const drip = setInterval(() => response.write(" "), 50);
    response.on("close", () => clearInterval(drip));
  });
  const { send } = endpointAt(server.url, { timeoutMs: 500, maxRetries: 1 });
  await expect(send()).resolves.toMatchObject({ answer: { choices: [{}] } });
  expect(server.aborted()).toBe(1);
});

test.each([
  ["gzip", gzipSync],
  ["x-gzip", gzipSync],
  ["deflate", deflateSync],
  ["br", brotliCompressSync],
  ["zstd", zstdCompressSync],
])("an answer that something in between packed as %s is read", async (encoding, pack) => {
  const packed = pack(JSON.stringify(completion("hi")));
  const server = await chatServer((response) => response.writeHead(200, { "content-encoding": encoding }).end(packed));
  await expect(endpointAt(server.url).send()).resolves.toMatchObject({ answer: { choices: [{}] } });
});

test("an answer that is packed small and is huge when unpacked is told and not tried again", async () => {
  const bomb = gzipSync(Buffer.alloc(100 * 1024 ** 2));
  const server = await chatServer((response) => response.writeHead(200, { "content-encoding": "gzip" }).end(bomb));
  await expect(endpointAt(server.url).send()).rejects.toThrow("sent an answer of more than 64 MB");
  expect(server.paths).toHaveLength(2);
});

test.each([
  ["nested too deep", `{"choices": [], "x": ${"[".repeat(100_000)}${"]".repeat(100_000)}}`, /nested deeper than/],
  ["with a number beyond numbers", '{"choices": [], "usage": {"prompt_tokens": 1e999}}', /beyond the range of numbers/],
])("an answer %s spoils that call alone, and is not tried again", async (_, body, words) => {
  const server = await chatServer((response) => response.writeHead(200).end(body));
  const failure = endpointAt(server.url).send();
  await expect(failure).rejects.toBeInstanceOf(ModelError);
  await expect(failure).rejects.toThrow(words);
  expect(server.paths).toHaveLength(2);
});

test("a server that closes idle connections after a second costs no call", async () => {
  const server = await chatServer(hi, { keepAliveTimeout: 1_000 });
  const { send, servers } = endpointAt(server.url, { maxRetries: 1 });
  for (const pauseMs of [0, 950, 1_000, 1_050]) {
    await sleep(pauseMs);
    await send();
  }
  expect(server.paths).toHaveLength(5 + servers.state().retries);
});

test("a page from a server that answered before is a bad moment of a proxy; from one that never did, a wrong address", async () => {
  const page = (response: ServerResponse) =>
    response.writeHead(200, { "content-type": "text/html" }).end("<html>Sign in</html>");
  const before = await chatServer((response, count) => (count === 2 ? page(response) : hi(response)));
  const { send } = endpointAt(before.url);
  await send();
  await expect(send()).resolves.toMatchObject({ answer: { choices: [{}] } });

  const never = await chatServer(page);
  const failure = endpointAt(never.url).send();
  await expect(failure).rejects.toBeInstanceOf(SetupError);
  await expect(failure).rejects.toThrow(/no OpenAI-compatible endpoint: expected JSON, found "<html>Sign in/);
  expect(never.paths).toHaveLength(2);
});

test.each<[string, (response: ServerResponse) => void]>([
  ["has no list", (response) => void response.writeHead(404).end()],
  ["does not show its list to this key", (response) => void response.writeHead(403).end()],
  ["cannot list now", fails(500)],
  ["gives a bare list", (response) => sendJson(response, [{ id: "m" }])],
])("a server that %s is asked all the same", async (_, list) => {
  const server = await rawServer((_request, response, count) => (count === 0 ? list(response) : hi(response)));
  await expect(endpointAt(server.url).send()).resolves.toMatchObject({ answer: { choices: [{}] } });
});

test("an abort ends the request at the server, and the place is free again", async () => {
  const server = await chatServer(() => {}); // never answers
  const { send, servers } = endpointAt(server.url);
  const abort = new AbortController();
  const failure = send(abort.signal);
  await expect.poll(() => servers.state().inFlight).toBe(1);
  abort.abort(new Error("stop"));
  await expect(failure).rejects.toThrow("stop");
  expect(servers.state()).toMatchObject({ inFlight: 0, waiting: 0 });
  await expect.poll(() => server.aborted()).toBe(1);
});

test("where every call gives up for a minute and none is answered, the user is told that the server is gone", async () => {
  const server = await chatServer(fails(500, { error: { message: "dead" } }));
  const { send, servers } = endpointAt(server.url, { maxRetries: 0 });
  servers.watchdog.began(performance.now() - 61_000); // as if calls had been under way that long
  const failures = await Promise.allSettled(Array.from({ length: 25 }, () => send()));
  const kinds = failures.map((result) => (result.status === "rejected" ? result.reason.constructor.name : "answered"));
  expect(kinds.filter((kind) => kind === "ModelError")).toHaveLength(19);
  expect(kinds.filter((kind) => kind === "SetupError")).toHaveLength(6);
});

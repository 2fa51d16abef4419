import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { bashAgent } from "../../../agents/bash-agent.ts";
import { openJournal } from "../../../harness/journal/journal.ts";
import { openServers } from "../../../harness/model/endpoints.ts";
import { journalledModel } from "../../../harness/model/model.ts";
import { openEndpoint } from "../../../harness/model/openai.ts";
import type { Trial } from "../../../harness/records.ts";
import type { AgentLimits, Model, Sandboxes } from "../../../harness/roles.ts";
import { runBenchmark } from "../../../harness/run/run.ts";
import { readRun } from "../../../harness/run/store.ts";
import { openSandboxes } from "../../../harness/sandbox/bubblewrap.ts";
import { manifest } from "../../support/builders.ts";
import { type Answer, completion, localServer, sendJson } from "../../support/local-server.ts";
import { sumBenchmark } from "../../support/sum-benchmark.ts";
import { temporaryFolder } from "../../support/temporary.ts";

let sandboxes: Sandboxes & AsyncDisposable;
beforeAll(async () => {
  sandboxes = await openSandboxes({ network: "model" });
});
afterAll(() => sandboxes[Symbol.asyncDispose]());

/** What a program in the sandbox does: asks over the socket, and prints status and answer. */
const CLIENT = `
import http.client, json, os, socket, sys
class Here(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(os.environ["MODEL_SOCKET"])
def ask(method, path, body=None):
    c = Here("model")
    c.request(method, path, body if body is None or isinstance(body, (str, bytes)) else json.dumps(body))
    r = c.getresponse()
    print(r.status, r.read().decode()[:300])
def chat(text, **more):
    ask("POST", "/v1/chat/completions", {"messages": [{"role": "user", "content": text}], **more})
`;

const program = (lines: string) => `python3 - <<'PROGRAM'\n${CLIENT}\n${lines}\nPROGRAM`;

/** A server that has its agent run `lines` first, and answers what the program asks with `said`. */
async function trialOf(lines: string, said: (text: string, count: number) => unknown, held: Partial<AgentLimits> = {}) {
  const folder = await temporaryFolder();
  let programs = 0;
  const answer: Answer = ({ messages }, response) => {
    const all = messages as { role: string; content: unknown }[];
    if (all[0]?.role !== "system") {
      programs += 1;
      const body = said(String(all[0]?.content), programs);
      return body === null ? void sendJson(response, { error: { message: "busy" } }, 500) : sendJson(response, body);
    }
    const call = (name: string, args: object) => ({
      tool_calls: [{ id: "c1", type: "function", function: { name, arguments: JSON.stringify(args) } }],
    });
    const acted = all.some(({ role }) => role === "tool");
    sendJson(
      response,
      completion("", acted ? call("submit", { answer: "" }) : call("bash", { command: program(lines) })),
    );
  };
  const server = await localServer(answer);
  const servers = openServers({ silenceMs: 60_000 });
  onTestFinished(() => servers[Symbol.asyncDispose]());
  const journal = openJournal(join(folder, "journal.sqlite"));
  onTestFinished(() => journal[Symbol.dispose]());
  const model: Model = journalledModel({
    name: "m",
    identity: server.url,
    simulated: false,
    sampling: {},
    journal,
    onCall: () => {},
    open: async () =>
      openEndpoint({ baseUrl: server.url, apiKey: "sk-secret", maxRetries: 0, timeoutMs: 60_000, servers }),
  });
  const benchmark = await sumBenchmark(join(folder, "data"), 1);
  const run = async (name: string): Promise<Trial> => {
    const directory = join(folder, name);
    await runBenchmark({
      directory,
      manifest: manifest({ benchmark: { name: "sums", split: "evolve", data: null, taskIds: ["sum-1"] }, seeds: [41] }),
      benchmark,
      agent: bashAgent("tools"),
      model,
      skill: null,
      seen: journal.seen,
      limits: { turns: 20, timeMs: 60_000, tokens: 100_000, commandTimeoutMs: 20_000, ...held },
      sandboxes,
      width: 1,
      signal: new AbortController().signal,
      onTrial: () => {},
    });
    const [trial] = (await readRun(directory)).trials;
    if (trial === undefined) throw new Error("no trial");
    return trial;
  };
  return { run, server };
}

const observationOf = (trial: Trial) => trial.trajectory?.steps[0]?.observation ?? "";

test("a program asks the run's model, its calls are counted apart and paid once", async () => {
  const { run, server } = await trialOf(
    'chat("add 1 and 2")\nchat("add 1 and 2")\nask("GET", "/v1/models")',
    (text, count) => completion(`${text}: ${count}`),
  );

  const trial = await run("first");

  expect(observationOf(trial)).toMatch(/^200 .*add 1 and 2: 1.*\n200 .*add 1 and 2: 2.*\n200 .*"id":"m"/);
  expect(trial.ofPrograms).toMatchObject({ calls: 2, inputTokens: 14, outputTokens: 6 });
  expect(trial.usage).toMatchObject({ calls: 5, inputTokens: 35 });
  const asked = server.requests.length;
  const again = await run("again");
  expect(server.requests.length).toBe(asked);
  expect(observationOf(again)).toBe(observationOf(trial));
});

test("the socket leads to chat completions of that model and to nothing else", async () => {
  const { run, server } = await trialOf(
    [
      'ask("GET", "/etc/passwd")',
      'ask("POST", "/v1/embeddings", {"input": "x"})',
      'ask("POST", "/v1/chat/completions", "{")',
      'chat("x", model="another")',
      'chat("x", stream=True)',
      'chat("x", n=2)',
      'ask("POST", "/v1/chat/completions", {"messages": []})',
      'ask("POST", "/v1/chat/completions", "[" * 100000)',
      String.raw`ask("POST", "/v1/chat/completions", '{"messages": [{"role": "user", "content": "\\ud800"}]}')`,
      'ask("POST", "/v1/chat/completions", b" " * 5_000_000)',
    ].join("\n"),
    () => completion("reached"),
  );

  const trial = await run("first");

  expect(observationOf(trial).match(/^\d+/gm)).toEqual("404 404 400 404 400 400 400 400 400 413".split(" "));
  expect(trial.ofPrograms).toBeUndefined();
  expect(server.requests.filter(({ messages }) => (messages as { role: string }[])[0]?.role !== "system")).toEqual([]);
});

test("neither key nor address is inside, the folder of the socket cannot be written, and other ways out stay shut", async () => {
  const { run, server } = await trialOf(
    [
      "import urllib.request",
      'print("key", any("sk-secret" in v for v in os.environ.values()))',
      'chat("hi", user="x")',
      "for what in [lambda: open('/run/model/new', 'w'), lambda: os.remove(os.environ['MODEL_SOCKET'])]:",
      "    try: what(); print('written')",
      "    except OSError as e: print('refused', e.errno)",
      "s = socket.socket()",
      "s.settimeout(2)",
      "print('tcp', s.connect_ex(('127.0.0.1', 9)))",
    ].join("\n"),
    () => completion("hello"),
  );
  expect(server.url).toMatch(/127\.0\.0\.1/);

  const trial = await run("first");

  expect(observationOf(trial)).toContain("key False");
  expect(observationOf(trial)).toMatch(/^200 .*hello/m);
  expect(observationOf(trial)).not.toContain("written");
  expect(observationOf(trial).match(/refused/g)).toHaveLength(2);
});

test.each<[string, Partial<AgentLimits>]>([
  ["tokens", { tokens: 25 }],
  ["cost", { cost: 2.5e-5, inputPrice: 1, outputPrice: 1 }],
])("at the trial's limit on %s programs are refused", async (_, held) => {
  const { run } = await trialOf('for n in range(4): chat(f"q{n}")', (text) => completion(text), held);

  const trial = await run("first");

  expect(observationOf(trial).match(/^\d+/gm)).toEqual(["200", "200", "200", "429"]);
});

test("where the model cannot be asked, the trial is unscored and never a wrong answer", async () => {
  const { run } = await trialOf('chat("x")', () => null);

  expect((await run("first")).score).toMatchObject({ kind: "unscored", reason: "model-failed" });
});

test("without --network model there is no socket", async () => {
  await using closed = await openSandboxes();
  await using sandbox = await closed.open({ skill: null });

  const { output } = await sandbox.run("ls -d /run/model; echo socket=$MODEL_SOCKET", {
    timeoutMs: 10_000,
    signal: new AbortController().signal,
  });

  expect(output).toMatch(/No such file.*\nsocket=\n$/);
  expect(closed.identity).toBe("bubblewrap/2");
  expect(sandboxes.identity).toBe("bubblewrap/2 network=model");
});

import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readRun } from "../../../harness/run/store.ts";
import { trace2skill } from "../../support/command-line.ts";
import { completion, type LocalServer, localServer, sendJson } from "../../support/local-server.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const TASKS = 6;
const MATHS = ["run", "sample-mathematics", "--split", "evolve", "--tasks", `0:${TASKS}`, "--json"];

/** A model that looks once and then submits: two calls a trial, 1,000 tokens each. */
function twoCallModel(): Promise<LocalServer> {
  return localServer(({ messages }, response) => {
    const looked = (messages as { role: string }[]).some(({ role }) => role === "tool");
    const [name, args] = looked ? ["submit", { answer: "7" }] : ["bash", { command: "echo 7" }];
    const call = { id: "c", type: "function", function: { name, arguments: JSON.stringify(args) } };
    const answer = completion("", { tool_calls: [call] });
    const usage = { prompt_tokens: 900, completion_tokens: 100, prompt_tokens_details: { cached_tokens: 400 } };
    setTimeout(() => sendJson(response, { ...answer, usage }), 20);
  });
}

async function priceFile(folder: string, prices: object[]): Promise<string> {
  const path = join(folder, "prices.json");
  const all = prices.map((price) => ({ date: "2026-11-01", source: "a test", ...price }));
  await writeFile(path, JSON.stringify({ version: 1, currency: "EUR", prices: all }));
  return path;
}

test("at its limit a run stops with exit code 4, keeps what was paid, and goes on when the limit is raised", async () => {
  const folder = await temporaryFolder();
  const server = await twoCallModel();
  const out = join(folder, "run");
  const run = [...MATHS, "--model", "m", "--base-url", server.url, "-j", "4", "--trials-at-once", "4"];
  run.push("--out", out, "--max-tokens-total");

  const first = await trace2skill([...run, "5000"]);
  const stopped = JSON.parse(first.out);
  expect([first.code, first.err]).toEqual([
    4,
    expect.stringMatching(/Stopped at the limit: spent [45]000 tokens of 5000 tokens/),
  ]);
  expect(stopped.stopped).toMatch(/--max-tokens-total/);
  expect(server.requests).toHaveLength(5);
  expect(stopped.summary.missing).toBeGreaterThan(0);
  expect(stopped.spending.total.usage).toMatchObject({ calls: 5, inputTokens: 4_500, cachedTokens: 2_000 });

  const again = await trace2skill([...run, "5000"]);
  expect(again.code).toBe(4);
  expect(server.requests).toHaveLength(5);

  const last = await trace2skill([...run, "100000"]);
  const ended = JSON.parse(last.out);
  expect(last.code).toBe(0);
  expect(ended.summary).toMatchObject({ missing: 0, scored: TASKS, usage: { calls: 2 * TASKS } });
  expect(ended.stopped).toBeNull();
  // Nothing is paid twice, and all that was paid is accounted for.
  expect(server.requests).toHaveLength(2 * TASKS);
  expect(ended.spending.total.usage.calls).toBe(2 * TASKS);
  expect((await readRun(out)).manifest.fingerprint.limits).not.toHaveProperty("cost");
});

test("money is counted at the user's prices, by caller, and a limit on it holds", async () => {
  const folder = await temporaryFolder();
  const server = await twoCallModel();
  // 500 × 2 + 400 × 1 + 100 × 10 = 2,400 millionths a call.
  const prices = await priceFile(folder, [{ model: "m", input: 2, cachedInput: 1, output: 10 }]);
  const run = [...MATHS, "--model", "m", "--base-url", server.url, "--out", join(folder, "run"), "--prices", prices];

  const limited = await trace2skill([...run, "--max-cost", "0.0119"]);

  const { spending } = JSON.parse(limited.out);
  expect(limited.code).toBe(4);
  expect(spending.callers).toHaveLength(1);
  expect(spending.callers[0]).toMatchObject({ caller: "agent", model: "m", usage: { calls: 4 } });
  expect(spending.total.cost).toMatchObject({ currency: "EUR", unknownCalls: 0 });
  expect(spending.total.cost.amount).toBeCloseTo(0.0096, 10);
});

test("a limit on cost without a price stops before the first call", async () => {
  const folder = await temporaryFolder();
  const server = await twoCallModel();
  const run = [...MATHS, "--model", "m", "--base-url", server.url, "--out", join(folder, "run")];

  const whole = await trace2skill([...run, "--max-cost", "1"]);
  const each = await trace2skill([...run, "--cost-limit", "1"]);

  expect([whole.code, whole.err]).toEqual([1, expect.stringMatching(/no price of "m" at http.*is known/)]);
  expect([each.code, each.err]).toEqual([1, expect.stringMatching(/--cost-limit cannot be kept: no price of "m"/)]);
  expect(server.requests).toEqual([]);
});

test("the limits of a trial are in the fingerprint with the prices that they hang on, and end it", async () => {
  const folder = await temporaryFolder();
  const server = await twoCallModel();
  const prices = await priceFile(folder, [{ model: "m", input: 2, output: 10 }]);
  const out = join(folder, "run");
  const limits = ["--cost-limit", "0.002", "--working-time-limit", "500", "--prices", prices];
  const ended = await trace2skill([...MATHS, "--model", "m", "--base-url", server.url, "--out", out, ...limits]);

  expect(ended.code).toBe(0);
  expect(JSON.parse(ended.out).summary.exits).toEqual({ "cost-limit": TASKS });
  expect((await readRun(out)).manifest.fingerprint.limits).toMatchObject({
    cost: 0.002,
    inputPrice: 2,
    cachedInputPrice: 2,
    outputPrice: 10,
    workingMs: 500_000,
  });
});

test("a dry run asks nobody and writes nothing; what was measured takes the place of what was assumed", async () => {
  const folder = await temporaryFolder();
  const server = await twoCallModel();
  const model = ["--model", "m", "--base-url", server.url];
  const prices = await priceFile(folder, [{ model: "m", input: 2, cachedInput: 1, output: 10 }]);
  const next = [...MATHS, ...model, "--seeds", "41,42", "--dry-run", "--out", join(folder, "next")];

  const assumed = JSON.parse((await trace2skill(next)).out);
  expect(assumed).toMatchObject({
    trials: { total: 12, left: 12 },
    basis: { kind: "assumed" },
    cost: { known: false },
  });
  expect(server.requests).toEqual([]);
  expect(existsSync(join(folder, "next"))).toBe(false);
  expect(existsSync(join(folder, "journal.sqlite"))).toBe(false);

  await trace2skill([...MATHS, ...model, "--out", join(folder, "run")]);
  const measured = JSON.parse(
    (await trace2skill([...next, "--estimate-from", join(folder, "run"), "--prices", prices])).out,
  );
  expect(measured).toMatchObject({ basis: { kind: "measured", trials: TASKS }, calls: { expected: 24 } });
  expect(measured.cost.expected).toBeCloseTo(24 * 0.0024, 10);
  expect(measured.cost.range.high).toBeGreaterThanOrEqual(measured.cost.expected);
  const text = await trace2skill(next.filter((option) => option !== "--json"));
  expect(text.out).toMatch(/ASSUMED, not measured[\s\S]*unknown: no price/);
});

test("the request as sent holds preset, file and flags, and stands in the fingerprint", async () => {
  const folder = await temporaryFolder();
  const server = await twoCallModel();
  const file = join(folder, "sampling.yaml");
  await writeFile(file, "temperature: 0.3\nextra_body:\n  guided: true\n");
  const sampling = ["--preset", "qwen3.5-thinking", "--sampling", file, "--top-k", "5", "--extra-body", '{"tag":"t"}'];
  const out = join(folder, "run");
  const ended = await trace2skill([...MATHS, "--model", "m", "--base-url", server.url, "--out", out, ...sampling]);
  const wanted = {
    temperature: 0.3,
    top_p: 0.95,
    top_k: 5,
    min_p: 0,
    presence_penalty: 1.5,
    repetition_penalty: 1,
    chat_template_kwargs: { enable_thinking: true },
    guided: true,
    tag: "t",
  };

  expect(ended.code).toBe(0);
  expect(server.requests[0]).toMatchObject({ ...wanted, seed: 41 });
  expect((await readRun(out)).manifest.fingerprint.sampling).toEqual(wanted);
});

test.each([
  ["an unknown setting", "temprature: 1", /unknown setting temprature; there are temperature/],
  ["no YAML", "a: [", /is neither JSON nor YAML/],
])("a sampling file with %s is refused before anything is written", async (_, text, message) => {
  const folder = await temporaryFolder();
  const file = join(folder, "sampling.yaml");
  await writeFile(file, text);
  const ended = await trace2skill([...MATHS, "--out", join(folder, "run"), "--sampling", file]);

  expect(ended.err).toMatch(message);
  expect(ended.code).toBeGreaterThan(0);
  expect(existsSync(join(folder, "run"))).toBe(false);
});

test("roles of a distillation have models and sampling of their own, told in its manifest, its costs and its account", async () => {
  const folder = await temporaryFolder();
  const out = join(folder, "distilled");
  await trace2skill([...MATHS, "--out", join(folder, "run")]);
  const roles = ["--model-role", "analyst=sim/small,merger=sim/small", "--sampling-role", "merger=qwen3.5-thinking"];
  const from = ["distill", join(folder, "run"), "--start", "none", "--fan-in", "2", "--json"];

  const ended = await trace2skill([...from, ...roles, "--out", out]);

  expect([ended.code, ended.err]).toEqual([0, expect.not.stringContaining("error")]);
  const distillation = JSON.parse(await readFile(join(out, "distillation.json"), "utf8"));
  const { fingerprint } = distillation;
  expect(fingerprint.model).toBe("sim/large");
  expect(Object.keys(fingerprint.roles)).toEqual(["error-analyst", "merger", "success-analyst"]);
  expect(fingerprint.roles.merger).toMatchObject({ model: "sim/small", sampling: { temperature: 1, top_k: 20 } });
  expect(fingerprint.roles["error-analyst"].sampling).toEqual({});
  const { spending } = JSON.parse(ended.out);
  const models = new Map(spending.callers.map((one: { caller: string; model: string }) => [one.caller, one.model]));
  expect(models.get("proposer")).toBe("sim/large");
  expect(models.get("error-analyst")).toBe("sim/small");
  expect(models.get("merger")).toBe("sim/small");

  const page = join(folder, "report.json");
  const report = await trace2skill([
    ...["report", join(folder, "run"), "--distillation", out, "--out", join(folder, "r.html"), "--json"],
    ...["--prices", await priceFile(folder, [{ model: "sim/small", input: 3, output: 3 }])],
  ]);
  expect([report.code, existsSync(page)]).toEqual([0, false]);
  const costs: { caller: string; model: string; money: { amount: number } }[] = JSON.parse(report.out).report.costs;
  const merger = costs.find(({ caller }) => caller === "merger");
  expect(merger).toMatchObject({ model: "sim/small" });
  expect(merger?.money.amount).toBeGreaterThan(0);

  const other = await trace2skill([...from, "--model-role", "merger=sim/large", "--out", out]);
  expect([other.code, other.err]).toEqual([1, expect.stringMatching(/holds another distillation \(roles: /)]);
});

test.each([
  ["a role that is none", ["--model-role", "critic=m"], /roles are analyst, error-analyst/],
  ["a role given twice", ["--model-role", "analyst=a,error-analyst=b"], /names error-analyst twice/],
  ["a role without a model", ["--model-role", "merger="], /--model-role must be a list/],
  ["a preset that is none", ["--preset", "best"], /--preset must be one of qwen3\.5-instruct/],
  ["an amount that is none", ["--max-cost", "0"], /--max-cost must be an amount above 0/],
])("%s is refused as wrong use", async (_, options, message) => {
  const ended = await trace2skill(["distill", "runs/none", "--out", "x", ...options]);

  expect([ended.code, ended.err]).toEqual([2, expect.stringMatching(message)]);
});

test("distill --dry-run tells tokens and cost by caller, and what it assumes", async () => {
  const folder = await temporaryFolder();
  await trace2skill([...MATHS, "--out", join(folder, "run")]);
  const prices = await priceFile(folder, [{ model: "sim/small", input: 5, output: 5 }]);
  const dry = ["distill", join(folder, "run"), "--dry-run", "--out", join(folder, "d"), "--prices", prices, "--json"];

  const plan = JSON.parse((await trace2skill([...dry, "--model-role", "merger=sim/small"])).out);
  const plain = JSON.parse((await trace2skill(dry)).out);

  expect(plan.usage.map(({ caller }: { caller: string }) => caller)).toContain("merger");
  expect(plan.money.amount).toBeGreaterThan(0);
  expect(plain.money.amount).toBe(0);
  expect(plan.assumptions.length).toBeGreaterThan(2);
  expect(existsSync(join(folder, "d"))).toBe(false);
});

test("a distillation stops at its limit without losing a paid call, and comes out the same when it goes on", async () => {
  const folder = await temporaryFolder();
  await trace2skill([...MATHS, "--out", join(folder, "run")]);
  const distill = (out: string, journal: string, ...options: string[]) =>
    trace2skill([
      ...["distill", join(folder, "run"), "--start", "none", "--fan-in", "2", "--name", "maths", "--json"],
      ...["--out", join(folder, out), "--journal", join(folder, journal), ...options],
    ]);
  const whole = JSON.parse((await distill("whole", "whole.sqlite")).out).spending.total.usage;

  const limit = String(Math.round((whole.inputTokens + whole.outputTokens) / 3));
  const stopped = await distill("parts", "parts.sqlite", "--max-tokens-total", limit);
  const ended = await distill("parts", "parts.sqlite");

  expect([stopped.code, stopped.err]).toEqual([
    4,
    expect.stringMatching(/Stopped at the limit: spent \d+ tokens of \d+ tokens/),
  ]);
  expect(ended.code).toBe(0);
  const { spending, calls } = JSON.parse(ended.out);
  expect(calls.fromJournal).toBeGreaterThan(0);
  expect(spending.total.usage).toEqual(whole);
  const document = (out: string) => readFile(join(folder, out, "distillation.json"), "utf8");
  expect(await document("parts")).toBe(await document("whole"));
});

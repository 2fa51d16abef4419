import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AnalyseOptions, analyse, analysisUnit } from "../../distill/analyse.ts";
import { MAX_SUBMISSIONS } from "../../distill/error-analyst.ts";
import type { NamedTrial } from "../../distill/trials.ts";
import { SetupError } from "../../harness/errors.ts";
import { ModelError, SandboxError, type Sandboxes } from "../../harness/roles.ts";
import { openSandboxes } from "../../harness/sandbox/bubblewrap.ts";
import { trajectory, unseen } from "../support/builders.ts";
import { distillScript, fenced, json, lessonsOf, type Parts, submission } from "../support/distill-script.ts";
import { GOOD_FIX, sumBenchmark, sumTrial } from "../support/sum-benchmark.ts";
import { temporaryFolder } from "../support/temporary.ts";

let sandboxes: Sandboxes & AsyncDisposable;
beforeAll(async () => {
  sandboxes = await openSandboxes();
});
afterAll(() => sandboxes[Symbol.asyncDispose]());

async function analysed(trial: NamedTrial, parts: Parts = {}, more: Partial<AnalyseOptions> = {}) {
  const benchmark = await sumBenchmark(await temporaryFolder(), 3);
  const model = distillScript(parts);
  const options: AnalyseOptions = {
    start: null,
    lessons: "combined",
    errorAnalyst: "agentic",
    bench: { benchmark, sandboxes },
    artifactsOf: () => null,
    imagesOf: () => null,
    seen: unseen,
    context: "c",
    ...more,
  };
  const analysis = await analyse(trial, options, { model, seed: 1, signal: new AbortController().signal });
  return { analysis, model };
}

describe("the agentic error analyst", () => {
  test("a fix that scores 1 in a fresh sandbox verifies its lessons", async () => {
    const { analysis, model } = await analysed(sumTrial(1, 0));
    expect(analysis).toMatchObject({
      analyst: "error",
      outcome: { kind: "analysed" },
      fix: { script: GOOD_FIX, verified: true },
      dropped: [],
    });
    expect(analysis.lessons).toMatchObject([
      { id: "run/sum-1.41#1", kind: "error", trial: "run/sum-1.41", task: "sum-1", verified: true },
    ]);
    expect(model.asked[0]?.tools.map(({ name }) => name)).toEqual(["bash", "evaluate", "submit_analysis"]);
    expect(fenced(model.asked[0]!, "task")).toEqual(["Add up the numbers of file number 1."]);
    expect(fenced(model.asked[0]!, "skill")).toEqual(["(none)"]);
  });

  test("a fix that leans on what the analyst left in its own sandbox proves nothing: the lesson is kept, dropped with the reason", async () => {
    const replies = [{ calls: [["bash", { command: `${GOOD_FIX}; cp output.txt kept.txt` }] as const] }];
    const { analysis, model } = await analysed(sumTrial(1, 0), {
      "error analyst": () => replies.shift() ?? submission("cp kept.txt output.txt"),
    });
    expect(analysis.fix).toMatchObject({
      verified: false,
      verdict: expect.stringContaining("there is no file /work/output.txt"),
    });
    expect(analysis.lessons).toMatchObject([{ verified: false }]);
    expect(analysis.dropped).toEqual([
      { lesson: "run/sum-1.41#1", reason: "the fix did not pass when the harness ran it afresh" },
    ]);
    expect(model.asked).toHaveLength(1 + MAX_SUBMISSIONS);
  });

  test("a fix that fails is told why, and a mended one counts", async () => {
    const replies = [submission("echo 99 > output.txt"), submission(GOOD_FIX)];
    const { analysis, model } = await analysed(sumTrial(2, 0), { "error analyst": () => replies.shift()! });
    expect(analysis.fix?.verified).toBe(true);
    expect(model.asked[1]?.messages.at(-1)?.content).toContain("the sum is off; found 99");
  });

  test("attack: an output that is a link is no output, so a link to the answer verifies nothing", async () => {
    const answer = join(await temporaryFolder(), "answer.txt");
    await writeFile(answer, "4\n");
    const { analysis } = await analysed(sumTrial(1, 0), {
      "error analyst": () => submission(`ln -s ${answer} output.txt`),
    });
    expect(analysis.fix?.verified).toBe(false);
  });

  test("the evaluator takes nothing from the model and says where what lies in /work differs", async () => {
    const replies = [{ calls: [["evaluate", { path: "/etc/passwd" }] as const] }, submission(GOOD_FIX)];
    const { model } = await analysed(sumTrial(1, 0), { "error analyst": () => replies.shift()! });
    expect(model.asked[1]?.messages.at(-1)?.content).toBe("It differs (score 0): there is no file /work/output.txt");
  });

  test("the analyst finds the inputs and what the agent left, but no links of it and not its changed inputs", async () => {
    const left = await temporaryFolder();
    await writeFile(join(left, "output.txt"), "7\n");
    await writeFile(join(left, "input.txt"), "changed\n");
    await symlink("/etc/hostname", join(left, "link.txt"));
    await mkdir(join(left, "folder"));
    const replies = [{ calls: [["bash", { command: "ls; cat input.txt output.txt" }] as const] }, submission(GOOD_FIX)];
    const { model } = await analysed(
      sumTrial(1, 0),
      { "error analyst": () => replies.shift()! },
      { artifactsOf: () => left },
    );
    expect(model.asked[1]?.messages.at(-1)?.content).toBe("input.txt\noutput.txt\n1\n2\n1\n7");
  });

  test("a lesson that holds values of its own task is sent back, and dropped when it stays so", async () => {
    const leaking = {
      calls: [["submit_analysis", { fix: GOOD_FIX, lessons: lessonsOf("For sum-1 write four") }] as const],
    };
    const { analysis, model } = await analysed(sumTrial(1, 0), { "error analyst": () => leaking });
    expect(model.asked).toHaveLength(MAX_SUBMISSIONS);
    expect(analysis.dropped).toEqual([{ lesson: "run/sum-1.41#1", reason: "it names its own task" }]);
  });

  test("an analyst that never hands in is a failed analysis, not a lost one", async () => {
    const { analysis } = await analysed(sumTrial(1, 0), { "error analyst": () => ({ content: "Hm." }) });
    expect(analysis.outcome).toMatchObject({ kind: "failed", reason: "unreadable-reply" });
    expect(analysis.usage.calls).toBeGreaterThan(0);
  });
});

describe("invariant 2: faults of ours and failures of protocol are told apart from wrong answers and never become lessons", () => {
  test.each([
    ["protocol-failure", sumTrial(1, 0, { trajectory: trajectory({ exit: "format-errors" }) })],
    ["unscored", sumTrial(1, 0, { score: { kind: "unscored", reason: "sandbox-failed", detail: "x" } })],
    ["unscored", sumTrial(1, 0, { trajectory: null })],
  ])("%s: skipped without a call", async (reason, trial) => {
    const { analysis, model } = await analysed(trial);
    expect(analysis.outcome).toMatchObject({ kind: "skipped", reason });
    expect(model.asked).toEqual([]);
  });

  test("a model that fails and a sandbox that fails are recorded with the reason; a SetupError is thrown", async () => {
    const failing = (error: Error) =>
      analysed(sumTrial(1, 0), {
        "error analyst": () => {
          throw error;
        },
      });
    expect((await failing(new ModelError("HTTP 500"))).analysis.outcome).toEqual({
      kind: "failed",
      reason: "model-failed",
      detail: "HTTP 500",
    });
    await expect(failing(new SetupError("no key"))).rejects.toThrow("no key");
    const broken: Sandboxes = { identity: "broken", open: () => Promise.reject(new SandboxError("no namespace")) };
    const bench = { benchmark: await sumBenchmark(await temporaryFolder(), 1), sandboxes: broken };
    expect((await analysed(sumTrial(1, 0), {}, { bench })).analysis.outcome).toMatchObject({
      reason: "sandbox-failed",
      detail: "no namespace",
    });
  });

  test("a task that the benchmark does not have is the benchmark's fault", async () => {
    expect((await analysed(sumTrial(9, 0))).analysis.outcome).toMatchObject({
      kind: "failed",
      reason: "benchmark-broken",
    });
  });
});

describe("analysts of one call", () => {
  test("a passed trial gets the success analyst, a failed one the single-call analyst where that is chosen; neither is verified", async () => {
    const success = await analysed(sumTrial(1, 1));
    expect(success.analysis).toMatchObject({
      analyst: "success",
      lessons: [{ kind: "success", verified: false }],
      dropped: [],
    });
    const error = await analysed(sumTrial(1, 0), {}, { errorAnalyst: "single-call", bench: null });
    expect(error.analysis).toMatchObject({
      analyst: "single-call-error",
      lessons: [{ kind: "error", verified: false }],
      dropped: [],
    });
  });

  test("a reply that cannot be read is asked for again with what was wrong", async () => {
    const replies = [json({ lessons: [] }), json({ lessons: lessonsOf("Second") })];
    const { analysis, model } = await analysed(sumTrial(1, 1), { "success analyst": () => replies.shift()! });
    expect(model.asked[1]?.messages.at(-1)?.content).toContain("lessons");
    expect(analysis.lessons).toMatchObject([{ title: "Second" }]);
    expect(analysis.usage.calls).toBe(2);
  });

  test("two unreadable replies are a failed analysis with what was said", async () => {
    const { analysis } = await analysed(sumTrial(1, 1), { "success analyst": () => ({ content: "No." }) });
    expect(analysis.outcome).toMatchObject({
      kind: "failed",
      reason: "unreadable-reply",
      detail: "the reply holds no JSON",
    });
    expect(analysis.chat.filter(({ role }) => role === "assistant")).toHaveLength(2);
  });

  test.each([
    ["error", 1],
    ["success", 0],
  ] as const)("with lessons from %s only, the other trials are not asked about", async (lessons, value) => {
    const { analysis, model } = await analysed(sumTrial(1, value), {}, { lessons });
    expect(analysis.outcome).toMatchObject({ kind: "skipped", reason: "not-asked-for" });
    expect(model.asked).toEqual([]);
  });
});

test("the unit of an analysis does not depend on times, and does on what happened and on the context", () => {
  const options: AnalyseOptions = {
    start: null,
    lessons: "error",
    errorAnalyst: "agentic",
    bench: null,
    artifactsOf: () => null,
    imagesOf: () => null,
    seen: unseen,
    context: "c",
  };
  const unit = analysisUnit(sumTrial(1, 0), options);
  expect(analysisUnit({ ...sumTrial(1, 0), durationMs: 99, startedAt: "2027-01-01T00:00:00.000Z" }, options)).toBe(
    unit,
  );
  expect(analysisUnit(sumTrial(1, 0, { trajectory: trajectory({ answer: "x" }) }), options)).not.toBe(unit);
  expect(analysisUnit(sumTrial(1, 0), { ...options, context: "d" })).not.toBe(unit);
  expect(analysisUnit(sumTrial(1, 0), { ...options, errorAnalyst: "single-call" })).not.toBe(unit);
});

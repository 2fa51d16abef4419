import { mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import fc from "fast-check";
import { beforeEach, expect, test } from "vitest";
import { performDistill } from "../../../harness/cli/perform-distill.ts";
import { SetupError } from "../../../harness/errors.ts";
import { imageStore } from "../../../harness/images/image-store.ts";
import { importAtif } from "../../../harness/import/atif.ts";
import { writeAtif } from "../../../harness/import/atif-write.ts";
import { Manifest } from "../../../harness/manifest.ts";
import { NO_USAGE, type Step, Trial } from "../../../harness/records.ts";
import { createRun, readRun, trialName, writeTrial } from "../../../harness/run/store.ts";
import { manifest, task, trajectory, trial, unseen } from "../../support/builders.ts";
import { trace2skill } from "../../support/command-line.ts";
import { distillScript } from "../../support/distill-script.ts";
import { picture } from "../../support/pictures.ts";
import { temporaryFolder } from "../../support/temporary.ts";

let folder = "";
beforeEach(async () => {
  folder = await temporaryFolder();
});

function step(parts: Partial<Step> = {}): Step {
  return {
    reply: { role: "assistant", content: "I look.", toolCalls: [], reasoning: null },
    action: { kind: "command", command: "ls" },
    observation: "input.xlsx",
    usage: { ...NO_USAGE, calls: 1, inputTokens: 10, cachedTokens: 4, outputTokens: 5, reasoningTokens: 2 },
    modelMs: 12.5,
    commandMs: 3,
    ...parts,
  };
}

/** Everything that a trial may hold and ATIF has no field for. */
async function hardTrials(run: string): Promise<Trial[]> {
  const bytes = new Uint8Array(await (await picture(40, 30)).toBuffer());
  const image = await imageStore(join(run, "images")).keep({ mediaType: "image/png", width: 40, height: 30 }, bytes);
  const call = (id: string, args: string) => ({ id, name: "bash", arguments: args });
  const native = step({
    reply: {
      role: "assistant",
      content: "",
      toolCalls: [call("a", '{ "command": "ls" }'), call("b", "no JSON")],
      reasoning: { field: "reasoning", text: "Think." },
    },
    images: [image],
  });
  const broken = step({
    reply: {
      role: "assistant",
      content: "Hm.",
      toolCalls: [],
      reasoning: { field: "content", text: "<think>no</think>\n" },
    },
    action: { kind: "invalid", problem: "it calls no tool" },
    observation: "Reply with a call.",
    repairs: ["thinking-in-content", "asked-again"],
    usage: { ...NO_USAGE, calls: 2, untold: 1 },
    waitedMs: 2.5,
  });
  const silent = step({ action: { kind: "submit", answer: "42" }, observation: "", usage: NO_USAGE });
  const asked = { role: "user" as const, content: "See the page.", images: [image] };
  const examples = [
    { role: "system" as const, content: "Rules." },
    { role: "assistant" as const, content: "", toolCalls: [call("x", "{}")], reasoning: null },
    { role: "tool" as const, toolCallId: "x", content: "done" },
    asked,
  ];
  return [
    trial({
      task: task({ id: "a b/c", images: ["page.png"], family: "f" }),
      trajectory: trajectory({ prompt: examples, steps: [native, broken, silent], answer: "42" }),
      score: { kind: "scored", value: 0.5, explanation: "wanted 43", metrics: { accuracy: 1 } },
      artifacts: ["a_b_c~1/output.xlsx"],
    }),
    trial({
      task: task({ id: "sealed" }),
      trajectory: trajectory({ protocol: "text", exit: "turn-limit", steps: [step(), broken] }),
    }),
    trial({
      task: task({ id: "lost" }),
      trajectory: null,
      score: { kind: "unscored", reason: "model-failed", detail: "500" },
    }),
  ];
}

test("a run that goes out as ATIF and comes back is the same run: trials, images, files of agents, sealed tasks", async () => {
  const run = join(folder, "one", "run");
  const trials = await hardTrials(run);
  const { benchmark } = manifest();
  const taskIds = trials.map(({ task: { id } }) => id);
  await createRun(run, manifest({ benchmark: { ...benchmark, taskIds, sealed: ["sealed"], learned: [] } }));
  for (const one of trials) writeTrial(run, one);
  await mkdir(join(run, "artifacts", "a_b_c~1"), { recursive: true });
  await writeFile(join(run, "artifacts", "a_b_c~1", "output.xlsx"), "cells");

  const out = await trace2skill(["export", run, "--format", "atif", "--out", join(folder, "atif"), "--json"]);
  expect(JSON.parse(out.out)).toMatchObject({
    format: "ATIF-v1.7",
    counts: { trajectories: 3, images: 2, artifacts: 1 },
  });
  const back = join(folder, "two", "run");
  const into = await trace2skill(["import", "--from", "atif", join(folder, "atif"), "--out", back]);

  expect(into.err).toBe("notice: format ATIF-v1.7\nnotice: 1 of 3 trials are unscored and teach nothing: 500\n");
  const [before, after] = [await readRun(run), await readRun(back)];
  expect(new Map(after.trials.map((one) => [one.task.id, one]))).toEqual(
    new Map(before.trials.map((one) => [one.task.id, one])),
  );
  expect(after.manifest).toEqual({
    ...before.manifest,
    benchmark: { ...before.manifest.benchmark, taskIds: after.manifest.benchmark.taskIds },
    importedFrom: join(folder, "atif"),
  });
  expect(new Set(after.manifest.benchmark.taskIds)).toEqual(new Set(taskIds));
  const kept = join("artifacts", "a_b_c~1", "output.xlsx");
  expect(await readFile(join(back, kept), "utf8")).toBe("cells");
  const [image] = before.trials[0]?.trajectory?.steps[0]?.images ?? [];
  expect(await imageStore(join(back, "images")).read(image!)).toEqual(
    await imageStore(join(run, "images")).read(image!),
  );
});

test("a run of strangers that names files outside of its folder reads none and overwrites none, out and in", async () => {
  const run = join(folder, "one", "run");
  const secret = join(folder, "secret.txt");
  const victim = join(folder, "victim.txt");
  await writeFile(secret, "secret");
  await writeFile(victim, "mine");
  const artifacts = ["../../../secret.txt", "../../victim.txt", "link/secret.txt", "kept.txt"];
  const one = trial({ artifacts });
  await createRun(run, manifest({ benchmark: { ...manifest().benchmark, taskIds: [one.task.id] } }));
  writeTrial(run, one);
  await mkdir(join(run, "artifacts"), { recursive: true });
  await writeFile(join(run, "artifacts", "kept.txt"), "kept");
  await symlink(folder, join(run, "artifacts", "link"));
  await writeFile(join(run, "victim.txt"), "theirs");

  const out = await trace2skill(["export", run, "--format", "atif", "--out", join(folder, "atif", "a"), "--json"]);
  expect(JSON.parse(out.out).counts).toMatchObject({ artifacts: 1 });
  expect(out.err).toMatch(/3 files that agents left .* not exported/);
  await rm(join(folder, "atif", "a", "artifacts", "link"), { recursive: true });
  await symlink(folder, join(folder, "atif", "a", "artifacts", "link"));
  const into = await trace2skill([
    "import",
    "--from",
    "atif",
    join(folder, "atif", "a"),
    "--out",
    join(folder, "back"),
  ]);

  expect([into.code, into.err]).toEqual([0, expect.stringMatching(/files that agents left are not beside/)]);
  expect(await readFile(victim, "utf8")).toBe("mine");
  const all = await readdir(join(folder, "back"), { recursive: true });
  expect(all.filter((path) => /secret|victim/.test(path))).toEqual([]);
  expect(await readFile(join(folder, "back", "artifacts", "kept.txt"), "utf8")).toBe("kept");
});

test("a run and its double that went through ATIF distil into the same skill, with the same lineage", async () => {
  const runs = [join(folder, "one", "run"), join(folder, "two", "run")] as const;
  const ids = ["t1", "t2", "t3", "t4"];
  const { benchmark } = manifest();
  const asked = manifest({ benchmark: { ...benchmark, split: "evolve", taskIds: ids } });
  const trials = ids.map((id, index) =>
    trial({
      task: task({ id }),
      trajectory: trajectory({ steps: [step({ observation: `row ${index}` })] }),
      score: { kind: "scored", value: index % 2, explanation: "told" },
    }),
  );
  await createRun(runs[0], asked);
  for (const one of trials) writeTrial(runs[0], one);
  await mkdir(join(folder, "atif"));
  for (const one of trials) {
    const name = trialName(one.task.id, one.seed);
    await writeFile(join(folder, "atif", `${name}.json`), JSON.stringify(writeAtif(one, name, asked)));
  }
  const back = await importAtif([join(folder, "atif")], imageStore(join(runs[1], "images")));
  await createRun(runs[1], back.manifest);
  for (const one of back.trials) writeTrial(runs[1], one);

  const [one, two] = await Promise.all(
    runs.map(async (directory) =>
      performDistill({
        runs: [await readRun(directory)],
        start: null,
        model: distillScript(),
        benchmark: null,
        sandboxes: null,
        lessons: "combined",
        errorAnalyst: "single-call",
        fanIn: 2,
        seed: 1,
        name: "adding-up",
        directory: join(dirname(directory), "distilled"),
        seen: unseen,
        onCount: () => {},
        signal: new AbortController().signal,
      }),
    ),
  );

  expect(one?.stages.lessons).toBe(4);
  expect(two).toEqual(one);
});

interface Foreign {
  [field: string]: unknown;
}

function foreign(parts: Foreign = {}): Foreign {
  return {
    schema_version: "ATIF-v1.6",
    session_id: "s1",
    agent: { name: "terminus", version: "2", model_name: "some-model" },
    steps: [
      { step_id: 1, source: "system", message: "You are an agent.", timestamp: "2026-03-01T10:00:00Z" },
      { step_id: 2, source: "user", message: [{ type: "text", text: "Mend the build." }] },
      {
        step_id: 3,
        source: "agent",
        message: "I look.",
        reasoning_content: "Where to start?",
        tool_calls: [{ tool_call_id: "c1", function_name: "bash_command", arguments: { keystrokes: "make\n" } }],
        observation: { results: [{ source_call_id: "c1", content: "ok" }] },
        metrics: { prompt_tokens: 7, completion_tokens: 3, cost_usd: 0.1 },
      },
      { step_id: 4, source: "user", message: "Go on." },
      { step_id: 5, source: "agent", message: "The build is mended.", timestamp: "2026-03-01T10:00:09Z" },
    ],
    ...parts,
  };
}

async function put(path: string, value: unknown): Promise<string> {
  await mkdir(dirname(join(folder, "in", path)), { recursive: true });
  await writeFile(join(folder, "in", path), typeof value === "string" ? value : JSON.stringify(value));
  return join(folder, "in", path);
}

const read = () => importAtif([join(folder, "in")], imageStore(join(folder, "images")));

test("a Harbor trial becomes a trial: commands, thoughts, what was said between, its reward; what has no place is counted", async () => {
  await put("job/t__1/agent/trajectory.json", foreign());
  await put("job/t__1/result.json", {
    task_name: "fix-build",
    verifier_result: { rewards: { reward: 1, style: 0.5 } },
  });

  const { manifest: made, trials, notices } = await read();

  expect(Manifest.parse(made)).toEqual(made);
  const [only] = trials.map((one) => Trial.parse(one));
  expect(only?.task).toMatchObject({ id: "fix-build", instruction: "Mend the build.", output: null });
  expect(only?.score).toMatchObject({ kind: "scored", value: 1, metrics: { style: 0.5 } });
  expect(only).toMatchObject({ startedAt: "2026-03-01T10:00:00.000Z", durationMs: 9_000 });
  expect(only?.trajectory?.prompt).toEqual([
    { role: "system", content: "You are an agent." },
    { role: "user", content: "Mend the build." },
  ]);
  expect(only?.trajectory?.steps.map(({ action, observation }) => [action, observation])).toEqual([
    [{ kind: "command", command: "make\n" }, "ok\n\nGo on."],
    [{ kind: "submit", answer: "The build is mended." }, ""],
  ]);
  expect(only?.trajectory).toMatchObject({ exit: "submitted", answer: "The build is mended." });
  expect(notices).toEqual([
    "skipped 1 file: no trajectory: it has no schema_version ATIF-v1.x (job/t__1/result.json)",
    "the field metrics.cost_usd has no place in a trial: met 1 times, left out",
    "a message of the user between replies, read as part of an observation has no place in a trial: met 1 times, left out",
    "format ATIF-v1.6",
  ]);
});

test.each<[string, Foreign, object]>([
  ["no reward anywhere", {}, { kind: "unscored", detail: expect.stringMatching(/no reward is named/) }],
  ["a reward in the document's extra", { extra: { reward: 0.25 } }, { kind: "scored", value: 0.25 }],
  [
    "a reward beyond the range of scores",
    { extra: { reward: -1 } },
    { kind: "unscored", detail: expect.stringMatching(/-1/) },
  ],
  ["a reward in the final metrics", { final_metrics: { extra: { reward: true } } }, { kind: "scored", value: 1 }],
])("%s", async (_, parts, score) => {
  await put("t.json", foreign(parts));

  expect((await read()).trials[0]?.score).toMatchObject(score);
});

test("several trajectories of one task are its seeds, and a timeout is the end that it was", async () => {
  await put("a/agent/trajectory.json", foreign());
  await put("a/result.json", { task_name: "same", exception_info: { exception_type: "AgentTimeoutError" } });
  await put("b/agent/trajectory.json", foreign());
  await put("b/result.json", { task_name: "same" });

  const { manifest: made, trials } = await read();

  expect(trials.map(({ task: { id }, seed, trajectory: path }) => [id, seed, path?.exit])).toEqual([
    ["same", 0, "time-limit"],
    ["same", 1, "submitted"],
  ]);
  expect(made).toMatchObject({ seeds: [0, 1], benchmark: { taskIds: ["same"] } });
});

test("images below the folder are kept, a GIF as what models take; those on the web, outside or broken are told", async () => {
  const image = (path: string, type = "image/png") => ({ type: "image", source: { media_type: type, path } });
  const steps = [
    {
      step_id: 1,
      source: "user",
      message: [
        { type: "text", text: "See." },
        image("images/a.png"),
        image("./b.gif", "image/gif"),
        image("https://x.test/c.png"),
        image("../secret.png"),
        image("images/broken.png"),
        { type: "audio", source: { media_type: "audio/wav", path: "d.wav" } },
      ],
    },
    { step_id: 2, source: "agent", message: "Seen." },
  ];
  await put("t.json", foreign({ steps }));
  await put("images/broken.png", "no image");
  await writeFile(join(folder, "in", "images", "a.png"), await (await picture(5, 4)).toBuffer());
  await writeFile(join(folder, "in", "b.gif"), await (await picture(6, 3)).gif().toBuffer());

  const { trials, notices } = await read();

  const [message] = trials[0]?.trajectory?.prompt ?? [];
  expect(message).toMatchObject({
    role: "user",
    content: "See.",
    images: [{ width: 5, height: 4 }, { mediaType: expect.stringMatching(/png|jpeg/) }],
  });
  expect(notices.filter((notice) => /image|audio/.test(notice))).toEqual([
    expect.stringContaining("on the web"),
    expect.stringContaining("leads out of"),
    expect.stringContaining("cannot be read"),
    expect.stringContaining('"audio"'),
  ]);
});

test.each([
  ["a file cut off", '{"schema_version": "ATIF-v1.7", "st', /skipped 1 file: it is no JSON, or cut off \(t\.json\)/],
  [
    "a version to come",
    JSON.stringify(foreign({ schema_version: "ATIF-v2.0" })),
    /its version is "ATIF-v2\.0"; ATIF-v1\.x is read/,
  ],
  ["steps that are none", JSON.stringify(foreign({ steps: [{ step_id: 1, source: "robot" }] })), /steps\.0\.source/],
  [
    "no step of an agent",
    JSON.stringify(foreign({ steps: [{ step_id: 1, source: "user", message: "?" }] })),
    /no step of the agent/,
  ],
])("%s alone is no trajectory, and the message says why", async (_, text, message) => {
  await put("t.json", text);

  const error: unknown = await read().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SetupError);
  expect(String(error)).toMatch(message);
});

test("whatever bytes and JSON lie in a folder, they are read or told, never a crash", async () => {
  const near = fc.record({
    schema_version: fc.constantFrom("ATIF-v1.7", "ATIF-v1.0", "ATIF-v9"),
    agent: fc.oneof(fc.record({ name: fc.string() }), fc.jsonValue()),
    steps: fc.array(
      fc.oneof(
        fc.record(
          {
            step_id: fc.integer(),
            source: fc.constantFrom("agent", "user", "system"),
            message: fc.oneof(fc.string(), fc.jsonValue()),
            tool_calls: fc.oneof(
              fc.jsonValue(),
              fc.constant([{ tool_call_id: "1", function_name: "f", arguments: [1] }]),
            ),
            observation: fc.jsonValue(),
            metrics: fc.jsonValue(),
            extra: fc.oneof(fc.jsonValue(), fc.record({ trace2skill: fc.jsonValue() })),
          },
          { requiredKeys: ["step_id", "source"] },
        ),
        fc.jsonValue(),
      ),
    ),
    extra: fc.oneof(fc.jsonValue(), fc.record({ trace2skill: fc.jsonValue(), reward: fc.jsonValue() })),
  });
  const text = fc.oneof(
    near.map((value) => Buffer.from(JSON.stringify(value))),
    fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value))),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  );
  const path = await put("t.json", "");
  await fc.assert(
    fc.asyncProperty(text, async (bytes) => {
      await writeFile(path, bytes);
      const made = await importAtif([path], imageStore(join(folder, "images"))).catch((error: unknown) => error);
      if (made instanceof SetupError) {
        expect(made.message).toContain(basename(path));
        return;
      }
      const { trials, manifest: document } = made as Awaited<ReturnType<typeof importAtif>>;
      expect(Manifest.safeParse(document).error).toBeUndefined();
      for (const one of trials) expect(Trial.safeParse(one).error).toBeUndefined();
    }),
    { numRuns: 150 },
  );
});

import { cp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DistillEvent, type DistillOptions, distill } from "../../distill/distill.ts";
import { Analysis, type Distillation, Merge, Proposal } from "../../distill/documents.ts";
import { countFates, lineage } from "../../distill/lineage.ts";
import { readDistillation } from "../../distill/store.ts";
import { SetupError } from "../../harness/errors.ts";
import { openJournal } from "../../harness/journal/journal.ts";
import type { Benchmark, ModelCall, Sandboxes } from "../../harness/roles.ts";
import { ModelError } from "../../harness/roles.ts";
import { openSandboxes } from "../../harness/sandbox/bubblewrap.ts";
import { lintSkill } from "../../harness/skill/lint.ts";
import { readSkill } from "../../harness/skill/read.ts";
import { trajectory, unseen } from "../support/builders.ts";
import { skill } from "../support/distill-builders.ts";
import { distillScript, fenced, json, type Parts, submission } from "../support/distill-script.ts";
import { GOOD_FIX, sumBenchmark, sumTrial } from "../support/sum-benchmark.ts";
import { temporaryFolder } from "../support/temporary.ts";

let sandboxes: Sandboxes & AsyncDisposable;
beforeAll(async () => {
  sandboxes = await openSandboxes();
});
afterAll(() => sandboxes[Symbol.asyncDispose]());

/** Six failed trials, of which two share a lesson of their own, one passed, one broke the protocol, one is ours. */
const TRIALS = [
  ...[1, 2, 3, 4, 5, 6].map((number) => sumTrial(number, 0)),
  sumTrial(7, 1),
  sumTrial(8, 0, { trajectory: trajectory({ exit: "format-errors" }) }),
  sumTrial(9, 0, { score: { kind: "unscored", reason: "model-failed", detail: "HTTP 500" } }),
];

const titleOf = (task: string) =>
  /[12]\.$/.test(task) ? "Mind the header" : /6\.$/.test(task) ? "Something rare" : "Add all lines";
const PARTS: Parts = {
  "error analyst": (call) => {
    const task = fenced(call, "task")[0] ?? "";
    return submission(/5\.$/.test(task) ? "echo wrong > output.txt" : GOOD_FIX, titleOf(task));
  },
};

interface Setup {
  readonly options: DistillOptions;
  readonly model: ReturnType<typeof distillScript>;
  readonly events: DistillEvent[];
}

async function setup(parts: Parts = PARTS, more: Partial<DistillOptions> = {}): Promise<Setup> {
  const directory = join(await temporaryFolder(), "out");
  const benchmark: Benchmark = await sumBenchmark(await temporaryFolder(), 9);
  const model = distillScript(parts);
  const events: DistillEvent[] = [];
  const options: DistillOptions = {
    trials: TRIALS,
    start: null,
    benchmark,
    sandboxes,
    model,
    lessons: "combined",
    errorAnalyst: "agentic",
    fanIn: 2,
    seed: 1,
    name: "adding-up",
    directory,
    artifactsOf: () => null,
    imagesOf: () => null,
    seen: unseen,
    onEvent: (event) => events.push(event),
    signal: new AbortController().signal,
    ...more,
  };
  return { options, model, events };
}

async function filesBelow(directory: string): Promise<Map<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return new Map(
    await Promise.all(paths.map(async (path) => [path.slice(directory.length), await readFile(path, "utf8")] as const)),
  );
}

const lessonOf = (distillation: Distillation, number: number) =>
  distillation.lessons.find(({ task }) => task === `sum-${number}`);

test("trials become a skill: what recurs in SKILL.md, what is rare in a reference, all else with its reason", async () => {
  const { options, events } = await setup();
  const done = await distill(options);

  expect(done.stages).toMatchObject({
    trials: 9,
    analysed: 7,
    skipped: 2,
    failed: 0,
    lessons: 7,
    lessonsKept: 6,
    patchesPerLevel: [6, 3, 2, 1],
    editsProposed: 6,
    faults: 0,
  });
  expect(countFates(done)).toEqual({ "in-skill": 4, "in-reference": 2, rejected: 0, dropped: 1 });
  expect(lessonOf(done, 5)?.fate).toEqual({
    kind: "dropped",
    stage: "analyse",
    reason: "the fix did not pass when the harness ran it afresh",
  });

  const made = await readSkill(join(options.directory, done.skill.path));
  expect(done.skill).toMatchObject({ name: "adding-up", path: "skill/adding-up", hash: made.hash });
  expect(lintSkill(made, "adding-up")).toEqual([]);
  expect(done.problems).toEqual([]);
  const text = new TextDecoder().decode(made.files.get("SKILL.md"));
  expect(text).toMatch(
    /## Before you start\n\n- Look at the input.*\n- (Add all lines|Mind the header): do it\.\n- (Add all lines|Mind the header): do it\.\n\n## Before you finish/,
  );
  expect(text).toContain(
    "- [references/before-you-start.md](references/before-you-start.md): read it when the task touches on one of these: Something rare; Check the sum.",
  );
  expect(new TextDecoder().decode(made.files.get("references/before-you-start.md"))).toContain(
    "- Something rare: do it.",
  );
  expect(
    events
      .filter(({ stage, done: count, total }) => count === total && stage !== "apply")
      .map(({ stage, total }) => [stage, total]),
  ).toEqual([
    ["analyse", 9],
    ["propose", 6],
    ["merge", 5],
  ]);
});

test("everything that was done is written, each document through its schema", async () => {
  const { options } = await setup();
  const done = await distill(options);
  const files = await filesBelow(options.directory);
  const names = (folder: string) => [...files.keys()].filter((path) => path.startsWith(`/${folder}/`));
  for (const path of names("analyses")) Analysis.parse(JSON.parse(files.get(path)!));
  for (const path of names("patches")) Proposal.parse(JSON.parse(files.get(path)!));
  for (const path of names("merges")) Merge.parse(JSON.parse(files.get(path)!));
  expect([names("analyses").length, names("patches").length, names("merges").length]).toEqual([9, 6, 5]);
  expect(await readDistillation(options.directory)).toEqual(done);
  expect(done.usage).toMatchObject({
    "error-analyst": { calls: 8 },
    "success-analyst": { calls: 1 },
    proposer: { calls: 6 },
    merger: { calls: 5 },
  });
});

describe("invariant 6: every line walks back to edits, lessons and trials, and every lesson forward to its fate", () => {
  test("all added lines have a lineage, and all lessons exactly one fate", async () => {
    const start = skill();
    const { options } = await setup(
      {
        ...PARTS,
        proposer: (call) => {
          const [one] = JSON.parse(fenced(call, "lessons")[0] ?? "[]") as { id: string; rule: string }[];
          return json({
            reasoning: "",
            edits: [
              {
                op: "append_to_section",
                file: "SKILL.md",
                section: "Reading",
                content: `- ${one?.rule}`,
                lessons: [one?.id],
              },
            ],
          });
        },
      },
      { start },
    );
    const done = await distill(options);
    const made = await readSkill(join(options.directory, done.skill.path));
    let added = 0;
    for (const [file, bytes] of made.files) {
      const before = new Set(new TextDecoder().decode(start.files.get(file)).split("\n"));
      const lines = new TextDecoder().decode(bytes).trimEnd().split("\n");
      for (const [index, line] of lines.entries()) {
        if (before.has(line) || line.startsWith("name: ")) continue;
        added += 1;
        const found = lineage(done, file, index + 1);
        expect(found?.trials.length, `${file}:${index + 1} ${line}`).toBeGreaterThan(0);
        expect(found?.proposed.every(({ origin }) => origin.kind === "proposed")).toBe(true);
        expect(found?.lessons.every(({ trial }) => TRIALS.some(({ id }) => id === trial))).toBe(true);
      }
    }
    expect(added).toBeGreaterThanOrEqual(6);
    expect(done.lessons).toHaveLength(done.stages.lessons);
    expect(lineage(done, "SKILL.md", 1)).toBeNull();
  });

  test("a line shows the tasks of all lessons that were merged into it", async () => {
    const { options } = await setup();
    const done = await distill(options);
    const text = new TextDecoder().decode(
      (await readSkill(join(options.directory, done.skill.path))).files.get("SKILL.md"),
    );
    const line = text.split("\n").indexOf("- Mind the header: do it.") + 1;
    expect(lineage(done, "SKILL.md", line)).toMatchObject({
      tasks: ["sum-1", "sum-2"],
      trials: ["run/sum-1.41", "run/sum-2.41"],
      proposed: [{ lessons: ["run/sum-1.41#1"] }, { lessons: ["run/sum-2.41#1"] }],
    });
    expect(lessonOf(done, 1)?.fate).toMatchObject({ kind: "in-skill", merged: true });
  });
});

describe("invariant 5: nothing a model says is lost silently", () => {
  test("edits that do not fit are asked for again, then recorded with problem and lesson", async () => {
    const body = {
      op: "replace_in_section",
      file: "SKILL.md",
      section: "Before you start",
      old: "Look at the imput",
      content: "x",
    };
    const { options, model } = await setup({ ...PARTS, proposer: () => json({ reasoning: "", edits: [body] }) });
    const done = await distill(options);
    const proposals = model.asked.filter(({ caller }) => caller === "proposer");
    expect(proposals).toHaveLength(12);
    expect(proposals.find(({ messages }) => messages.length > 2)?.messages.at(-1)?.content).toContain(
      "Nearest is line",
    );
    expect(countFates(done)).toMatchObject({ rejected: 6, dropped: 1 });
    expect(lessonOf(done, 1)?.fate).toMatchObject({
      kind: "rejected",
      problem: expect.stringContaining("text found 0 times, wanted once"),
    });
    expect(done.stages.editsApplied).toBe(0);
  });

  test("lessons without an edit, unreadable proposers and unreadable mergers all leave a record", async () => {
    const proposer = (call: Parameters<NonNullable<Parts["proposer"]>>[0]) => {
      const lessons = fenced(call, "lessons")[0] ?? "";
      if (lessons.includes("sum-1.41")) return json({ reasoning: "known already", edits: [] });
      if (lessons.includes("sum-2.41")) return { content: "I would rather not." };
      return json({
        reasoning: "",
        edits: [
          {
            op: "add_section",
            file: "SKILL.md",
            after: null,
            heading: "Sums",
            content: `- ${lessons.length}`,
            lessons: ["nobody's"],
          },
        ],
      });
    };
    const { options } = await setup({ ...PARTS, proposer, merger: () => ({ content: "Sorry." }) });
    const done = await distill(options);
    expect(lessonOf(done, 1)?.fate).toEqual({ kind: "dropped", stage: "propose", reason: "no edit proposed" });
    expect(lessonOf(done, 2)?.fate).toMatchObject({
      stage: "propose",
      reason: expect.stringContaining("cannot be read: the reply holds no JSON"),
    });
    expect(done.merges.map(({ by }) => by)).toEqual(["program", "program", "program"]);
    expect(lessonOf(done, 3)?.fate.kind).toMatch(/^in-/);
    expect(done.edits.find(({ origin }) => origin.kind === "proposed")?.lessons).toEqual(["run/sum-3.41#1"]);
  });

  test("a merger that drops and forgets: the reason is the lesson's fate, the forgotten one is put back", async () => {
    const merger: Parts["merger"] = (call) => {
      const [patch] = JSON.parse(fenced(call, "patches")[0] ?? "[]") as { edits: { id: string }[] }[];
      return json({ reasoning: "", edits: [], dropped: [{ edit: patch?.edits[0]?.id, reason: "Known to all." }] });
    };
    const { options } = await setup({ ...PARTS, merger }, { fanIn: 32 });
    const done = await distill(options);
    expect(lessonOf(done, 1)?.fate).toEqual({ kind: "dropped", stage: "merge", reason: "Known to all." });
    expect(done.lessons.filter(({ fate }) => fate.kind.startsWith("in-"))).toHaveLength(5);
  });
});

describe("the same command again", () => {
  test("writes the same bytes after a kill that left a half-written file, and runs no verified fix again", async () => {
    const undisturbed = await setup();
    await distill(undisturbed.options);
    const wanted = await filesBelow(undisturbed.options.directory);

    const killed = await setup();
    const { directory } = killed.options;
    await cp(undisturbed.options.directory, directory, { recursive: true });
    await rm(join(directory, "distillation.json"));
    await rm(join(directory, "skill"), { recursive: true });
    await rm(join(directory, "merges", "1-1.json"));
    const [first = ""] = (await readdir(join(directory, "analyses"))).sort();
    await writeFile(join(directory, "analyses", first), '{"version": 1, "unit": "abc');
    await writeFile(join(directory, "patches", `${first}.0a1b.tmp`), "{");
    await writeFile(join(directory, "distillation.json.0a1b.tmp"), "{");
    await distill(killed.options);

    expect(await filesBelow(directory)).toEqual(wanted);
    expect(killed.model.asked.filter(({ caller }) => caller === "error-analyst").length).toBeLessThanOrEqual(3);
  });

  test("sends an analyst the same chat as before the kill, though its command prints another time", async () => {
    const clock = { calls: [["bash", { command: "date +%s%N" }] as const] };
    const answers = (call: ModelCall) => (call.messages.length === 2 ? clock : submission(GOOD_FIX));
    const stop = new AbortController();
    using journal = openJournal(join(await temporaryFolder(), "journal.sqlite"));
    const killed = (call: ModelCall) => {
      if (call.messages.length > 2) stop.abort(new Error("killed"));
      return answers(call);
    };
    const { options, model } = await setup(
      { "error analyst": killed },
      { trials: [sumTrial(1, 0)], signal: stop.signal, seen: journal.seen },
    );
    await expect(distill(options)).rejects.toThrow("killed");
    const again = distillScript({ "error analyst": answers });
    await distill({ ...options, model: again, signal: new AbortController().signal });

    expect(again.asked[1]?.messages).toEqual(model.asked[1]?.messages);
    expect(await readdir(join(options.directory, "analyses"))).toHaveLength(1);
  });

  test("of a finished distillation makes no model call and touches no file", async () => {
    const { options, model } = await setup();
    const done = await distill(options);
    const calls = model.asked.length;
    const before = (await stat(join(options.directory, "distillation.json"))).mtimeMs;
    expect(await distill(options)).toEqual(done);
    expect(model.asked).toHaveLength(calls);
    expect((await stat(join(options.directory, "distillation.json"))).mtimeMs).toBe(before);
  });

  test("tries what failed by a fault of the endpoint again, and only that", async () => {
    let down = true;
    const { options, model } = await setup({
      ...PARTS,
      "success analyst": () => {
        if (down) throw new ModelError("HTTP 503");
        return json({ lessons: [{ title: "Check", rule: "Check.", reason: "" }] });
      },
    });
    expect((await distill(options)).stages).toMatchObject({ failed: 1, faults: 1 });
    const calls = model.asked.filter(({ caller }) => caller === "error-analyst").length;
    down = false;
    expect((await distill(options)).stages).toMatchObject({ failed: 0, faults: 0 });
    expect(model.asked.filter(({ caller }) => caller === "error-analyst")).toHaveLength(calls);
  });

  test("with other options is refused in the same folder, naming what differs", async () => {
    const { options } = await setup();
    await distill(options);
    await expect(distill({ ...options, fanIn: 3 })).rejects.toThrow(
      /holds another distillation \(fanIn: 2 there, 3 asked\)/,
    );
  });
});

test("the order in which trials are given changes no byte", async () => {
  const one = await setup();
  const other = await setup(PARTS, { trials: TRIALS.toReversed() });
  await distill(one.options);
  await distill(other.options);
  expect(await filesBelow(other.options.directory)).toEqual(await filesBelow(one.options.directory));
});

describe("what the user must mend is said at once", () => {
  test("no trial to learn from, a sandbox that is missing, two trials of one name, a bad name", async () => {
    const { options } = await setup();
    await expect(distill({ ...options, trials: TRIALS.slice(7) })).rejects.toThrow(
      "none of the 2 trials can teach anything",
    );
    await expect(distill({ ...options, sandboxes: null })).rejects.toThrow(
      "the agentic error analyst needs the benchmark's inputs and a sandbox",
    );
    await expect(distill({ ...options, trials: [...TRIALS, sumTrial(1, 0)] })).rejects.toThrow(
      "two trials have the same name",
    );
    await expect(distill({ ...options, name: "Bad Name" })).rejects.toThrow(SetupError);
  });

  test("an endpoint that answers nothing is an error that says so, not an empty skill", async () => {
    const { options } = await setup({
      "error analyst": () => {
        throw new ModelError("connection refused");
      },
      "success analyst": () => {
        throw new ModelError("connection refused");
      },
    });
    await expect(distill(options)).rejects.toThrow(
      /all 7 analyses failed; the first \(run\/sum-1\.41\): model-failed: connection refused/,
    );
  });

  test("a SetupError of the model stops the whole", async () => {
    const { options } = await setup({
      ...PARTS,
      proposer: () => {
        throw new SetupError("401: mend the key");
      },
    });
    await expect(distill(options)).rejects.toThrow("401: mend the key");
  });
});

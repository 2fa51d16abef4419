/** What was recorded elsewhere, from the import to the skill that is distilled from it, with the simulated model. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { readDistillation } from "../../../distill/store.ts";
import { trace2skill } from "../../support/command-line.ts";
import { sharedPath } from "../../support/shared-data.ts";
import { temporaryFolder } from "../../support/temporary.ts";

let folder = "";
beforeEach(async () => {
  folder = await temporaryFolder();
});

const at = (...parts: string[]) => join(folder, ...parts);

test("lessons of elsewhere become a skill without an analyst: unverified, each with a fate, and a second time nothing is paid", async () => {
  const item = (type: string, title: string) => ({
    type,
    title,
    description: `${title}, always.`,
    content: "Else it fails.",
  });
  await writeFile(
    at("parsed_error_records.json"),
    JSON.stringify([
      { instance_id: "a", items: [item("failure_memory", "Check the header row")] },
      { instance_id: "a_prompt", items: [item("failure_memory", "Check the header row")] },
      {
        instance_id: "b",
        items: [
          item("failure_memory", "Check the header row"),
          item("success_memory", "Save under the name asked for"),
        ],
      },
    ]),
  );
  const lessons = await trace2skill([
    "import",
    "--from",
    "records",
    at("parsed_error_records.json"),
    "--out",
    at("lessons"),
  ]);
  expect(lessons).toMatchObject({
    code: 0,
    out: expect.stringMatching(/3 lessons of 2 records[\s\S]*1 skipped, of these 1 _prompt doubles/),
  });
  const args = [
    "distill",
    "--records",
    at("lessons"),
    "--start",
    "none",
    "--lessons",
    "error",
    "--merge",
    "program",
    "--out",
    at("out"),
    "--json",
  ];

  const first = await trace2skill(args);
  const again = await trace2skill(args);

  expect(first.code).toBe(0);
  const { calls, stages } = JSON.parse(first.out);
  expect(stages).toMatchObject({ trials: 2, analysed: 2, lessons: 3, lessonsKept: 2 });
  expect(calls.made).toBeGreaterThan(0);
  expect(JSON.parse(again.out).calls).toEqual({ made: 0, fromJournal: 0 });
  const distilled = await readDistillation(at("out"));
  expect(distilled.lessons.map(({ id, verified, fate }) => [id, verified, fate.kind])).toEqual([
    ["records/a.0#1", false, "in-skill"],
    ["records/b.0#1", false, "in-skill"],
    ["records/b.0#2", false, "dropped"],
  ]);
  expect(distilled.edits.find(({ support }) => support === 2)?.tasks).toEqual(["a", "b"]);
});

test("a trajectory of another harness is distilled in a single call, for there are no files of its task", async () => {
  await mkdir(at("in"));
  const steps = [
    { step_id: 1, source: "user", message: "Mend the build." },
    {
      step_id: 2,
      source: "agent",
      message: "I look.",
      tool_calls: [{ tool_call_id: "c", function_name: "bash", arguments: { command: "make" } }],
    },
    { step_id: 3, source: "agent", message: "Done." },
  ];
  const document = { schema_version: "ATIF-v1.4", agent: { name: "x", version: "1" }, steps, extra: { reward: 0 } };
  await writeFile(at("in", "t.json"), JSON.stringify(document));
  await trace2skill(["import", "--from", "atif", at("in", "t.json"), "--out", at("run")]);

  const distilled = await trace2skill(["distill", at("run"), "--start", "none", "--out", at("out"), "--json"]);

  expect(distilled.code).toBe(0);
  expect(JSON.parse(distilled.out).stages).toMatchObject({ trials: 1, analysed: 1, lessons: 1 });
  const agentic = await trace2skill(["distill", at("run"), "--error-analyst", "agentic", "--out", at("other")]);
  expect(agentic).toMatchObject({ code: 1, err: expect.stringMatching(/there are none: choose single-call/) });
});

test("distill without runs and without records says what to give; so does an import of two records", async () => {
  expect(await trace2skill(["distill", "--out", at("out")])).toMatchObject({
    code: 2,
    err: expect.stringMatching(/give run folders, or lessons .* --records/),
  });
  expect(await trace2skill(["import", "--from", "records", "a", "b", "--out", at("out")])).toMatchObject({
    code: 2,
    err: expect.stringMatching(/--from records takes one source, found 2/),
  });
});

test("the recorded run goes out as ATIF and comes back byte for byte, all 151 trials", {
  timeout: 60_000,
}, async (ctx) => {
  const record = sharedPath(ctx, "data/trace2skill_run_real");
  await trace2skill(["import", "--from", "recorded", record, "--out", at("one", "run")]);
  await trace2skill(["export", at("one", "run"), "--format", "atif", "--out", at("atif")]);
  const back = await trace2skill(["import", "--from", "atif", at("atif"), "--out", at("two", "run"), "--json"]);

  const { summary, notices } = JSON.parse(back.out);
  expect(notices).toEqual(["format ATIF-v1.7"]);
  expect(JSON.stringify(summary)).toContain("151");
  const { taskIds } = JSON.parse(await readFile(at("two", "run", "manifest.json"), "utf8")).benchmark;
  expect(taskIds).toHaveLength(151);
  for (const id of taskIds) {
    const [one, two] = await Promise.all(
      ["one", "two"].map((run) => readFile(at(run, "run", "trials", `${id}.0.json`), "utf8")),
    );
    expect(two).toBe(one);
  }
});

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { beforeEach, expect, test } from "vitest";
import { Analysis } from "../../distill/documents.ts";
import { readRecordItems } from "../../distill/recorded-items.ts";
import { analysesOf, RecordedLessons, readRecords, writeLessonsFolder } from "../../distill/recorded-lessons.ts";
import { SetupError } from "../../harness/errors.ts";
import { trace2skill } from "../support/command-line.ts";
import { sharedPath } from "../support/shared-data.ts";
import { temporaryFolder } from "../support/temporary.ts";

let folder = "";
beforeEach(async () => {
  folder = await temporaryFolder();
});

interface Item {
  readonly type?: string;
  readonly title?: unknown;
  readonly description?: unknown;
  readonly content?: unknown;
}

const item = (parts: Item = {}) => ({
  type: "failure_memory",
  number: 1,
  title: "Save under the name asked for",
  description: "Save the workbook under the name that the task gives.",
  content: "Other names are not looked at.",
  skill_reflection: "",
  ...parts,
});
const record = (id: unknown, ...items: readonly unknown[]) => ({
  instance_id: id,
  source_file: "analysis_report.md",
  items,
});

async function put(records: unknown, name = "parsed_error_records.json"): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, typeof records === "string" ? records : JSON.stringify(records));
  return path;
}

test("the real record gives two unverified lessons with their cause, and its note on the analyst's check is left out and told", async (ctx) => {
  const read = await readRecords(sharedPath(ctx, "data/trace2skill_run_real/parsed_error_records.json"));

  expect(RecordedLessons.parse(read)).toEqual(read);
  expect(read.lessons.map(({ id, kind, task, verified }) => [id, kind, task, verified])).toEqual([
    ["records/24-23.0#1", "error", "24-23", false],
    ["records/24-23.0#2", "error", "24-23", false],
  ]);
  expect(read.lessons[0]?.reason).toMatch(/Openpyxl's[\s\S]*\nCause: Default sheet name mismatch/);
  expect(read.lessons.map(({ reason }) => reason).join("\n")).not.toMatch(/---|Fixed output/);
  expect(read.skipped).toEqual([
    {
      record: expect.stringMatching(/24-23, item 3/),
      reason: expect.stringMatching(/note .* left out: \*\*Fixed output/),
    },
  ]);
});

test("_prompt doubles and records that stand there twice are skipped, each told, and support does not double", async () => {
  await put([record("1", item()), record("1_prompt", item()), record("1", item()), record("2_prompt", item())]);

  const { lessons, skipped } = await readRecords(folder);

  expect(lessons.map(({ task }) => task)).toEqual(["1"]);
  expect(skipped.map(({ reason }) => reason)).toEqual([
    "a _prompt double of 1",
    "it stands there twice, word for word",
    "read off a prompt, not off an analysis (_prompt)",
  ]);
});

test("error and success records of a folder are read together, seeds of one task are trials of it", async () => {
  await put([record("1_seed_41", item()), record("1_seed_42", item({ title: "Another" }))]);
  await put([{ task_id: 7, items: [item({ type: "success_memory" })] }], "parsed_success_records.json");

  const { lessons } = await readRecords(folder);

  expect(lessons.map(({ id, kind, task }) => [id, kind, task])).toEqual([
    ["records/1.41#1", "error", "1"],
    ["records/1.42#1", "error", "1"],
    ["records/7.0#1", "success", "7"],
  ]);
});

test("items that are none are told one by one; causes alone are no lesson", async () => {
  const items = [item({ type: "guess" }), item({ title: "" }), 7, item()];
  await put([record("1", ...items), record("2", item({ type: "failure_cause" })), "no record", { items: [] }]);

  const { lessons, skipped } = await readRecords(folder);

  expect(lessons).toHaveLength(1);
  expect(skipped.map(({ record: where, reason }) => `${where.split(": ")[1]}: ${reason}`)).toEqual([
    '1, item 1: its type is none that is known: "guess"',
    "1, item 2: it has no title or no text",
    "1, item 3: it is no item: expected type and texts",
    "2: it says what went wrong and not what to do: causes without a lesson",
    "record 3: it is no record: expected an id and a list of items",
    "record 4: it is no record: expected an id and a list of items",
  ]);
});

test("a lesson that speaks of the answer, or names its own task, is kept with its reason and dropped", async () => {
  await put([
    record("13-1234", item({ content: "The golden answer has 7." }), item({ title: "As in 13-1234" }), item()),
  ]);

  const read = await readRecords(folder);

  expect(read.lessons).toHaveLength(3);
  expect(read.dropped.map(({ lesson }) => lesson)).toEqual(["records/13-1234.0#1", "records/13-1234.0#2"]);
  const [analysis] = analysesOf(read).map((one) => Analysis.parse(one));
  expect(analysis).toMatchObject({ trial: "records/13-1234.0", task: "13-1234", analyst: "none" });
  expect(analysis?.dropped).toEqual(read.dropped);
});

test("rules and lone fences at the end of a text go, code within stays", async () => {
  const code = "Write:\n```python\nwb.save(path)\n```";
  await put([record("1", item({ content: `${code}\n\n---\n` }), item({ content: "Mind this.\n```" }))]);

  const { lessons } = await readRecords(folder);

  expect(lessons.map(({ reason }) => reason)).toEqual([code, "Mind this."]);
});

test("the verb writes a lessons folder that is read back as it was, and counts what it skipped", async () => {
  await put([record("1", item()), record("1_prompt", item())]);
  const out = join(folder, "lessons");

  const { out: printed, code } = await trace2skill(["import", "--from", "records", folder, "--out", out, "--json"]);

  expect(code).toBe(0);
  expect(JSON.parse(printed).counts).toEqual({
    ...{ records: 1, tasks: 1, lessons: 1, errors: 1, successes: 0 },
    ...{ dropped: 0, skipped: 1, promptDoubles: 1 },
  });
  expect(await readRecords(out)).toEqual(await readRecords(folder));
});

test.each([
  ["no JSON", "[{", /cannot be read as records: it is no JSON, or cut off/],
  ["patterns over many trials", { failure_memory: [] }, /holds no lesson \(.*patterns over many trials/],
  ["an empty list", [], /holds no lesson/],
])("%s is a clear error", async (_, records, message) => {
  const error: unknown = await readRecords(await put(records)).catch((thrown: unknown) => thrown);

  expect(error).toBeInstanceOf(SetupError);
  expect(String(error)).toMatch(message);
});

test("a folder without records, and a damaged lessons folder, say what was expected", async () => {
  await expect(readRecords(folder)).rejects.toThrow(/expected a file such as parsed_error_records\.json/);
  await expect(readRecords(join(folder, "missing"))).rejects.toThrow(/found nothing/);
  await mkdir(join(folder, "lessons"));
  await put([record("1", item())]);
  await writeLessonsFolder(join(folder, "lessons"), await readRecords(folder));
  await writeFile(join(folder, "lessons", "lessons.json"), "{");
  await expect(readRecords(join(folder, "lessons"))).rejects.toThrow(/cannot be read as lessons/);
});

test("whatever a file of records holds, each record ends in a lesson or is told", () => {
  const text = fc.oneof(fc.string(), fc.constantFrom("a\n---\n", "```", "x\n---\nPASS", "---"), fc.jsonValue());
  const near = fc.record(
    {
      type: fc.constantFrom("failure_cause", "failure_memory", "success_memory", "other"),
      title: text,
      description: text,
      content: text,
    },
    { requiredKeys: ["type"] },
  );
  const records = fc.array(
    fc.oneof(
      fc.record({
        instance_id: fc.oneof(fc.constantFrom("1", "1_prompt", "2_seed_3"), fc.string(), fc.integer()),
        items: fc.array(fc.oneof(near, fc.jsonValue())),
      }),
      fc.jsonValue(),
    ),
  );

  fc.assert(
    fc.property(fc.oneof(records, fc.jsonValue()), (value) => {
      const { records: read, skipped } = readRecordItems(value);
      if (!Array.isArray(value) || value.length > 0) expect(read.length + skipped.length).toBeGreaterThan(0);
      for (const { task, drafts } of read) {
        expect(task).not.toBe("");
        for (const { title, rule } of drafts) expect([title, rule]).not.toContain("");
      }
    }),
    { numRuns: 300 },
  );
});

/** The recorded run of a real model through our own stages: every misfit is counted, nothing is lost. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Merge, Proposal } from "../../distill/documents.ts";
import { readRecordedEdit } from "../../distill/recorded-edit.ts";
import { readRecordedMerges, replayMerges } from "../../distill/recorded-merges.ts";
import { readPatch, readRecordedPatches } from "../../distill/recorded-patches.ts";
import { replayRecorded } from "../../distill/recorded-replay.ts";
import { wordingOf } from "../../distill/recorded-wording.ts";
import { readDistillation } from "../../distill/store.ts";
import { SetupError } from "../../harness/errors.ts";
import { append, patch, skill } from "../support/distill-builders.ts";
import { sharedPath } from "../support/shared-data.ts";
import { temporaryFolder } from "../support/temporary.ts";

const LONG = { timeout: 240_000 };

test("351 real patches and 30 real merges: every patch, edit, merge and lesson is accounted for", LONG, async (ctx) => {
  const record = sharedPath(ctx, "data/trace2skill_run_real");
  const out = await temporaryFolder();

  const { patches, edits, merges, runs } = await replayRecorded(record, out);

  expect(patches).toEqual({ recorded: 351, json: 349, mended: 1, heuristic: 1, unread: 0 });
  expect(edits).toMatchObject({ recorded: 353, read: 352, refused: 1 });
  expect(Object.keys(edits.refusals)).toEqual([expect.stringMatching(/content/)]);
  expect(edits.repairs).toEqual({
    "operation append_section read as append_to_section": 352,
    "section named without its number": 22,
    "section that is not there: added": 312,
  });
  expect(merges).toEqual({ recorded: 30, replayed: 26, copies: 4, unused: 0 });
  expect(runs.map(({ patches: count, patchesPerLevel }) => [count, patchesPerLevel])).toEqual([
    [151, [150, 7, 1, 1]],
    [131, [130, 5, 1, 1]],
    [69, [69, 3, 1]],
    [200, [199, 7, 1, 1]],
  ]);
  for (const { run, coverage, lessons, lint, edits: count, applied } of runs) {
    const { inputs, kept, merged, dropped, putBack, written, fitting } = coverage;
    expect([run, kept + merged + dropped + putBack]).toEqual([run, inputs]);
    expect([run, fitting]).toEqual([run, written]); // what the real merger wrote keeps the schema and fits
    expect(applied).toBeGreaterThanOrEqual(count - merged);
    expect(Object.keys(lint)).not.toContain("link-dead");
    expect(Object.keys(lint)).not.toContain("orphan");
    expect(Object.keys(lint)).not.toContain("heading-glued");
    expect(lessons.rejected ?? 0).toBeLessThanOrEqual(3);
  }

  const distillation = await readDistillation(join(out, "qwen35_122b_random_combined_v1"));
  expect(distillation.merges).toHaveLength(9);
  expect(distillation.notices).toContainEqual(expect.stringMatching(/48 of the 198 patches|49 of the 198 patches/));
  const known = new Set(distillation.edits.map(({ id }) => id));
  for (const line of distillation.lines) for (const id of line.edits) expect(known).toContain(id);
});

test(
  "a real patch ends whole in a proposal: lessons with fates, edits that fit, the refused one with what was written",
  LONG,
  async (ctx) => {
    const read = await readRecordedPatches(sharedPath(ctx, "data/trace2skill_run_real"));
    const base = skill();

    for (const one of read.slice(60, 160)) {
      const { proposal, lessons, edits } = readPatch(one, base);
      expect(Proposal.parse(proposal)).toEqual(proposal);
      expect(proposal.patch.edits.length + proposal.refused.length).toBe(edits);
      const spoken = [...proposal.patch.edits, ...proposal.refused].flatMap((part) => part.lessons);
      for (const { id } of lessons) expect([...spoken, ...proposal.left.map(({ lesson }) => lesson)]).toContain(id);
    }
    const rescued = read.filter(({ readAs }) => readAs !== "json").map(({ task, readAs }) => [task, readAs]);
    expect(rescued).toEqual([
      ["49333", "mended"],
      ["209-30", "heuristic"],
    ]);
  },
);

test("a recorded edit goes where the section is, by whatever number it is named; else the section is added", () => {
  const edit = { file: "SKILL.md", op: "append_section", content: "- x" };

  expect(readRecordedEdit({ ...edit, target: "2. Reading" }, skill())).toEqual({
    written: { op: "append_to_section", file: "SKILL.md", section: "2. Reading", content: "- x" },
    repairs: ["operation append_section read as append_to_section", "section named without its number"],
  });
  expect(readRecordedEdit({ ...edit, target: "Lessons" }, skill()).written).toEqual({
    ...{ op: "add_section", file: "SKILL.md", after: null, heading: "Lessons", content: "- x" },
  });
});

test("a merged text covers an edit that says the same in nearly the same words, and no other", () => {
  const one = "- Sort row indexes in descending order before rows are deleted from the sheet.";
  const same = "- **Deletion**: delete rows in descending order: sort the row indexes of the sheet first.";
  const other = "- Reload the saved workbook and compare formula cells with expected values.";
  const wording = wordingOf([one, same, other]);

  expect(wording.covers(same, one)).toBe(true);
  expect(wording.covers(other, one)).toBe(false);
  expect(wording.covers(other, "")).toBe(false);
});

test("what a recorded merge forgot is put back, and groups without a recorded merge are merged by program", () => {
  const base = skill();
  const words = (id: string) =>
    `- Rule ${id}: check alpha${id} beta${id} gamma${id} delta${id} before saving omega${id}.`;
  const patches = ["a", "b", "c"].map((id) => patch(id, [append(`e-${id}`, words(id))]));
  const content = `${words("a")}\n${words("b")}`;
  const recorded = {
    ...{ run: "r", level: 1, index: 0, reasoning: "", sources: 3 },
    edits: [{ file: "SKILL.md", op: "append_section", target: "Reading", content }],
  };

  const { root, merges } = replayMerges(patches, [patch("late", [append("e-late", words("d"))])], [recorded], base);

  expect(merges.map(({ recorded: known, merge }) => [known, merge.by])).toEqual([
    [true, "model"],
    [false, "program"],
  ]);
  expect(merges[0]?.merge.fates.map(({ edit, kind }) => [edit, kind])).toEqual([
    ["e-a", "merged"],
    ["e-b", "merged"],
    ["e-c", "put-back"],
  ]);
  for (const { merge } of merges) expect(Merge.parse(merge)).toEqual(merge);
  expect(root.edits.flatMap(({ tasks }) => tasks).sort()).toEqual(["task-e-a", "task-e-b", "task-e-c", "task-e-late"]);
});

test("a record that is damaged is a clear error, and any patch in it is read or told", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "patches.jsonl.gz");
  await expect(readRecordedPatches(folder)).rejects.toThrow(/cannot find .*patches\.jsonl\.gz\. Give the folder/);
  await writeFile(
    join(folder, "merges.jsonl.gz"),
    gzipSync('{"run": "r", "file": "odd.json", "merge": {"source_patch_count": 1, "edits": []}}\n'),
  );
  await expect(readRecordedMerges(folder)).rejects.toThrow(
    /expected level_N\/batch_N\.json or final_patch\.json, found "odd\.json"/,
  );

  const edit = fc.oneof(
    fc.record({
      file: fc.constantFrom("SKILL.md", "references/a.md", "../x"),
      op: fc.constantFrom("append_section", "create", "delete_section", "toString"),
      target: fc.constantFrom("Reading", "New", "", "__proto__"),
      content: fc.oneof(fc.string(), fc.constant("```\nopen")),
    }),
    fc.jsonValue(),
  );
  const body = fc.oneof(
    fc.record({ edits: fc.array(edit, { maxLength: 4 }), memory_items: fc.jsonValue() }),
    fc.record({
      error: fc.string(),
      raw_response: fc.oneof(fc.string(), fc.json(), fc.constant('{"edits": [{"op": "x"')),
    }),
    fc.jsonValue(),
  );
  await fc.assert(
    fc.asyncProperty(body, async (one) => {
      const line = { run: "r", analyst: "error", task_id: "1", patch: one };
      await writeFile(path, gzipSync(`${JSON.stringify(line)}\n`));
      const [read] = await readRecordedPatches(folder);
      const { proposal, edits, lessons } = readPatch(read!, skill());
      expect(Proposal.safeParse(proposal).error).toBeUndefined();
      // Edits that are twins become one.
      expect(proposal.patch.edits.length + proposal.refused.length).toBeLessThanOrEqual(edits);
      expect(edits === 0 || proposal.patch.edits.length + proposal.refused.length > 0).toBe(true);
      expect(read?.readAs === "unread" || lessons.length > 0).toBe(true);
    }),
    { numRuns: 100 },
  );
  await writeFile(path, "no gzip");
  await expect(readRecordedPatches(folder)).rejects.toThrow(SetupError);
  expect(await readFile(path, "utf8")).toBe("no gzip");
});

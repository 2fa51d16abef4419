import { expect, test } from "vitest";
import type { Merge } from "../../distill/documents.ts";
import { type MergePlace, mergePatches } from "../../distill/merge.ts";
import { mergeByProgram } from "../../distill/program-merge.ts";
import type { Patch } from "../../distill/records.ts";
import { NO_USAGE } from "../../harness/records.ts";
import { append, patch } from "../support/distill-builders.ts";

const together = (group: readonly Patch[], { level, index }: MergePlace): Merge => ({
  version: 1,
  id: `${level}-${index}`,
  level,
  index,
  inputs: group.map(({ id }) => id),
  ...mergeByProgram(group, ""),
  by: "program",
  fault: null,
  usage: NO_USAGE,
});
const patches = (count: number) =>
  Array.from({ length: count }, (_, n) => patch(`p${n}`, [append(`e${n}`, `- rule ${n}`)]));
const how = { width: 4, signal: new AbortController().signal };

test("five patches at fan-in 2 take four merges, in order, and the fifth passes on without one", async () => {
  const {
    merges,
    patchesPerLevel,
    patch: merged,
  } = await mergePatches(patches(5), { ...how, fanIn: 2, mergeGroup: async (group, place) => together(group, place) });

  expect(merges.map(({ id, inputs }) => [id, inputs.length])).toEqual([
    ["1-0", 2],
    ["1-1", 2],
    ["2-0", 2],
    ["3-0", 2],
  ]);
  expect(merges[0]?.inputs).toEqual(["p0", "p1"]);
  expect(merges[3]?.inputs[1]).toBe("p4");
  expect(patchesPerLevel).toEqual([5, 3, 2, 1]);
  expect(merged.edits.map(({ id }) => id)).toEqual(["e0", "e1", "e2", "e3", "e4"]);
});

test("323 patches at the official code's fan-in of 5 give the published chain", async () => {
  const { patchesPerLevel } = await mergePatches(patches(323), {
    ...how,
    fanIn: 5,
    mergeGroup: async (group, place) => together(group, place),
  });
  expect(patchesPerLevel).toEqual([323, 65, 13, 3, 1]);
});

test("one patch needs no merge", async () => {
  const { merges, patchesPerLevel } = await mergePatches(patches(1), {
    ...how,
    fanIn: 32,
    mergeGroup: () => Promise.reject(new Error("not needed")),
  });
  expect(merges).toEqual([]);
  expect(patchesPerLevel).toEqual([1]);
});

test("nothing to merge and a fan-in below 2 are refused", async () => {
  const mergeGroup = async (group: readonly Patch[], place: MergePlace) => together(group, place);
  await expect(mergePatches([], { ...how, fanIn: 2, mergeGroup })).rejects.toThrow("nothing to merge");
  await expect(mergePatches(patches(2), { ...how, fanIn: 1, mergeGroup })).rejects.toThrow(
    "fanIn must be at least 2, got 1",
  );
});

test("put together by program, edits that do the very same thing become one with the tasks of all", () => {
  const group = [patch("a", [append("e1", "- same"), append("e2", "- other")]), patch("b", [append("e3", "- same")])];
  const { output, fates } = mergeByProgram(group, "no reply");
  expect(output.edits.map(({ body, tasks }) => ["content" in body && body.content, tasks])).toEqual([
    ["- same", ["task-e1", "task-e3"]],
    ["- other", ["task-e2"]],
  ]);
  expect(fates.map(({ kind, edit }) => [edit, kind])).toEqual([
    ["e1", "merged"],
    ["e2", "put-back"],
    ["e3", "merged"],
  ]);
});

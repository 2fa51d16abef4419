import { expect, test } from "vitest";
import { bm25 } from "../../../harness/memory/bm25.ts";
import type { Memory } from "../../../harness/memory/memory.ts";
import { type Nearness, recallFrom } from "../../../harness/memory/recall.ts";
import { task } from "../../support/builders.ts";
import { experience, item, memory } from "./support.ts";

const NEVER = new AbortController().signal;

const KNOWN = memory(
  experience("dates", "Sort the rows of the sheet by their date, oldest first."),
  experience("totals", "Write the total of each group into column F of the sheet."),
  experience("text", "Split the names of the sheet at the comma and trim the spaces."),
);

const byWords = (known: Memory, top = 1) => recallFrom(known, bm25(known.experiences.map((one) => one.situation)), top);
const recalled = async (known: Memory, asked: Parameters<typeof task>[0], top = 1) =>
  (await byWords(known, top).recall(task({ id: "new", ...asked }), NEVER)).experiences.map((one) => one.task);

/** As an embedding model might say; a number an experience. */
const saying = (...scores: number[]): Nearness => ({
  method: "embedding",
  embedding: { model: "m", endpoint: "e" },
  to: async () => scores,
});

test("BM25 finds the task that shares the telling words, and not the one that shares the common ones", async () => {
  expect(await recalled(KNOWN, { instruction: "Put totals aside: the total of every group of the sheet." })).toEqual([
    "totals",
  ]);
  expect(await recalled(KNOWN, { instruction: "TRIM the sheet's spaces, please" })).toEqual(["text"]);
});

test("a score is the sum of BM25+ over the words of the query", async () => {
  const scores = await bm25(["red green", "red blue blue", "grey"]).to("blue RED", NEVER);
  // Lv and Zhai 2011, k 1.2, b 0.7, d 0.5; a text's length is its number of distinct words: 2, 2 and 1 here.
  const norm = 1.2 * (0.3 + (0.7 * 2) / (5 / 3));
  const term = (texts: number, times: number) =>
    Math.log(1 + (3 - texts + 0.5) / (texts + 0.5)) * (0.5 + (times * 2.2) / (times + norm));
  expect(scores).toEqual([term(2, 1), term(2, 1) + term(1, 2), 0].map((score) => expect.closeTo(score, 6)));
});

test("nothing is recalled by BM25 where no word is shared, and no more than there is", async () => {
  expect(await recalled(KNOWN, { instruction: "Integrate x squared." })).toEqual([]);
  expect(await recalled(KNOWN, { instruction: "sheet" }, 9)).toHaveLength(3);
  expect(await recalled(memory(), { instruction: "sheet" })).toEqual([]);
});

test("only the instruction is looked up: kind, files and output of the task count for nothing", async () => {
  const hidden = {
    instruction: "Integrate x.",
    kind: "totals of each group",
    files: ["comma.xlsx"],
    output: "date.xlsx",
  };
  expect(await recalled(KNOWN, hidden)).toEqual([]);
});

test("equally near ones come in order of name, whichever way the memory was made", async () => {
  const twins = [experience("b", "Same words."), experience("a", "Same words."), experience("c", "Same words.")];
  for (const order of [twins, twins.toReversed()]) {
    expect(await recalled(memory(...order), { instruction: "same words" }, 2)).toEqual(["a", "b"]);
  }
  const known = memory(...twins);
  const { experiences } = await recallFrom(known, saying(0.5, 0.5, 0.5), 2).recall(task({ id: "new" }), NEVER);
  expect(experiences.map((one) => one.task)).toEqual(["a", "b"]);
});

test("an embedding recalls the nearest even where nothing is near", async () => {
  const { experiences } = await recallFrom(KNOWN, saying(-0.2, -0.9, -0.1), 1).recall(task({ id: "new" }), NEVER);
  expect(experiences).toEqual([{ task: "totals", items: ["run/totals.41#1"], nearness: -0.1 }]);
});

test.each([
  ["the very task", { id: "totals" }],
  ["another case of its problem", { id: "totals-2", family: "totals" }],
  ["the problem that it was a case of", { id: "group-totals" }],
])("leave-one-out: what %s taught is never shown, and the next nearest is", async (_, asked) => {
  const known = memory(
    experience("dates", "Sort the rows by date."),
    experience("totals", "Write the total of each group.", { family: "group-totals" }),
    experience("other", "Write the total."),
  );
  const instruction = "Write the total of each group.";
  expect(await recalled(known, { instruction, id: "unknown" })).toEqual(["totals"]);
  expect(await recalled(known, { instruction, ...asked })).toEqual(["other"]);
});

test("of a memory that knows this task alone, nothing is shown and nothing is asked", async () => {
  const refusing: Nearness = { ...saying(), to: () => Promise.reject(new Error("asked")) };
  const own = recallFrom(memory(experience("own", "Sum.")), refusing, 1);
  expect(await own.recall(task({ id: "own" }), NEVER)).toEqual({ items: [], experiences: [] });
});

test("the same words are shown once, and the trial still tells all that they come from", async () => {
  const words = { title: "Sum", content: "Sum with care." };
  const known = memory(
    experience("a", "Sum.", { items: [item("a#1", words), item("a#2")] }),
    experience("b", "Sum.", { items: [item("b#1", words)] }),
  );
  const { items, experiences } = await byWords(known, 2).recall(task({ id: "new", instruction: "Sum." }), NEVER);
  expect(items.map(({ id }) => id)).toEqual(["a#1", "a#2"]);
  expect(experiences.map((one) => one.items)).toEqual([["a#1", "a#2"], ["b#1"]]);
});

test("the identity of a recall changes with memory, method, model and number", () => {
  const identities = [
    byWords(KNOWN),
    byWords(KNOWN, 2),
    byWords(memory()),
    recallFrom(KNOWN, saying(), 1),
    recallFrom(KNOWN, { ...saying(), embedding: { model: "m", endpoint: "other" } }, 1),
  ].map(({ identity }) => identity);
  expect(new Set(identities).size).toBe(5);
});

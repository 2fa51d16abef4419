import { describe, expect, test } from "vitest";
import { type Truth, truthFinder } from "../../distill/truth-scan.ts";

const truth = (value: string, task = "t1"): Truth => ({ task, split: "evolve", value });
const found = (values: readonly string[], text: string) =>
  truthFinder(values.map((value) => truth(value)))(text).map(({ from, to, truths }) => [from, to, truths[0]?.value]);

describe("a value of an answer is found however it is written", () => {
  test.each([
    ["Blue Heron", "Write **blue heron** first."],
    ["Blue Heron", "The bird is a _Blue_\nHeron there."],
    ["4821.55", "Put 4,821.55 there."],
    ["-4821.5537", "Put 4821.55 there."],
    ["ACME-2024/77", "Look for `acme 2024 77`."],
    ["2024-03-05T00:00:00.000Z", "Before 05.03.2024 nothing counts."],
    ["2024-03-05T00:00:00.000Z", "Before 3/5/2024 nothing counts."],
    ["Ｂｌｕｅ Heron", "blue\u200b heron"],
    ["Müller & Söhne", "for müller  söhne:"],
    ["北京市海淀区", "写入北京市海淀区。"],
  ])("%j in %j", (value, text) => {
    expect(found([value], text)).toHaveLength(1);
  });

  test.each([
    ["Heron", "Heron is short of six characters."],
    ["1, 2, 3", "Steps 1, 2, 3 in this order."],
    ["Pending", "Keep what is pending."],
    ["4821.55", "Put 4821.5 there, or 14821.55."],
    ["Blue Heron", "A blue bird and a heron."],
    ["Total sum", "Total summary"],
  ])("%j not in %j", (value, text) => {
    expect(found([value], text)).toEqual([]);
  });

  test("of a long answer eight words in a row are enough, seven are not; lines are told", () => {
    const answer = "the fee is due on the first working day of each month at noon";
    expect(found([answer], "x\nFee is due on the first\nworking day, then.")).toEqual([[2, 3, answer]]);
    expect(found([answer], "Fee is due on the first working hour.")).toEqual([]);
  });

  test("one place tells all tasks that want the same words", () => {
    const find = truthFinder([truth("Blue Heron", "t1"), truth("blue heron", "t2")]);
    expect(find("a blue heron").map(({ truths }) => truths.map(({ task }) => task))).toEqual([["t1", "t2"]]);
  });
});

test("10,000 truths are looked for in 500 lines in less than a second", () => {
  const truths = Array.from({ length: 10_000 }, (_, index) =>
    truth(index % 2 === 0 ? `Customer number ${index} of many` : `${index}.${index + 7}41`),
  );
  const lines = Array.from(
    { length: 500 },
    (_, index) => `- Rule ${index}: read the customer column before writing 12.5 anywhere, then look at it again.`,
  );
  const text = [...lines.slice(0, 499), "- Customer number 4242 of many comes first."].join("\n");
  const started = performance.now();

  const held = truthFinder(truths)(text);

  expect(performance.now() - started).toBeLessThan(1000);
  expect(held).toMatchObject([{ from: 500, to: 500 }]);
});

test.each([
  ["1225.6", ["1_225.6", "1'225.60", "1’225.6", "1225.6kg", "€1,225.6", "-1225.6"]],
  ["453007", ["453007kg", "453_007", "453'007"]],
  [
    "2026-03-25T00:00:00.000Z",
    ["2026-03-25", "2026-03-25T00:00:00", "25.03.2026", "March 25, 2026", "25 Mar 2026", "3/25/2026", "25 march 2026"],
  ],
])("%s is found in the ways in which people and programs write it", (value, forms) => {
  const find = truthFinder([{ task: "t", split: "test", value }]);
  expect(forms.filter((form) => find(`Write ${form} there.`).length === 0)).toEqual([]);
});

test("numbers that only begin like a truth are none", () => {
  const find = truthFinder([{ task: "t", split: "test", value: "1225.6" }]);
  const others = ["1225.61", "11225.6", "1225.6.1", "1225", "B1225.6", "1_225_6"];
  expect(others.filter((other) => find(`Write ${other} there.`).length > 0)).toEqual([]);
});

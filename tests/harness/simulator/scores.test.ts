import { expect, test } from "vitest";
import { sampleSpreadsheet } from "../../../benchmarks/sample/index.ts";
import type { AnswerKey } from "../../../harness/simulator/answer-key.ts";
import { drawTrial } from "../../../harness/simulator/draw.ts";
import { HABITS } from "../../../harness/simulator/habits.ts";
import { SIZES, type SizeName } from "../../../harness/simulator/sizes.ts";
import { manyEntries } from "./support.ts";

const SKILL = HABITS.map(({ lessons }) => `- ${lessons[0]!.rule}`).join("\n");
const SEEDS = Array.from({ length: 40 }, (_, index) => 41 + index);

/** Share of trials, in percent, that nothing spoils. */
function score(key: AnswerKey, size: SizeName, skill: string): number {
  const trials = key.flatMap((entry) => SEEDS.map((seed) => drawTrial({ entry, seed, size: SIZES[size] }, skill)));
  return (
    (100 * trials.filter(({ reasoningFails, biting }) => !reasoningFails && biting.length === 0).length) / trials.length
  );
}

function expectPublishedLevels(key: AnswerKey) {
  const scores = {
    large: [score(key, "large", ""), score(key, "large", SKILL)],
    small: [score(key, "small", ""), score(key, "small", SKILL)],
  };
  const inRange = ([plain = 0, skilled = 0]: number[], [a, b, c, d]: readonly [number, number, number, number]) =>
    plain >= a && plain <= b && skilled >= c && skilled <= d;
  expect(inRange(scores.large, [25, 35, 60, 75]), JSON.stringify(scores)).toBe(true);
  expect(inRange(scores.small, [15, 25, 35, 50]), JSON.stringify(scores)).toBe(true);
}

test("on our sample the sizes score near the published numbers, without a skill and with all remedies taught", async () => {
  const { tasks, answerKey } = await sampleSpreadsheet({ split: "all", cacheDirectory: "not-written" });
  expectPublishedLevels(await answerKey(tasks));
});

test("so they do on tasks of which only the cells are known", () => {
  const habits = ["formula-without-value", "drops-sheets", "wrong-range", "no-read-back", "values-as-text"];
  expectPublishedLevels(manyEntries(150, { kind: "Cell-Level Manipulation", program: null, habits }));
});

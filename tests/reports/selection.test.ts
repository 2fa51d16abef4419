import { expect, test } from "vitest";
import { Selection } from "../../distill/selection-document.ts";
import { ruleText, selectionText } from "../../reports/selection.ts";

const skill = (seed: number) => ({ name: "sheets", hash: `${seed}`.repeat(16), path: `seeds/${seed}/skill/sheets` });
const used = { name: "sheets", hash: "start", path: "skill/sheets" };

/** Seeds 41 and 42 with these means on four tasks. */
function selection(means: readonly [number, number], parts: Partial<Selection> = {}): Selection {
  return Selection.parse({
    version: 1,
    kind: "selection",
    simulated: true,
    rule: { select: "train", text: ruleText({ select: "train", seeds: [41, 42], scoredOn: "train" }) },
    split: { share: null, seed: 41, train: ["a", "b", "c", "d"], validation: [], gate: [] },
    candidates: means.map((mean, index) => ({
      seed: 41 + index,
      path: `seeds/${41 + index}`,
      skill: { ...skill(41 + index), skillLines: 40 },
      lessons: 9,
      faults: 0,
      score: {
        seed: 41 + index,
        tasks: 4,
        mean,
        interval: { low: 0.1, high: 0.9 },
        on: "train",
        unscored: 0,
        fingerprint: "f",
      },
    })),
    overSeeds: { seeds: 2, mean: 0.625, spread: 0.177, interval: { low: 0, high: 1 } },
    choice: {
      kind: "chosen",
      seed: 42,
      tied: [],
      runnerUp: { seed: 41, difference: 0.25, interval: { low: -0.3, high: 0.8 }, p: 1 },
    },
    gate: null,
    used: { kind: "distilled", skill: used, seed: 42 },
    refused: null,
    learned: [],
    fingerprints: {},
    ...parts,
  } satisfies Selection);
}

test("it says what was scored, on what, the spread over seeds, and that the best of several is in part the luckiest", () => {
  const text = selectionText(selection([0.5, 0.75]));

  expect(text).toMatch(/sheets · simulated/);
  expect(text).toMatch(/42 .*train +4 +75\.0 +10\.0 to 90\.0 +chosen/);
  expect(text).toMatch(/Over 2 seeds: mean 62\.5, standard deviation 17\.7/);
  expect(text.replace(/\s+/g, " ")).toMatch(/so no score is held out.*no test score is read/);
  expect(text.replace(/\s+/g, " ")).toMatch(/ahead of seed 41 by \+25\.0 points .*p 1\.000\).*luckiest/);
});

test("a tie is called one", () => {
  const tied: Selection["choice"] = {
    kind: "chosen",
    seed: 42,
    tied: [41],
    runnerUp: { seed: 41, difference: 0, interval: { low: -0.3, high: 0.3 }, p: 1 },
  };

  expect(selectionText(selection([0.5, 0.5], { choice: tied }))).toMatch(/Seed 42 does no better than seed 41/);
});

test("a rejection says where the new skill lies, and that the start skill stays", () => {
  const gate = {
    verdict: "rejected",
    reason: "difference -80.0 points",
    tasks: 10,
    candidate: 0.1,
    baseline: 0.9,
    difference: -0.8,
    interval: { low: -1, high: -0.5 },
    p: 0.008,
    method: "mcnemar-exact",
    alpha: 0.05,
    margin: 0.05,
    wins: [],
    losses: ["a"],
    ties: 2,
    unscored: 0,
    against: "hash",
    fingerprints: { candidate: "c", baseline: "b" },
  } as const satisfies Partial<NonNullable<Selection["gate"]>>;
  const refused = { ...skill(42), path: "rejected/skill/sheets" };
  const text = selectionText(
    selection([0.5, 0.75], {
      gate: { ...gate, wins: [], losses: ["a"] },
      used: { kind: "start", skill: used },
      refused,
    }),
  );

  expect(text.replace(/\s+/g, " ")).toMatch(/Gate, against the start skill: rejected\. .*0 won, 1 lost, 2 tied/);
  expect(text.replace(/\s+/g, " ")).toMatch(
    /The start skill stays in use; the new one is set aside in rejected\/skill\/sheets/,
  );
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEFAULT_MARGIN, fewestForTies, fewestToReject, type Judged, judge } from "../../distill/selection-gate.ts";
import { type Random, seededRandom } from "../../harness/random.ts";

const scoresOf = (scores: readonly number[]) => new Map(scores.map((score, index) => [`task-${index}`, [score]]));
const repeat = (times: number, value: number) => Array<number>(times).fill(value);

/** Judges arms that passed both `ties` tasks, and of the others either won or lost. */
function verdict({ wins = 0, losses = 0, ties = 0, margin = DEFAULT_MARGIN }) {
  const candidate = scoresOf([...repeat(wins, 1), ...repeat(losses, 0), ...repeat(ties, 1)]);
  const baseline = scoresOf([...repeat(wins, 0), ...repeat(losses, 1), ...repeat(ties, 1)]);
  return judge({ candidate, baseline, margin }, seededRandom(1));
}

describe("the verdict", () => {
  test.each([
    [{ wins: 8, ties: 2 }, "accepted"],
    [{ ties: 38 }, "accepted"],
    [{ ties: 37 }, "indecisive"], // 1.96 / (37 + 2) is just above the margin
    [{ wins: 1, ties: 4 }, "indecisive"],
    [{ losses: 5, ties: 5 }, "indecisive"], // p 0.0625: could still be chance
    [{ losses: 6, ties: 4 }, "rejected"], // p 0.03125
    [{ wins: 2, losses: 12, ties: 6 }, "rejected"],
  ] as const)("of %o is %s", (counts, expected) => {
    expect(verdict(counts).verdict).toBe(expected);
  });

  test("a sure but small loss is rejected though the interval keeps within the margin: the test speaks against it", () => {
    const found = verdict({ losses: 6, ties: 994, margin: 0.05 });

    expect(found.interval?.low).toBeGreaterThan(-0.05);
    expect(found.verdict).toBe("rejected");
  });

  test("it names the figures that it rests on", () => {
    const found = verdict({ wins: 8, ties: 2 });

    expect(found).toMatchObject({
      tasks: 10,
      difference: 0.8,
      method: "mcnemar-exact",
      alpha: 0.05,
      margin: 0.05,
    });
    expect(found.p).toBeCloseTo(2 / 256, 12);
    expect(found.wins).toEqual(Array.from({ length: 8 }, (_, index) => `task-${index}`));
    expect(found.reason).toMatch(
      /difference 80\.0 points on 10 held-back tasks.*lies above the margin of -5\.0 points/,
    );
  });

  test("scores that are not just right or wrong, or of several seeds, take the sign-flip test", () => {
    const candidate = new Map([
      ["a", [0.5, 1]],
      ["b", [1, 1]],
    ]);
    const baseline = new Map([
      ["a", [0, 1]],
      ["b", [1, 0]],
    ]);

    expect(judge({ candidate, baseline, margin: 0.05 }, seededRandom(1)).method).toBe("sign-flip-exact");
  });

  test("tasks that only one arm has a score for count for neither; without a shared one nothing is told", () => {
    const both = judge({ candidate: scoresOf([1, 1]), baseline: scoresOf([1]), margin: 0.05 }, seededRandom(1));
    const none = judge({ candidate: scoresOf([1]), baseline: new Map(), margin: 0.05 }, seededRandom(1));

    expect(both.tasks).toBe(1);
    expect(none).toMatchObject({ verdict: "indecisive", tasks: 0, p: null });
  });
});

describe("for any scores", () => {
  const share = fc.integer({ min: 0, max: 4 }).map((quarters) => quarters / 4);
  const pairs = fc.array(fc.tuple(share, share), { minLength: 1, maxLength: 30 });
  const arms = (of: readonly (readonly [number, number])[]): Omit<Judged, "margin"> => ({
    candidate: scoresOf(of.map(([score]) => score)),
    baseline: scoresOf(of.map(([, score]) => score)),
  });

  test("a skill that did no worse is never rejected, one that is rejected did worse, and an accepted one keeps above the margin", () => {
    fc.assert(
      fc.property(pairs, (of) => {
        const { verdict, difference, interval } = judge({ ...arms(of), margin: 0.1 }, seededRandom(1));
        if (verdict === "rejected") expect(difference).toBeLessThan(0);
        if (verdict === "accepted") expect(interval?.low).toBeGreaterThan(-0.1);
      }),
    );
  });

  test("a wider margin never takes an acceptance back, and never rejects or saves from rejection", () => {
    fc.assert(
      fc.property(pairs, (of) => {
        const [narrow, wide] = [0.02, 0.3].map((margin) => judge({ ...arms(of), margin }, seededRandom(1)).verdict);
        if (narrow === "accepted") expect(wide).toBe("accepted");
        expect(narrow === "rejected").toBe(wide === "rejected");
      }),
    );
  });

  test("the two arms changed about are never both accepted as a gain nor both rejected", () => {
    fc.assert(
      fc.property(pairs, (of) => {
        const forth = judge({ ...arms(of), margin: 0.05 }, seededRandom(1));
        const back = judge({ ...arms(of.map(([one, other]) => [other, one] as const)), margin: 0.05 }, seededRandom(1));
        expect([forth.verdict, back.verdict]).not.toEqual(["rejected", "rejected"]);
        expect(back.difference).toBeCloseTo(-(forth.difference ?? 0), 12);
        expect(back.p).toBeCloseTo(forth.p ?? 0, 1);
      }),
    );
  });
});

describe("error rates, over 150 made-up gates of 60 tasks", () => {
  /** Share of gates with each verdict when the start passes half of the tasks and the skill gains `gain` on average. */
  function rates(gain: number, random: Random) {
    const verdicts = Array.from({ length: 150 }, () => {
      const of = Array.from({ length: 60 }, () => {
        const before = random.fraction() < 0.5 ? 1 : 0;
        const flips = random.fraction() < Math.abs(gain) * 2 && before === (gain > 0 ? 0 : 1);
        const noise = random.fraction() < 0.1;
        const after = flips !== noise ? 1 - before : before;
        return [after, before] as const;
      });
      const scores = {
        candidate: scoresOf(of.map(([after]) => after)),
        baseline: scoresOf(of.map(([, before]) => before)),
      };
      return judge({ ...scores, margin: 0.1 }, random).verdict;
    });
    const share = (wanted: string) => verdicts.filter((one) => one === wanted).length / verdicts.length;
    return { accepted: share("accepted"), rejected: share("rejected") };
  }

  test("a skill that is no better and no worse is rejected in at most 5 of 100", () => {
    expect(rates(0, seededRandom(3)).rejected).toBeLessThanOrEqual(0.05);
  });

  test("a skill that is worse by twice the margin is accepted in at most 5 of 100", () => {
    expect(rates(-0.25, seededRandom(4)).accepted).toBeLessThanOrEqual(0.05);
  });

  test("a skill that gains a fifth is accepted nearly always, one that loses a fifth rejected mostly", () => {
    expect(rates(0.25, seededRandom(5)).accepted).toBeGreaterThan(0.95);
    expect(rates(-0.25, seededRandom(6)).rejected).toBeGreaterThan(0.7);
  });
});

test("what so few tasks cannot tell: 6 to reject at all, 38 that end alike for the margin of 5 points", () => {
  expect(fewestToReject()).toBe(6);
  expect(fewestForTies(DEFAULT_MARGIN)).toBe(38);
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Candidate, candidateScores, chooseBest, overSeeds } from "../../distill/selection.ts";
import { seededRandom } from "../../harness/random.ts";

const random = () => seededRandom(1);

/** A candidate with one score for each of tasks a, b, c, …; null where it has none. */
function candidate(seed: number, scores: readonly (number | null)[]): Candidate {
  const rows = scores.flatMap((score, index) => (score === null ? [] : [[unit(index), [score]] as const]));
  return { seed, scores: new Map(rows) };
}
const unit = (index: number) => String.fromCharCode(97 + index);

describe("choosing", () => {
  test("takes the highest mean, and says how far ahead of the next it is", () => {
    const choice = chooseBest(
      [candidate(41, [1, 0, 0, 0]), candidate(42, [1, 1, 1, 0]), candidate(43, [1, 1, 0, 0])],
      random(),
    );

    expect(choice).toMatchObject({
      kind: "chosen",
      seed: 42,
      tied: [],
      runnerUp: { seed: 43, difference: 0.25, p: 1 },
    });
  });

  test("of equal ones takes that which was named first, and tells which were equal", () => {
    const equal = [candidate(43, [1, 0]), candidate(41, [0, 1]), candidate(42, [0, 0])];

    expect(chooseBest(equal, random())).toMatchObject({ seed: 43, tied: [41] });
  });

  test("a task that one candidate has no score for helps no other: all are compared on the same", () => {
    const lucky = candidate(41, [1, null, null]);
    const better = candidate(42, [1, 1, 0]);

    expect(candidateScores([lucky, better]).map(({ tasks, mean }) => [tasks, mean])).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(chooseBest([better, lucky], random())).toMatchObject({ seed: 42, tied: [41] });
  });

  test("without a task that all have a score for, nothing is chosen", () => {
    expect(chooseBest([candidate(41, [1, null]), candidate(42, [null, 1])], random())).toBeNull();
  });

  test("one candidate is taken as it is, whatever its score; none is an error", () => {
    expect(chooseBest([candidate(41, [])], random())).toEqual({ kind: "only", seed: 41 });
    expect(() => chooseBest([], random())).toThrow(RangeError);
  });

  test("for any scores: none beats the winner, and the order of tasks changes nothing", () => {
    fc.assert(
      fc.property(table, (rows) => {
        const candidates = rows.map((scores, index) => candidate(41 + index, scores));
        const choice = chooseBest(candidates, random());
        const turned = chooseBest(
          candidates.map(({ seed, scores }) => ({ seed, scores: new Map([...scores].reverse()) })),
          random(),
        );
        const scores = candidateScores(candidates);
        const best = Math.max(...scores.map(({ mean }) => mean ?? 0));

        expect(turned).toEqual(choice);
        if (choice === null || choice.kind === "all") throw new Error("expected a choice");
        expect(scores.find(({ seed }) => seed === choice.seed)?.mean).toBeCloseTo(best, 9);
      }),
    );
  });

  test("for any scores: a winner that does still better on a task wins again", () => {
    fc.assert(
      fc.property(table, fc.nat(), (rows, at) => {
        const candidates = rows.map((scores, index) => candidate(41 + index, scores));
        const won = seedOf(candidates);
        const raised = candidates.map((one) =>
          one.seed === won
            ? { ...one, scores: new Map([...one.scores, [unit(at % (rows[0]?.length ?? 1)), [1]]]) }
            : one,
        );

        expect(seedOf(raised)).toBe(won);
      }),
    );
  });
});

const share = fc.integer({ min: 0, max: 4 }).map((quarters) => quarters / 4);
const table = fc
  .tuple(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 1, max: 10 }))
  .chain(([seeds, tasks]) =>
    fc.array(fc.array(share, { minLength: tasks, maxLength: tasks }), { minLength: seeds, maxLength: seeds }),
  );

function seedOf(candidates: readonly Candidate[]): number {
  const choice = chooseBest(candidates, random());
  if (choice?.kind !== "chosen") throw new Error("expected a choice");
  return choice.seed;
}

describe("over seeds", () => {
  test("mean and sample standard deviation are of the candidates' means: 0.5, 0.75 and 1 have 0.25", () => {
    const scores = candidateScores([
      candidate(41, [1, 1, 0, 0]),
      candidate(42, [1, 1, 1, 0]),
      candidate(43, [1, 1, 1, 1]),
    ]);

    expect(overSeeds(scores)).toMatchObject({ seeds: 3, mean: 0.75, spread: 0.25, interval: { high: 1 } });
    // t with two degrees of freedom: 4.302653 × 0.25 / √3
    expect(overSeeds(scores)?.interval?.low).toBeCloseTo(0.75 - 0.621032, 5);
  });

  test("one seed has no spread, equal seeds no interval, no score no mean", () => {
    expect(overSeeds(candidateScores([candidate(41, [1, 0])]))).toEqual({
      seeds: 1,
      mean: 0.5,
      spread: null,
      interval: null,
    });
    expect(overSeeds(candidateScores([candidate(41, [1, 0]), candidate(42, [0, 1])]))).toMatchObject({
      spread: 0,
      interval: null,
    });
    expect(overSeeds(candidateScores([candidate(41, [])]))).toBeNull();
  });
});

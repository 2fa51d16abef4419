/** A small share of `npm run bench -- statistics`, with the same draws every time: a test that is too sure, or never sure, is seen here. */
import { expect, test } from "vitest";
import { seededRandom } from "../../../harness/random.ts";
import { clusteredPaired, pairedDifference } from "../../../harness/statistics/paired.ts";
import { drawExperiment, type World } from "../../bench/statistics-world.ts";

const EXPERIMENTS = 500;

const world: World = {
  name: "80 tasks in families of 1 to 8, × 2",
  tasks: 80,
  seeds: 2,
  families: [1, 3, 8],
  difficulty: 3,
  ease: -0.5,
  interaction: { task: 0.5, family: 1.5 },
};

test("of 500 experiments without an effect 3 to 7 in 100 are significant by families, and far more were families and seeds forgotten", () => {
  const random = seededRandom(1);
  const counts = { midP: 0, p: 0, covered: 0, forgotten: 0 };
  for (let experiment = 0; experiment < EXPERIMENTS; experiment++) {
    const { arm, baseline, families } = drawExperiment(world, random);
    const { p, midP, interval } = clusteredPaired(arm, baseline, families, random);
    const trials = (scores: number[][]) => scores.flat().map((score) => [score]);
    if (p <= 0.05) counts.p++;
    if (midP <= 0.05) counts.midP++;
    if (interval.low <= 0 && interval.high >= 0) counts.covered++;
    if (pairedDifference(trials(arm), trials(baseline), random).p <= 0.05) counts.forgotten++;
  }

  const share = (count: number) => (100 * count) / EXPERIMENTS;
  expect(share(counts.midP)).toBeGreaterThan(3);
  expect(share(counts.midP)).toBeLessThan(7);
  expect(share(counts.p)).toBeGreaterThan(2);
  expect(share(counts.p)).toBeLessThan(6);
  expect(share(counts.covered)).toBeGreaterThan(93);
  expect(share(counts.covered)).toBeLessThan(97);
  expect(share(counts.forgotten)).toBeGreaterThan(10);
});

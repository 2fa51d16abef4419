import { expect, test } from "vitest";
import { seededRandom } from "../../harness/random.ts";
import { look, lookSizes, type Verdict } from "../../reports/ablation-stopping.ts";

const RULE = { looks: 4, least: 0.02 };
const filled = (count: number, value: number) => Array.from({ length: count }, () => value);

test.each([
  [20, 4, [5, 10, 15, 20]],
  [200, 4, [50, 100, 150, 200]],
  [7, 4, [5, 6, 7]],
  [3, 4, [3]],
  [10, 1, [10]],
])("%i tasks in %i looks", (tasks, looks, sizes) => {
  expect(lookSizes(tasks, looks)).toEqual(sizes);
});

test.each<[string, number[], number, Verdict | null]>([
  ["all tasks lost without it", filled(10, 1), 40, "worth"],
  ["all tasks won without it", filled(10, -1), 40, "harms"],
  ["no difference at all in a first small part", filled(5, 0), 20, null],
  ["no difference at all in half of the tasks", filled(10, 0), 20, "futile"],
  ["no difference in very many tasks", filled(2_000, 0), 4_000, "negligible"],
  ["a promising start", [1, 1, 1, 0, 0, 0, 0, 0, 0, 0], 40, null],
  ["a promising end", [1, 1, 1, 0, 0, 0, 0, 0, 0, 0], 10, "undecided"],
])("%s", (_, differences, tasks, verdict) => {
  expect(look(differences, tasks, RULE).verdict).toBe(verdict);
});

test("an interval at one of four looks is wider than one at the only look", () => {
  const differences = [...filled(30, 1), ...filled(70, 0)];
  const [one, four] = [look(differences, 100, { looks: 1, least: 0 }), look(differences, 100, { looks: 4, least: 0 })];

  expect(four.interval.high - four.interval.low).toBeGreaterThan(1.2 * (one.interval.high - one.interval.low));
});

/** Verdicts of units whose tasks win and lose with these chances. */
function verdicts({ win, lose, tasks }: { win: number; lose: number; tasks: number }, draws: number): Verdict[] {
  const random = seededRandom(7);
  return Array.from({ length: draws }, () => {
    const all = Array.from({ length: tasks }, () => {
      const chance = random.fraction();
      return chance < win ? 1 : chance < win + lose ? -1 : 0;
    });
    for (const size of lookSizes(tasks, RULE.looks)) {
      const { verdict } = look(all.slice(0, size), tasks, RULE);
      if (verdict !== null) return verdict;
    }
    return "undecided";
  });
}

test("looking four times, a unit worth nothing is called worth something in less than one case in twenty", () => {
  for (const chance of [0.02, 0.1, 0.3]) {
    const found = verdicts({ win: chance, lose: chance, tasks: 80 }, 1_500);
    const wrong = found.filter((verdict) => verdict === "worth" || verdict === "harms").length;
    expect(wrong / found.length, `chance ${chance}`).toBeLessThan(0.05);
  }
});

test("a unit that is worth much is found nearly always, and often before the last task", () => {
  const found = verdicts({ win: 0.3, lose: 0.02, tasks: 80 }, 500);

  expect(found.filter((verdict) => verdict === "worth").length / found.length).toBeGreaterThan(0.95);
});

test("giving up early costs little: of units worth 20 points, few are given up as futile", () => {
  const found = verdicts({ win: 0.25, lose: 0.05, tasks: 80 }, 500);

  expect(found.filter((verdict) => verdict === "futile").length / found.length).toBeLessThan(0.1);
  expect(found.filter((verdict) => verdict === "worth").length / found.length).toBeGreaterThan(0.7);
});

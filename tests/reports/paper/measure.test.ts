import { expect, test } from "vitest";
import type { Score, Trial } from "../../../harness/records.ts";
import { type Measured, measure, type Results } from "../../../reports/paper/measure.ts";
import type { PaperTable, Term } from "../../../reports/paper/paper-table.ts";
import { renderPaperTable } from "../../../reports/paper/render.ts";
import { manifest, task, trial } from "../../support/builders.ts";

const scored = (value: number, metrics?: Record<string, number>): Score => ({
  kind: "scored",
  value,
  explanation: "",
  ...(metrics && { metrics }),
});

/** Tasks t0, t1, ... with a row of seeds each. */
function run(rows: readonly (readonly number[])[]) {
  const trials = rows.flatMap((row, index) =>
    row.map((value, seed): Trial => trial({ task: task({ id: `t${index}` }), seed, score: scored(value) })),
  );
  return { manifest: manifest(), trials };
}

function results(runs: Readonly<Record<string, ReturnType<typeof run>>>): Results {
  return {
    run: ({ arm, benchmark }) => runs[`${arm}/${benchmark}`] ?? null,
    hash: () => null,
    minutes: (skill) => (skill === "skill" ? 3.25 : null),
    patches: (skill) =>
      skill === "skill" ? [["Recalculate before saving."], ["Use openpyxl, not pandas."], [], ["Sort."]] : null,
  };
}

const term = (arm: string, weight = 1, benchmark = "Vrf"): Term => ({ weight, arm, user: "122b", benchmark });
const score = (terms: readonly Term[], of: Results) => measure({ kind: "score", terms }, of);

const HIGH = [
  [1, 1],
  [1, 0],
  [1, 1],
  [0, 0],
  [1, 1],
  [1, 1],
  [0, 1],
  [1, 1],
];
const LOW = [
  [0, 1],
  [0, 0],
  [1, 1],
  [0, 0],
  [1, 0],
  [0, 0],
  [0, 1],
  [1, 1],
];
const near = (low: number, high: number) => ({ low: expect.closeTo(low, 4), high: expect.closeTo(high, 4) });

test("one mean has the interval of a mean, two arms on the same tasks that of their paired difference", () => {
  const of = results({ "arm/Vrf": run(HIGH), "base/Vrf": run(LOW) });

  expect(score([term("arm")], of)).toEqual({
    kind: "measured",
    value: 0.75,
    // Wilson's of 6 in 8: (6 + 1.9207 ± 1.96 √(6 × 2 / 8 + 0.9604)) / (8 + 3.8415).
    interval: near(0.4093, 0.9285),
    units: 8,
  });
  expect(score([term("arm"), term("base", -1)], of)).toEqual({
    kind: "measured",
    value: 0.3125,
    // Agresti and Min's of 0.5, 0.5, 0, 0, 0.5, 1, 0 and 0: 0.25 ± 1.96 √((2.75 / 10 - 0.25²) / 10).
    interval: near(-0.0357, 0.5357),
    units: 8,
  });
});

test("an average weighs its benchmarks, and adds what their intervals reach to either side as squares, for their tasks are others", () => {
  const of = results({ "arm/Vrf": run(HIGH), "arm/WikiTQ": run(LOW) });

  const measured = score([term("arm", 0.5), term("arm", 0.5, "WikiTQ")], of) as Extract<Measured, { kind: "measured" }>;

  expect(measured.value).toBeCloseTo((0.75 + 0.4375) / 2, 12);
  // Wilson's intervals: 0.4093 to 0.9285 about 0.75, and of 3.5 in 8 0.1745 to 0.7411 about 0.4375.
  expect(measured.interval).toEqual(
    near(0.59375 - Math.hypot(0.3407, 0.263) / 2, 0.59375 + Math.hypot(0.1785, 0.3036) / 2),
  );
});

test("benchmarks on which all tasks score alike are not sure for that: twice all passed is no interval without a width", () => {
  const all = run(HIGH.map(() => [1]));
  const none = run(HIGH.map(() => [0]));
  const of = results({ "arm/Vrf": all, "arm/WikiTQ": all, "base/Vrf": none, "base/WikiTQ": all });
  const halves = (arm: string, weight: number) => [term(arm, weight), term(arm, weight, "WikiTQ")];

  // Wilson's of 8 in 8 is 0.6756 to 1; half of it, twice.
  expect(score(halves("arm", 0.5), of)).toMatchObject({ value: 1, interval: near(1 - 0.3244 / Math.SQRT2, 1) });
  const difference = score([...halves("arm", 0.5), ...halves("base", -0.5)], of);
  // Agresti and Min's of eight wins is 0.8 ± 1.96 √((9 / 10 - 0.8²) / 10), of eight ties 0 ± 1.96 √0.01.
  const down = Math.hypot(0.2 + 0.31604, 0.196) / 2;
  expect(difference).toMatchObject({ value: 0.5, interval: near(0.5 - down, 0.5 + Math.hypot(0, 0.196) / 2) });
});

test("a difference is over the tasks that both arms have a score for", () => {
  const of = results({ "arm/Vrf": run(HIGH), "base/Vrf": run(LOW.slice(0, 3)) });

  expect(score([term("arm"), term("base", -1)], of)).toMatchObject({ value: (0.5 + 0.5 + 0) / 3, units: 3 });
});

test("a metric beside the score is measured by its own name", () => {
  const trials = [1, 0].map((accuracy, index) =>
    trial({ task: task({ id: `t${index}` }), score: scored(0.6, { accuracy }) }),
  );
  const of = results({ "arm/DocVQA": { manifest: manifest(), trials } });

  expect(score([{ ...term("arm", 1, "DocVQA"), metric: "accuracy" }], of)).toMatchObject({ value: 0.5, units: 2 });
});

test("what is not there is told with its name, and never a 0", () => {
  const of = results({ "arm/Vrf": run(HIGH) });

  expect(score([term("arm"), term("base", -1)], of)).toEqual({
    kind: "missing",
    reason: "no run of base with 122b on Vrf",
  });
  expect(measure({ kind: "minutes", skill: "other" }, of)).toEqual({ kind: "missing", reason: "no time is recorded" });
  expect(measure({ kind: "share", skill: "other", theme: "openpyxl" }, of)).toEqual({
    kind: "missing",
    reason: "no patches",
  });
});

test("a share counts patches, one without edits included", () => {
  const of = results({});

  expect(measure({ kind: "share", skill: "skill", theme: "recalculate" }, of)).toMatchObject({ value: 0.25, units: 4 });
  expect(measure({ kind: "minutes", skill: "skill" }, of)).toMatchObject({ value: 3.25, interval: null });
});

const TABLE: PaperTable = {
  id: "small",
  title: "Small",
  about: "",
  sources: ["somewhere, table 1"],
  sets: {},
  judge: ["Vrf"],
  conditions: [],
  cells: [
    {
      ...{ condition: "arm", column: "122b Vrf", unit: "points", signed: false },
      ...{ measure: { kind: "score", terms: [term("arm")] }, published: { v3: 70, later: 99.5 } },
    },
    {
      ...{ condition: "arm against base", column: "122b Vrf", unit: "points", signed: true },
      ...{ measure: { kind: "score", terms: [term("arm"), term("base", -1)] }, published: { v3: -60, later: null } },
    },
    {
      ...{ condition: "gone", column: "122b Vrf", unit: "points", signed: false },
      ...{ measure: { kind: "score", terms: [term("gone")] }, published: { v3: 5, later: 5 } },
    },
  ],
  assumptions: ["Something had to be assumed."],
};
const ABOUT = {
  stands: ["122b is sim/large."],
  method: ["Agents act."],
  left: ["AIME: none"],
  seeds: [41, 42],
  simulated: true,
};

test("a row holds both published numbers, the measured one with its interval, the difference and whether each lies inside", () => {
  const of = results({ "arm/Vrf": run(HIGH), "base/Vrf": run(LOW) });

  const [table, layout] = renderPaperTable(TABLE, of, ABOUT);

  const texts = table?.rows.map(({ cells }) => cells.map(({ text }) => text));
  const print = expect.stringMatching(/^[0-9a-f]{12}$/);
  expect(texts?.[0]).toEqual([
    "122b Vrf",
    "70.00",
    "99.50",
    "75.00",
    "40.93",
    "92.85",
    "−24.50",
    "v3 yes, later no",
    "8",
    print,
  ]);
  expect(texts?.[1]?.slice(0, 4)).toEqual(["122b Vrf", "−60.00", "–", "+31.25"]);
  expect(texts?.[1]?.slice(6, 8)).toEqual(["+91.25", "no"]);
  expect(texts?.[2]).toEqual(["122b Vrf", "5.00", "5.00", "–", "–", "–", "–", "–", "–", "–"]);
  expect(table?.simulated).toBe(true);
  for (const note of [
    /simulated model: .* says nothing about the paper/,
    /Seeds 41, 42;/,
    /Agents act\./,
    /Left out: AIME/,
    /1 of 3 numbers \(no run of gone/,
    /Scored: /,
  ])
    expect(table?.notes.join("\n")).toMatch(note);
  expect(layout?.rows.map(({ cells }) => cells.map(({ text }) => text))).toEqual([
    ["arm", "75.0 ±26.0"],
    ["arm against base", expect.stringMatching(/^\+31\.3 ±/)],
  ]);
});

test("minutes keep their digits in the paper's layout, under the author whose distillation took them", () => {
  const minutes = (size: string, later: number): PaperTable["cells"][number] => ({
    ...{ condition: "parallel", column: `${size} minutes`, unit: "minutes", signed: false },
    ...{ measure: { kind: "minutes", skill: size }, published: { v3: null, later } },
  });
  const vrf = TABLE.cells[0];
  const cells = [...(vrf === undefined ? [] : [vrf]), minutes("122b", 3), minutes("35b", 3)];
  const of = { ...results({ "arm/Vrf": run(HIGH) }), minutes: () => 0.0416 };

  const [, layout] = renderPaperTable({ ...TABLE, cells }, of, ABOUT);

  expect(layout?.columns.map(({ group, label }) => [group, label])).toEqual([
    [undefined, "condition"],
    ["122b user", "Vrf"],
    ["122b author", "minutes"],
    ["35b author", "minutes"],
  ]);
  expect(layout?.rows[1]?.cells.map(({ text }) => text)).toEqual(["parallel", "–", "0.04", "0.04"]);
});

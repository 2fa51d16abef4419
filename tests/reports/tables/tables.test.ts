import { expect, test } from "vitest";
import type { Cost } from "../../../reports/experiment.ts";
import { summarize } from "../../../reports/summary.ts";
import type { Table } from "../../../reports/table.ts";
import { armsAsTable, metricsAsTable } from "../../../reports/tables/arms.ts";
import { costsAsTable } from "../../../reports/tables/costs.ts";
import { lessonsAsTable, linesAsTable } from "../../../reports/tables/lessons.ts";
import { trialsAsTable } from "../../../reports/tables/trials.ts";
import { manifest, task, trial } from "../../support/builders.ts";
import { exampleDistillation, exampleReport, usage } from "../example.ts";

const column = ({ columns, rows }: Table, label: string) => {
  const index = columns.findIndex((one) => one.label === label);
  return rows.map(({ cells }) => cells[index]);
};

test("every row of every table has as many cells as there are columns, and what is a number has one behind its text", () => {
  const { arms, costs, distillations } = exampleReport();
  const [distillation] = distillations;
  const all: Table[] = [
    armsAsTable(arms),
    costsAsTable(costs),
    lessonsAsTable(distillation!, { most: 5, detail: "all" }),
    linesAsTable(distillation!),
    trialsAsTable([{ manifest: manifest(), trials: [trial()] }]),
  ];

  for (const { id, columns, rows, notes, simulated } of all) {
    expect(rows.length, id).toBeGreaterThan(0);
    expect(new Set(rows.map(({ cells }) => cells.length)), id).toEqual(new Set([columns.length]));
    expect(simulated, id).toBe(true);
    expect(notes.length, id).toBeGreaterThan(0);
    for (const [index, { kind, label }] of columns.entries())
      if (kind === "number")
        expect(
          rows.map(({ cells }) => cells[index]?.value !== undefined),
          label,
        ).not.toContain(false);
  }
});

test("an arm has its score in points, both ends of its interval, n, seeds and fingerprint, and its benchmark the scorer", () => {
  const { arms } = exampleReport();
  const table = armsAsTable(arms);
  const [first] = arms;

  expect(column(table, "score")[0]).toEqual({ text: "31.7", value: 100 * first!.mean! });
  expect([column(table, "low")[0]?.value, column(table, "high")[0]?.value]).toEqual([
    100 * first!.interval!.low,
    100 * first!.interval!.high,
  ]);
  expect(column(table, "n")[0]?.text).toBe("30 × 2");
  expect(column(table, "seeds")[0]?.text).toBe("41, 42");
  expect(column(table, "fingerprint")[0]?.text).toBe(first!.fingerprint);
  expect(table.notes.filter((note) => /scored by (workbook-range|denotation)\/1/.test(note))).toHaveLength(2);
});

test("trials that are missing have a column where there are any, and a placebo is told whatever its arm is called", () => {
  const placebo = { kind: "shuffled", seed: 1, of: "c".repeat(64) } as const;
  const summary = summarize({
    manifest: manifest({ arm: "sugar", seeds: [41, 42], skill: { name: "s", hash: "d", path: "p", placebo } }),
    trials: [trial()],
  });
  const table = armsAsTable([summary]);

  expect(column(table, "missing")).toEqual([{ text: "1", value: 1 }]);
  expect(armsAsTable([{ ...summary, missing: 0 }]).columns.map(({ label }) => label)).not.toContain("missing");
  expect(table.notes.join(" ")).toContain(`not the skill ${"c".repeat(12)} but a placebo of it: shuffled, seed 1`);
});

test("metrics have a table only where an arm has some, with the score first", () => {
  const scored = trial({ score: { kind: "scored", value: 1, explanation: "", metrics: { accuracy: 0.5 } } });
  const table = metricsAsTable([summarize({ manifest: manifest(), trials: [scored] })]);

  expect(metricsAsTable([summarize({ manifest: manifest(), trials: [trial()] })])).toBeNull();
  expect(column(table!, "metric").map((cell) => cell?.text)).toEqual(["score (the score)", "accuracy"]);
  expect(column(table!, "score").map((cell) => cell?.value)).toEqual([100, 50]);
});

test("costs of one model stand together, the last row is their sum, and a sum with unknown parts is words", () => {
  const cost = (model: string, amount: number, unknownCalls: number): Cost => ({
    part: `arm of ${model}`,
    caller: "agent",
    model,
    simulated: false,
    usage: usage(2),
    fromJournal: null,
    money: { currency: "EUR", amount, unknownCalls },
  });
  const table = costsAsTable([cost("a", 1, 0), cost("b", 2, 1), { ...cost("a", 3, 0), part: "other" }]);

  expect(table.rows.map(({ group }) => group)).toEqual(["a", "a", "b", "together"]);
  expect(column(table, "calls").map((cell) => cell?.value)).toEqual([2, 2, 2, 6]);
  const money = column(table, "cost, EUR");
  expect(money.map((cell) => cell?.value)).toEqual([1, 3, undefined, undefined]);
  expect(money[3]?.text).toMatch(/^≥ /);
  expect(table.simulated).toBe(false);
});

test("lessons are sorted by support, and a short table says how many there are", () => {
  const distillation = exampleDistillation();
  const short = lessonsAsTable(distillation, { most: 3, detail: "brief" });

  expect(column(short, "support").map((cell) => cell?.value)).toEqual([14, 11, 9]);
  expect(short.columns.map(({ label }) => label)).toEqual(["lesson", "from", "support", "fate"]);
  expect(short.notes[0]).toBe(`The first 3 of ${distillation.lessons.length} lessons.`);
  expect(lessonsAsTable(distillation, { most: 99, detail: "all" }).rows).toHaveLength(distillation.lessons.length);
});

test("a trial that our side spoilt has no score, a wrong answer has 0, and both say how they ended", () => {
  const spoilt = { kind: "unscored", reason: "sandbox-failed", detail: "out of memory" } as const;
  const table = trialsAsTable([
    {
      manifest: manifest(),
      trials: [
        trial({ task: task({ id: "b", family: "fam" }), score: spoilt, trajectory: null }),
        trial({ task: task({ id: "a" }), score: { kind: "scored", value: 0, explanation: "" } }),
      ],
    },
  ]);

  expect(column(table, "task").map((cell) => cell?.text)).toEqual(["a", "b"]);
  expect(column(table, "unit").map((cell) => cell?.text)).toEqual(["a", "fam"]);
  expect(column(table, "score").map((cell) => cell?.value)).toEqual([0, null]);
  expect(column(table, "unscored").map((cell) => cell?.text)).toEqual(["", "sandbox-failed"]);
  expect(column(table, "exit").map((cell) => cell?.text)).toEqual(["submitted", ""]);
});

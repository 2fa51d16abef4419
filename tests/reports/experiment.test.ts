import { expect, test } from "vitest";
import { NO_USAGE } from "../../harness/records.ts";
import { addUpCosts, type Cost, ExperimentReport, experimentReport, totalCost } from "../../reports/experiment.ts";
import { manifest, trial } from "../support/builders.ts";
import { exampleReport, usage } from "./example.ts";

const cost = (parts: Partial<Cost>): Cost => ({
  part: "plain",
  caller: "agent",
  model: "m",
  simulated: false,
  usage: usage(1),
  fromJournal: 0,
  ...parts,
});

test("the same runs give the same report, which its schema takes back from JSON", () => {
  const report = exampleReport();

  expect(exampleReport()).toEqual(report);
  expect(ExperimentReport.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
});

test("a report has the whole fingerprint behind each short one, and the date of its youngest run", () => {
  const older = { manifest: manifest({ createdAt: "2026-01-01T00:00:00.000Z" }), trials: [trial()] };
  const younger = { manifest: manifest({ createdAt: "2026-01-03T00:00:00.000Z" }), trials: [trial()] };

  const report = experimentReport({ name: "x", runs: [younger, older], differences: [], costs: [], distillations: [] });

  expect(report.ranAt).toBe("2026-01-03T00:00:00.000Z");
  expect(report.fingerprints[report.arms[0]!.fingerprint]).toEqual(manifest().fingerprint);
});

test("one simulated run makes the report simulated, and real ones alone do not", () => {
  const real = { manifest: manifest({ model: { name: "m", simulated: false } }), trials: [trial()] };
  const simulated = { manifest: manifest(), trials: [trial()] };
  const isSimulated = (runs: (typeof real)[]) =>
    experimentReport({ name: "x", runs, differences: [], costs: [], distillations: [] }).simulated;

  expect(isSimulated([real])).toBe(false);
  expect(isSimulated([real, simulated])).toBe(true);
});

test("costs of the same part, caller and model are one line; others are not", () => {
  const costs = [cost({}), cost({ caller: "merger" }), cost({ usage: usage(3), fromJournal: 2 }), cost({ model: "n" })];

  expect(addUpCosts(costs)).toEqual([
    cost({ usage: usage(4), fromJournal: 2 }),
    cost({ caller: "merger" }),
    cost({ model: "n" }),
  ]);
});

test("calls from the journal are unknown in a sum when one part did not count them", () => {
  expect(totalCost([cost({ fromJournal: 5 }), cost({ fromJournal: null })])).toEqual({
    usage: usage(2),
    fromJournal: null,
  });
  expect(totalCost([])).toEqual({ usage: NO_USAGE, fromJournal: 0 });
});

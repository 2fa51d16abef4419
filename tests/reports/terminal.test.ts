import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { tablesFor } from "../../harness/cli/report-tables.ts";
import { differenceDetails, differencesTable } from "../../reports/differences-text.ts";
import type { ExperimentReport } from "../../reports/experiment.ts";
import { tableText, terminalText } from "../../reports/formats/terminal.ts";
import { costsAsTable } from "../../reports/tables/costs.ts";
import { armsTable, linesTable } from "../../reports/terminal.ts";
import { exampleReport, NO_SOURCE } from "./example.ts";

const report = exampleReport();
const lines = (text: string) => text.split("\n");

/** All that the verb `report` prints of it. */
const printed = (shown: ExperimentReport) => terminalText(shown.name, tablesFor("terminal", shown, NO_SOURCE));

test("fits 100 columns, also with long labels and task ids, and cuts none of them", () => {
  const long =
    "an arm whose label was chosen by someone who likes to explain everything in the label itself, even-with-one-very-long-word-that-is-wider-than-any-column";
  const arms = report.arms.map((arm) => ({ ...arm, arm: long }));
  const differences = report.differences.map((row) => ({ ...row, baseline: { ...row.baseline, arm: long } }));
  const text = [printed({ ...report, arms, differences }), armsTable(arms), differenceDetails(report.differences)].join(
    "\n",
  );

  expect(lines(text).filter((line) => line.length > 100)).toEqual([]);
  expect(text).not.toContain("…");
});

test("servers that the doctor knew stand in the report, with what they lack", () => {
  const servers = [
    {
      endpoint: "http://localhost:8000/v1",
      model: "large",
      kind: "vllm" as const,
      version: "0.11",
      contextTokens: 32_768,
      capabilities: { "tool calls": "partly" as const, seed: "yes" as const },
      askedAt: "2026-11-20T10:00:00Z",
    },
  ];

  expect(printed({ ...report, servers })).toMatch(
    /http:\/\/localhost:8000\/v1 +large +vllm 0\.11 +32,768 +tool calls \(in part\) +2026-11-20/,
  );
  expect(printed(report)).not.toContain("Servers");
});

test("every arm has mean, interval, n and fingerprint on its line", () => {
  const text = lines(armsTable(report.arms));
  for (const { fingerprint, mean, tasks } of report.arms) {
    const line = text.find((candidate) => candidate.includes(fingerprint));
    expect(line).toMatch(/\d+\.\d to \d+\.\d/);
    expect(line).toContain((100 * mean!).toFixed(1));
    expect(line).toContain(`${tasks} × 2`);
  }
});

test("every difference has interval, p, n and both fingerprints, and its warnings follow", () => {
  const text = differencesTable(report.differences);
  for (const { arm, baseline, tasks, warnings } of report.differences) {
    const at = lines(text).findIndex(
      (line, index, all) => line.includes(arm.fingerprint) && all[index + 1]?.includes(baseline.fingerprint),
    );
    expect(lines(text)[at]).toMatch(
      new RegExp(`\\d\\.\\d to [+−]?\\d+\\.\\d +(< )?\\d\\.\\d{3} .* ${tasks} × 2  ${arm.fingerprint}`),
    );
    for (const warning of warnings) expect(text.replace(/\n +/g, " ")).toContain(warning.text);
  }
  expect(report.differences.flatMap(({ warnings }) => warnings).length).toBeGreaterThan(0);
});

test("every heading above simulated numbers says simulated, and none above real ones", () => {
  const headings = (text: string) => lines(text).filter((_, index, all) => /^═+$/.test(all[index + 1] ?? ""));
  const real = JSON.parse(JSON.stringify(report), (key, value: unknown) => (key === "simulated" ? false : value));

  // The title, arms, differences, negative transfer, costs, lines and lessons.
  expect(headings(printed(report))).toHaveLength(7);
  expect(headings(printed(report)).filter((heading) => !heading.endsWith("· simulated"))).toEqual([]);
  expect(printed(real)).not.toMatch(/· simulated/);
});

test("costs add up, and calls that nobody counted are a dash", () => {
  const costs = [...report.costs, { ...report.costs[0]!, part: "uncounted", fromJournal: null }];

  const text = lines(tableText(costsAsTable(costs)));

  const calls = costs.reduce((sum, { usage }) => sum + usage.calls, 0).toLocaleString("en-US");
  expect(text.find((line) => line.startsWith("  all"))).toMatch(new RegExp(`^ +all +${calls} +– `));
  expect(text.find((line) => line.includes("uncounted"))).toMatch(/agent +\d+ +– /);
});

test("a column that nobody counted for is left out", () => {
  const text = tableText(costsAsTable(report.costs.map((cost) => ({ ...cost, fromJournal: null }))));

  expect(text).not.toMatch(/journal/);
  expect(text).not.toMatch(/–/);
});

test("trials that ended by a failure of protocol are told apart (invariant 2)", () => {
  const [arm] = report.arms;
  const text = armsTable([{ ...arm!, exits: { submitted: 58, "format-errors": 2 } }]);

  expect(text.replace(/\s+/g, " ")).toContain("of 60 trials, ended not by a submission but 2 by format-errors");
});

test("the ten best supported lines stand with their support and where the skill lies", () => {
  const [distillation] = report.distillations;
  const many = {
    ...distillation!,
    lines: [...distillation!.lines, { file: "SKILL.md", text: "the eleventh", tasks: [] }],
  };

  const text = linesTable(many);

  expect(text).toContain("14 of 36  SKILL.md");
  expect(text).toContain("runs/demo/skills/errors-and-successes/SKILL.md");
  expect(text).not.toContain("the eleventh");
});

test("text from a model cannot steer the terminal", () => {
  const [distillation] = report.distillations;
  const text = linesTable({
    ...distillation!,
    lines: [{ file: "SKILL.md", text: "- a\u001b[31mred\u001b]0;title\u0007", tasks: ["t"] }],
  });

  expect(stripVTControlCharacters(text)).toBe(text);
  expect(text).toContain("a�[31mred");
});

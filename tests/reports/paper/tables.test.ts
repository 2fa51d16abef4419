/** The published numbers hold together: what one table says follows from another, so a slip in copying them shows. */
import { expect, test } from "vitest";
import { refuseUnsound } from "../../../reports/experiments/check.ts";
import { Experiment } from "../../../reports/experiments/definition.ts";
import { planExperiment } from "../../../reports/experiments/plan.ts";
import { AGENTIC_TABLE } from "../../../reports/paper/agentic.ts";
import { experimentOf, type PaperSetting } from "../../../reports/paper/experiment-of.ts";
import { PAPER_TABLES, paperTable } from "../../../reports/paper/index.ts";
import type { PaperCell, PaperTable } from "../../../reports/paper/paper-table.ts";
import { PREVALENCE } from "../../../reports/paper/prevalence.ts";
import { PARALLEL, RETRIEVAL } from "../../../reports/paper/rivals.ts";
import { SPREADSHEET } from "../../../reports/paper/spreadsheet.ts";
import { factsFor } from "../../support/experiments.ts";

const REAL: PaperSetting["models"] = {
  "122b": { model: "large", baseUrl: "http://localhost:1/v1" },
  "35b": { model: "small", baseUrl: "http://localhost:1/v1" },
};

function realSetting(table: PaperTable, parts: Partial<PaperSetting> = {}): PaperSetting {
  const sets = Object.fromEntries(Object.entries(table.sets).map(([name, { real }]) => [name, real]));
  return { models: REAL, humanWritten: "human", sets, judge: null, seeds: [41, 42, 43], fanIn: 32, ...parts };
}

function number(table: PaperTable, arm: string, column: string, version: "v3" | "later"): number {
  const cell = table.cells.find((one) => armOf(one) === arm && one.column === column);
  const value = cell?.published[version] ?? null;
  if (value === null) throw new Error(`${table.id} has no ${version} of ${column} of ${arm}`);
  return value;
}

/** What a cell is of, a baseline aside. */
function armOf({ measure }: PaperCell): string {
  return measure.kind === "score" ? (measure.terms[0]?.arm ?? "") : measure.skill;
}

const SPREADSHEET_PARTS = ["Vrf", "Soft", "Hard"];

/** As the paper averages: half the six cells of SpreadsheetBench, half those out of distribution. */
function average(table: PaperTable, arm: string, version: "v3" | "later"): number {
  const mean = (columns: string[]) => {
    const cells = ["122b", "35b"].flatMap((user) => columns.map((column) => `${user} ${column}`));
    return cells.reduce((sum, column) => sum + number(table, arm, column, version), 0) / cells.length;
  };
  return (mean(SPREADSHEET_PARTS) + mean(version === "v3" ? ["WikiTQ"] : ["WikiTQ", "HiTab"])) / 2;
}

const ARMS = SPREADSHEET.conditions.map(({ arm }) => arm.name);

test.each(ARMS)("main table, %s: both versions' Avg follows from the row's other numbers", (arm) => {
  expect(average(SPREADSHEET, arm, "v3")).toBeCloseTo(number(SPREADSHEET, arm, "Avg with WikiTQ", "v3"), 1);
  expect(average(SPREADSHEET, arm, "later")).toBeCloseTo(
    number(SPREADSHEET, arm, "Avg with WikiTQ, HiTab", "later"),
    1,
  );
});

test("the agentic rows are the main table's start plus its change, in every cell", () => {
  for (const { arm } of AGENTIC_TABLE.conditions.filter(({ arm: { name } }) => name.endsWith("+Error"))) {
    for (const user of ["122b", "35b"]) {
      for (const column of ["Vrf", "Soft", "Hard", "WikiTQ", "HiTab"]) {
        const start = number(SPREADSHEET, arm.baseline ?? "", `${user} ${column}`, "later");
        const change = number(SPREADSHEET, arm.name, `${user} ${column}`, "later");
        const told = number(AGENTIC_TABLE, arm.name, `${user} ${column}`, "later");
        expect(start + change, `${arm.name}, ${user} ${column}`).toBeCloseTo(told, 1);
      }
    }
  }
});

test("the skills that rivals are held against are those of the main table", () => {
  for (const size of ["122b", "35b"]) {
    for (const column of SPREADSHEET_PARTS) {
      const start = number(SPREADSHEET, "human-written", `${size} ${column}`, "v3");
      const change = (arm: string) => number(SPREADSHEET, arm, `${size} ${column}`, "v3");
      const parallel = number(PARALLEL, `${size} deepen +Error`, `${size} ${column}`, "v3");
      const combined = number(RETRIEVAL, `${size} deepen +Combined`, `${size} ${column}`, "v3");
      expect(start + change(`${size} deepen +Error`)).toBeCloseTo(parallel, 1);
      expect(start + change(`${size} deepen +Combined`)).toBeCloseTo(combined, 1);
    }
  }
});

test.each(PAPER_TABLES.map((table) => [table.id, table] as const))(
  "table %s: a number of one user says whose it is, a time says who wrote, and averages are of nobody alone",
  (_, table) => {
    for (const { user, column, measure } of table.cells) {
      const users = measure.kind === "score" ? new Set(measure.terms.map((term) => term.user)) : new Set();
      if (users.size === 1) expect([user], column).toEqual([...users]);
      else if (measure.kind === "minutes") expect(measure.skill.split(" ")[0], column).toBe(user);
      else expect(user, column).toBeUndefined();
    }
  },
);

test("the published themes are 178, 177, 138 and 53 of 323 patches, then far fewer", () => {
  const shares = PREVALENCE.cells.map(({ published }) => published);

  expect(shares.slice(0, 4)).toEqual([178, 177, 138, 53].map((count) => ({ v3: count / 3.23, later: count / 3.23 })));
  expect(shares.slice(4).every(({ v3 }) => v3 !== null && v3 < 5)).toBe(true);
});

test("what tables have in common is made once for all of them: a skill, and the trials that it is made from", () => {
  const idsOf = (table: PaperTable) => {
    const sets = Object.fromEntries(
      Object.entries(table.sets).flatMap(([name, { sample }]) => (sample === null ? [] : [[name, sample]])),
    );
    const { definition } = experimentOf(table, realSetting(table, { sets }));
    const { units } = planExperiment(definition, factsFor(definition));
    return new Set(units.flatMap((unit) => ("from" in unit ? [unit.id, unit.from] : [])));
  };
  const [prevalence, retrieval] = [idsOf(PREVALENCE), idsOf(RETRIEVAL)];

  expect(prevalence.size).toBe(2);
  expect(prevalence.isSubsetOf(retrieval)).toBe(true);
});

test.each(PAPER_TABLES.map((table) => [table.id, table] as const))(
  "table %s: all of it is one sound experiment, and every number is of an arm and a set in it",
  (id, table) => {
    const { definition, left } = experimentOf(table, realSetting(table));

    expect(left).toEqual([]);
    expect(Experiment.parse(definition)).toEqual(definition);
    refuseUnsound(definition);
    const made = new Set([...definition.arms.map(({ name }) => name), ...Object.keys(definition.skills)]);
    for (const { measure, column } of table.cells) {
      if (measure.kind !== "score") expect(made, `${id}: ${column}`).toContain(measure.skill);
      else
        for (const { arm, user, benchmark } of measure.terms) {
          const { users = definition.users } = definition.arms.find(({ name }) => name === arm) ?? {};
          expect(users, `${id}: ${column}, ${arm}`).toContain(user);
          expect(definition.judge).toContain(benchmark);
        }
    }
  },
);

test("without a human-written skill the deepenings are left out, each told, and creations stay", () => {
  const { definition, left } = experimentOf(SPREADSHEET, realSetting(SPREADSHEET, { humanWritten: null }));

  expect(definition.arms.map(({ name }) => name).filter((name) => name.includes("deepen"))).toEqual([]);
  expect(definition.arms).toHaveLength(8);
  expect(Object.keys(definition.skills)).not.toContain("human-written");
  expect(left).toContain("122b deepen +Error: needs the human-written skill (--human-written DIR)");
  refuseUnsound(definition);
});

test("with one size alone its part is measured: its own skills, with itself as the user", () => {
  const models = { "122b": { model: "large", baseUrl: "http://localhost:1/v1" } };

  const { definition } = experimentOf(PARALLEL, realSetting(PARALLEL, { models }));

  expect(definition.users).toEqual(["122b"]);
  expect(definition.arms.map(({ name }) => name)).toEqual([
    "no skill",
    "human-written",
    "122b deepen +Error seq 4",
    "122b deepen +Error seq 1",
    "122b deepen +Error",
  ]);
  refuseUnsound(definition);
});

test("sets that were not asked for, and those that nothing stands for, are left out, each with its reason", () => {
  const { WikiTQ: _, ...sets } = realSetting(SPREADSHEET).sets;

  const { definition, left } = experimentOf(SPREADSHEET, realSetting(SPREADSHEET, { sets, judge: ["Vrf", "WikiTQ"] }));

  expect(definition.judge).toEqual(["Vrf"]);
  expect(Object.keys(definition.benchmarks)).toEqual(["evolve", "Vrf"]);
  expect(left).toEqual([
    "full: not asked for with --judge",
    "WikiTQ: no sample of ours stands for it",
    "HiTab: not asked for with --judge",
  ]);
});

test("a table of which nothing can be made is refused with what is lacking", () => {
  expect(() => experimentOf(PARALLEL, realSetting(PARALLEL, { humanWritten: null }))).toThrow(
    /table parallel: nothing of it can be measured; left out:\n {2}human-written: needs .*--human-written/,
  );
});

test("a table that is not there is refused with those that are", () => {
  expect(() => paperTable("table-1")).toThrow(/there is no table "table-1"; there are: spreadsheet, mathematics/);
});

import { join } from "node:path";
import { expect, test } from "vitest";
import { readDistillation } from "../../../distill/store.ts";
import { trace2skill } from "../../support/command-line.ts";
import { temporaryFolder } from "../../support/temporary.ts";

test("the demo is the main table in small, its skills are scanned for the answers of both halves, and a second one reads all back", {
  timeout: 600_000,
}, async () => {
  const cwd = await temporaryFolder();
  // Among the first eleven evolve tasks the small size has one success, which its skills from successes are made of.
  const demo = ["demo", "--out", "demo", "--evolve-tasks", "11", "--test-tasks", "2", "--ood-tasks", "2", "--json"];

  const first = await trace2skill(demo, { cwd });
  const again = await trace2skill(demo, { cwd });

  expect(first.code, first.err).toBe(0);
  for (const lessons of ["error", "combined"]) {
    const { scan } = await readDistillation(join(cwd, "demo", "distilled", lessons));
    expect(scan?.values.evolve).toBeGreaterThan(100);
    expect(scan?.values.test).toBeGreaterThan(100);
  }
  const { tables, arms, differences } = JSON.parse(first.out);
  expect(tables.map(({ id, simulated }: { id: string; simulated: boolean }) => [id, simulated])).toEqual([
    ["spreadsheet", true],
    ["spreadsheet-layout", true],
  ]);
  // 15 conditions with two users on two benchmarks; all but the first are compared.
  expect([arms.length, differences.length, tables[1].rows.length]).toEqual([60, 56, 15]);
  expect(JSON.parse(again.out).calls, again.err).toEqual({ made: 0, fromJournal: 0 });
});

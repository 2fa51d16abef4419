import { join } from "node:path";
import { expect, test } from "vitest";
import { readDistillation } from "../../../distill/store.ts";
import { trace2skill } from "../../support/command-line.ts";
import { temporaryFolder } from "../../support/temporary.ts";

test("the demo's skills are scanned for the answers of both halves, and a second demo reads all back", {
  timeout: 300_000,
}, async () => {
  const cwd = await temporaryFolder();
  const demo = ["demo", "--out", "demo", "--evolve-tasks", "3", "--test-tasks", "2", "--ood-tasks", "2", "--json"];

  const first = await trace2skill(demo, { cwd });
  const again = await trace2skill(demo, { cwd });

  expect(first.code, first.err).toBe(0);
  for (const lessons of ["error", "combined"]) {
    const { scan } = await readDistillation(join(cwd, "demo", "distilled", lessons));
    expect(scan?.values.evolve).toBeGreaterThan(100);
    expect(scan?.values.test).toBeGreaterThan(100);
  }
  expect(JSON.parse(again.out).calls, again.err).toEqual({ made: 0, fromJournal: 0 });
});

import { expect, test } from "vitest";
import { temporaryFolder } from "../support/temporary.ts";
import { killDistillations } from "./killed-distillation.ts";

test("invariants 3 and 10: killed five times at random points, distillations end with the same bytes, and pay no call twice", {
  timeout: 240_000,
}, async () => {
  const { needed, rounds } = await killDistillations({ folder: await temporaryFolder(), kills: 5, tasks: 6, seed: 7 });

  expect(rounds.reduce((sum, { kills }) => sum + kills, 0)).toBe(5);
  for (const { different, sent, lost } of rounds) {
    expect(different).toEqual([]);
    expect(sent).toBeGreaterThanOrEqual(needed);
    expect(sent).toBeLessThanOrEqual(needed + lost);
  }
});

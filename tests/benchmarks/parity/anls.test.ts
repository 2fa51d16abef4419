import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { anlsParity } from "../../../benchmarks/parity/anls.ts";
import type { ParityCase } from "../../../benchmarks/parity/parity.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const ORACLE = fileURLToPath(new URL("../../../../shared/oracle/anls", import.meta.url));
const options = { cacheDirectory: "not-written", signal: new AbortController().signal };

async function judged(folder: string, rules: string | null = null): Promise<ParityCase[]> {
  const cases: ParityCase[] = [];
  for await (const one of anlsParity(folder, { ...options, rules })) cases.push(one);
  return cases;
}

const recorded = (parts: object) =>
  `${JSON.stringify({ id: "1", origin: "boundary", answers: ["card"], prediction: "cart", official_anls: 0.75, "accurate_at_0.5": true, ...parts })}\n`;

test("every recorded similarity and accuracy is met", async ({ skip }) => {
  if (!existsSync(ORACLE)) return skip("the recorded verdicts (../shared/oracle/anls) are not here");
  const cases = await judged(ORACLE);
  expect(cases.filter(({ agrees }) => !agrees)).toEqual([]);
  expect(cases.length).toBeGreaterThan(500);
});

test("a recorded verdict that is not ours is told with both, and the two verdicts stand apart", async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "cases.jsonl"), recorded({}) + recorded({ id: "2", official_anls: 0.7500001 }));

  const cases = await judged(folder);

  expect(cases.map(({ id, rule, agrees }) => [id, rule, agrees])).toEqual([
    ["1", "anls", true],
    ["1", "accuracy", true],
    ["2", "anls", false],
    ["2", "accuracy", true],
  ]);
  expect(cases[2]).toMatchObject({ group: "boundary", recorded: "0.7500001", ours: "0.75", reason: null });
});

test("a folder without verdicts, a broken line, and rules that are not there are told", async () => {
  const folder = await temporaryFolder();
  await expect(judged(folder)).rejects.toThrow(/cannot read .*cases\.jsonl/);
  await writeFile(join(folder, "cases.jsonl"), `${recorded({})}{"id": 1}\n`);
  await expect(judged(folder)).rejects.toThrow(/cases\.jsonl:2: not a recorded verdict of anls/);
  await expect(judged(folder, "papers")).rejects.toThrow(/leave --rules out/);
});

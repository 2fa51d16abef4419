/** The recorded verdicts of public graders, as the verb `parity` sees them. */
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { mathParity } from "../../../benchmarks/parity/math.ts";
import type { ParityCase } from "../../../benchmarks/parity/parity.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const ORACLE = fileURLToPath(new URL("../../../../shared/oracle/math", import.meta.url));
const NOT_HERE = "the recorded verdicts (../shared/oracle/math) are not here";
const LEAST_SHARE = { dapo: 1, aime: 1, math: 0.99 };

async function casesOf(folder: string, rules: string | null): Promise<ParityCase[]> {
  const options = { cacheDirectory: "not-written", rules, signal: new AbortController().signal };
  const cases: ParityCase[] = [];
  for await (const judged of mathParity(folder, options)) cases.push(judged);
  return cases;
}

test.for(["dapo", "aime", "math"] as const)("rules %s agree with the recorded verdicts", async (rules, { skip }) => {
  if (!existsSync(ORACLE)) skip(NOT_HERE);

  const cases = await casesOf(ORACLE, rules);
  const apart = cases.filter(({ agrees }) => !agrees);

  expect(cases.length).toBeGreaterThan(100);
  expect(apart.filter(({ reason }) => reason === null)).toEqual([]);
  expect(1 - apart.length / cases.length).toBeGreaterThanOrEqual(LEAST_SHARE[rules]);
});

async function folderWith(...lines: readonly object[]): Promise<string> {
  const folder = join(await temporaryFolder(), "record");
  await mkdir(folder);
  await writeFile(join(folder, "cases.jsonl"), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  return folder;
}

const recorded = { id: "m-1", kind: "response", bend: "boxed", gold: "42", candidate: "So \\boxed{42}." };

test("a case has a verdict for each grader that judged it, and a wrong record shows", async () => {
  const verdicts = { lm_eval_aime: true, dapo_strict_box: false, qwen_math_equal: false };
  const folder = await folderWith({ ...recorded, verdicts });

  const cases = await casesOf(folder, null);

  expect(cases.map(({ rule, agrees, ours }) => ({ rule, agrees, ours }))).toEqual([
    { rule: "dapo_strict_box", agrees: false, ours: "right" },
    { rule: "lm_eval_aime", agrees: true, ours: "right" },
  ]);
});

test("a disagreement of rule math tells what both readings come to", async () => {
  const summed = { ...recorded, gold: "10", candidate: "\\boxed{\\sum_{k=1}^{4} k}", verdicts: { math_verify: true } };

  const [apart] = await casesOf(await folderWith(summed), "math");

  expect(apart).toMatchObject({ agrees: false, ours: "wrong", reason: expect.stringContaining("not in our grammar") });
});

test("a broken line is named, and so are unknown rules", async () => {
  const folder = await folderWith({ ...recorded, verdicts: {} }, { id: "m-2" });

  await expect(casesOf(folder, null)).rejects.toThrow(/cases\.jsonl:2/);
  await expect(casesOf(folder, "qwen")).rejects.toThrow(/dapo, aime, math/);
});

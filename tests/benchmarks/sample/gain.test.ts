/** The whole way on the samples of mathematics and documents, through the command line: evolve, distill, judge with the skill. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { trace2skill } from "../../support/command-line.ts";
import { temporaryFolder } from "../../support/temporary.ts";

/** Scores without and with the skill, and the skill's text. */
async function experiment(benchmark: string) {
  const cwd = await temporaryFolder();
  const env = { XDG_CACHE_HOME: join(cwd, "cache") };
  const json = async (...args: string[]) => {
    const { out, err, code } = await trace2skill([...args, "--json"], { cwd, env });
    expect(code, err).toBe(0);
    return JSON.parse(out);
  };
  const run = async (split: string, out: string, ...more: string[]): Promise<number> =>
    (await json("run", benchmark, "--split", split, "--out", out, ...more)).summary.mean;
  await run("evolve", "evolve");
  await json("distill", "evolve", "--out", "distilled", "--name", "learned");
  const skill = join("distilled", "skill", "learned");
  return {
    without: await run("test", "without"),
    taught: await run("test", "taught", "--skill", skill),
    text: await readFile(join(cwd, skill, "SKILL.md"), "utf8"),
  };
}

test("what is learned from problems of mathematics makes other problems of their kinds come out right", async () => {
  const { without, taught, text } = await experiment("sample-mathematics");
  expect(without).toBeGreaterThan(0.5);
  expect(without).toBeLessThan(0.85);
  expect(taught - without).toBeGreaterThan(0.08);
  expect(text).toMatch(/remainder/);
  expect(text).toMatch(/range|interval/);
  expect(text).not.toMatch(/workbook|sheet|openpyxl/i);
}, 180_000);

test("what is learned from document pages makes answers on other pages match, in ANLS", async () => {
  const { without, taught, text } = await experiment("sample-documents");
  expect(without).toBeGreaterThan(0.4);
  expect(without).toBeLessThan(0.75);
  expect(taught - without).toBeGreaterThan(0.15);
  expect(text).toMatch(/bare value|without explanation|No words around/);
  expect(text).not.toMatch(/workbook|sheet|openpyxl|remainder/i);
}, 180_000);

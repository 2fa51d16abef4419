import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { trace2skill } from "../../support/command-line.ts";
import { sharedPath } from "../../support/shared-data.ts";
import { temporaryFolder } from "../../support/temporary.ts";

/** The first cases of the recorded ones, with what `change` does to the first. */
async function oracle(source: string, change: (record: Record<string, unknown>) => void): Promise<string> {
  const lines = (await readFile(join(source, "cases.jsonl"), "utf8")).split("\n").slice(0, 20);
  const [first, ...others] = lines.map((line): Record<string, unknown> => JSON.parse(line));
  change(first!);
  const folder = await temporaryFolder();
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "cases.jsonl"), [first, ...others].map((one) => JSON.stringify(one)).join("\n"));
  return folder;
}

test("verdicts that all agree end with 0, and the document holds them by file and group", async (context) => {
  const folder = sharedPath(context, "oracle/anls");

  const { code, out } = await trace2skill(["parity", "anls", folder, "--json"]);

  const document = JSON.parse(out);
  expect([code, document.enough, document.disagreements]).toEqual([0, true, []]);
  expect(document.files[0]).toMatchObject({ file: "cases.jsonl", share: 1 });
  expect(document.cases).toBeGreaterThanOrEqual(295);
});

test("one verdict that differs ends with 1 and is shown, unless a lower share is asked for", async (context) => {
  const folder = await oracle(sharedPath(context, "oracle/wikitablequestions"), (record) => {
    record.correct = !record.correct;
    record.id = "bent\u001b[31m";
  });

  const exact = await trace2skill(["parity", "wikitablequestions", folder]);
  const lax = await trace2skill(["parity", "wikitablequestions", folder, "--at-least", "0.9", "--limit", "0"]);

  expect(exact.code).toBe(1);
  expect(exact.out).toMatch(/cases.jsonl bent\ufffd\[31m .*: recorded wrong\b.*, ours right\b/);
  expect(exact.out).toMatch(/1 of 20 verdicts differ, 1 of them for no reason that is known/);
  expect(lax.code).toBe(0);
  expect(lax.out).toMatch(/and 1 more disagreements: --json holds all/);
  expect(lax.out).not.toContain("bent");
});

test.each([
  ["a scorer that is not there", ["parity", "bleu", "."], 2, /there is: spreadsheetbench/],
  ["rules that it does not have", ["parity", "anls", ".", "--rules", "strict"], 2, /leave --rules out/],
  ["a folder that is not there", ["parity", "anls", "nowhere"], 1, /expected a folder with recorded verdicts of anls/],
  ["a share above 1", ["parity", "anls", ".", "--at-least", "97"], 2, /--at-least must be a number from 0 to 1/],
])("%s is told", async (_, line, expected, message) => {
  const { code, err } = await trace2skill(line);

  expect([code, err]).toEqual([expected, expect.stringMatching(message)]);
});

test("a folder without recorded cases is told, and is no agreement", async () => {
  const { code, err } = await trace2skill(["parity", "anls", await temporaryFolder()]);

  expect([code, err]).toEqual([1, expect.stringMatching(/^error: /)]);
});

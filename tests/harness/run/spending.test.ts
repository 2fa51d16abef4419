import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { NO_USAGE } from "../../../harness/records.ts";
import { openSpending, type Paid, SPENDING_FILE } from "../../../harness/run/spending.ts";
import { temporaryFolder } from "../../support/temporary.ts";

function paid(parts: Partial<Paid> = {}): Paid {
  return {
    caller: "agent",
    model: "m",
    endpoint: "http://h/v1",
    usage: { ...NO_USAGE, calls: 1, inputTokens: 10, outputTokens: 2 },
    ...parts,
  };
}

test("what was paid is there for the next command, added up by caller, model and endpoint", async () => {
  const folder = await temporaryFolder();
  const first = openSpending(folder);
  for (const one of [paid(), paid(), paid({ caller: "merger" })]) first.add(one);

  const second = openSpending(folder);
  second.add(paid({ model: "other" }));

  const sums = openSpending(folder).entries();
  expect(sums.map(({ caller, model, usage }) => [caller, model, usage.calls, usage.inputTokens])).toEqual([
    ["agent", "m", 2, 20],
    ["merger", "m", 1, 10],
    ["agent", "other", 1, 10],
  ]);
  expect(readFileSync(join(folder, SPENDING_FILE), "utf8").trimEnd().split("\n")).toHaveLength(3);
});

test("a line that a kill cut short loses that line and no other, also not the next one", async () => {
  const folder = await temporaryFolder();
  openSpending(folder).add(paid());
  appendFileSync(join(folder, SPENDING_FILE), '{"caller":"agent","mod');

  openSpending(folder).add(paid());

  expect(
    openSpending(folder)
      .entries()
      .map(({ usage }) => usage.calls),
  ).toEqual([2]);
});

test("a line that was damaged is told with its place, and not left out of the sum", async () => {
  const folder = await temporaryFolder();
  openSpending(folder).add(paid());
  const path = join(folder, SPENDING_FILE);
  writeFileSync(path, readFileSync(path, "utf8").replace('"usage"', '"us\u0000ge"'));
  const before = readFileSync(path);
  expect(() => openSpending(folder)).toThrow(
    /spending\.jsonl:1: expected what calls came to, found .*Take the line out/,
  );
  expect(readFileSync(path)).toEqual(before);
});

test("without a folder nothing is written", () => {
  const spending = openSpending(null);
  spending.add(paid());

  expect(spending.entries()).toHaveLength(1);
});

test("a folder that cannot be written is told with what is kept", async () => {
  const folder = await temporaryFolder();
  writeFileSync(join(folder, "file"), "");

  expect(() => openSpending(join(folder, "file", "deeper")).add(paid())).toThrow(
    /cannot (read|write).*spending\.jsonl/,
  );
});

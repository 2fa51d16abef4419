import { join } from "node:path";
import { expect, test } from "vitest";
import { writeJson } from "../../../harness/run/files.ts";
import { readExperimentRecord } from "../../../reports/experiments/stored.ts";
import { experiment } from "../../support/experiments.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const CELL = { arm: "none", user: "large", benchmark: "test", run: "../units/one", done: true };

async function stored(changed: Record<string, unknown>): Promise<string> {
  const directory = await temporaryFolder();
  const record = { version: 1, kind: "experiment-record", definition: experiment(), skills: [] };
  await writeJson(join(directory, "experiment.json"), { ...record, cells: [{ ...CELL, ...changed }] });
  return directory;
}

test("a record reads back", async () => {
  expect((await readExperimentRecord(await stored({}))).cells).toEqual([CELL]);
});

test.each([
  ["arm", "a\u001b[2J"],
  ["user", "<script>"],
  ["benchmark", "=HYPERLINK(1)"],
])("a stranger's record whose %s is no name is refused, before tables show it", async (part, value) => {
  await expect(readExperimentRecord(await stored({ [part]: value }))).rejects.toThrow(
    `is damaged: cells.0.${part}: a name has letters`,
  );
});

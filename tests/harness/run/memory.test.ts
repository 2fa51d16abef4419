import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openMemory } from "../../../harness/run/memory.ts";
import { temporaryFolder } from "../../support/temporary.ts";

test("a text that was shown before is shown again, also after a line that was half-written at a kill", async () => {
  const path = join(await temporaryFolder(), "seen.jsonl");
  const first = await openMemory(path, "u1");
  expect(await first.firstSeen("1 ls", "18:03 output.xlsx")).toBe("18:03 output.xlsx");
  await appendFile(path, '\n{"unit": "u1", "key": "2 da');

  const second = await openMemory(path, "u1");
  expect(await second.firstSeen("1 ls", "18:04 output.xlsx")).toBe("18:03 output.xlsx");
  expect(await second.firstSeen("2 date", "18:04")).toBe("18:04");
  expect(await (await openMemory(path, "u1")).firstSeen("2 date", "18:05")).toBe("18:04");
});

test("what another unit was shown does not count", async () => {
  const path = join(await temporaryFolder(), "seen.jsonl");
  await (await openMemory(path, "u1")).firstSeen("1 ls", "old");
  expect(await (await openMemory(path, "u2")).firstSeen("1 ls", "new")).toBe("new");
});

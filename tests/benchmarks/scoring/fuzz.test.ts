/** A hundred bent workbooks; two thousand are in `npm run bench -- fuzz`. */
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { scoreWorkbooks } from "../../../benchmarks/scoring/score-workbooks.ts";
import { workbookScore } from "../../../benchmarks/scoring/workbook-score.ts";
import { seededRandom } from "../../../harness/random.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { handmade } from "./handmade.ts";
import { BEND_NAMES, bent } from "./mutate.ts";

const REAL = fileURLToPath(new URL("../../../../shared/oracle/spreadsheetbench/reader_golden.xlsx", import.meta.url));
const TIMES = 100;

test.for<[string, string | null]>([
  ["a handmade workbook", null],
  ["a workbook that openpyxl wrote", REAL],
])("%s, bent in every way, is scored or explained, and the next one is scored as ever", async ([, path], ctx) => {
  if (path !== null && !existsSync(path))
    ctx.skip("the recorded workbooks (../shared/oracle/spreadsheetbench) are not here");
  const folder = await temporaryFolder();
  const [golden, output] = [join(folder, "golden.xlsx"), join(folder, "output.xlsx")];
  const workbook = path === null ? handmade({ Data: '<c r="A1"><v>5</v></c>', Notes: "" }) : await readFile(path);
  await writeFile(golden, workbook);
  const random = seededRandom(11);

  for (let i = 0; i < TIMES / 2; i += 1) {
    const how = BEND_NAMES[i % BEND_NAMES.length] ?? "";
    await writeFile(output, bent(random, workbook, how));
    const score = workbookScore(await scoreWorkbooks(golden, output, "A1:Z500", "trace2skill"));
    expect(score, `${i}: ${how}`).toMatchObject({ kind: "scored", explanation: expect.stringMatching(/./) });
  }

  expect(workbookScore(await scoreWorkbooks(golden, golden, "ZZ1:ZZ9", "trace2skill"))).toMatchObject({ value: 1 });
});

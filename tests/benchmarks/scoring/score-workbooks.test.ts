import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { scoreWorkbooks, workbookScorer } from "../../../benchmarks/scoring/score-workbooks.ts";
import { workbookScore } from "../../../benchmarks/scoring/workbook-score.ts";
import { oneSheet, row, worksheet } from "./handmade.ts";
import { HOSTILE_ARCHIVES } from "./hostile-archives.ts";
import { HOSTILE_PARTS } from "./hostile-parts.ts";

const EVERYWHERE = "A1:XFD1048576";
const RULES = "trace2skill";

let folder = "";
let golden = "";
let output = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "score-"));
  golden = join(folder, "golden.xlsx");
  output = join(folder, "output.xlsx");
  await writeFile(golden, oneSheet());
});
afterAll(() => rm(folder, { recursive: true }));

const sheet = (data: string) => oneSheet({ "xl/worksheets/s0.xml": worksheet(data) });
const tall = (rows: number) => `<row>${"<c><v>1</v></c>".repeat(1000)}</row>`.repeat(rows);

/** What they cost is in the table of `npm run bench -- scoring`. */
describe("a hostile output scores 0, with a short explanation, and the next one is scored as ever", () => {
  // The benchmarks' own limits, but for the deadline: the limits of reading are to end it, also on a loaded machine.
  const score = workbookScorer({ deadlineMs: 60_000, heapMb: 256 });

  test.each(Object.entries({ ...HOSTILE_ARCHIVES, ...HOSTILE_PARTS }))("%s", async (_, { make, explains }) => {
    await writeFile(output, make());

    const scored = workbookScore(await score(golden, output, EVERYWHERE, RULES));

    expect(scored).toMatchObject({ kind: "scored", value: 0, explanation: expect.stringMatching(explains) });
    expect(JSON.stringify(scored).length).toBeLessThan(6000);
    expect(workbookScore(await score(golden, golden, "A1:B9", RULES))).toMatchObject({ value: 1 });
  });
});

test("long values are cut in an explanation, and the whole of it too", async () => {
  const cells = Array.from({ length: 30 }, (_, i) => `<c r="A${i + 1}" t="str"><v>${"x".repeat(900)}</v></c>`);
  await writeFile(output, sheet(row(cells.join(""))));

  const score = workbookScore(await scoreWorkbooks(golden, output, "A1:A30", RULES));

  expect(score).toMatchObject({ value: 0, explanation: expect.stringContaining(`${"x".repeat(200)}... (900 char`) });
  expect(score.kind === "scored" && score.explanation.length).toBeLessThan(4100);
});

// Tried again where a loaded machine takes so long for the small workbook too.
describe("where the limits of reading do not help", { retry: 5 }, () => {
  const large = () => sheet(tall(499));

  test("an output beyond the deadline scores 0, and a fresh thread scores the next", async () => {
    const score = workbookScorer({ deadlineMs: 150, heapMb: 256 });
    await score(golden, golden, "A1", RULES); // the thread's first workbook takes longest
    await writeFile(output, large());

    const [hung, fine] = await Promise.all([
      score(golden, output, EVERYWHERE, RULES),
      score(golden, golden, EVERYWHERE, RULES),
    ]);

    expect(hung).toMatchObject({ pass: false, message: expect.stringContaining("within 0.15 s and 256 MB") });
    expect(fine).toMatchObject({ pass: true });
  });

  test("an output that takes all memory ends the thread only, and scores 0", async () => {
    const score = workbookScorer({ deadlineMs: 20_000, heapMb: 24 });
    await writeFile(output, large());

    expect(await score(golden, output, EVERYWHERE, RULES)).toMatchObject({
      pass: false,
      message: expect.stringContaining("within 20 s and 24 MB"),
    });
    expect(await score(golden, golden, EVERYWHERE, RULES)).toMatchObject({ pass: true });
  });

  test("a golden beyond the deadline is no fault of the output", async () => {
    const score = workbookScorer({ deadlineMs: 150, heapMb: 256 });
    await writeFile(output, large());

    expect(await score(output, golden, EVERYWHERE, RULES)).toMatchObject({
      kind: "golden-unreadable",
      problem: expect.stringContaining("output.xlsx: could not be read within"),
    });
  });
});

test("the thread that compares has this one go on with its work", async () => {
  await writeFile(output, sheet(tall(490)));
  let turns = 0;
  const ticking = setInterval(() => {
    turns += 1;
  }, 10);

  await scoreWorkbooks(golden, output, EVERYWHERE, RULES);
  clearInterval(ticking);

  expect(turns).toBeGreaterThan(10);
});

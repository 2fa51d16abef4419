import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { scoreWorkbooks, workbookScorer } from "../../../benchmarks/scoring/score-workbooks.ts";
import { workbookScore } from "../../../benchmarks/scoring/workbook-score.ts";
import { cell, MAIN, oneSheet, row, workbookPart, worksheet } from "./handmade.ts";

const MB = 2 ** 20;
const RULES = "trace2skill";
/** Room for a loaded machine; an idle one takes two. */
const MOST_SECONDS = 20;

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

const sheet = (data: string, behind = "") => oneSheet({ "xl/worksheets/s0.xml": worksheet(data, behind) });
const merges = (ref: string, count: number) => `<mergeCells>${`<mergeCell ref="${ref}"/>`.repeat(count)}</mergeCells>`;
const strings = (items: string) => oneSheet({ "xl/sharedStrings.xml": `<sst xmlns="${MAIN}">${items}</sst>` });
const numbered = (count: number, text: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join("");
const nested = (count: number, open: (i: number) => string) => numbered(count, open) + "</a>".repeat(count);
const styles = (formats: string) =>
  oneSheet({ "xl/styles.xml": `<styleSheet xmlns="${MAIN}"><numFmts>${formats}</numFmts></styleSheet>` });
const tall = (rows: number) => `<row>${"<c><v>1</v></c>".repeat(1000)}</row>`.repeat(rows);

/** What is beyond a limit, and what is within all of them but as much as they let through. */
const HOSTILE: Record<string, { make: () => Uint8Array; explains: RegExp }> = {
  "elements nested in the list of sheets": {
    make: () =>
      oneSheet({
        "xl/workbook.xml": workbookPart(
          "",
          nested(300_000, () => "<a>"),
        ),
      }),
    explains: /elements within each other/,
  },
  "elements nested in a sheet": {
    make: () => sheet(nested(1_000_000, () => "<a>")),
    explains: /elements within each other/,
  },
  "elements at the deepest level, in every part that keeps a path": {
    make: () => oneSheet({ "xl/workbook.xml": workbookPart("", `${"<a>".repeat(250)}${"<b/>".repeat(6_000_000)}`) }),
    explains: /more than 5000000 tags/,
  },
  "namespaces declared one in the other": {
    make: () => sheet(nested(40_000, (i) => `<a xmlns:p${i}="u">`)),
    explains: /namespace prefixes at one place/,
  },
  "namespaces declared at the root": {
    make: () => oneSheet({ "xl/worksheets/s0.xml": `<a ${numbered(200_000, (i) => ` xmlns:p${i}="u"`)}/>` }),
    explains: /attributes of one element/,
  },
  "children that each declare a namespace": {
    make: () => {
      const outer = numbered(90, (i) => ` xmlns:p${i}="u"`);
      return oneSheet({ "xl/worksheets/s0.xml": `<a ${outer}>${'<a xmlns:q="u"/>'.repeat(200_000)}</a>` });
    },
    explains: /more than 10000 namespace declarations/,
  },
  "sheets of one part": {
    make: () =>
      oneSheet({
        "xl/workbook.xml": workbookPart(numbered(200_000, (i) => `<sheet name="S${i}" sheetId="1" r:id="r0"/>`)),
      }),
    explains: /more than 1000 sheets/,
  },
  "a large part that many sheets share": {
    make: () =>
      oneSheet({
        "xl/workbook.xml": workbookPart(numbered(999, (i) => `<sheet name="S${i}" sheetId="1" r:id="r0"/>`)),
        "xl/worksheets/s0.xml": worksheet(tall(100)),
      }),
    explains: /more than/,
  },
  "digits with underscores": {
    make: () => sheet(row(cell(`${"1_".repeat(400_000)}x`, "str"))),
    explains: /expected "5", found "1_1_/,
  },
  "a text of megabytes": {
    make: () => sheet(row(cell(`${"1_".repeat(15e6)}x`, "str"))),
    explains: /characters in one text/,
  },
  "a number of megabytes": {
    make: () => sheet(row(cell("9".repeat(30e6)))),
    explains: /characters in one text/,
  },
  "a number of many digits": {
    make: () => sheet(row(cell("9".repeat(900_000)))),
    explains: /invalid number 999/,
  },
  "a row number of many digits": {
    make: () => sheet(`<row r="${"9".repeat(900_000)}"/>`),
    explains: /not a valid row number/,
  },
  "shared strings without text": { make: () => strings("<si/>".repeat(7e6)), explains: /shared strings/ },
  "shared strings with empty text": { make: () => strings("<si><t/></si>".repeat(3e6)), explains: /shared strings/ },
  "a shared string of many runs": {
    make: () => strings(`<si>${`<r><t>${"x".repeat(900_000)}</t></r>`.repeat(20)}</si>`),
    explains: /characters in one string/,
  },
  "merged ranges": { make: () => sheet("", merges("A1:B2", 1_500_000)), explains: /merged ranges/ },
  "merged ranges over many cells": {
    make: () => sheet(tall(10), merges("A2:XFD1048576", 90_000)),
    explains: /steps to join merged ranges/,
  },
  "a link over a whole sheet": {
    make: () => sheet("", '<hyperlink ref="A1:C1048576" location="x"/>'),
    explains: /cells with values/,
  },
  "seven million cells": { make: () => sheet(tall(7000)), explains: /unpacks to more than is allowed/ },
  "one and a half million cells": { make: () => sheet(tall(1500)), explains: /cells with values/ },
  "half a million cells, all wrong": { make: () => sheet(tall(499)), explains: /cells differ/ },
  "comments in a text": {
    make: () => sheet(row(cell("a<!---->".repeat(2e6), "str"))),
    explains: /characters in one text/,
  },
  instructions: { make: () => sheet("<?a?>".repeat(7e6)), explains: /tags, attributes and comments/ },
  attributes: {
    make: () => sheet(`<row ${numbered(3_000_000, (i) => ` a${i}="1"`)}/>`),
    explains: /attributes of one element/,
  },
  "line ends of another kind": { make: () => sheet("\r\n".repeat(15 * MB)), explains: /characters in one text/ },
  "white space without end": { make: () => sheet(" ".repeat(130 * MB)), explains: /unpacks to more than is allowed/ },
  "brackets in a number format": {
    make: () => styles(`<numFmt numFmtId="200" formatCode="${"[".repeat(900_000)}"/>`),
    explains: /characters in one number format/,
  },
  "number formats": {
    make: () => styles(numbered(100_000, (i) => `<numFmt numFmtId="${200 + i}" formatCode="0"/>`)),
    explains: /number formats/,
  },
  "a name of a sheet of megabytes": {
    make: () => oneSheet({ "xl/workbook.xml": workbookPart(`<sheet name="[${"x".repeat(900_000)}" r:id="r0"/>`) }),
    explains: /invalid sheet name/,
  },
  "a file of megabytes": { make: () => new Uint8Array(20 * MB), explains: /more than the 16777216 allowed/ },
};

describe("a hostile output scores 0 in time, with a short explanation, and the next one is scored as ever", () => {
  // The benchmarks' own limits, but for the deadline: the limits of reading are to end it, also on a loaded machine.
  const score = workbookScorer({ deadlineMs: 60_000, heapMb: 256 });

  test.each(Object.entries(HOSTILE))("%s", async (_, { make, explains }) => {
    await writeFile(output, make());
    const started = performance.now();

    const scored = workbookScore(await score(golden, output, "A1:ZZ100000", RULES));

    expect(scored).toMatchObject({ kind: "scored", value: 0, explanation: expect.stringMatching(explains) });
    expect(JSON.stringify(scored).length).toBeLessThan(6000);
    expect((performance.now() - started) / 1000).toBeLessThan(MOST_SECONDS);
    expect(workbookScore(await score(golden, golden, "A1:B9", RULES))).toMatchObject({ value: 1 });
  });
});

test("long values are cut in an explanation, and the whole of it too", async () => {
  const cells = numbered(30, (i) => `<c r="A${i + 1}" t="str"><v>${"x".repeat(900)}</v></c>`);
  await writeFile(output, sheet(row(cells)));

  const score = workbookScore(await scoreWorkbooks(golden, output, "A1:A30", RULES));

  expect(score).toMatchObject({ value: 0, explanation: expect.stringContaining(`${"x".repeat(200)}... (900 char`) });
  expect(score.kind === "scored" && score.explanation.length).toBeLessThan(4100);
});

describe("where the limits of reading do not help", () => {
  const large = () => sheet(tall(490));

  test("an output beyond the deadline scores 0, and a fresh thread scores the next", async () => {
    const score = workbookScorer({ deadlineMs: 100, heapMb: 256 });
    await writeFile(output, large());

    const [hung, fine] = await Promise.all([score(golden, output, "A1", RULES), score(golden, golden, "A1", RULES)]);

    expect(hung).toMatchObject({ pass: false, message: expect.stringContaining("within 0.1 s and 256 MB") });
    expect(fine).toMatchObject({ pass: true });
  });

  test("an output that takes all memory ends the thread only, and scores 0", async () => {
    const score = workbookScorer({ deadlineMs: 20_000, heapMb: 24 });
    await writeFile(output, large());

    expect(await score(golden, output, "A1", RULES)).toMatchObject({
      pass: false,
      message: expect.stringContaining("within 20 s and 24 MB"),
    });
    expect(await score(golden, golden, "A1", RULES)).toMatchObject({ pass: true });
  });

  test("a golden beyond the deadline is no fault of the output", async () => {
    const score = workbookScorer({ deadlineMs: 100, heapMb: 256 });
    await writeFile(output, large());

    expect(await score(output, golden, "A1", RULES)).toMatchObject({
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

  await scoreWorkbooks(golden, output, "A1", RULES);
  clearInterval(ticking);

  expect(turns).toBeGreaterThan(10);
});

import { symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import ExcelJS from "exceljs";
import { expect, test } from "vitest";
import { itemText, readAnswerItems } from "../../../benchmarks/scoring/answer-cells.ts";
import { denotationScore } from "../../../benchmarks/scoring/denotation-score.ts";
import { temporaryFolder } from "../../support/temporary.ts";

type Written = { readonly value: ExcelJS.CellValue; readonly format?: string };

async function answerBook(cells: readonly (Written | null)[], sheet = "Answer"): Promise<string> {
  const book = new ExcelJS.Workbook();
  const worksheet = book.addWorksheet(sheet);
  cells.forEach((written, index) => {
    if (written === null) return;
    const cell = worksheet.getCell(index + 1, 1);
    cell.value = written.value;
    if (written.format !== undefined) cell.numFmt = written.format;
  });
  const path = join(await temporaryFolder(), "output.xlsx");
  await book.xlsx.writeFile(path);
  return path;
}

async function textsOf(path: string): Promise<string[]> {
  const answer = await readAnswerItems(path);
  return answer.kind === "items" ? answer.items.map(itemText) : [`problem: ${answer.problem}`];
}

test("every kind of cell has the text of the value that is stored", async () => {
  const path = await answerBook([
    { value: "17 years" },
    { value: 15 },
    { value: 1995.5 },
    { value: 0.1 + 0.2 },
    { value: 1e15 },
    { value: 0.2648, format: "0.00%" },
    { value: 535, format: "$#,##0" },
    { value: new Date(Date.UTC(1995, 0, 26)), format: "d mmm yyyy" },
    { value: new Date(Date.UTC(1995, 0, 26, 13, 30)), format: "d mmm yyyy hh:mm" },
    { value: 0.5, format: "h:mm" },
    { value: true },
    { value: { error: "#N/A" } },
    { value: { richText: [{ text: "St. " }, { text: "Mary's" }] } },
    { value: { formula: "1+1", result: 2 } },
  ]);

  expect(await textsOf(path)).toEqual([
    "17 years",
    "15",
    "1995.5",
    "0.3",
    "1000000000000000",
    "0.2648",
    "535",
    "1995-01-26",
    "1995-01-26 13:30:00",
    "12:00:00",
    "True",
    "#N/A",
    "St. Mary's",
    "2",
  ]);
});

test("items end at the first blank cell, also one of white space alone, and begin at A1", async () => {
  expect(await textsOf(await answerBook([{ value: "a" }, { value: "b" }, null, { value: "note" }]))).toEqual([
    "a",
    "b",
  ]);
  expect(await textsOf(await answerBook([{ value: "a" }, { value: "  " }, { value: "c" }]))).toEqual(["a"]);
  expect(await textsOf(await answerBook([null, { value: "a" }]))).toEqual([]);
});

test("a formula without a stored result is blank", async () => {
  expect(await textsOf(await answerBook([{ value: { formula: "1+1" } }]))).toEqual([]);
});

test("at most 1,000 items are read, and a text that is too long cannot be right", async () => {
  const many = await answerBook(Array.from({ length: 1200 }, () => ({ value: "x" })));
  const long = await answerBook([{ value: `Italy${" ".repeat(3000)}` }]);

  expect(await textsOf(many)).toHaveLength(1000);
  expect((await denotationScore(long, { target: ["Italy"], canonical: null })).kind).toBe("scored");
  expect(await denotationScore(long, { target: ["Italy"], canonical: null })).toMatchObject({ value: 0 });
});

test("another sheet, a missing file, a link and a file that is no workbook score 0 and say why", async () => {
  const folder = await temporaryFolder();
  const [broken, link] = [join(folder, "broken.xlsx"), join(folder, "link.xlsx")];
  await writeFile(broken, "not a zip");
  await symlink(await answerBook([{ value: "Italy" }]), link);
  const other = await answerBook([{ value: "Italy" }], "Sheet1");
  const scores = await Promise.all(
    [other, join(folder, "missing.xlsx"), broken, link].map((path) =>
      denotationScore(path, { target: ["Italy"], canonical: ["Italy"] }),
    ),
  );

  expect(scores).toMatchObject([{ value: 0 }, { value: 0 }, { value: 0 }, { value: 0 }]);
  expect(scores.map((score) => ("explanation" in score ? score.explanation : ""))).toEqual([
    expect.stringContaining('found no answer: there is no sheet "Answer"; found: "Sheet1"'),
    expect.stringContaining("not found"),
    expect.stringContaining("zip"),
    expect.stringContaining("link"),
  ]);
});

test("what was wanted is quoted behind the word that lessons are guarded by", async () => {
  const path = await answerBook([{ value: "Fri\u0301day" }, { value: 3 }]);
  const score = await denotationScore(path, { target: ["January 26, 1995", "17"], canonical: ["1995-01-26", "17.0"] });

  expect(score).toEqual({
    kind: "scored",
    value: 0,
    explanation: 'wanted "January 26, 1995"; or as wanted "1995-01-26"\nwanted "17"\nfound "Fri\u0301day"\nfound "3"',
  });
});

import { rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AnswerKeyEntry } from "../../../harness/simulator/answer-key.ts";
import { HABITS } from "../../../harness/simulator/habits.ts";
import { HONEST, honestCommand, printingCommand, scriptCommand } from "../../../harness/simulator/script.ts";
import { entry, readOutput, runCommand, workFolder } from "./support.ts";

const CELLS = ["C2", "C3", "C4", "C5", "C6"];
const RIGHT = ["20", "2401", "14", "62", "None"];

let directory = "";
beforeAll(async () => {
  directory = await workFolder();
});
afterAll(() => rm(directory, { recursive: true }));

async function outputOf(task: AnswerKeyEntry, bites: readonly string[], cells = CELLS) {
  await rm(`${directory}/output.xlsx`, { force: true });
  const biting = HABITS.filter(({ name }) => bites.includes(name));
  await runCommand(directory, scriptCommand(task, { ...HONEST, biting }));
  return readOutput(directory, cells);
}

test("without habits the script solves the task and keeps every sheet", async () => {
  expect(await outputOf(entry(), [])).toMatchObject({ sheets: ["Cover", "Sales"], values: RIGHT });
});

test("the habits that were avoided are shown by remarks and by a check that reads the output back", async () => {
  const command = scriptCommand(entry(), { ...HONEST, shown: HABITS.filter(({ spoil }) => spoil.at === "answer") });
  expect(await runCommand(directory, command)).toContain("read back: [2401, 14, 62]");
  expect(command).toContain("# the sheet is taken by its name");
});

describe("each writing habit shows in the file", () => {
  test("formula-without-value: the formula is there and no value", async () => {
    const { values, raw } = await outputOf(entry(), ["formula-without-value"]);
    expect(raw.slice(0, 2)).toEqual(["'=B2*2'", "'=B3*2'"]);
    expect(values).toEqual(["None", "None", "None", "None", "None"]);
  });

  test("drops-sheets: one sheet of the default name, columns shifted by an index", async () => {
    expect(await outputOf(entry(), ["drops-sheets"])).toMatchObject({
      sheets: ["Sheet1"],
      values: CELLS.map(() => "no sheet"),
    });
    expect((await readOutput(directory, ["C2", "D2"], "Sheet1")).values).toEqual(["10", "20"]);
  });

  test("wrong-range: everything a row too low", async () => {
    expect((await outputOf(entry(), ["wrong-range"])).values).toEqual(["None", "20", "2401", "14", "62"]);
  });

  test("wrong-sheet: the first sheet gets the answer", async () => {
    expect((await outputOf(entry(), ["wrong-sheet"])).values).toEqual(CELLS.map(() => "None"));
    expect((await readOutput(directory, CELLS, "Cover")).values).toEqual(RIGHT);
  });

  test("values-as-text: no number reads as one, and dates are day-first text", async () => {
    const task = entry({
      program:
        'from datetime import datetime\nanswer = [("Sales", "C2", 20), ("Sales", "C3", 2401.5), ("Sales", "C4", datetime(2026, 3, 5))]\n',
    });
    expect((await outputOf(task, ["values-as-text"])).values.slice(0, 3)).toEqual([
      `"'20.00"`,
      `"'2,401.50"`,
      "'05/03/2026'",
    ]);
  });

  test("no-read-back: the last filled item is missing", async () => {
    expect((await outputOf(entry(), ["no-read-back"])).values).toEqual(["20", "2401", "14", "None", "None"]);
  });

  test("full-sentence: each value stands in a sentence", async () => {
    expect((await outputOf(entry(), ["full-sentence"])).values[0]).toBe("'The answer to the question is 20.'");
  });

  test("a slip of the key replaces the program", async () => {
    const task = entry({ slips: { "trusts-layout": 'answer = [("Sales", "C2", 20)]\n' } });
    expect((await outputOf(task, ["trusts-layout"])).values).toEqual(["20", "None", "None", "None", "None"]);
  });

  test("habits that bite together spoil the answer together", async () => {
    const { raw } = await outputOf(entry(), ["wrong-range", "formula-without-value"]);
    expect(raw.slice(0, 2)).toEqual(["None", "'=B2*2'"]);
  });
});

test("a wrong idea gives each row the result of the next, and undoes what a program did in place", async () => {
  await runCommand(directory, scriptCommand(entry(), { ...HONEST, reasoningFails: true }));
  expect((await readOutput(directory, CELLS)).values).toEqual(["2401", "14", "62", "20", "None"]);
  const inPlace = entry({ program: 'wb["Sales"]["C2"] = 99\nanswer = []\n' });
  await runCommand(directory, scriptCommand(inPlace, { ...HONEST, reasoningFails: true }));
  expect((await readOutput(directory, CELLS)).values[0]).toBe("None");
});

test("without a program the cells of the key are written as they are: types, gaps, new sheets, cells under a merge", async () => {
  const task = entry({
    program: null,
    cells: [
      { sheet: "Sales", cell: "C2", value: 20 },
      { sheet: "Sales", cell: "C3", value: 'say "no"\\\n' },
      { sheet: "Sales", cell: "C5", value: true },
      { sheet: "Sales", cell: "C6", value: { date: "2026-03-05T06:07:08.000Z" } },
      { sheet: "Sales", cell: "D2", value: null },
      { sheet: "Sales", cell: "G2", value: null },
      { sheet: "Sales", cell: "G1", value: "under" },
      { sheet: "New", cell: "A1", value: "x" },
    ],
  });
  await runCommand(directory, honestCommand(task));
  const { sheets, values } = await readOutput(directory, ["C2", "C3", "C4", "C5", "C6", "D2", "G1"]);
  expect(sheets).toEqual(["Cover", "Sales", "New"]);
  expect(values).toEqual([
    "20",
    `'say "no"\\\\\\n'`,
    "None",
    "True",
    "datetime.datetime(2026, 3, 5, 6, 7, 8)",
    "None",
    "'under'",
  ]);
});

test("blanks of the answer are cleared where the key names its boxes, as far as the sheet goes and no further", async () => {
  const areas = [
    { sheet: "Sales", firstRow: 2, firstColumn: 2, lastRow: 1_000_000, lastColumn: 2 },
    { sheet: "Sales", firstRow: 1, firstColumn: 6, lastRow: 2, lastColumn: 7 },
  ];
  await runCommand(
    directory,
    honestCommand(entry({ program: null, areas, cells: [{ sheet: "Sales", cell: "B3", value: 5 }] })),
  );
  expect((await readOutput(directory, ["A2", "B1", "B2", "B3", "B5"])).values).toEqual([
    "'item 0'",
    "'Amount'",
    "None",
    "5",
    "None",
  ]);
});

test("100,000 cells are cut to what a reply has room for, and the command still fits a shell's argument", async () => {
  const cells = Array.from({ length: 100_000 }, (_, row) => ({
    sheet: "Sales",
    cell: `C${row + 2}`,
    value: row * 1.5,
  }));
  const command = honestCommand(entry({ program: null, cells }));
  expect(command.length).toBeGreaterThan(30_000);
  expect(command.length).toBeLessThan(60_000);
  await runCommand(directory, command);
  expect((await readOutput(directory, ["C2", "C3"])).values).toEqual(["0", "1.5"]);
});

test("for a task that asks for text the program's answer is printed", async () => {
  expect(await runCommand(directory, printingCommand(entry(), HONEST))).toContain("ANSWER: 20|2401.0|14|62");
});

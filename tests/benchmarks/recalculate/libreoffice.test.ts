import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { isolated } from "../../../benchmarks/recalculate/isolated.ts";
import { libreOffice } from "../../../benchmarks/recalculate/libreoffice.ts";
import type { Recalculator } from "../../../benchmarks/recalculate/recalculator.ts";
import { scoreBoth } from "../../../benchmarks/recalculate/score-both.ts";
import { scoreWorkbooks } from "../../../benchmarks/scoring/score-workbooks.ts";
import { workbookScore } from "../../../benchmarks/scoring/workbook-score.ts";
import { spreadsheetBench } from "../../../benchmarks/spreadsheetbench.ts";
import { SetupError } from "../../../harness/errors.ts";
import { asked } from "../../support/load-options.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { writeWorkbook } from "../../support/workbooks.ts";

const missing = existsSync("/usr/bin/soffice") ? null : "LibreOffice is not installed here";
let cacheDirectory = "";
let office: Recalculator;
let folder = "";
let output = "";

beforeAll(async () => {
  cacheDirectory = await mkdtemp(join(tmpdir(), "recalculate-"));
  if (missing === null) office = await libreOffice({ cacheDirectory });
}, 60_000);
afterAll(() => rm(cacheDirectory, { recursive: true }));
beforeEach(async (ctx) => {
  if (missing !== null) ctx.skip(missing);
  folder = await temporaryFolder();
  output = join(folder, "output.xlsx");
  await writeWorkbook(join(folder, "golden.xlsx"), { Data: [[1], [2], [3]] });
});

function score() {
  const golden = join(folder, "golden.xlsx");
  const judge = async (path: string) => workbookScore(await scoreWorkbooks(golden, path, "Data!A1:A3", "trace2skill"));
  return scoreBoth(output, judge, office);
}

test("a formula without a cached value fails as stored and passes as calculated, and both are told", async () => {
  await writeWorkbook(output, { Data: [[1], [2], [{ formula: "SUM(A1:A2)" }]] });

  expect(await score()).toEqual({
    kind: "scored",
    value: 1,
    explanation: expect.stringMatching(
      /agree\n\(as calculated anew by LibreOffice [\d.]+; the values stored in the file fail\)$/,
    ),
    metrics: { cached: 0, recalculated: 1, recalculationFailed: 0 },
  });
});

test("a right cached value does not save a wrong formula: everything is calculated anew", async () => {
  await writeWorkbook(output, { Data: [[1], [2], [{ formula: "A1-A2", result: 3 }]] });

  const judged = await score();

  expect(judged).toMatchObject({ value: 0, metrics: { cached: 1, recalculated: 0, recalculationFailed: 0 } });
  expect(judged).toMatchObject({ explanation: expect.stringContaining('Data!A3: expected "3", found "-1"') });
});

test("a sheet keeps its name, also where it is that of a new document's first sheet in other case", async () => {
  const sheets = { SHEET1: [[1], [{ formula: "A1+1" }]], sheet2: [[3]] };
  await writeWorkbook(output, sheets);
  const golden = await writeWorkbook(join(folder, "wanted.xlsx"), { ...sheets, SHEET1: [[1], [2]] });

  const compared = await scoreWorkbooks(golden, await recalculated(output), "SHEET1!A1:A2,sheet2!A1", "trace2skill");

  expect(compared).toMatchObject({ pass: true });
});

test("what LibreOffice cannot read is scored without it and counted; a table of text is no workbook", async () => {
  await writeFile(output, "1\n2\n3\n");

  expect(await score()).toMatchObject({
    value: 0,
    explanation: expect.stringMatching(/the values stored in the file, for LibreOffice .* could not read it/),
    metrics: { cached: 0, recalculated: 0, recalculationFailed: 1 },
  });
});

test("no output, and a link instead of one, are no failures of LibreOffice", async () => {
  const nothing = await score();
  await symlink(join(folder, "golden.xlsx"), output);
  const link = await score();

  for (const judged of [nothing, link]) {
    expect(judged).toMatchObject({ value: 0, metrics: { cached: 0, recalculated: 0, recalculationFailed: 0 } });
  }
});

test("an equal file is not calculated again, so that scoring again gives the same", async () => {
  await writeWorkbook(output, { Data: [[{ formula: "RAND()" }]] });

  const first = await recalculated(output);
  const before = await stat(first);
  const second = await recalculated(output);

  expect(second).toBe(first);
  expect((await stat(second)).ino).toBe(before.ino);
  expect((await readdir(join(first, ".."))).filter((name) => !name.endsWith(".xlsx"))).toEqual([]);
});

test("six files at once do not get into each other's way", async () => {
  const numbers = [1, 2, 3, 4, 5, 6];
  const paths = await Promise.all(
    numbers.map((number) =>
      writeWorkbook(join(folder, `${number}.xlsx`), { Data: [[{ formula: `${number}*1000` }], [2], [3]] }),
    ),
  );

  const made = await Promise.all(paths.map(recalculated));

  for (const [index, path] of made.entries()) {
    const golden = await writeWorkbook(join(folder, "wanted.xlsx"), { Data: [[1000 * (index + 1)], [2], [3]] });
    expect(await scoreWorkbooks(golden, path, "Data!A1:A3", "trace2skill")).toMatchObject({ pass: true });
  }
}, 60_000);

test("at the time limit it is killed with all that it started, and nothing is kept", async () => {
  const slow = Array.from({ length: 3000 }, (_, row) => [
    { formula: `SUMPRODUCT((A$1:A$100000<ROW())*(B$1:B$100000=C${row + 1}))` },
  ]);
  await writeWorkbook(output, { Data: slow });
  const hurried = await libreOffice({ cacheDirectory, timeoutMs: 3000 });

  const result = hurried.recalculate(output);
  await sleep(1500);
  const meanwhile = await descendantsNamed("bwrap");
  const late = await result;

  expect(meanwhile).not.toEqual([]);
  expect(late).toEqual({ kind: "failed", problem: "was not done with it within 3 s" });
  expect(await descendantsNamed("bwrap")).toEqual([]);
}, 60_000);

test("a file is read the second time when LibreOffice was killed the first, as by a machine short of memory", async () => {
  await writeWorkbook(output, { Data: [[{ formula: "20+22" }]] });

  const result = office.recalculate(output);
  let killed: string[] = [];
  for (let tries = 0; killed.length === 0 && tries < 200; tries += 1) {
    await sleep(20);
    killed = await descendantsNamed("bwrap");
  }
  for (const id of killed) process.kill(Number(id), "SIGKILL");

  expect(killed).not.toEqual([]);
  expect(await result).toMatchObject({ kind: "recalculated" });
}, 60_000);

test("it sees one folder: no network, no file of ours, nothing that it could change", async () => {
  await writeFile(join(folder, "secret.txt"), "secret");

  const { output: seen } = await isolated(({ run }) =>
    run(`ls -A /work; cat ${folder}/secret.txt; ls /sys/class/net; touch /usr/x; env | grep -c TOKEN`, 20_000),
  );

  expect(seen).not.toMatch(/^secret$/m);
  expect(seen).toContain("No such file or directory");
  expect(seen).toContain("Read-only file system");
  expect(seen).not.toMatch(/eth|ens/);
});

test("without LibreOffice the cure is told", async () => {
  const found = libreOffice({ cacheDirectory, programs: ["/nowhere/soffice"] });

  await expect(found).rejects.toThrow(SetupError);
  await expect(found).rejects.toThrow(/apt-get install libreoffice-calc/);
});

test("a benchmark names the engine in its scorer, so that its runs are told apart", async () => {
  const data = join(folder, "data");
  const fields = { instruction: "Add", instruction_type: "Cell-Level Manipulation", answer_position: "Data!A1:A3" };
  await mkdir(data);
  await writeFile(
    join(data, "dataset.json"),
    JSON.stringify([{ id: "one", spreadsheet_path: "spreadsheet/one", ...fields }]),
  );
  for (const name of ["init", "golden"])
    await writeWorkbook(join(data, "spreadsheet/one", `1_one_${name}.xlsx`), { Data: [[1], [2], [3]] });
  await writeWorkbook(output, { Data: [[1], [2], [{ formula: "SUM(A1:A2)" }]] });

  const plain = await spreadsheetBench(asked({ data, cacheDirectory }));
  const anew = await spreadsheetBench(asked({ data, cacheDirectory, recalculate: "libreoffice" }));

  expect(plain.scorer).not.toContain("LibreOffice");
  expect(anew.scorer).toBe(`${plain.scorer} after ${office.identity}`);
  expect(await plain.score(plain.tasks[0]!, { directory: folder, answer: "" })).toMatchObject({ value: 0 });
  expect(await anew.score(anew.tasks[0]!, { directory: folder, answer: "" })).toMatchObject({ value: 1 });
});

async function recalculated(path: string): Promise<string> {
  const result = await office.recalculate(path);
  if (result.kind !== "recalculated") throw new Error(JSON.stringify(result));
  return result.path;
}

/** Ids of the processes with that name that ours started, or those that it started. */
async function descendantsNamed(name: string, parent = process.pid): Promise<string[]> {
  const own = `/proc/${parent}/task`;
  const lists = await Promise.all(
    (await readdir(own).catch(() => [])).map((thread) =>
      readFile(join(own, thread, "children"), "utf8").catch(() => ""),
    ),
  );
  const children = lists
    .join(" ")
    .split(" ")
    .filter((id) => id.trim() !== "");
  const found = await Promise.all(
    children.map(async (id) => {
      const own = await readFile(`/proc/${id}/comm`, "utf8").catch(() => "");
      return [...(own.trim() === name ? [id] : []), ...(await descendantsNamed(name, Number(id)))];
    }),
  );
  return found.flat();
}

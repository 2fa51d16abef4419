/**
 * Agreement with the official scorers on recorded cases. A seeded sample, with every kind of mutation in it, keeps this test
 * at some seconds; set PER_KIND to Infinity for all 3,158 (half a minute).
 */
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { x as extract } from "tar";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { boxOfRange, type Rules, splitPosition } from "../../../benchmarks/scoring/answer-position.ts";
import { compareWorkbooks } from "../../../benchmarks/scoring/compare-workbooks.ts";
import { cellKey, cellName } from "../../../benchmarks/scoring/coordinates.ts";
import { NOTHING } from "../../../benchmarks/scoring/values.ts";
import { openWorkbook } from "../../../benchmarks/scoring/workbook.ts";
import { seededRandom } from "../../../harness/random.ts";
import { hasOracle, NO_ORACLE, oraclePath, readOracle, Typed, toTyped, Verdict } from "./oracle.ts";

const PER_KIND = 6;
const DUMPS = 60;
const RULES: readonly Rules[] = ["official", "trace2skill"];

const ScorerCase = z.object({
  id: z.string(),
  mutation: z.string().default("synthetic"),
  golden: z.string(),
  output: z.string().nullable(),
  answer_position: z.string(),
  official: Verdict,
  trace2skill: Verdict,
});
type ScorerCase = z.infer<typeof ScorerCase>;

const Dump = z.object({
  task_id: z.string(),
  workbook: z.string(),
  answer_position: z.string(),
  sheetnames: z.array(z.string()),
  cells_in_range: z.number(),
  cells: z.array(z.tuple([z.string(), z.string(), Typed])),
  sha256_of_range: z.string(),
});
type Dump = z.infer<typeof Dump>;

let folder = "";
let cases: ScorerCase[] = [];
let dumps: Dump[] = [];

beforeAll(async () => {
  if (!hasOracle) return;
  cases = sampleByKind(readOracle("cases.jsonl", ScorerCase));
  dumps = seededRandom(2).shuffle(readOracle("dump.jsonl", Dump)).slice(0, DUMPS);
  const wanted = new Set([
    ...cases.flatMap(({ golden, output }) => [golden, output]),
    ...dumps.map((dump) => dump.workbook),
  ]);
  folder = await mkdtemp(join(tmpdir(), "oracle-"));
  await extract({ file: oraclePath("files.tar.gz"), cwd: folder, filter: (path) => wanted.has(path) });
});

afterAll(async () => {
  if (folder !== "") await rm(folder, { recursive: true });
});

test("real workbooks, bent in every recorded way, get the recorded verdicts and messages", async (ctx) => {
  if (!hasOracle) ctx.skip(NO_ORACLE);

  const found = await verdictsOf(cases, (name) => join(folder, name));

  expect(cases.length).toBeGreaterThan(500);
  expect(found).toEqual(wantedVerdicts(cases));
});

test("synthetic cells, two workbooks with a case in each row, get the recorded verdicts and messages", async (ctx) => {
  if (!hasOracle) ctx.skip(NO_ORACLE);
  const synthetic = readOracle("synthetic.jsonl", ScorerCase);

  const found = await verdictsOf(synthetic, oraclePath);

  expect(synthetic.length).toBeGreaterThan(400);
  expect(found).toEqual(wantedVerdicts(synthetic));
});

test("answer ranges of real goldens read cell by cell as openpyxl reads them", async (ctx) => {
  if (!hasOracle) ctx.skip(NO_ORACLE);

  for (const dump of dumps) {
    const workbook = openWorkbook(await readFile(join(folder, dump.workbook)));
    const cells = typedCells(workbook, dump.answer_position);
    const shown = cells.filter(([, , { k }]) => k !== "none").slice(0, 250);

    expect(workbook.sheetNames, dump.task_id).toEqual(dump.sheetnames);
    expect(shown, dump.task_id).toEqual(dump.cells);
    expect([cells.length, hashOf(cells)], dump.task_id).toEqual([dump.cells_in_range, dump.sha256_of_range]);
  }
});

function sampleByKind(all: readonly ScorerCase[]): ScorerCase[] {
  const left = new Map<string, number>();
  return seededRandom(1)
    .shuffle(all)
    .filter(({ mutation }) => {
      const room = left.get(mutation) ?? PER_KIND;
      left.set(mutation, room - 1);
      return room > 0;
    });
}

async function verdictsOf(sample: readonly ScorerCase[], pathOf: (name: string) => string) {
  const verdicts = [];
  for (const { id, golden, output, answer_position, trace2skill } of sample) {
    const [official, paper] = await Promise.all(
      RULES.map((rules) => compareWorkbooks(pathOf(golden), pathOf(output ?? "none.xlsx"), answer_position, rules)),
    );
    if (official?.kind !== "compared" || paper?.kind !== "compared") throw new Error(`${id}: golden unreadable`);
    const message = comparable(trace2skill.message) === null ? null : paper.message;
    verdicts.push({ id, official: official.pass, trace2skill: paper.pass, message });
  }
  return verdicts;
}

function wantedVerdicts(sample: readonly ScorerCase[]) {
  return sample.map(({ id, official, trace2skill }) => ({
    id,
    official: official.pass,
    trace2skill: trace2skill.pass,
    message: comparable(trace2skill.message),
  }));
}

/** Mismatches are told in the official words; errors of Python and its libraries are not. */
function comparable(message: string): string | null {
  return message.startsWith("Value mismatch") ? message : null;
}

function typedCells(workbook: ReturnType<typeof openWorkbook>, position: string): [string, string, Typed][] {
  const cells: [string, string, Typed][] = [];
  for (const piece of splitPosition(position, "trace2skill")) {
    const name = piece.sheet ?? workbook.sheetNames[0]!;
    const sheet = workbook.sheet(name)!;
    const box = boxOfRange(piece.range, "trace2skill", sheet);
    for (let column = box.firstColumn; column <= box.lastColumn; column += 1) {
      for (let row = box.firstRow; row <= box.lastRow; row += 1) {
        cells.push([name, cellName(row, column), toTyped(sheet.cells.get(cellKey(row, column)) ?? NOTHING)]);
      }
    }
  }
  return cells;
}

/** Over lines as Python's json.dumps writes them. */
function hashOf(cells: readonly [string, string, Typed][]): string {
  const lines = cells.map(([sheet, cell, { k, v }]) => {
    const value = v === undefined ? "" : `, "v": ${JSON.stringify(v)}`;
    return `[${JSON.stringify(sheet)}, ${JSON.stringify(cell)}, {"k": ${JSON.stringify(k)}${value}}]\n`;
  });
  return createHash("sha256").update(lines.join("")).digest("hex");
}

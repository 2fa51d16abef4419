import { describe, expect, test } from "vitest";
import { seededRandom } from "../../harness/random.ts";
import { FORMAT_VERSION } from "../../harness/records.ts";
import { compareCells } from "../../reports/compare-cells.ts";
import { Experiment } from "../../reports/experiments/definition.ts";
import type { ExperimentRecord } from "../../reports/experiments/record.ts";
import type { RunTrials } from "../../reports/rows.ts";
import { type TransferMatrix, transferMatrices } from "../../reports/transfer.ts";
import { transferTables } from "../../reports/transfer-table.ts";
import { manifest, task, trial } from "../support/builders.ts";

const distill = (author: string, lessons: string, start: string | null) => ({
  distill: { start, author, evolve: "sheets-evolve", lessons },
});

/** Two models make skills in two ways and use each other's; the draft of each is its own. */
const DEFINITION = Experiment.parse({
  name: "transfer",
  models: { large: { model: "sim/large" }, small: { model: "sim/small" } },
  benchmarks: {
    "sheets-evolve": { benchmark: "sample-spreadsheet", split: "evolve" },
    sheets: { benchmark: "sample-spreadsheet", split: "test" },
    tables: { benchmark: "sample-tables", split: "test", outOfDistribution: true },
  },
  skills: {
    human: { folder: "skills/human" },
    "draft-large": { parametric: { author: "large" } },
    "draft-small": { parametric: { author: "small" } },
    "error-large": distill("large", "error", "draft-large"),
    "error-small": distill("small", "error", "draft-small"),
    "deep-large": distill("large", "error", "human"),
    noise: { placebo: "shuffled", of: "error-large" },
  },
  arms: [
    { name: "none" },
    { name: "human", skill: "human" },
    { name: "small's", skill: "error-small", baseline: "none" },
    { name: "large's", skill: "error-large" },
    { name: "deep", skill: "deep-large", baseline: "human" },
    { name: "noise", skill: "noise", judge: ["sheets"] },
  ].map((arm) => ({ ...arm, name: arm.name.replace("'", "") })),
  users: ["large", "small"],
  judge: ["sheets", "tables"],
  seeds: [41],
});

const AUTHORS: Record<string, string> = {
  "draft-large": "large",
  "draft-small": "small",
  "error-large": "large",
  "error-small": "small",
  "deep-large": "large",
};

/** How many of twelve tasks each arm passes; a second number is of the small user. */
const PASSED: Record<string, readonly [number, number]> = {
  none: [5, 3],
  human: [6, 4],
  larges: [12, 10],
  smalls: [6, 4],
  deep: [11, 2],
  noise: [5, 3],
};

function experiment(
  definition = DEFINITION,
  passes = PASSED,
): { record: ExperimentRecord; runs: Map<string, RunTrials> } {
  const runs = new Map<string, RunTrials>();
  const cells = definition.arms.flatMap(({ name, judge = definition.judge }) =>
    judge.flatMap((benchmark) =>
      definition.users.map((user, index) => {
        const run = `runs/${benchmark}.${user}.${name}`;
        runs.set(run, runOf(name, { user, benchmark, passed: passes[name]![index]! }));
        return { arm: name, user, benchmark, run, done: true };
      }),
    ),
  );
  const skills = Object.keys(definition.skills).map((name) => {
    const made = { path: `skills/${name}`, hash: name, distillation: null, minutes: null };
    return { name, author: AUTHORS[name] ?? null, ...made };
  });
  return { record: { version: FORMAT_VERSION, kind: "experiment-record", definition, cells, skills }, runs };
}

function runOf(
  arm: string,
  { user, benchmark, passed }: { user: string; benchmark: string; passed: number },
): RunTrials {
  const taskIds = Array.from({ length: 12 }, (_, index) => `${benchmark}-${index}`);
  const fingerprint = { ...manifest().fingerprint, benchmark, model: `sim/${user}`, skill: arm };
  return {
    manifest: manifest({
      arm,
      benchmark: { name: benchmark, split: "test", data: null, taskIds },
      model: { name: `sim/${user}`, simulated: true },
      fingerprint,
    }),
    trials: taskIds.map((id, index) => {
      const value = index < passed ? 1 : 0;
      return trial({ task: task({ id }), score: { kind: "scored", value, explanation: "" } });
    }),
  };
}

const options = () => ({ random: () => seededRandom(1) });
const pointsOf = ({ cells }: TransferMatrix) =>
  cells.map(({ result }) => (result?.kind === "compared" ? Math.round(12 * result.difference.difference) : null));

describe("the differences of an experiment", () => {
  test("are of each arm with its baseline, same user and benchmark, and adjusted together", () => {
    const { record, runs } = experiment();

    const compared = compareCells(record, runs, options());

    // Five arms have a baseline: four on two benchmarks, one on one, each with two users.
    expect(compared).toHaveLength((4 * 2 + 1) * 2);
    expect(compared.filter(({ arm }) => arm === "deep").map(({ baseline }) => baseline)).toEqual(
      Array(4).fill("human"),
    );
    for (const { result } of compared) {
      expect(result).toMatchObject({ kind: "compared", difference: { adjustment: { comparisons: 18 } } });
    }
  });

  test("are warned of together: with 12 tasks, 18 comparisons leave p a way below 0.05, and with 6 none", () => {
    const { record, runs } = experiment();
    const half = new Map([...runs].map(([folder, run]) => [folder, { ...run, trials: run.trials.slice(0, 6) }]));
    const warned = (of: Map<string, RunTrials>) =>
      compareCells(record, of, options()).flatMap(({ result }) =>
        result.kind === "compared" ? result.difference.warnings.filter(({ kind }) => kind === "too-few") : [],
      );

    expect(warned(runs)).toEqual([]);
    expect(warned(half)).toHaveLength(18);
    expect(warned(half)[0]!.text).toContain("p is at least 0.563 after Holm's adjustment for 18 comparisons");
  });

  test("with clusters tell them in n", () => {
    const { record, runs } = experiment();
    const clusterOf = (unit: string) => unit.replace(/\d$/, "");

    const [table] = transferTables(transferMatrices(record, compareCells(record, runs, { ...options(), clusterOf })));

    expect(table!.rows[0]!.cells.map(({ text }) => text)).toContain("12 × 1 in 2");
  });

  test("are missing with a reason where a run is, or where two runs must not be ranked", () => {
    const { record, runs } = experiment();
    runs.delete("runs/sheets.large.larges");
    const other = runs.get("runs/sheets.small.larges")!;
    const fingerprint = { ...other.manifest.fingerprint, scorer: "lenient/2" };
    runs.set("runs/sheets.small.larges", { ...other, manifest: { ...other.manifest, fingerprint } });

    const found = compareCells(record, runs, options()).filter(
      ({ arm, benchmark }) => arm === "larges" && benchmark === "sheets",
    );

    expect(found.map(({ result }) => result)).toMatchObject([
      { kind: "missing", reason: "there is no run of the arm yet" },
      { kind: "missing", reason: expect.stringContaining("differ in more than skill and model: scorer") },
    ]);
  });
});

describe("transfer matrices", () => {
  test("have an author a row and a user a column for each way of making a skill, benchmark by benchmark", () => {
    const { record, runs } = experiment();

    const matrices = transferMatrices(record, compareCells(record, runs, options()));

    expect(
      matrices.map(({ benchmark, authors, users, outOfDistribution }) => ({
        benchmark,
        authors,
        users,
        outOfDistribution,
      })),
    ).toEqual([
      { benchmark: "sheets", authors: ["large", "small"], users: ["large", "small"], outOfDistribution: false },
      { benchmark: "sheets", authors: ["large"], users: ["large", "small"], outOfDistribution: false },
      { benchmark: "tables", authors: ["large", "small"], users: ["large", "small"], outOfDistribution: true },
      { benchmark: "tables", authors: ["large"], users: ["large", "small"], outOfDistribution: true },
    ]);
    // Author by author: large for large and small, then small for large and small; tasks of twelve.
    expect(pointsOf(matrices[0]!)).toEqual([7, 7, 1, 1]);
    expect(pointsOf(matrices[1]!)).toEqual([5, -2]);
  });

  test("two arms of one author and one recipe stand in matrices of their own", () => {
    const twice = { ...DEFINITION, arms: [...DEFINITION.arms, { name: "smalls again", skill: "error-small" }] };
    const { record, runs } = experiment(Experiment.parse(twice), { ...PASSED, "smalls again": [6, 4] });

    const recipes = transferMatrices(record, compareCells(record, runs, options())).map(({ recipe }) => recipe);

    expect(recipes.slice(0, 3)).toEqual([
      "error lessons, on a draft from what the author knows, of sheets-evolve",
      "error lessons, on human, of sheets-evolve",
      "error lessons, on draft-small, of sheets-evolve",
    ]);
  });

  test("as tables say what was broken, what is significant, and carry n, seeds, scorer and fingerprints", () => {
    const { record, runs } = experiment();
    runs.delete("runs/sheets.small.deep");

    const [table] = transferTables(transferMatrices(record, compareCells(record, runs, options())));

    expect(table).toMatchObject({ id: "transfer-sheets", simulated: true });
    expect(table!.rows.every(({ cells }) => cells.length === table!.columns.length)).toBe(true);
    expect(table!.rows.map(({ cells }) => cells.map(({ text }) => text).join(" | "))).toEqual([
      expect.stringMatching(
        /^large \| \+58\.3 \| .* \| 0\.\d{3} \| 0 of 5 \| 12 × 1 \| [0-9a-f]{12} \| \+58\.3 \| .* \| 0 of 3 \| 12 × 1 \| [0-9a-f]{12}$/,
      ),
      expect.stringMatching(/^small \| \+8\.3 \| .* \| 1\.000 \| 0 of 5 \| 12 × 1 \| [0-9a-f]{12} \| \+8\.3/),
      expect.stringMatching(/^large \| \+41\.7 \| .* \| 0 of 6 \| 12 × 1 \| [0-9a-f]{12}( \| –){6}$/),
    ]);
    expect(table!.rows[0]!.cells[1]).toMatchObject({ value: expect.closeTo(58.33, 1) });
    const notes = table!.notes.join("\n");
    expect(notes).toMatch(/with small: there is no run of the arm yet/);
    expect(notes).toContain("sheets/test: score, scored by workbook-range/1, seeds 41.");
    expect(notes).toMatch(
      /Fingerprints of baselines: none with sim\/large [0-9a-f]{12}; none with sim\/small [0-9a-f]{12}/,
    );
  });
});

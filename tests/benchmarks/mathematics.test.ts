/** DAPO-Math, AIME and MATH-500: layouts, splits, the listed choice, and scores of what agents hand in. */
import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { aime } from "../../benchmarks/aime.ts";
import { dapoMath } from "../../benchmarks/dapo-math.ts";
import { DAPO_EVOLVE_IDS, DAPO_TEST_IDS } from "../../benchmarks/dapo-math-choice.ts";
import { loadBenchmark } from "../../benchmarks/index.ts";
import { math500 } from "../../benchmarks/math-500.ts";
import { fractionOf } from "../../harness/hash.ts";
import type { Score } from "../../harness/records.ts";
import type { Benchmark } from "../../harness/roles.ts";
import { AnswerKey } from "../../harness/simulator/answer-key.ts";
import { asked } from "../support/load-options.ts";
import { temporaryFolder } from "../support/temporary.ts";

const REAL = fileURLToPath(new URL("../../../shared/data/math", import.meta.url));
const NOT_HERE = "the problems (../shared/data/math) are not here";

async function folderWith(files: Readonly<Record<string, readonly object[]>>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, lines] of Object.entries(files)) {
    await writeFile(join(folder, name), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  }
  return folder;
}

async function scoreOf(benchmark: Benchmark, answer: string): Promise<Extract<Score, { kind: "scored" }>> {
  const score = await benchmark.score(benchmark.tasks[0]!, { directory: "none", answer });
  if (score.kind === "unscored") throw new Error(score.detail);
  return score;
}

const idsOf = ({ tasks }: Benchmark) => tasks.map(({ id }) => id);
const [evolveId = "", secondId = ""] = DAPO_EVOLVE_IDS;
const [testId = ""] = DAPO_TEST_IDS;
const dapoLine = (id: string, more: object = {}) => ({ id, problem: `What is ${id}?`, answer: "277", ...more });
const smallDapo = async (more: object = {}) => {
  const lines = [dapoLine("dapo-0"), dapoLine(testId), dapoLine(evolveId, more), dapoLine(secondId)];
  return folderWith({ "dapo_math.jsonl": lines });
};

test("the choice of DAPO-Math is 400 and 100 distinct problems, none in both", () => {
  expect(new Set(DAPO_EVOLVE_IDS).size).toBe(400);
  expect(new Set(DAPO_TEST_IDS).size).toBe(100);
  expect(DAPO_EVOLVE_IDS.filter((id) => DAPO_TEST_IDS.includes(id))).toEqual([]);
});

test("the listed choice is what its procedure gives", ({ skip }) => {
  const path = join(REAL, "dapo_math_1000.jsonl");
  if (!existsSync(path)) skip(NOT_HERE);
  const lines = readFileSync(path, "utf8").trim().split("\n");
  const rows = lines.map((line) => JSON.parse(line) as { id: string; problem: string });
  const distinct = new Map(rows.toReversed().map((row) => [row.problem.replace(/\s+/gu, " ").trim(), row.id]));

  const place = (id: string) => fractionOf("dapo-math-choice", 1, id);
  const ordered = [...distinct.values()].sort((a, b) => place(a) - place(b));

  expect(new Set(ordered.slice(0, 400))).toEqual(new Set(DAPO_EVOLVE_IDS));
  expect(new Set(ordered.slice(400, 500))).toEqual(new Set(DAPO_TEST_IDS));
});

test("only listed problems are loaded, each in its half, and what is missing is told", async () => {
  const data = await smallDapo();

  const evolve = await dapoMath(asked({ data, split: "evolve" }));
  const all = await dapoMath(asked({ data, split: "all" }));

  expect(idsOf(evolve)).toEqual([evolveId, secondId]);
  expect(evolve.notices).toEqual([expect.stringContaining("398 of 400 problems")]);
  expect(all.tasks.map((task) => all.splitOf(task))).toEqual(["evolve", "evolve", "test"]);
});

test("a selection narrows the split, and another answer is other data", async () => {
  const [data, changed] = [await smallDapo(), await smallDapo({ answer: 278 })];
  const tasks = { kind: "ids", ids: [evolveId] } as const;

  const one = await dapoMath(asked({ data, split: "evolve", tasks }));
  const other = await dapoMath(asked({ data: changed, split: "evolve", tasks }));

  expect(idsOf(one)).toEqual([evolveId]);
  expect(one.dataHash).not.toBe(other.dataHash);
  await expect(dapoMath(asked({ data, split: "test", tasks }))).rejects.toThrow(/no task/);
});

test("a fraction whose backslash became a form feed is mended, and nothing of the answer is in the task", async () => {
  const data = await smallDapo({ problem: "Find \frac{m}{n}." });

  const [task] = (await dapoMath(asked({ data, split: "evolve" }))).tasks;

  expect(task?.instruction).toContain("Find \\frac{m}{n}.");
  expect(JSON.stringify(task)).not.toContain("277");
});

test.each([
  ["Answer: 277", 1, { strictBox: 0, integer: 1 }, 'wanted "277"; found "277"'],
  ["So \\boxed{277}", 0, { strictBox: 1, integer: 1 }, "not of the form"],
  ["Answer: 25", 0, { strictBox: 0, integer: 0 }, 'wanted "277"; found "25"'],
  ["", 0, { strictBox: 0, integer: 0 }, 'wanted "277"; found no answer in ""'],
])("DAPO-Math scores %j with %d", async (answer, value, metrics, explanation) => {
  const benchmark = await dapoMath(asked({ data: await smallDapo(), split: "evolve" }));

  const score = await scoreOf(benchmark, answer);

  expect(score).toMatchObject({ value, metrics, explanation: expect.stringContaining(explanation) });
});

test("a folder without the problems, and a line that is none, are the user's to mend", async () => {
  const empty = await folderWith({ "other.jsonl": [] });
  const broken = await folderWith({ "dapo_math.jsonl": [dapoLine(evolveId, { answer: "1/2" })] });

  await expect(dapoMath(asked({ data: empty }))).rejects.toThrow(
    /expected a file dapo_math\.jsonl.*found other\.jsonl/,
  );
  await expect(dapoMath(asked({ data: broken }))).rejects.toThrow(/dapo_math\.jsonl:1.*expected an integer/s);
});

const smallAime = (answer: unknown) => folderWith({ "aime_2024.jsonl": [{ problem: "What is it?", answer }] });

test.each([
  ["\\boxed{25}", 1, 1],
  ["\\boxed{025}", 1, 1],
  ["\\boxed{25.0}", 0, 1],
  ["Answer: 25", 0, 1],
  ["\\boxed{26}", 0, 0],
  ["", 0, 0],
])("AIME scores %j with %d, whether the data write 25 or 025", async (answer, value, integer) => {
  for (const wanted of [25, "025"]) {
    const benchmark = await aime(2024, asked({ data: await smallAime(wanted), split: "test" }));
    expect(await scoreOf(benchmark, answer)).toMatchObject({ value, metrics: { integer } });
  }
});

test("lines of AIME without an id are numbered, and answers beyond 999 are refused", async () => {
  const benchmark = await aime(2024, asked({ data: await smallAime(25), split: "test" }));

  expect(idsOf(benchmark)).toEqual(["aime2024-1"]);
  expect(benchmark.notices).toEqual([expect.stringContaining("1 of 30 problems")]);
  expect(benchmark.splitOf(benchmark.tasks[0]!)).toBe("test");
  await expect(aime(2024, asked({ data: await smallAime(1000), split: "test" }))).rejects.toThrow(/aime_2024\.jsonl:1/);
});

const mathLine = { unique_id: "test/1", problem: "Half?", answer: "\\frac{1}{2}", subject: "Algebra" };

test.each([
  ["\\boxed{0.5}", 1, 1, ""],
  ["\\boxed{\\frac{2}{4}}", 1, 0, ""],
  ["\\frac{2}{4}x is no answer, \\boxed{2}", 0, 0, 'wanted "\\\\frac{1}{2}"; found "2"'],
  ["\\sqrt{\\frac14}", 0, 0, "not in a box"],
  ["", 0, 0, "no answer"],
])("MATH-500 scores %j with %d, from a file of either name", async (answer, value, sameText, explanation) => {
  for (const name of ["math500.jsonl", "test.jsonl"]) {
    const benchmark = await math500(asked({ data: await folderWith({ [name]: [mathLine] }), split: "test" }));
    const score = await scoreOf(benchmark, answer);
    expect(score).toMatchObject({ value, metrics: { sameText }, explanation: expect.stringContaining(explanation) });
  }
});

test.for([
  ["dapo-math", "all", 500],
  ["dapo-math", "evolve", 400],
  ["dapo-math", "test", 100],
  ["aime-2024", "test", 30],
  ["aime-2025", "test", 30],
  ["aime-2026", "test", 30],
  ["math-500", "test", 500],
] as const)(
  "%s, split %s, has %d problems whose truth scores 1 and whose key is one",
  async ([name, split, count], { skip }) => {
    if (!existsSync(REAL)) skip(NOT_HERE);

    const benchmark = await loadBenchmark(name, {
      data: REAL,
      cacheDirectory: "not-written",
      tasks: { kind: "all" },
      settings: { split },
    });
    const wrong: string[] = [];
    for (const task of benchmark.tasks) {
      const score = await benchmark.score(task, await benchmark.submitTruth(task, "none"));
      if (score.kind !== "scored" || score.value !== 1) wrong.push(task.id);
    }

    expect(new Set(idsOf(benchmark)).size).toBe(count);
    expect(wrong).toEqual([]);
    expect(benchmark.notices).toEqual([]);
    expect(AnswerKey.parse(await benchmark.answerKey(benchmark.tasks))).toHaveLength(count);
  },
);

test("problems of another year, and ids that stand there twice, are refused", async () => {
  const line = { id: "a", year: 2025, problem: "What is it?", answer: 7 };
  const ofOther = await folderWith({ "aime_2024.jsonl": [line] });
  const twice = await folderWith({
    "aime_2024.jsonl": [
      { ...line, year: 2024 },
      { ...line, year: "2024" },
    ],
  });
  const load = (data: string) =>
    loadBenchmark("aime-2024", { data, cacheDirectory: "none", tasks: { kind: "all" }, settings: {} });

  await expect(load(ofOther)).rejects.toThrow(/aime_2024.jsonl:1: [\s\S]*expected a problem of 2024/);
  await expect(load(twice)).rejects.toThrow(/the id "a" stands there twice/);
});

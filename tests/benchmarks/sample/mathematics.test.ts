import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { sampleMathematics } from "../../../benchmarks/sample/mathematics.ts";
import { makeProblems, PROBLEM_KINDS } from "../../../benchmarks/sample/problems/index.ts";
import { hashJson } from "../../../harness/hash.ts";
import { Task } from "../../../harness/records.ts";
import { HABITS } from "../../../harness/simulator/habits.ts";
import { HONEST, printingCommand } from "../../../harness/simulator/script.ts";
import { wordAnswer } from "../../../harness/simulator/word-answer.ts";
import { asked } from "../../support/load-options.ts";

const PROBLEMS = makeProblems();
const count = (items: readonly string[]) => Map.groupBy(items, (item) => item);

/** When problems change on purpose, change this too: results from before are then not comparable. */
const KNOWN = "a5e9737d5b250e300eb11548beedf35c54b77120140bf4b0e1934bf2ee261815";

test("problems and answers do not drift: the same data as ever", () => {
  expect(hashJson(PROBLEMS.map(({ id, statement, answer, habits }) => [id, statement, String(answer), habits]))).toBe(
    KNOWN,
  );
});

test("there are at least 40 problems of at least eight kinds, none twice, and each kind in both halves alike", async () => {
  expect(PROBLEMS.length).toBeGreaterThanOrEqual(40);
  expect(PROBLEM_KINDS.length).toBeGreaterThanOrEqual(8);
  expect(new Set(PROBLEMS.map(({ statement }) => statement)).size).toBe(PROBLEMS.length);
  const [evolve, held] = await Promise.all(["evolve", "test"].map((split) => sampleMathematics(asked({ split }))));
  const ids = [...evolve!.tasks, ...held!.tasks].map(({ id }) => id);
  expect(ids.toSorted()).toEqual(PROBLEMS.map(({ id }) => id).toSorted());
  for (const { tasks } of [evolve!, held!])
    expect([...count(tasks.map(({ kind }) => kind)).values()].map(({ length }) => length)).toEqual(
      PROBLEM_KINDS.map(() => 3),
    );
  expect(held!.tasks.every((task) => held!.splitOf(task) === "test")).toBe(true);
});

test("a kind is worded in three ways, and neither half has one only", () => {
  for (const { name } of PROBLEM_KINDS) {
    const openings = PROBLEMS.filter(({ kind }) => kind === name).map(({ statement }) =>
      statement.replace(/\d+/g, "#").slice(0, 25),
    );
    expect(new Set(openings).size, name).toBe(3);
    for (const half of [0, 1])
      expect(new Set(openings.filter((_, variant) => variant % 2 === half)).size, name).toBe(2);
  }
});

interface Run {
  readonly id: string;
  readonly slip: string | null;
  readonly printed: string;
}

/** What each program prints, run as the simulated agent writes it, in one shell as the sandbox's Python. */
async function runPrograms(): Promise<Run[]> {
  const { tasks, answerKey } = await sampleMathematics(asked());
  const entries = await answerKey(tasks);
  const runs = entries.flatMap((entry) =>
    [null, ...Object.keys(entry.slips)].map((slip) => {
      const biting = HABITS.filter(({ name }) => name === slip);
      return { id: entry.task, slip, command: printingCommand(entry, { ...HONEST, biting }) };
    }),
  );
  const script = runs.map(({ command }) => `{ ${command}\n}`).join("\n");
  const { stdout, stderr } = spawnSync("/bin/bash", ["-c", script], {
    env: { PATH: "/usr/bin:/bin", LANG: "C.UTF-8" },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"], // with a pipe for its input, bash may take itself for a remote shell
  });
  if (stderr !== "") throw new Error(stderr);
  const printed = [...stdout.matchAll(/^ANSWER: (.*)$/gm)].map(([, answer = ""]) => answer);
  if (printed.length !== runs.length) throw new Error(`${printed.length} answers of ${runs.length} programs`);
  return runs.map(({ id, slip }, index) => ({ id, slip, printed: printed[index]! }));
}

test("every program finds the answer that was worked out in exact integers, and every slip of it another one", async (ctx) => {
  if (spawnSync("/usr/bin/python3", ["--version"]).status !== 0) return ctx.skip("there is no /usr/bin/python3");
  const answers = new Map(PROBLEMS.map(({ id, answer }) => [id, String(answer)]));
  const runs = await runPrograms();
  const wrong = runs.filter(({ id, slip, printed }) => (printed === answers.get(id)) !== (slip === null));
  expect(wrong).toEqual([]);
  expect(runs.length).toBeGreaterThan(150);
  for (const { printed } of runs) expect(printed).toMatch(/^\d+$/);
}, 60_000);

test("each habit is found in both halves, and every problem has one that bites on it", async () => {
  for (const split of ["evolve", "test"]) {
    const { tasks, answerKey } = await sampleMathematics(asked({ split }));
    const entries = await answerKey(tasks);
    for (const { task, habits, slips } of entries) {
      expect(habits.length, task).toBeGreaterThanOrEqual(1);
      expect(habits.filter((name) => slips[name] === undefined)).toEqual([]);
    }
    const habits = count(entries.flatMap((entry) => entry.habits));
    expect([...habits.keys()].toSorted()).toEqual(["ignores-asked-range", "no-remainder-check"]);
    for (const [name, found] of habits) expect(found.length, name).toBeGreaterThanOrEqual(10);
  }
});

test("the truth scores 1 in either form; a wrong idea, an empty answer and a number in passing score 0", async () => {
  const benchmark = await sampleMathematics(asked());
  const [entries, answers] = [await benchmark.answerKey(benchmark.tasks), PROBLEMS.map(({ answer }) => answer)];
  for (const [index, task] of benchmark.tasks.entries()) {
    const value = async (answer: string) => {
      const score = await benchmark.score(task, { directory: "", answer });
      return score.kind === "scored" ? score.value : null;
    };
    const { answer } = await benchmark.submitTruth(task, "nowhere");
    const wrong = wordAnswer(entries[index]!, { ...HONEST, reasoningFails: true }, null);
    expect(
      await Promise.all([answer, `I counted.\n\\boxed{${answers[index]}}`, wrong, "", `${answers[index]}`].map(value)),
      task.id,
    ).toEqual([1, 1, 0, 0, 0]);
  }
});

test("a task shows its problem and how to hand in, and no answer", async () => {
  const { tasks } = await sampleMathematics(asked());
  for (const [index, task] of tasks.entries()) {
    expect(Task.parse(task)).toMatchObject({ files: [], output: null });
    expect(task.instruction).toContain(PROBLEMS[index]!.statement);
    expect(task.instruction).toContain("Answer: ");
    expect(Object.keys(task).toSorted()).toEqual(["files", "id", "instruction", "kind", "output"]);
  }
});

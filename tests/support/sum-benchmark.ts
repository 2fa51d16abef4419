/** A real benchmark in miniature: add up the numbers of a text file. Needs nothing but a shell, so its tests are quick. */
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { NamedTrial } from "../../distill/trials.ts";
import type { Step, Task, Trial } from "../../harness/records.ts";
import { NO_USAGE } from "../../harness/records.ts";
import { type Benchmark, BenchmarkError } from "../../harness/roles.ts";
import { task, trajectory, trial } from "./builders.ts";

/** A fix that is right for every task of it. */
export const GOOD_FIX = "awk '{ s += $1 } END { print s }' input.txt > output.txt";

export function sumTask(number: number): Task {
  return task({
    id: `sum-${number}`,
    instruction: `Add up the numbers of file number ${number}.`,
    files: ["input.txt"],
    output: "output.txt",
    kind: "sum",
  });
}

/** Writes the data of `count` tasks into `directory`. */
export async function sumBenchmark(directory: string, count: number): Promise<Benchmark> {
  const tasks = Array.from({ length: count }, (_, index) => sumTask(index + 1));
  const numbers = (id: string) => [1, 2, Number(id.split("-")[1])];
  await mkdir(directory, { recursive: true });
  for (const { id } of tasks) await writeFile(join(directory, id), `${numbers(id).join("\n")}\n`);
  return {
    name: "sums",
    split: "evolve",
    data: directory,
    tasks,
    dataHash: `sums-${count}`,
    scorer: "sum/1",
    metric: "pass",
    settings: { split: "evolve", errata: "keep", recalculate: "none", withEvolve: false },
    errata: {},
    notices: [],
    splitOf: () => "evolve",
    prepare: async ({ id }, folder) => {
      if (!tasks.some((one) => one.id === id)) throw new BenchmarkError(`no task ${id}`);
      await copyFile(join(directory, id), join(folder, "input.txt"));
    },
    score: async ({ id }, submission) => {
      const wanted = String(numbers(id).reduce((sum, number) => sum + number, 0));
      const found = (await readFile(join(submission.directory, "output.txt"), "utf8").catch(() => "nothing")).trim();
      return {
        kind: "scored",
        value: found === wanted ? 1 : 0,
        explanation: found === wanted ? "the sum is right" : `the sum is off; found ${found}`,
      };
    },
    submitTruth: async ({ id }, folder) => {
      const sum = numbers(id).reduce((total, number) => total + number, 0);
      await writeFile(join(folder, "output.txt"), `${sum}\n`);
      return { directory: folder, answer: "" };
    },
    answerKey: async () => [],
  };
}

export function sumTrial(number: number, value: 0 | 1, parts: Partial<Trial> = {}): NamedTrial {
  const reply = { role: "assistant" as const, content: `I add up file ${number}.`, toolCalls: [], reasoning: null };
  const step: Step = {
    reply,
    action: { kind: "command", command: "true" },
    observation: "",
    usage: NO_USAGE,
    modelMs: 3,
    commandMs: 4,
  };
  const score = { kind: "scored" as const, value, explanation: "told" };
  return {
    ...trial({ task: sumTask(number), trajectory: trajectory({ steps: [step] }), score, ...parts }),
    id: `run/sum-${number}.41`,
  };
}

/**
 * Ground truths of whole benchmarks for the scan of a finished skill, straight from their loaders: no model and no file sees them.
 * Those of the test half serve to refuse text and for nothing else (invariant 9): no score is among them, none is counted by
 * task, and what is refused is told without the value and, for the test half, without the task.
 */
import { hashJson } from "../harness/hash.ts";
import type { Task } from "../harness/records.ts";
import type { Benchmark, Sandboxes } from "../harness/roles.ts";
import { BenchmarkError, SandboxError } from "../harness/roles.ts";
import type { AnswerKeyEntry, CellValue } from "../harness/simulator/answer-key.ts";
import { valuesInInputs } from "./input-values.ts";
import { isTelling, type Truth } from "./truth-scan.ts";
import { openWorkspace } from "./workspace.ts";

export interface TruthSource {
  /** Of the data behind it: part of a distillation's fingerprint. */
  readonly identity: string;
  /** Every value once a task. Reads all answers the first time: seconds for hundreds of workbooks. */
  truths(): Promise<readonly Truth[]>;
  /** What tasks themselves say, a text each. */
  readonly instructions: ReadonlyMap<string, string>;
  /** Of the values, those that stand in the files of a task; none where that cannot be told. */
  inInputs(task: string, values: readonly string[]): Promise<readonly string[]>;
}

/**
 * @param benchmarks with all their tasks, of both halves; a task that several have counts as the first has it
 * @param sandboxes to look into inputs; null where values in inputs need not be told apart
 */
export function truthSource(
  benchmarks: readonly Benchmark[],
  { sandboxes, signal }: { readonly sandboxes: Sandboxes | null; readonly signal: AbortSignal },
): TruthSource {
  const homes = new Map<string, { benchmark: Benchmark; task: Task }>();
  for (const benchmark of benchmarks.toReversed()) {
    for (const task of benchmark.tasks) homes.set(task.id, { benchmark, task });
  }
  let read: Promise<Truth[]> | null = null;
  return {
    identity: hashJson(benchmarks.map(({ name, split, dataHash }) => [name, split, dataHash])),
    instructions: new Map([...homes].map(([id, { task }]) => [id, task.instruction])),
    truths() {
      read ??= Promise.all(benchmarks.map(truthsOf)).then((keys) => keys.flat());
      return read;
    },
    async inInputs(id, values) {
      const home = homes.get(id);
      if (home === undefined || sandboxes === null || home.task.files.length === 0) return [];
      try {
        await using inputs = await openWorkspace(home.task, { benchmark: home.benchmark, sandboxes }, null);
        return await valuesInInputs(inputs, values, signal);
      } catch (error) {
        // What cannot be looked up counts as an answer: the safe side.
        if (error instanceof SandboxError || error instanceof BenchmarkError) return [];
        throw error;
      }
    },
  };
}

async function truthsOf(benchmark: Benchmark): Promise<Truth[]> {
  const splits = new Map(benchmark.tasks.map((task) => [task.id, benchmark.splitOf(task)]));
  const entries = await benchmark.answerKey(benchmark.tasks);
  return entries.flatMap((entry) =>
    valuesOf(entry).map((value) => ({ task: entry.task, split: splits.get(entry.task) ?? "test", value })),
  );
}

/** Texts and cells that are long enough to be looked for, each once. */
function valuesOf({ text, cells }: AnswerKeyEntry): string[] {
  const all = [...(text === undefined ? [] : [text]), ...cells.map(({ value }) => textOf(value))];
  return [...new Set(all)].filter(isTelling);
}

function textOf(value: CellValue): string {
  if (typeof value === "object" && value !== null) return value.date;
  return value === null || typeof value === "boolean" ? "" : String(value);
}

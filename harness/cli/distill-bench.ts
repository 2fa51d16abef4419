/** What a distillation works on beside the trials: the tasks' inputs and a sandbox, where they are at hand. */
import type { Analysis } from "../../distill/documents.ts";
import { SetupError } from "../errors.ts";
import type { Benchmark, Sandboxes } from "../roles.ts";
import type { Run } from "../run/store.ts";
import { benchmarkOfRuns } from "./benchmark-of.ts";
import type { Io } from "./io.ts";
import type { Session } from "./session.ts";
import { isForeign, type WholeBenchmarks } from "./whole-benchmarks.ts";

export interface Bench {
  readonly benchmark: Benchmark | null;
  readonly sandboxes: Sandboxes | null;
  readonly errorAnalyst: Analyst;
}

type Analyst = "agentic" | "single-call";

export interface BenchOptions {
  /** As the user chose it, or null. */
  readonly errorAnalyst: Analyst | null;
  readonly data: string | null;
  readonly whole: WholeBenchmarks;
  readonly session: Session;
  readonly io: Io;
}

/**
 * The agentic analyst works on the tasks themselves; where they are not at hand, one call reads the trajectory.
 * @throws SetupError when that analyst is asked for and cannot work
 */
export async function benchFor(runs: readonly Run[], options: BenchOptions): Promise<Bench> {
  const { errorAnalyst, data, whole, session, io } = options;
  const inOneCall: Bench = { benchmark: null, sandboxes: null, errorAnalyst: "single-call" };
  if (errorAnalyst === "single-call") return inOneCall;
  if (runs.every(({ manifest }) => isForeign(manifest.benchmark.name))) {
    refuseAgentic(errorAnalyst, "and there are none: choose single-call");
    return inOneCall;
  }
  if ((await analystFor(runs, whole)) === "single-call") {
    refuseAgentic(errorAnalyst, "which are not at hand: give the folder of the data set with --data DIR");
    io.err(
      "note: the tasks' files are not at hand, so each failed trial is analysed in a single call and no lesson is verified; --data DIR gives them",
    );
    return inOneCall;
  }
  const taskIds = [...new Set(runs.flatMap((run) => run.manifest.benchmark.taskIds))];
  const benchmark = await benchmarkOfRuns(runs, { taskIds, data, io });
  // As the runs word them: an imported run has prompts of its own.
  const tasks = new Map(runs.flatMap((run) => run.trials.map(({ task }) => [task.id, task] as const)));
  session.teach(benchmark, [...tasks.values()]);
  return { benchmark, sandboxes: await session.sandboxes(), errorAnalyst: "agentic" };
}

/** The analyst where none is chosen. */
export async function analystFor([first]: readonly Run[], whole: WholeBenchmarks): Promise<Analyst> {
  return first !== undefined && (await whole.isAtHand(first.manifest.benchmark)) ? "agentic" : "single-call";
}

function refuseAgentic(asked: Analyst | null, problem: string): void {
  if (asked === "agentic") throw new SetupError(`the agentic error analyst works on the tasks' files, ${problem}`);
}

/** Recorded lessons but for those of tasks, or of families of tasks, that are held back. */
export function withoutHeldBack(given: readonly Analysis[], heldBack: ReadonlySet<string>): Analysis[] {
  const isHeld = ({ task, family }: { readonly task: string; readonly family?: string | undefined }) =>
    heldBack.has(task) || (family !== undefined && heldBack.has(family));
  return given.filter((analysis) => !isHeld(analysis) && !analysis.lessons.some(isHeld));
}

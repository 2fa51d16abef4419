/** A whole experiment in this process: the real executor, sandboxes and journal, and the simulated model. */
import { join, resolve } from "node:path";
import {
  type ExperimentEvent,
  type ExperimentOptions,
  performExperiment,
} from "../../harness/cli/experiment/perform.ts";
import type { Io } from "../../harness/cli/io.ts";
import { openSession, type Session } from "../../harness/cli/session.ts";
import { type RunOutcomes, readOutcomes } from "../../harness/run/store.ts";
import { Experiment } from "../../reports/experiments/definition.ts";
import type { CellRecord } from "../../reports/experiments/record.ts";

export const SEED_SKILL = join(import.meta.dirname, "../../distill/seeds/spreadsheet-work");

/** Few tasks, of which some fail: enough that every kind of unit has something to do. */
export const SMALL = {
  name: "small",
  models: { large: { model: "sim/large" } },
  benchmarks: {
    evolve: { benchmark: "sample-spreadsheet", split: "evolve", tasks: "0:2" },
    test: { benchmark: "sample-spreadsheet", split: "test", tasks: "0:1" },
  },
  skills: {
    seed: { folder: SEED_SKILL },
    deep: { distill: { start: "seed", author: "large", evolve: "evolve", lessons: "error" } },
  },
  arms: [{ name: "no skill" }, { name: "deep", skill: "deep" }],
  users: ["large"],
  judge: ["test"],
  seeds: [41],
};

export interface Performed {
  /** Stops it as Ctrl-C does. */
  readonly stop?: AbortController;
  readonly onEvent?: (event: ExperimentEvent) => void;
  /** Looks at, or changes, what units are made with. */
  readonly session?: (session: Session) => Session;
  readonly options?: Partial<ExperimentOptions>;
  /** Folder of the experiment below the root; its units and its journal are beside it. */
  readonly folder?: string;
}

/** Carries a definition out below a root folder; calls are those of this time. */
export async function perform(root: string, definition: Record<string, unknown>, given: Performed = {}) {
  const { stop = new AbortController(), onEvent, session: changed = (session) => session, folder = "out" } = given;
  const told: string[] = [];
  const events: ExperimentEvent[] = [];
  const io: Io = {
    out: () => {},
    err: (text) => told.push(text),
    env: process.env,
    terminal: false,
    signal: stop.signal,
    exit: () => {},
  };
  await using session = openSession(io, join(root, "journal.sqlite"));
  const directory = join(root, folder);
  const record = await performExperiment(Experiment.parse(definition), {
    directory,
    session: changed(session),
    io,
    store: join(root, "units"),
    base: ".",
    width: 4,
    unitsAtOnce: 1,
    connecting: { maxRetries: 8 },
    onEvent: (event) => {
      events.push(event);
      onEvent?.(event);
    },
    ...given.options,
  });
  return { record, directory, events, told, calls: { ...session.calls } };
}

/** The run of a cell. */
export function cellOutcomes(directory: string, { run }: CellRecord): Promise<RunOutcomes> {
  return readOutcomes(resolve(directory, run));
}

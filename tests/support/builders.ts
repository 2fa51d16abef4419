/** Records with everything filled in that does not matter to a test. */

import type { Manifest } from "../../harness/manifest.ts";
import { FORMAT_VERSION, NO_USAGE, type Task, type Trajectory, type Trial } from "../../harness/records.ts";
import type { Seen } from "../../harness/roles.ts";

/** Nothing was shown before. */
export function unseen(): Seen {
  return { first: (_, text) => text };
}

export function task(parts: Partial<Task> = {}): Task {
  return {
    id: "task-1",
    instruction: "Fill in B2.",
    files: ["input.xlsx"],
    output: "output.xlsx",
    kind: "fill",
    ...parts,
  };
}

export function trajectory(parts: Partial<Trajectory> = {}): Trajectory {
  return {
    protocol: "tools",
    prompt: [{ role: "user", content: "Fill in B2." }],
    steps: [],
    exit: "submitted",
    answer: "",
    ...parts,
  };
}

export function trial(parts: Partial<Trial> = {}): Trial {
  return {
    version: FORMAT_VERSION,
    task: task(),
    seed: 41,
    trajectory: trajectory(),
    score: { kind: "scored", value: 1, explanation: "equal" },
    usage: NO_USAGE,
    startedAt: "2026-01-02T03:04:05.000Z",
    durationMs: 1,
    artifacts: [],
    ...parts,
  };
}

export function manifest(parts: Partial<Manifest> = {}): Manifest {
  return {
    version: FORMAT_VERSION,
    kind: "run",
    createdAt: "2026-01-02T03:04:05.000Z",
    arm: "no-skill",
    benchmark: { name: "sample-spreadsheet", split: "test", data: null, taskIds: ["task-1"] },
    model: { name: "sim/large", simulated: true },
    skill: null,
    seeds: [41],
    fingerprint: {
      benchmark: "sample-spreadsheet",
      split: "test",
      data: "d".repeat(64),
      scorer: "workbook-range/1",
      agent: "bash-tools/1",
      limits: { turns: 100 },
      sandbox: "bubblewrap/1",
      model: "sim/large",
      endpoint: "simulated:1",
      sampling: {},
      skill: null,
      tool: "trace2skill 0.1.0",
    },
    importedFrom: null,
    ...parts,
  };
}

import { expect, test } from "vitest";
import { NO_USAGE, type Repair, type Step, type Trial } from "../../harness/records.ts";
import { repairNotes } from "../../reports/repairs.ts";
import { RunSummary, summarize } from "../../reports/summary.ts";
import { armsTable } from "../../reports/terminal.ts";
import { manifest, trajectory, trial } from "../support/builders.ts";

const step = (repairs?: Repair[]): Step => ({
  reply: { role: "assistant", content: "a", toolCalls: [], reasoning: null },
  action: { kind: "command", command: "ls" },
  observation: "b",
  ...(repairs && { repairs }),
  usage: NO_USAGE,
  modelMs: 0,
  commandMs: 0,
});
const summaryOf = (parts: Partial<Trial>) => summarize({ manifest: manifest(), trials: [trial(parts)] });

test("replies are counted by what was put right in them, one reply in several ways", () => {
  const steps = [step(), step(["thinking-in-content", "call-in-content"]), step(["thinking-in-content"])];

  const summary = summaryOf({ trajectory: trajectory({ steps }) });

  expect(summary.repairs).toEqual({ replies: 3, by: { "thinking-in-content": 2, "call-in-content": 1 } });
  expect(RunSummary.parse(summary)).toEqual(summary);
  expect(armsTable([summary])).toMatch(
    /replies: of 3, 2 had thinking in their text.*;\s+1 had tool\s+calls in their text/s,
  );
});

test("tokens that no server told are told as unknown, beside sums that are too low", () => {
  const usage = { ...NO_USAGE, calls: 3, inputTokens: 10, untold: 2 };

  expect(repairNotes(summaryOf({ usage }))).toEqual([
    "the server told no tokens for 2 calls of 3: sums of tokens are too low",
  ]);
});

test("a run whose replies could all be used as they came says nothing of it", () => {
  const summary = summaryOf({ trajectory: trajectory({ steps: [step()] }) });

  expect(summary).not.toHaveProperty("repairs");
  expect(repairNotes(summary)).toEqual([]);
});

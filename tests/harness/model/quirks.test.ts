/** Each habit of servers against the fault-injecting server: a conversation ends as with a calm one, and what was put right is counted. */
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { BASH, SUBMIT } from "../../../agents/bash-tools.ts";
import { converse } from "../../../agents/loop.ts";
import { textCodec } from "../../../agents/text-codec.ts";
import { toolsCodec } from "../../../agents/tools-codec.ts";
import { openJournal } from "../../../harness/journal/journal.ts";
import { journalledModel } from "../../../harness/model/model.ts";
import { openEndpoint } from "../../../harness/model/openai.ts";
import type { Protocol, Repair, Trajectory } from "../../../harness/records.ts";
import { CONTEXT_FAULTS, type Fault } from "../../../harness/simulator/faults.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { entry, openSimulator } from "../simulator/support.ts";

const TASK = entry({ habits: [] });
const LIMITS = { turns: 20, timeMs: 60_000, tokens: 1e9, commandTimeoutMs: 1_000 };

async function play(fault: Fault | null, protocol: Protocol, journalPath = "") {
  const server = await openSimulator({
    key: [TASK],
    faults: { kind: "plan", faults: [fault], retryAfterSeconds: 0, slowMs: 1 },
  });
  const path = journalPath === "" ? join(await temporaryFolder(), "journal.sqlite") : journalPath;
  const journal = openJournal(path);
  onTestFinished(() => journal[Symbol.dispose]());
  let calls = 0;
  const model = journalledModel({
    name: "sim/large",
    identity: "simulated:test",
    simulated: true,
    sampling: {},
    journal,
    onCall: ({ completion }) => {
      if (!completion.fromJournal) calls += 1;
    },
    open: async () => openEndpoint({ baseUrl: server.url, apiKey: "k", maxRetries: 3, timeoutMs: 5_000 }),
  });
  const codec = protocol === "tools" ? toolsCodec([BASH, SUBMIT]) : textCodec;
  const trajectory = await converse({
    caller: "agent",
    model,
    codec,
    prompt: [
      { role: "system", content: "Role: agent\n\nYou work in a shell." },
      { role: "user", content: `Your task:\n\n${TASK.instruction}\n\nWrite /work/output.xlsx.` },
    ],
    limits: LIMITS,
    seed: 41,
    signal: new AbortController().signal,
    act: async (action) =>
      action.kind === "submit" ? { kind: "end", answer: action.answer } : { kind: "observation", text: "total 8" },
  });
  return { trajectory, requests: () => server.requests(), calls: () => calls, path };
}

const doneIn = ({ steps }: Trajectory) => steps.map(({ action }) => action);
const repairsIn = ({ steps }: Trajectory) => [...new Set(steps.flatMap(({ repairs = [] }) => repairs))];

test.each<[Fault, Repair[]]>([
  ["reset", []],
  ["server-error", []],
  ["unavailable", []],
  ["gateway-page", []],
  ["truncated", []],
  ["slow", []],
  ["reasoning", []],
  ["reasoning_content", []],
  ["reasoning_details", []],
  ["several-choices", []],
  ["no-usage", []],
  ["empty", ["asked-again"]],
  ["null-content", ["asked-again"]],
  ["error-in-200", []],
  ["no-choices", ["asked-again"]],
  ["content-filter", ["asked-again"]],
  ["malformed", ["asked-again"]],
  ["thinking-unclosed", ["asked-again"]],
  ["broken-json", ["mended-json"]],
  ["duplicate-ids", ["call-ids"]],
  ["calls-hermes", ["call-in-content"]],
  ["calls-xml", ["call-in-content"]],
  ["calls-fenced", ["call-in-content"]],
  ["calls-bare", ["call-in-content"]],
  ["thinking-in-content", ["thinking-in-content"]],
  ["thinking-unopened", ["thinking-in-content"]],
])(
  "tools: a server with the fault %s in every first answer leads to the same commands, with %j",
  async (fault, repairs) => {
    const calm = await play(null, "tools");
    const { trajectory } = await play(fault, "tools");
    expect(trajectory.exit).toBe("submitted");
    expect(doneIn(trajectory)).toEqual(doneIn(calm.trajectory));
    expect(repairsIn(calm.trajectory)).toEqual([]);
    expect(repairsIn(trajectory)).toEqual(repairs);
  },
);

test.each<[Fault, Repair[]]>([
  ["empty", ["asked-again"]],
  ["null-content", ["asked-again"]],
  ["no-choices", ["asked-again"]],
  ["malformed", ["asked-again"]],
  ["broken-json", ["mended-json"]],
  ["thinking-in-content", ["thinking-in-content"]],
  ["thinking-unopened", ["thinking-in-content"]],
  ["thinking-unclosed", ["asked-again"]],
])(
  "text: a server with the fault %s in every first answer leads to the same commands, with %j",
  async (fault, repairs) => {
    const calm = await play(null, "text");
    const { trajectory } = await play(fault, "text");
    expect(trajectory.exit).toBe("submitted");
    expect(doneIn(trajectory)).toEqual(doneIn(calm.trajectory));
    expect(repairsIn(trajectory)).toEqual(repairs);
  },
);

test.each(["tools", "text"] as const)(
  "%s: replies cut at the token limit are told to the model, and never asked for again unseen",
  async (protocol) => {
    const { trajectory, requests } = await play("cut-off", protocol);
    expect(trajectory.exit).toBe("format-errors");
    expect(trajectory.steps[0]?.observation).toMatch(/cut at the token limit|are not a JSON object/);
    expect(repairsIn(trajectory)).toEqual([]);
    expect(requests().total).toBe(trajectory.steps.length);
  },
);

test("what was asked for again is in the trial's usage, and reads back from the journal without a call", async () => {
  const first = await play("malformed", "tools");
  const again = await play("malformed", "tools", first.path);
  const times = { modelMs: 0, commandMs: 0, waitedMs: 0 };
  const steps = (trajectory: Trajectory) => trajectory.steps.map((step) => ({ ...step, ...times }));
  expect(first.trajectory.steps.map(({ usage }) => usage.calls)).toEqual(first.trajectory.steps.map(() => 2));
  expect(first.calls()).toBe(first.requests().answered);
  expect(again.requests().total).toBe(0);
  expect(steps(again.trajectory)).toEqual(steps(first.trajectory));
});

test("tokens that are not told are counted as unknown in every step", async () => {
  const { trajectory } = await play("no-usage", "tools");
  expect(trajectory.steps.map(({ usage }) => usage.untold)).toEqual(trajectory.steps.map(() => 1));
});

test.each(CONTEXT_FAULTS)(
  "a prompt that is too long in the words of %s ends the trial so, and is not tried again",
  async (fault) => {
    const { trajectory, requests } = await play(fault, "tools");
    expect(trajectory).toMatchObject({ exit: "context-limit", steps: [] });
    expect(requests().total).toBe(1);
  },
);

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bashAgent } from "../../agents/bash-agent.ts";
import { toMessages } from "../../agents/codec.ts";
import { textCodec } from "../../agents/text-codec.ts";
import { imageStore } from "../../harness/images/image-store.ts";
import type { AgentLimits, ModelCall, Sandboxes } from "../../harness/roles.ts";
import { openSandboxes } from "../../harness/sandbox/bubblewrap.ts";
import { hashFiles, type Skill } from "../../harness/skill/skill.ts";
import { task } from "../support/builders.ts";
import { type ScriptedReply, scriptedModel } from "../support/scripted-model.ts";
import { temporaryFolder } from "../support/temporary.ts";

let sandboxes: Sandboxes & AsyncDisposable;
beforeAll(async () => {
  sandboxes = await openSandboxes();
});
afterAll(() => sandboxes[Symbol.asyncDispose]());

const LIMITS: AgentLimits = { turns: 20, timeMs: 60_000, tokens: 100_000, commandTimeoutMs: 10_000 };
const bash = (command: string): ScriptedReply => ({ calls: [["bash", { command }]] });
const submit: ScriptedReply = { calls: [["submit", { answer: "done" }]] };

async function play(
  replies: readonly ScriptedReply[],
  { limits = LIMITS, skill = null as Skill | null, protocol = "tools" as "tools" | "text" } = {},
) {
  const model = scriptedModel(replies);
  await using sandbox = await sandboxes.open({ skill });
  await writeFile(join(sandbox.directory, "input.xlsx"), "input");
  const signal = new AbortController().signal;
  const images = imageStore(join(await temporaryFolder(), "images"));
  const trajectory = await bashAgent(protocol).run(task(), { model, sandbox, skill, images, limits, seed: 41, signal });
  return { trajectory, asked: model.asked };
}

test("commands run, what they print comes back, and a submission ends the trial", async () => {
  const { trajectory, asked } = await play([bash("cp input.xlsx output.xlsx; ls"), submit]);
  expect(trajectory.exit).toBe("submitted");
  expect(trajectory.answer).toBe("done");
  expect(asked[1]?.messages.at(-1)).toEqual({ role: "tool", toolCallId: "call-0", content: "input.xlsx\noutput.xlsx" });
});

test("invariant 4: the chat sent for each call is the stored trajectory, cut at that call", async () => {
  const text = (value: unknown): ScriptedReply => ({ content: `I go on.\nAction:\n${JSON.stringify(value)}` });
  const { trajectory, asked } = await play(
    [
      text({ name: "bash", arguments: { command: "cp input.xlsx output.xlsx" } }),
      { content: "no action" },
      text({ name: "submit" }),
    ],
    { protocol: "text" },
  );
  expect(trajectory.exit).toBe("submitted");
  for (const [index, call] of asked.entries()) {
    expect(call.messages).toEqual(
      toMessages({ prompt: trajectory.prompt, steps: trajectory.steps.slice(0, index) }, textCodec),
    );
  }
});

test("a submission without the output is sent back once, then taken", async () => {
  const { trajectory } = await play([submit, submit]);
  expect(trajectory.steps[0]?.observation).toMatch(/output\.xlsx does not exist/);
  expect(trajectory.steps).toHaveLength(2);
});

test("a model that never keeps the protocol ends as format-errors, having been shown an example each time", async () => {
  const { trajectory } = await play(Array.from({ length: 10 }, () => ({ content: "I would look at the file." })));
  expect(trajectory.exit).toBe("format-errors");
  expect(trajectory.steps).toHaveLength(4);
  expect(trajectory.steps[0]?.observation).toMatch(/bash\(\{"command"/);
});

test("of several tool calls in a reply only the first runs, and each gets an answer", async () => {
  const both: ScriptedReply = {
    calls: [
      ["bash", { command: "touch output.xlsx" }],
      ["bash", { command: "rm output.xlsx" }],
    ],
  };
  const { asked, trajectory } = await play([both, submit]);
  expect(asked[1]?.messages.slice(-2).map((message) => message.role)).toEqual(["tool", "tool"]);
  expect(asked[1]?.messages.at(-1)?.content).toMatch(/^Not run/);
  expect(trajectory.steps).toHaveLength(2);
});

test("the turn limit ends the trial", async () => {
  const { trajectory } = await play([bash("true"), bash("true"), bash("true")], { limits: { ...LIMITS, turns: 2 } });
  expect(trajectory.exit).toBe("turn-limit");
});

test("the token limit ends the trial", async () => {
  const { trajectory } = await play([bash("true"), bash("true"), bash("true")], { limits: { ...LIMITS, tokens: 30 } });
  expect(trajectory.exit).toBe("token-limit");
});

test("the time limit ends a trial also while it waits for a reply", async () => {
  const hanging = { ...scriptedModel([]), complete: (call: ModelCall) => hang(call.signal) };
  await using sandbox = await sandboxes.open({ skill: null });
  const limits = { ...LIMITS, timeMs: 200 };
  const signal = new AbortController().signal;
  const trajectory = await bashAgent("tools").run(task(), {
    model: hanging,
    sandbox,
    skill: null,
    images: imageStore(join(await temporaryFolder(), "images")),
    limits,
    seed: 41,
    signal,
  });
  expect(trajectory).toMatchObject({ exit: "time-limit", steps: [] });
});

test("the time limit ends a trial also while a command runs, and kills the command", async () => {
  const { trajectory } = await play([bash("echo begun; sleep 9"), submit], { limits: { ...LIMITS, timeMs: 1_000 } });
  expect(trajectory).toMatchObject({
    exit: "time-limit",
    steps: [{ observation: "[killed: the time of the trial is up]" }],
  });
});

/** As an endpoint that never answers. */
function hang(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}

test("a command over its time is killed and the model told so", async () => {
  const { trajectory } = await play([bash("echo begun; sleep 60"), submit, submit], {
    limits: { ...LIMITS, commandTimeoutMs: 500 },
  });
  expect(trajectory.steps[0]?.observation).toBe("begun\n[killed after 0.5 s, with all that it had started]");
});

test("long output is shown with its middle cut out and the number of characters that are missing", async () => {
  const { trajectory } = await play([bash("seq 1 20000"), submit, submit]);
  expect(trajectory.steps[0]?.observation).toMatch(/^1\n2\n[\s\S]*characters cut here[\s\S]*20000$/);
});

test("a skill stands in the prompt without front matter, and its folder is readable at /skill", async () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const files = new Map([
    ["SKILL.md", bytes("---\nname: x\ndescription: y\n---\n\n# Rules\n\nRead references/a.md.\n")],
    ["references/a.md", bytes("look twice")],
  ]);
  const skill: Skill = { name: "x", description: "y", files, hash: hashFiles(files) };
  const { asked, trajectory } = await play(
    [bash("cat /skill/references/a.md; echo >> /skill/SKILL.md"), submit, submit],
    { skill },
  );
  expect(asked[0]?.messages[0]?.content).toMatch(/<skill-[0-9a-f]{8}>\n# Rules/);
  expect(asked[0]?.messages[0]?.content).not.toMatch(/description: y/);
  expect(trajectory.steps[0]?.observation).toMatch(/look twice[\s\S]*Read-only file system/);
});

test("a task without images is shown none, and has no tool for them", async () => {
  const view: ScriptedReply = { calls: [["view_image", { path: "input.xlsx" }]] };
  const { asked, trajectory } = await play([view, submit, submit]);
  expect(asked[0]?.tools.map(({ name }) => name)).toEqual(["bash", "submit"]);
  expect(JSON.stringify(asked[0]?.messages)).not.toMatch(/image|Pillow/i);
  expect(trajectory.steps[0]?.action).toEqual({ kind: "invalid", problem: 'there is no tool "view_image"' });
});

test("without a skill, neither prompt nor sandbox says a word of one", async () => {
  const { asked, trajectory } = await play([bash("ls /skill"), submit, submit]);
  expect(asked[0]?.messages[0]?.content).not.toMatch(/skill/i);
  expect(trajectory.steps[0]?.observation).toMatch(/No such file/);
});

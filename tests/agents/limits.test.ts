import { expect, test } from "vitest";
import { BASH, SUBMIT } from "../../agents/bash-tools.ts";
import { converse } from "../../agents/loop.ts";
import { toolsCodec } from "../../agents/tools-codec.ts";
import { NO_USAGE } from "../../harness/records.ts";
import type { AgentLimits, Model } from "../../harness/roles.ts";
import { scriptedModel } from "../support/scripted-model.ts";

const LIMITS: AgentLimits = { turns: 10, timeMs: 60_000, tokens: 1_000_000, commandTimeoutMs: 1_000 };
const commands = scriptedModel(() => ({ calls: [["bash", { command: "true" }]] }));

/** A model that goes on for ever, whose calls take so much of everything. */
function modelTaking(parts: { usage?: object; durationMs?: number; waitedMs?: number }): Model {
  return {
    ...commands,
    complete: async (call) => {
      const completion = await commands.complete(call);
      return { ...completion, ...parts, usage: { ...completion.usage, ...parts.usage } };
    },
  };
}

function talk(model: Model, limits: Partial<AgentLimits>, workedMs = 0) {
  return converse({
    caller: "agent",
    model,
    codec: toolsCodec([BASH, SUBMIT]),
    prompt: [{ role: "user", content: "go" }],
    limits: { ...LIMITS, ...limits },
    seed: 1,
    signal: new AbortController().signal,
    act: async () => ({ kind: "observation", text: "done", workedMs }),
  });
}

test("the limit on cost ends a trial by the prices that stand beside it, cached input by its own", async () => {
  const model = modelTaking({ usage: { inputTokens: 100_000, cachedTokens: 50_000, outputTokens: 10_000 } });
  // A call costs 0.05 × 2 + 0.05 × 1 + 0.01 × 10 = 0.25.
  const prices = { inputPrice: 2, cachedInputPrice: 1, outputPrice: 10 };

  const trajectory = await talk(model, { cost: 0.74, ...prices });

  expect(trajectory.exit).toBe("cost-limit");
  expect(trajectory.steps).toHaveLength(3);
});

test("a limit on cost is not kept by guesses: without tokens told the run is stopped", async () => {
  const model = modelTaking({ usage: { ...NO_USAGE, calls: 1, untold: 1 } });

  await expect(talk(model, { cost: 1, inputPrice: 1, outputPrice: 1 })).rejects.toThrow(/--cost-limit cannot be kept/);
});

test("waits in queues and between tries are no working time", async () => {
  const waiting = modelTaking({ durationMs: 100_000, waitedMs: 99_000 });
  const working = modelTaking({ durationMs: 100_000 });

  expect((await talk(waiting, { workingMs: 50_000 })).exit).toBe("turn-limit");
  const ended = await talk(working, { workingMs: 150_000 });
  expect([ended.exit, ended.steps.length]).toEqual(["working-time-limit", 2]);
  expect((await talk(waiting, { turns: 1 })).steps[0]).toMatchObject({
    modelMs: 100_000,
    waitedMs: expect.closeTo(99_000, 0),
  });
});

test("commands are working time, as long as they ran themselves", async () => {
  const ended = await talk(modelTaking({}), { workingMs: 5_000 }, 2_000);

  expect([ended.exit, ended.steps.length]).toEqual(["working-time-limit", 3]);
});

test("a step that waited for nothing tells no wait, so that trials without any are stored as before", async () => {
  const trajectory = await talk(modelTaking({}), { turns: 1 });

  expect(trajectory.steps[0]).not.toHaveProperty("waitedMs");
});

import { expect, test } from "vitest";
import { answererOf, modelByRole } from "../../../harness/model/by-role.ts";
import type { Caller } from "../../../harness/roles.ts";
import { scriptedModel } from "../../support/scripted-model.ts";

const signal = new AbortController().signal;
const call = (caller: Caller) => ({ caller, messages: [], tools: [], seed: 1, draw: 0, signal });

test("each role is answered by its own model, and all others by the base", async () => {
  const base = { ...scriptedModel(() => ({ content: "base" })), name: "base" };
  const merger = { ...scriptedModel(() => ({ content: "merger" })), name: "large" };
  const model = modelByRole(base, new Map([["merger", merger]]));

  const replies = await Promise.all((["merger", "proposer"] as const).map((caller) => model.complete(call(caller))));

  expect(replies.map(({ reply }) => reply.content)).toEqual(["merger", "base"]);
  expect(answererOf(model, "merger").name).toBe("large");
  expect(answererOf(model, "proposer").name).toBe("base");
});

test("numbers in which any simulated model had a part are simulated", () => {
  const base = scriptedModel([]);
  const model = modelByRole(base, new Map([["merger", { ...scriptedModel([]), simulated: true }]]));

  expect(model.simulated).toBe(true);
  expect(answererOf(model, "error-analyst").simulated).toBe(false);
});

test("without roles the model is the base itself, so that its fingerprint stays as it was", () => {
  const base = scriptedModel([]);

  expect(modelByRole(base, new Map())).toBe(base);
});

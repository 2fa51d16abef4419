import { expect, test } from "vitest";
import { AGENTIC_TABLE } from "../../../reports/paper/agentic.ts";
import { MATHEMATICS } from "../../../reports/paper/mathematics.ts";
import { methodNotes } from "../../../reports/paper/method-notes.ts";
import type { PaperTable } from "../../../reports/paper/paper-table.ts";

const SIMULATED = { protocol: "tools", fanIn: 32, presets: null } as const;
const PAPERS = { agent: "qwen3.5-instruct", analyst: "qwen3.5-thinking" };

test("what the paper does otherwise is told: its text protocol, its limits, its merging, its prompts", () => {
  const notes = methodNotes(AGENTIC_TABLE, SIMULATED).join("\n");

  expect(notes).toMatch(/native tool calls; the paper's write calls as text.*--protocol text/);
  expect(notes).toMatch(/100 turns, as in version 3, but also after an hour or 2,000,000 tokens/);
  expect(notes).toMatch(/merged 32 at once, as the paper says; its code takes 5/);
  expect(notes).toMatch(/Prompts .* worded anew/);
  expect(notes).not.toMatch(/Sampling/);
});

test("with real models the sampling is told, and that the agentic analyst is sent another than the paper's", () => {
  const told = (presets: typeof PAPERS, table: PaperTable = AGENTIC_TABLE) =>
    methodNotes(table, { protocol: "text", fanIn: 5, presets }).join("\n");

  expect(told(PAPERS)).toMatch(/qwen3.5-instruct for agents, qwen3.5-thinking for all others/);
  expect(told(PAPERS)).toMatch(
    /agentic error analyst works as agents do \(instruct\); here it is sent qwen3.5-thinking/,
  );
  expect(told({ agent: "none", analyst: "none" })).not.toMatch(/agentic error analyst/);
  expect(told(PAPERS)).toMatch(/write their calls as text/);
  expect(told(PAPERS)).toMatch(/merged 5 at once; the paper says 32/);
});

test("a table without distillations has nothing to say of merging", () => {
  expect(methodNotes({ ...MATHEMATICS, conditions: [] }, SIMULATED).join("\n")).not.toMatch(/merged/);
});

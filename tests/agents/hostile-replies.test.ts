/** What a model writes to break its reader is a broken reply, never an error of ours. */
import { expect, test } from "vitest";
import { BASH, SUBMIT } from "../../agents/bash-tools.ts";
import { textCodec } from "../../agents/text-codec.ts";
import { toolsCodec } from "../../agents/tools-codec.ts";
import { hashJson } from "../../harness/hash.ts";
import type { Reply } from "../../harness/records.ts";

const EVALUATE = { name: "evaluate", description: "", parameters: {} };
const codec = toolsCodec([BASH, SUBMIT, EVALUATE]);
const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

function readText(content: string) {
  return textCodec.read({ role: "assistant", content, toolCalls: [], reasoning: null }, "stop").action;
}

function readCall(name: string, text: string) {
  const toolCalls: Reply["toolCalls"] = [{ id: "1", name, arguments: text }];
  return codec.read({ role: "assistant", content: "", toolCalls, reasoning: null }, "stop").action;
}

test.each([
  ["never closed", "[".repeat(5000)],
  ["closed", `${nested(5000)}}}`],
])("an action nested 5,000 deep, %s, breaks the protocol in the text protocol", (_, value) => {
  expect(readText(`Action:\n{"name":"bash","arguments":{"command":${value}`).kind).toBe("invalid");
});

test("20,000 actions that do not end are given up soon", () => {
  const started = performance.now();

  expect(readText('Action: {"a": [1,\n'.repeat(20_000)).kind).toBe("invalid");
  expect(performance.now() - started).toBeLessThan(2000);
});

test.each(["bash", "submit", "evaluate"])("arguments of %s nested 20,000 deep break the protocol", (name) => {
  const action = readCall(name, `{"answer":${nested(20_000)}}`);

  expect(action).toEqual({ kind: "invalid", problem: expect.stringContaining("nested deeper than 64") });
});

test("a number beyond all numbers breaks the protocol, for it cannot be stored", () => {
  expect(readCall("evaluate", '{"a":[1,{"b":-1e999}]}')).toEqual({
    kind: "invalid",
    problem: expect.stringContaining("number"),
  });
});

test("arguments as deep as any tool needs are read, and can be hashed", () => {
  const action = readCall("evaluate", `{"a":${nested(60)}}`);

  expect(action.kind).toBe("tool");
  expect(hashJson(action)).toMatch(/^[0-9a-f]{64}$/);
});

test.each([
  ["tools", readCall("bash", '{"command":"echo a\\u0000b"}')],
  ["text", readText('Action: {"name":"bash","arguments":{"command":"echo a\\u0000b"}}')],
])("a command with a NUL character cannot be run and breaks the protocol %s", (_, action) => {
  expect(action).toEqual({ kind: "invalid", problem: expect.stringContaining("NUL") });
});

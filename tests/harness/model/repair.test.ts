import fc from "fast-check";
import { expect, test } from "vitest";
import { BASH, SUBMIT } from "../../../agents/bash-tools.ts";
import { readAnswer } from "../../../harness/model/answer.ts";
import { splitThinking } from "../../../harness/model/repair-thinking.ts";
import { toWire } from "../../../harness/model/wire.ts";
import { completion } from "../../support/local-server.ts";

const TOOLS = [BASH, SUBMIT];
const read = (message: Record<string, unknown>, finishReason = "stop") => {
  const answer = readAnswer({ choices: [{ index: 0, finish_reason: finishReason, message }] }, TOOLS);
  if (answer.kind !== "read") throw new Error(answer.problem);
  return answer;
};
const native = (text: unknown, id: string | null = "t1") => ({
  id,
  type: "function",
  function: { name: "bash", arguments: text },
});

test.each([
  ["<think>\nwell\n</think>\n\nhello", "hello"],
  ["well\n</think>\n\nhello", "hello"],
  ["<thinking>a</thinking>hello", "hello"],
  ["[THINK]a[/THINK]hello", "hello"],
  ["<think>\nwell, it never ends", ""],
  ["<think></think>", ""],
  ["hello <think>", "hello <think>"],
  ["hello", "hello"],
])("thinking is taken out of %j", (content, rest) => {
  expect(splitThinking(content).rest).toBe(rest);
});

test("property: thinking and rest together are what the server sent, and are sent back as it stood", () => {
  const piece = fc.constantFrom(
    "<think>",
    "</think>",
    "[THINK]",
    "[/THINK]",
    "a",
    " ",
    "\n",
    "<thought>",
    "</thought>",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const content = pieces.join("");
      const { thinking, rest } = splitThinking(content);
      expect(thinking + rest).toBe(content);
      expect(toWire(read({ content }).reply, () => "").content).toBe(content);
    }),
  );
});

test("thinking in content is counted, and a call within it is a thought", () => {
  const content =
    '<think>I might <tool_call>{"name": "bash", "arguments": {"command": "rm x"}}</tool_call></think>I wait.';
  expect(read({ content })).toMatchObject({
    reply: { content: "I wait.", toolCalls: [] },
    repairs: ["thinking-in-content"],
  });
});

test("a call in content after thinking is a call like others, and is echoed as one", () => {
  const { reply, repairs } = read({
    content: 'hm</think>Now.\n<tool_call>{"name": "bash", "arguments": {"command": "ls"}}</tool_call>',
  });
  expect(repairs).toEqual(["thinking-in-content", "call-in-content"]);
  expect(toWire(reply, () => "")).toEqual({
    role: "assistant",
    content: "hm</think>Now.",
    tool_calls: [{ id: "call-0", type: "function", function: { name: "bash", arguments: '{"command":"ls"}' } }],
  });
});

test("of two fields for thinking the filled one is read, and echoed", () => {
  expect(read({ content: "hello", reasoning: "", reasoning_content: "well" }).reply.reasoning).toEqual({
    field: "reasoning_content",
    text: "well",
  });
});

test("thinking in a field stays there, whatever stands in content", () => {
  const { reply, repairs } = read({ reasoning: "well", content: "</think>hello" });
  expect(repairs).toEqual([]);
  expect(toWire(reply, () => "")).toEqual({ role: "assistant", content: "</think>hello", reasoning: "well" });
});

test.each([
  ["a list", [{ type: "reasoning.text", text: "well" }]],
  ["a text", "well"],
  ["null", null],
])("reasoning_details is passed over as %s", (_, reasoning_details) => {
  expect(read({ content: "hello", reasoning_details })).toMatchObject({
    reply: { content: "hello", reasoning: null },
    repairs: [],
  });
});

test.each([
  ["a bracket too few", '{"command": "ls"', '{"command":"ls"}'],
  ["raw line ends", '{"command": "a\nb"}', '{"command":"a\\nb"}'],
  ["a comma too many", '{"command": "ls",}', '{"command":"ls"}'],
  ["Python's quotes", "{'command': 'ls'}", '{"command":"ls"}'],
  ["JSON in a JSON string", '"{\\"command\\": \\"ls\\"}"', '{"command":"ls"}'],
])("arguments with %s are mended, and counted", (_, text, mended) => {
  expect(read({ content: null, tool_calls: [native(text)] })).toMatchObject({
    reply: { toolCalls: [{ arguments: mended }] },
    repairs: ["mended-json"],
  });
});

test.each([
  ["cut off within a text", '{"command": "rm -r /work/tm'],
  ["cut off within a text, where a bracket stands", '{"command": "awk {print}'],
  ["two objects in a row", '{"command": "a"}{"command": "b"}'],
  ["words", "ls -l"],
  ["a remark that would be lost", '{"command": "ls" /* not really */}'],
])("arguments that are %s stay as they came: nothing is run that was not said", (_, text) => {
  expect(read({ content: null, tool_calls: [native(text)] })).toMatchObject({
    reply: { toolCalls: [{ arguments: text }] },
    repairs: [],
  });
});

test("of a reply cut at the token limit nothing is mended", () => {
  const { reply } = read({ content: null, tool_calls: [native('{"command": "ls"')] }, "length");
  expect(reply.toolCalls[0]?.arguments).toBe('{"command": "ls"');
});

test("arguments that are an object are read as one", () => {
  expect(read({ content: "", tool_calls: [native({ command: "ls" })] }).reply.toolCalls[0]?.arguments).toBe(
    '{"command":"ls"}',
  );
});

test("calls with one id, with none, or with an empty one are told apart", () => {
  const calls = [native("{}"), native("{}"), native("{}", null), native("{}", "")];
  const { reply, repairs } = read({ content: null, tool_calls: calls });
  expect(reply.toolCalls.map(({ id }) => id)).toEqual(["t1", "call-1", "call-2", "call-3"]);
  expect(repairs).toEqual(["call-ids"]);
  const clash = read({ content: null, tool_calls: [native("{}", "call-1"), native("{}", null)] });
  expect(clash.reply.toolCalls.map(({ id }) => id)).toEqual(["call-1", "call-2"]);
});

test("content may be null, missing, or a list of parts, and a refusal is what was said", () => {
  expect(read({ content: null }).reply.content).toBe("");
  expect(read({}).reply.content).toBe("");
  expect(
    read({ content: [{ type: "text", text: "a" }, { type: "image" }, { type: "text", text: "b" }] }).reply.content,
  ).toBe("ab");
  expect(read({ content: null, refusal: "I cannot." }).reply.content).toBe("I cannot.");
});

test("of several choices that of index 0 counts", () => {
  const choice = (index: number, content: string) => ({ index, message: { content } });
  expect(readAnswer({ choices: [choice(1, "b"), choice(0, "a")] }, TOOLS)).toMatchObject({ reply: { content: "a" } });
});

test.each([
  ["no choices", { choices: [] }, /no choices/],
  ["an error", { error: { message: "upstream" } }, /it is an error: .*upstream/],
  ["a text", "hello", /expected object/],
  ["null", null, /expected object/],
  [
    "a message without a name of the tool",
    { choices: [{ message: { tool_calls: [{ function: {} }] } }] },
    /function\.name/,
  ],
  ["an abort", { choices: [{ finish_reason: "abort", message: { content: "" } }] }, /gave up/],
])("an answer with %s holds no reply", (_, answer, problem) => {
  expect(readAnswer(answer, TOOLS)).toMatchObject({ kind: "unusable", problem: expect.stringMatching(problem) });
});

test("tokens that the server does not tell are unknown", () => {
  const { usage: _, ...bare } = completion("hi");
  expect(readAnswer(bare, []).usage).toMatchObject({ calls: 1, inputTokens: 0, untold: 1 });
  expect(readAnswer({ ...bare, usage: { prompt_tokens: 5 } }, []).usage).toMatchObject({ inputTokens: 5, untold: 1 });
  expect(readAnswer({ ...bare, usage: { prompt_tokens: 5, completion_tokens: "?" } }, []).usage.untold).toBe(1);
  expect(readAnswer(completion("hi"), []).usage).not.toHaveProperty("untold");
});

test("counts of tokens that are no counts are not known, and cached ones are no more than there are", () => {
  const used = (usage: unknown) => readAnswer({ choices: [{ message: { content: "hi" } }], usage }, []).usage;
  expect(used({ prompt_tokens: 12.5, completion_tokens: 3 })).toMatchObject({ inputTokens: 0, untold: 1 });
  expect(used({ prompt_tokens: 1e300, completion_tokens: 3 })).toMatchObject({ inputTokens: 0, untold: 1 });
  const details = {
    prompt_tokens_details: { cached_tokens: 99 },
    completion_tokens_details: { reasoning_tokens: "all" },
  };
  const told = used({ prompt_tokens: 10, completion_tokens: 3, ...details });
  expect(told).toMatchObject({ inputTokens: 10, cachedTokens: 10, outputTokens: 3, reasoningTokens: 0 });
});

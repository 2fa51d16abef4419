import { expect, test } from "vitest";
import { textCodec } from "../../agents/text-codec.ts";
import type { Reply } from "../../harness/records.ts";

const reply = (content: string): Reply => ({ role: "assistant", content, toolCalls: [], reasoning: null });
const read = (content: string, finishReason = "stop") => textCodec.read(reply(content), finishReason).action;

test("a closing brace inside a command's string does not end the action (W13)", () => {
  const command = 'awk "{print $1}" x | grep "}" # {';
  const text = `I look.\nAction:\n${JSON.stringify({ name: "bash", arguments: { command } })}\n`;
  expect(read(text)).toEqual({ kind: "command", command });
});

test("an apostrophe in a command stays an apostrophe (W13)", () => {
  const command = "echo 'it''s'";
  expect(read(`Action: ${JSON.stringify({ name: "bash", arguments: { command } })}`)).toEqual({
    kind: "command",
    command,
  });
});

test("words after the object, a code fence and bold marks do not matter", () => {
  const text =
    '**Action:**\n```json\n{"name": "bash", "arguments": {"command": "ls"}}\n```\nObservation: I made this up';
  expect(read(text)).toEqual({ kind: "command", command: "ls" });
});

test("an action next to the paper's finish signal is run, not thrown away (W13)", () => {
  const text = 'Action:\n{"name": "bash", "arguments": {"command": "ls"}}\nACTION: TASK_COMPLETE';
  expect(read(text)).toEqual({ kind: "command", command: "ls" });
});

test("the paper's finish signal alone submits", () => {
  expect(read("All is written.\nACTION: TASK_COMPLETE")).toEqual({ kind: "submit", answer: "" });
});

test("the word Action: in a thought before thinking ends is no action", () => {
  expect(
    read('Action:\n{"name": "bash"}\n</think>\nAction:\n{"name": "submit", "arguments": {"answer": "7"}}'),
  ).toEqual({
    kind: "submit",
    answer: "7",
  });
});

test.each([
  ["prose alone", "The answer is in the file.", /no line "Action:"/],
  ["an unknown name", 'Action: {"name": "python", "arguments": {}}', /must be bash or submit, found "python"/],
  ["arguments that are text", 'Action: {"name": "bash", "arguments": "ls"}', /"arguments" must be a JSON object/],
  ["an empty command", 'Action: {"name": "bash", "arguments": {"command": " "}}', /not empty/],
  ["JSON cut off in a command", 'Action: {"name": "bash", "arguments": {"command": "rm -r x}', /does not end/],
])("%s is told apart as a failure of protocol, with its problem", (_, text, problem) => {
  const action = read(text);
  expect(action.kind).toBe("invalid");
  expect(action.kind === "invalid" && action.problem).toMatch(problem);
});

test("a reply cut by the token limit says so", () => {
  const action = read('Action: {"name": "bash", "arguments": {"command": "ls', "length");
  expect(action.kind === "invalid" && action.problem).toMatch(/cut at the token limit/);
});

test("the correction shows an action that can be read", () => {
  expect(read(textCodec.correction("x")).kind).toBe("command");
});

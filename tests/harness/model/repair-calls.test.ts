/** Tool calls that a server's parser left in `content`, in the forms that vLLM's issues on its tool parsers show. */
import { expect, test } from "vitest";
import { BASH, SUBMIT } from "../../../agents/bash-tools.ts";
import { callsIn } from "../../../harness/model/repair-calls.ts";
import type { Tool } from "../../../harness/roles.ts";

const TABLE: Tool = {
  name: "table",
  description: "",
  parameters: {
    type: "object",
    properties: { rows: { type: "array" }, wide: { type: "boolean" }, note: { type: "string" } },
  },
};
const offered = { tools: [BASH, SUBMIT, TABLE], isCut: false };
const read = (text: string, more = {}) => {
  const found = callsIn(text, { ...offered, ...more });
  return found?.calls.map((call) => [call.name, JSON.parse(call.arguments)]) ?? null;
};
const LS = ["bash", { command: "ls -l" }];
const CALL = '{"name": "bash", "arguments": {"command": "ls -l"}}';

test.each([
  ["Hermes", `I look.\n<tool_call>\n${CALL}\n</tool_call>`],
  ["Hermes without the end mark, at which the model stopped", `<tool_call>\n${CALL}\n`],
  [
    "Hermes with arguments as a text",
    '<tool_call>{"name": "bash", "arguments": "{\\"command\\": \\"ls -l\\"}"}</tool_call>',
  ],
  [
    "Qwen3-Coder",
    "I look.\n<tool_call>\n<function=bash>\n<parameter=command>\nls -l\n</parameter>\n</function>\n</tool_call>",
  ],
  ["Qwen3-Coder without the outer mark", "<function=bash>\n<parameter=command>\nls -l\n</parameter>\n</function>"],
  [
    "Qwen3-Coder that forgot the end of a parameter",
    "<function=bash><parameter=command>ls -l\n</function></tool_call>",
  ],
  ["Llama", '<function=bash>{"command": "ls -l"}</function>'],
  ["Llama with its mark", '<|python_tag|>{"name": "bash", "parameters": {"command": "ls -l"}}'],
  ["Mistral", '[TOOL_CALLS] [{"name": "bash", "arguments": {"command": "ls -l"}}]'],
  ["JSON in a fence", `I look.\n\`\`\`json\n${CALL}\n\`\`\``],
  ["JSON by itself", CALL],
  ["JSON after words", `I look.\n\n${CALL}\n`],
  ["JSON as the protocol has it", `{"type": "function", "function": ${CALL}}`],
  ["a bracket too few", '<tool_call>\n{"name": "bash", "arguments": {"command": "ls -l"}\n</tool_call>'],
])("a call is read as %s writes it", (_, text) => {
  expect(read(text)).toEqual([LS]);
});

test("what stands before a call is kept, and a mended call says so", () => {
  expect(callsIn(`First I look.\n<tool_call>${CALL}</tool_call>`, offered)).toMatchObject({
    before: "First I look.\n",
    calls: [{ mended: false }],
  });
  expect(callsIn(`<tool_call>${CALL.slice(0, -1)}</tool_call>`, offered)?.calls).toMatchObject([{ mended: true }]);
});

test("several calls are read in order, and what was made up after them is not", () => {
  const made = `<tool_call>${CALL}</tool_call>\n<tool_response>fine</tool_response>\n<tool_call>${CALL}</tool_call>`;
  expect(read(`<tool_call>${CALL}</tool_call>\n<tool_call>${CALL}</tool_call>`)).toEqual([LS, LS]);
  expect(read(made)).toEqual([LS]);
});

test("a command with line ends, quotes and marks of its own comes whole out of Qwen3-Coder's form", () => {
  const command = "cat > a.py <<'EOF'\nif x < 3:\n    print(\"</function> {}\")\nEOF\npython3 a.py";
  expect(read(`<function=bash>\n<parameter=command>\n${command}\n</parameter>\n</function>`)).toEqual([
    ["bash", { command }],
  ]);
});

test("parameters that are no texts by the tool's schema are read as JSON", () => {
  const text =
    "<function=table>\n<parameter=rows>\n[1, 2]\n</parameter>\n<parameter=wide>\ntrue\n</parameter>\n<parameter=note>\n7\n</parameter>\n</function>";
  expect(read(text)).toEqual([["table", { rows: [1, 2], wide: true, note: "7" }]]);
});

test.each([
  ["of a tool that was not offered", '<tool_call>{"name": "python", "arguments": {}}</tool_call>'],
  ["of a tool that was not offered, in the other form", "<function=python>\n</function>"],
  ["cut off within the command", '<tool_call>\n{"name": "bash", "arguments": {"command": "rm -r /work/tm'],
  [
    "cut off within the command, where a bracket stands",
    '<tool_call>\n{"name": "bash", "arguments": {"command": "awk {print}',
  ],
  ["cut off within a parameter", "<tool_call>\n<function=bash>\n<parameter=command>\nrm -r /work/tm"],
  ["in the middle of words, as an example", `One could call\n\`\`\`json\n${CALL}\n\`\`\`\nbut I will not.`],
  ["JSON that is an answer", '{"name": "Ann", "arguments": {"for": "a walk"}}'],
  ["JSON without a name", '{"command": "ls"}'],
  ["words", "I would call bash with ls -l."],
])("no call is read that is %s", (_, text) => {
  expect(read(text)).toBeNull();
});

test.each([
  ["in backticks", `The page says \`<tool_call>${CALL}</tool_call>\``],
  ["in backticks, with words after it", `The page says \`<tool_call>${CALL}</tool_call>\`, which I leave alone.`],
  ["before words", `The page says <tool_call>${CALL}</tool_call> and I leave it alone.`],
  [
    "before words, in the other form",
    "<function=bash>\n<parameter=command>\nls -l\n</parameter>\n</function>\nis in B2.",
  ],
  ["in a fence", `Cell B2 holds\n\`\`\`\n<tool_call>${CALL}</tool_call>\n\`\`\``],
  ["in a quotation", `The page says\n> <tool_call>${CALL}</tool_call>`],
  ["twice, before words", `<tool_call>${CALL}</tool_call>\n<tool_call>${CALL}</tool_call>\nare two calls.`],
])("a call that stands %s is quoted, and not made", (_, text) => {
  expect(read(text)).toBeNull();
});

test("a call after an example in a fence is made, and so is one before another that was cut off", () => {
  expect(read(`\`\`\`\nls\n\`\`\`\nI use \`ls\`.\n<tool_call>${CALL}</tool_call>`)).toEqual([LS]);
  expect(read(`<tool_call>${CALL}</tool_call>\n<tool_call>${CALL.slice(0, -9)}`)).toEqual([LS]);
});

test("without tools nothing is a call, and of a reply cut at the token limit nothing is mended", () => {
  expect(read(`<tool_call>${CALL}</tool_call>`, { tools: [] })).toBeNull();
  expect(read(CALL.slice(0, -1), { isCut: true })).toBeNull();
  expect(read("<function=bash><parameter=command>ls -l\n</parameter>", { isCut: true })).toBeNull();
});

test.each([
  ["end marks", `<tool_call>${"</tool_call>".repeat(30_000)}`],
  ["functions that do not end", "<function=bash><parameter=command>".repeat(20_000)],
  ["fences", "```json\n{".repeat(30_000)],
  ["blanks", `<function=bash>${" ".repeat(500_000)}<parameter=command>`],
  ["nested brackets", `<tool_call>${"[".repeat(100_000)}</tool_call>`],
])("a model that repeats %s is given up soon", (_, text) => {
  expect(read(text)).toBeNull();
});

import { describe, expect, test } from "vitest";
import { z } from "zod";
import { readReply } from "../../harness/reply.ts";

const Shape = z.object({ edits: z.array(z.object({ content: z.string() })) });
const fenced = (json: string) => `Here it is:\n\n\`\`\`json\n${json}\n\`\`\`\n`;
const value = (content: string) => ({ edits: [{ content }] });

describe("parsed", () => {
  test("a code block within a string does not end the JSON's own block", () => {
    const json = JSON.stringify(value("Do:\n```python\nx = 1\n```\nand so on"), null, 2);
    expect(readReply(fenced(json), Shape)).toEqual({
      kind: "parsed",
      value: value("Do:\n```python\nx = 1\n```\nand so on"),
    });
  });

  test("of two blocks the last one that keeps the schema counts, for the first was a draft", () => {
    const text = `${fenced(JSON.stringify(value("draft")))}Better:\n${fenced(JSON.stringify(value("final")))}\n\`\`\`json\n{"note": 1}\n\`\`\``;
    expect(readReply(text, Shape)).toEqual({ kind: "parsed", value: value("final") });
  });

  test("JSON that was thought of before </think> does not count", () => {
    const text = `<think>${fenced(JSON.stringify(value("thought")))}</think>{"edits": []}`;
    expect(readReply(text, Shape)).toEqual({ kind: "parsed", value: { edits: [] } });
  });

  test("JSON without a fence is found within prose", () => {
    expect(readReply(`The patch is ${JSON.stringify(value("x"))}. Done.`, Shape)).toEqual({
      kind: "parsed",
      value: value("x"),
    });
  });
});

describe("repaired", () => {
  test.each([
    ["a trailing comma", '{"edits": [{"content": "x"},]}'],
    ["single quotes", "{'edits': [{'content': 'x'}]}"],
    ["a raw line end in a string", '{"edits": [{"content": "x"}], "note": "a\nb"}'],
    ["a comment", '{"edits": [{"content": "x"}] /* that is all */}'],
  ])("%s is mended and told", (_, json) => {
    expect(readReply(fenced(json), Shape)).toEqual({ kind: "repaired", value: value("x") });
  });

  test("a reply that was cut off keeps what is whole", () => {
    expect(readReply('```json\n{"edits": [{"content": "x"}, {"content": "y', Shape)).toEqual({
      kind: "repaired",
      value: { edits: [{ content: "x" }, { content: "y" }] },
    });
  });
});

describe("failed", () => {
  test("prose without JSON is no JSON, and is not mended into a string", () => {
    expect(readReply("I cannot help with that.", z.unknown())).toEqual({
      kind: "failed",
      problem: "the reply holds no JSON",
    });
    expect(readReply("", Shape).kind).toBe("failed");
  });

  test("JSON of another shape says which field is wrong", () => {
    const read = readReply(fenced('{"edits": [{"text": "x"}]}'), Shape);
    expect(read).toEqual({ kind: "failed", problem: expect.stringContaining("edits[0].content") });
  });
});

describe("replies made to break the reader", () => {
  test.each([
    ["20,000 fences that are never closed", "```json\n".repeat(20_000)],
    ["20,000 fences that close nothing", `\`\`\`json\n{${"\n```   a".repeat(20_000)}`],
    ["20,000 blocks of half an object", "```\n{\n".repeat(20_000)],
    ["fences in deep blanks", `${`${" ".repeat(100_000)}\n`.repeat(20)}{`],
  ])("%s are read in less than two seconds", (_, text) => {
    const started = performance.now();
    expect(readReply(text, Shape).kind).toBe("failed");
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test.each([
    ["nested 5,000 deep", "[".repeat(5000) + "]".repeat(5000)],
    ["a number that JSON cannot hold", "1e999"],
  ])("a value %s fails, for it could not be stored", (_, json) => {
    const read = readReply(fenced(`{"edits": [{"content": "x", "more": ${json}}]}`), z.unknown());
    expect(read).toEqual({ kind: "failed", problem: expect.stringMatching(/nested deeper than 64|number/) });
  });

  test("a thousand wrong fields are told in short", () => {
    const read = readReply(fenced(JSON.stringify({ edits: Array(1000).fill({}) })), Shape);
    expect(read.kind === "failed" && read.problem.length).toBeLessThan(2500);
  });

  test("the fence that closes a block of another language opens none", () => {
    const text = `\`\`\`python\nx = [1]\n\`\`\`\n\n${fenced(JSON.stringify(value("x")))}Good {luck}.`;
    expect(readReply(text, Shape)).toEqual({ kind: "parsed", value: value("x") });
  });
});

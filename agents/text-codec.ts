/**
 * Protocol `text`, as in the paper: thought, a line `Action:`, a JSON object; the observation comes back as the user's words.
 * Read by a JSON tokenizer, so that braces inside a command's strings count for nothing (W13 in the research notes).
 */
import { createScanner, type SyntaxKind } from "jsonc-parser";
import { mendObject } from "../harness/mend-json.ts";
import type { Action, Reply } from "../harness/records.ts";
import { broken, type Codec, invalid, type Reading, readAs, userMessage } from "./codec.ts";
import { named, toAction } from "./tools-codec.ts";

const MARK = /^[ \t]*\**action\**:\**/gim;
/** More are the work of a model that repeats itself; each costs a look at all that follows it. */
const MOST_MARKS = 20;
const COMPLETE = /^\s*TASK_COMPLETE\b/;

/** @param names of the actions; the prompt tells what they do */
export function textCodecOf(names: readonly string[]): Codec {
  return {
    protocol: "text",
    tools: [],
    stop: ["Observation:"],
    read: (reply, finishReason) => readReply(reply, finishReason, names),
    correction: (problem) =>
      `Your reply could not be used: ${problem}. Nothing was run. Write your thought, then a line with Action: and one JSON object, such as:\n` +
      'Action:\n{"name": "bash", "arguments": {"command": "ls -l /work"}}\n' +
      'When the work is done:\nAction:\n{"name": "submit", "arguments": {"answer": ""}}',
    show: ({ reply, observation, images }) => [reply, userMessage(`Observation:\n${observation}`, images)],
  };
}

export const textCodec: Codec = textCodecOf(["bash", "submit"]);

/**
 * The first `Action:` that a JSON object follows is the action; the paper's `ACTION: TASK_COMPLETE` submits when there is none.
 * JSON that is broken is mended where no word of it is lost.
 */
function readReply(reply: Reply, finishReason: string, names: readonly string[]): Reading {
  const isCut = finishReason === "length";
  const text = reply.content.replace(/^[\s\S]*<\/think>/, "");
  const marks = text.matchAll(MARK).take(MOST_MARKS);
  const followers = [...marks].map((mark) => text.slice(mark.index + mark[0].length));
  if (text.trim() === "") return broken(cutOr(isCut, NO_ACTION), isCut);
  if (followers.length === 0) return invalid(cutOr(isCut, NO_ACTION));
  const objects = followers.map(readObject);
  const action = objects.find((object) => object.kind === "object");
  if (action !== undefined) return readAs(toCall(action.value, names));
  if (followers.some((follower) => COMPLETE.test(follower))) return readAs({ kind: "submit", answer: "" });
  const mended = isCut ? null : mendedIn(followers);
  if (mended !== null) return { ...readAs(toCall(mended, names)), repairs: ["mended-json"] };
  const [first] = objects;
  if (first?.kind !== "broken") return invalid(cutOr(isCut, "no JSON object follows Action:"));
  return broken(cutOr(isCut, first.problem), isCut);
}

const NO_ACTION = 'it has no line "Action:"';

/** Servers that stop at no text leave what the model imagined to have seen. */
const IMAGINED = /^[ \t]*Observation:/m;

/** The broken object that follows the first mark, a code fence around it allowed. */
function mendedIn([first = ""]: readonly string[]): Record<string, unknown> | null {
  const [said = ""] = first.split(IMAGINED);
  const inner = said.trim().replace(/^```\w*/, "");
  return mendObject(inner.endsWith("```") ? inner.slice(0, -3) : inner);
}

function toCall(value: Record<string, unknown>, names: readonly string[]): Action {
  const { name, arguments: args = {} } = value;
  if (typeof name !== "string" || !names.includes(name)) {
    const known = `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
    return { kind: "invalid", problem: `"name" must be ${known}, found ${named(name)}` };
  }
  if (typeof args !== "object" || args === null || Array.isArray(args)) {
    return { kind: "invalid", problem: '"arguments" must be a JSON object' };
  }
  return toAction(name, { ...args });
}

type ReadObject =
  | { kind: "object"; value: Record<string, unknown> }
  | { kind: "none" }
  | { kind: "broken"; problem: string };

/** Reads the JSON object at the start of a text, a code fence before it allowed; what follows it does not matter. */
function readObject(text: string): ReadObject {
  const start = text.match(/^\s*(?:```\w*\s*)?(?=\{)/)?.[0].length;
  if (start === undefined) return { kind: "none" };
  const end = endOfObject(text, start);
  if (end === null) return { kind: "broken", problem: "the JSON object after Action: does not end" };
  try {
    return { kind: "object", value: JSON.parse(text.slice(start, end)) };
  } catch (error) {
    if (error instanceof SyntaxError)
      return { kind: "broken", problem: `the JSON after Action: is broken (${error.message})` };
    throw error;
  }
}

const BRACE: readonly [SyntaxKind, SyntaxKind] = [1, 2];
const END: SyntaxKind = 17;

/** Offset just after the object that starts at `start`; null when it does not end. Takes no stack, however deep it is. */
function endOfObject(text: string, start: number): number | null {
  const scanner = createScanner(text.slice(start), true);
  let depth = 0;
  for (let token = scanner.scan(); token !== END; token = scanner.scan()) {
    if (token === BRACE[0]) depth += 1;
    if (token === BRACE[1]) depth -= 1;
    if (depth === 0) return start + scanner.getTokenOffset() + scanner.getTokenLength();
  }
  return null;
}

function cutOr(isCut: boolean, problem: string): string {
  return isCut ? "it was cut at the token limit before the action ended" : problem;
}

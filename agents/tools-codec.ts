/** Protocol `tools`: native tool calling, one call a reply. */
import { jsonProblem } from "../harness/json.ts";
import { asObject, parseJson } from "../harness/mend-json.ts";
import { showsCall } from "../harness/model/repair-calls.ts";
import type { Action, Message, Reply } from "../harness/records.ts";
import type { Tool } from "../harness/roles.ts";
import { broken, type Codec, invalid, type Reading, readAs, userMessage } from "./codec.ts";

const NOT_RUN = "Not run: one tool call a reply. Send it again by itself if you still want it.";

const SHOWN = "Shown by the tool:";

/** @param tools the first is the one shown in corrections */
export function toolsCodec(tools: readonly Tool[]): Codec {
  const names = tools.map(({ name }) => name);
  return {
    protocol: "tools",
    tools,
    stop: null,
    read: (reply, finishReason) => readReply(reply, finishReason, names),
    correction: (problem) =>
      `Your reply could not be used: ${problem}. Nothing was run. Reply with exactly one tool call, such as:\n` +
      `bash({"command": "ls -l /work"})\nWhen the work is done, call ${names.at(-1)}.`,
    show: (step) => [sendable(step.reply), ...observations(step)],
  };
}

function readReply(reply: Reply, finishReason: string, names: readonly string[]): Reading {
  const isCut = finishReason === "length";
  const [call] = reply.toolCalls;
  if (call === undefined) return withoutCall(reply.content, finishReason);
  if (!names.includes(call.name)) return invalid(`there is no tool ${named(call.name)}`);
  const read = parseArguments(call.arguments);
  if (read === null) return broken(`the arguments of ${call.name} are not a JSON object`, isCut);
  return readAs(toAction(call.name, read));
}

function withoutCall(content: string, finishReason: string): Reading {
  if (finishReason === "length") return invalid("it was cut at the token limit before any tool call");
  if (finishReason === "content_filter") return broken("a content filter of the server withheld it", false);
  if (content.trim() === "") return broken("it calls no tool", false);
  return showsCall(content)
    ? broken("its tool call stands in the text and cannot be read", false)
    : invalid("it calls no tool");
}

/** A named call with its arguments, in either protocol. */
export function toAction(name: string, args: Record<string, unknown>): Action {
  const wrong = jsonProblem(args);
  if (wrong !== null) return { kind: "invalid", problem: `the arguments of ${name} cannot be used: ${wrong}` };
  if (name === "bash") {
    const command = args.command;
    if (typeof command !== "string" || command.trim() === "")
      return { kind: "invalid", problem: 'bash needs "command", a text that is not empty' };
    return command.includes("\0")
      ? { kind: "invalid", problem: "a command cannot hold a NUL character" }
      : { kind: "command", command };
  }
  if (name === "submit") {
    const answer = args.answer ?? "";
    return { kind: "submit", answer: typeof answer === "string" ? answer : JSON.stringify(answer) };
  }
  return { kind: "tool", name, arguments: args };
}

const LONGEST_NAME = 80;

/** A name that a model made up, for a message. */
export function named(name: unknown): string {
  return typeof name === "string" ? JSON.stringify(name.slice(0, LONGEST_NAME)) : `a ${typeof name}`;
}

function parseArguments(text: string): Record<string, unknown> | null {
  return text.trim() === "" ? {} : asObject(parseJson(text));
}

/** vLLM and others parse the arguments of earlier calls, and refuse a chat with any that are no JSON. */
function sendable(reply: Reply): Reply {
  if (reply.toolCalls.every((call) => parseArguments(call.arguments) !== null)) return reply;
  const toolCalls = reply.toolCalls.map((call) =>
    parseArguments(call.arguments) === null
      ? { ...call, arguments: JSON.stringify({ unreadable: call.arguments }) }
      : call,
  );
  return { ...reply, toolCalls };
}

/**
 * Servers want an answer to every call; what follows a broken reply without calls is a user's message.
 * The protocol has no images in a tool's answer, so they follow as a user's message.
 */
function observations({ reply, observation, images = [] }: Parameters<Codec["show"]>[0]): Message[] {
  if (reply.toolCalls.length === 0) return [userMessage(observation, images)];
  const answers: Message[] = reply.toolCalls.map(({ id }, index) => ({
    role: "tool",
    toolCallId: id,
    content: index === 0 ? observation : NOT_RUN,
  }));
  return images.length === 0 ? answers : [...answers, userMessage(SHOWN, images)];
}

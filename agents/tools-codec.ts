/** Protocol `tools`: native tool calling, one call a reply. */
import { jsonProblem } from "../harness/json.ts";
import type { Action, Message, Reply } from "../harness/records.ts";
import type { Tool } from "../harness/roles.ts";
import { type Codec, userMessage } from "./codec.ts";

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
    show: (step) => [step.reply, ...observations(step)],
  };
}

function readReply(reply: Reply, finishReason: string, names: readonly string[]): Action {
  const [call] = reply.toolCalls;
  if (call === undefined) {
    const cut = finishReason === "length" ? "it was cut at the token limit before any tool call" : "it calls no tool";
    return { kind: "invalid", problem: cut };
  }
  if (!names.includes(call.name)) return { kind: "invalid", problem: `there is no tool ${named(call.name)}` };
  const read = parseArguments(call.arguments);
  if (read === null) return { kind: "invalid", problem: `the arguments of ${call.name} are not a JSON object` };
  return toAction(call.name, read);
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
  try {
    const value: unknown = JSON.parse(text.trim() === "" ? "{}" : text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
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

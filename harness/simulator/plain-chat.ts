/**
 * What the simulated model says where no role is named: it does literally what a few plain sentences ask, so that the
 * doctor's questions meet real tool calls and real words. All else gets told what it is.
 */
import type { Chat, SaidCall, SimulatedReply } from "./chat.ts";

const SELF =
  "I am a simulated model and no language model: I play only the roles that a system prompt names in its first line.";
const WORD = /^Reply with the one word: (\w+)$/m;
const COMMAND = /with the command: (.+?)(?=, and with the command|$)/gm;
const COUNT = /^Count from (\d) to (\d)\b/;
const PRINTED = /^Which word did the command print\?/;

export function playPlainChat({ opening, turns, tools }: Chat): SimulatedReply {
  const last = turns.findLast(({ role }) => role === "user")?.text ?? opening;
  const word = WORD.exec(last)?.[1];
  if (word !== undefined) return { text: word, calls: [] };
  if (PRINTED.test(last)) return { text: turns.find(({ role }) => role === "tool")?.text ?? SELF, calls: [] };
  const calls = tools.has("bash") ? callsAsked(last) : [];
  if (calls.length > 0) return { text: "", calls };
  const count = COUNT.exec(last);
  return { text: count === null ? SELF : numbers(Number(count[1]), Number(count[2])), calls: [] };
}

function callsAsked(text: string): SaidCall[] {
  return [...text.matchAll(COMMAND)].map(([, command]) => ({ name: "bash", arguments: JSON.stringify({ command }) }));
}

function numbers(from: number, to: number): string {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => from + at).join(", ");
}

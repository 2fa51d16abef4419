/** Tool calls as the agents make them. Thinking stays as it is by default, for parsers of the two get in each other's way. */
import { callsIn } from "../../model/repair-calls.ts";
import type { SaidReply } from "./answer.ts";
import { type Found, type Probe, type Talk, user, withoutReply } from "./probe.ts";

const BASH = {
  type: "function",
  function: {
    name: "bash",
    description: "Runs a bash command and shows its output.",
    parameters: {
      type: "object",
      properties: { command: { type: "string", description: "The command." } },
      required: ["command"],
    },
  },
};
const ROOM = 256;
const ONCE = user("Call the tool bash with the command: echo ready");
const PARSERS: Partial<Record<Talk["serverKind"], string>> = {
  vllm: "start vLLM with --enable-auto-tool-choice and the --tool-call-parser of this model (hermes for Qwen2.5 and Qwen3, qwen3_coder or qwen3_xml for Qwen3-Coder and Qwen3.5)",
  sglang:
    "start SGLang with the --tool-call-parser of this model (qwen25 for Qwen2.5 and Qwen3, qwen3_coder for Qwen3-Coder and Qwen3.5)",
  "llama.cpp": "start llama-server with --jinja and the model's own chat template",
  ollama: "choose a model with the capability `tools` (ollama show NAME)",
};
const cureOf = ({ serverKind }: Talk) =>
  `${PARSERS[serverKind] ?? "choose a model or server with tool calling"}; or run with --protocol text`;

export const toolsProbe: Probe = {
  name: "tools",
  why: "the agent acts by native tool calls (--protocol tools, the default)",
  run: async (talk) => {
    const said = await talk.ask({ messages: [ONCE], words: ROOM, mayThink: true, fields: { tools: [BASH] } });
    if (said.kind !== "reply") return withoutReply(said, cureOf(talk));
    talk.called = said;
    const flaw = flawOf(said);
    return flaw === null
      ? { verdict: "yes", found: `called bash with ${JSON.stringify(said.calls[0]?.arguments)}` }
      : { ...flaw, cure: cureOf(talk) };
  },
};

function flawOf(said: SaidReply): Found | null {
  const [call] = said.calls;
  if (call === undefined) {
    return callsIn(said.content, { tools: [BASH.function], isCut: said.finish === "length" }) !== null
      ? { verdict: "partly", found: "the call was left among the words of the reply, where the harness picks it out" }
      : {
          verdict: "no",
          found: `called no tool, said ${JSON.stringify(said.content.slice(0, 80))} (${said.finish || "no finish_reason"})`,
        };
  }
  if (call.name !== "bash")
    return { verdict: "no", found: `called ${JSON.stringify(call.name.slice(0, 80))}, which is not on offer` };
  if (typeof call.arguments?.command !== "string") {
    return { verdict: "partly", found: "called bash with arguments that are not the JSON text that was described" };
  }
  return call.id === "" ? { verdict: "partly", found: "called bash, and gave the call no id" } : null;
}

/** Goes on from the call that `toolsProbe` got. */
export const toolResultProbe: Probe = {
  name: "tool results",
  why: "the next turn shows the model its own call, its thinking under the server's name, and what the command printed",
  run: async (talk) => {
    const first = talk.called;
    const call = first?.calls[0];
    if (first === null || call === undefined) return { verdict: "unknown", found: "there was no tool call to answer" };
    const answer = { role: "tool", tool_call_id: call.id, content: "the word is marigold" };
    const question = user("Which word did the command print? Reply with that word alone.");
    const said = await talk.ask({
      messages: [ONCE, echoOf(first), answer, question],
      words: ROOM,
      fields: { tools: [BASH] },
    });
    if (said.kind !== "reply") return withoutReply(said, cureOf(talk));
    return /marigold/i.test(said.content)
      ? { verdict: "yes", found: "the model read what its command had printed" }
      : {
          verdict: "partly",
          found: `accepted, but the model did not read it: ${JSON.stringify(said.content.slice(0, 80))}`,
          cure: cureOf(talk),
        };
  },
};

/** As the harness sends a reply back: thinking where it came from. */
function echoOf({ message, thinking }: SaidReply): Record<string, unknown> {
  const field = thinking === null || thinking.field === "content" ? {} : { [thinking.field]: thinking.text };
  return { role: "assistant", content: message.content ?? null, ...field, tool_calls: message.tool_calls };
}

export const parallelToolsProbe: Probe = {
  name: "parallel tools",
  why: "models that call several tools at once are told to send one a reply: nothing else depends on it",
  run: async (talk) => {
    const both = user(
      "Call the tool bash twice in one reply: with the command: echo one, and with the command: echo two",
    );
    const said = await talk.ask({ messages: [both], words: 2 * ROOM, mayThink: true, fields: { tools: [BASH] } });
    if (said.kind !== "reply") return withoutReply(said);
    const ids = new Set(said.calls.map(({ id }) => id));
    if (said.calls.length < 2)
      return { verdict: "no", found: `${said.calls.length} calls in the reply where two were asked for` };
    return ids.size < said.calls.length
      ? { verdict: "partly", found: `${said.calls.length} calls that share an id` }
      : { verdict: "yes", found: `${said.calls.length} calls in one reply` };
  },
};

export const toolChoiceProbe: Probe = {
  name: "tool_choice",
  why: null,
  run: async (talk) => {
    const fields = { tools: [BASH], tool_choice: { type: "function", function: { name: "bash" } } };
    const said = await talk.ask({ messages: [user("Good morning.")], words: ROOM, fields });
    if (said.kind !== "reply") return withoutReply(said);
    return said.calls[0]?.name === "bash"
      ? { verdict: "yes", found: "a named tool was called where nothing asked for one" }
      : { verdict: "no", found: "accepted and not followed" };
  },
};

/**
 * The agent under test: thinks, runs a bash command, looks, until it submits or meets a limit (ReAct, as the paper).
 * The skill's SKILL.md stands in the prompt without its front matter; its other files are there to be read under /skill.
 */
import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { shortHash } from "../harness/hash.ts";
import { loadPrompt } from "../harness/prompt.ts";
import type { Message, Protocol, Task } from "../harness/records.ts";
import type { Agent, AgentOptions } from "../harness/roles.ts";
import { BASH, observe, SUBMIT } from "./bash-tools.ts";
import type { Codec } from "./codec.ts";
import { converse, type Outcome } from "./loop.ts";
import { SKILL_PROMPT_HASH, skillPrompt } from "./skill-prompt.ts";
import { textCodec } from "./text-codec.ts";
import { toolsCodec } from "./tools-codec.ts";

const MISSING_OUTPUT = (name: string) =>
  `/work/${name} does not exist, so nothing was handed in. Write it, check it, then submit again. ` +
  "If you submit again without it, the task ends as it is.";

/** @param protocol native tool calls, or the paper's text protocol */
export function bashAgent(protocol: Protocol): Agent {
  const codec = protocol === "tools" ? toolsCodec([BASH, SUBMIT]) : textCodec;
  const frame = loadPrompt(new URL(`./prompts/bash-${protocol}.md`, import.meta.url), ["skill"]);
  return {
    protocol,
    identity: `bash-${protocol}/${shortHash([frame.hash, SKILL_PROMPT_HASH])}`,
    run: (task, options) => {
      const prompt = promptOf(task, frame.fill({ skill: skillPrompt(options.skill) }));
      return converse({ ...options, caller: "agent", codec, prompt, act: actIn(task, options, codec) });
    },
  };
}

function promptOf(task: Task, frame: string): Message[] {
  return [
    { role: "system", content: frame.trimEnd() },
    { role: "user", content: task.instruction },
  ];
}

/** Commands run in the sandbox; the first submission without the file that the task wants is sent back once. */
function actIn(
  task: Task,
  { sandbox, limits, signal }: AgentOptions,
  codec: Codec,
): Parameters<typeof converse>[0]["act"] {
  let reminded = false;
  return async (action): Promise<Outcome> => {
    switch (action.kind) {
      case "command":
        return {
          kind: "observation",
          text: await observe(sandbox, action.command, { timeoutMs: limits.commandTimeoutMs, signal }),
        };
      case "submit": {
        const missing = task.output !== null && !(await isThere(join(sandbox.directory, task.output)));
        if (!missing || reminded) return { kind: "end", answer: action.answer };
        reminded = true;
        return { kind: "observation", text: MISSING_OUTPUT(task.output ?? "") };
      }
      case "tool":
        return { kind: "observation", text: codec.correction(`there is no tool ${action.name}`) };
      default:
        return action satisfies never;
    }
  };
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/**
 * The agent under test: thinks, runs a bash command, looks, until it submits or meets a limit (ReAct, as the paper).
 * The skill's SKILL.md stands in the prompt without its front matter; its other files are there to be read under /skill.
 * What a memory has to say to the task stands there too, in a fence of its own.
 */
import { lstatSync } from "node:fs";
import { join } from "node:path";
import { hashJson, shortHash } from "../harness/hash.ts";
import { DEFAULT_IMAGE_SIDE } from "../harness/images/raster.ts";
import { loadPrompt } from "../harness/prompt.ts";
import type { Message, Protocol, Task } from "../harness/records.ts";
import type { Agent, AgentOptions } from "../harness/roles.ts";
import { BASH, observeTimed, SUBMIT } from "./bash-tools.ts";
import type { Codec } from "./codec.ts";
import { converse, type Outcome } from "./loop.ts";
import { MEMORY_PROMPT_HASH, memoryPrompt } from "./memory-prompt.ts";
import { SKILL_PROMPT_HASH, skillPrompt } from "./skill-prompt.ts";
import { openingMessage, TASK_IMAGES_HASH } from "./task-images.ts";
import { textCodecOf } from "./text-codec.ts";
import { toolsCodec } from "./tools-codec.ts";
import { VIEW_IMAGE, viewImage } from "./view-image.ts";

const MISSING_OUTPUT = (name: string) =>
  `/work/${name} does not exist, so nothing was handed in. Write it, check it, then submit again. ` +
  "If you submit again without it, the task ends as it is.";

/** @param protocol native tool calls, or the paper's text protocol */
export function bashAgent(protocol: Protocol): Agent {
  const frame = loadPrompt(new URL(`./prompts/bash-${protocol}.md`, import.meta.url), ["images", "skill", "memory"]);
  const imagesPrompt = loadPrompt(new URL(`./prompts/images-${protocol}.md`, import.meta.url), []);
  const told = [frame.hash, SKILL_PROMPT_HASH, MEMORY_PROMPT_HASH];
  const hashes = [...told, imagesPrompt.hash, TASK_IMAGES_HASH, hashJson(VIEW_IMAGE)];
  return {
    protocol,
    identity: `bash-${protocol}/${shortHash(hashes)}`,
    run: async (task, options) => {
      const codec = codecFor(task, protocol);
      const images = hasImages(task) ? `${imagesPrompt.fill({})}\n` : "";
      const given = { skill: skillPrompt(options.skill), memory: memoryPrompt(options.memory ?? []) };
      const system = frame.fill({ images, ...given }).trimEnd();
      const prompt: Message[] = [{ role: "system", content: system }, await openingMessage(task, options)];
      return converse({ ...options, caller: "agent", codec, prompt, act: actIn(task, options, codec) });
    },
  };
}

/** The tool for images is offered only with tasks that have some. */
export function codecFor(task: Task, protocol: Protocol): Codec {
  const tools = hasImages(task) ? [BASH, VIEW_IMAGE, SUBMIT] : [BASH, SUBMIT];
  return protocol === "tools" ? toolsCodec(tools) : textCodecOf(tools.map(({ name }) => name));
}

function hasImages({ images = [] }: Task): boolean {
  return images.length > 0;
}

/** Commands run in the sandbox, images are looked at from outside; the first submission without the file that the task wants is sent back once. */
function actIn(
  task: Task,
  { sandbox, images, seen, limits }: AgentOptions,
  codec: Codec,
): Parameters<typeof converse>[0]["act"] {
  let reminded = false;
  let views = 0;
  return async (action, signal): Promise<Outcome> => {
    switch (action.kind) {
      case "command":
        return {
          kind: "observation",
          ...(await observeTimed(sandbox, action.command, { timeoutMs: limits.commandTimeoutMs, signal })),
        };
      case "submit": {
        const missing = task.output !== null && !isThere(join(sandbox.directory, task.output));
        if (!missing || reminded) return { kind: "end", answer: action.answer };
        reminded = true;
        return { kind: "observation", text: MISSING_OUTPUT(task.output ?? "") };
      }
      case "tool":
        if (hasImages(task) && action.name === VIEW_IMAGE.name) {
          views += 1;
          const maxSide = limits.imageSide ?? DEFAULT_IMAGE_SIDE;
          return viewImage(action.arguments, views, { sandbox, images, maxSide, seen });
        }
        return { kind: "observation", text: codec.correction(`there is no tool ${action.name}`) };
      default:
        return action satisfies never;
    }
  };
}

/** Where links lead is not looked at. */
function isThere(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch {
    return false; // agents may make a folder that cannot be looked into, too
  }
}

/** A trial as an ATIF document. What the format has no field for stands under `extra.trace2skill`, so that nothing is lost. */
import { imageName } from "../images/image-store.ts";
import type { Manifest } from "../manifest.ts";
import type { ImageReference, Message, Step, ToolCall, Trial } from "../records.ts";
import { sumUsage } from "../usage.ts";
import { ATIF_VERSION, type AtifStep, type AtifTrajectory, type Content, OWN } from "./atif-format.ts";
import type { OwnStep, OwnTrial } from "./atif-own.ts";

/**
 * The document of one trial; images are named `images/<hash>.png` or `.jpg` beside it, artifacts lie in `artifacts/`.
 * The score stands there twice: as a number in `extra.reward` for every reader, and whole under our own key, with the
 * explanation, which holds ground truth.
 * @param name of the trial in its run
 */
export function writeAtif(trial: Trial, name: string, manifest: Manifest): AtifTrajectory {
  const { trajectory, score, task } = trial;
  const prompt: readonly Message[] = trajectory?.prompt ?? [{ role: "user", content: task.instruction }];
  const steps = [...prompt.map(promptStep), ...(trajectory?.steps ?? []).map(agentStep)].map((step, index) => ({
    step_id: index + 1,
    ...(index === 0 ? { timestamp: trial.startedAt } : {}),
    ...step,
  }));
  const own: OwnTrial = ownOf(trial, manifest);
  const usage = sumUsage((trajectory?.steps ?? []).map((step) => step.usage));
  return {
    schema_version: ATIF_VERSION,
    session_id: name,
    trajectory_id: name,
    agent: {
      name: manifest.fingerprint.agent,
      version: manifest.fingerprint.tool,
      model_name: manifest.model.name,
    },
    steps,
    final_metrics: {
      total_prompt_tokens: usage.inputTokens,
      total_completion_tokens: usage.outputTokens,
      total_cached_tokens: usage.cachedTokens,
      total_steps: steps.length,
    },
    extra: { task_id: task.id, ...(score.kind === "scored" ? { reward: score.value } : {}), [OWN]: own },
  };
}

function ownOf(trial: Trial, manifest: Manifest): OwnTrial {
  const { version, task, seed, score, usage, startedAt, durationMs, artifacts, trajectory } = trial;
  const { seeds: _, benchmark, ...rest } = manifest;
  const { taskIds: _ids, sealed, learned, ...kept } = benchmark;
  return {
    ...{ version, task, seed, score, usage, startedAt, durationMs, artifacts },
    trajectory:
      trajectory === null ? null : { protocol: trajectory.protocol, exit: trajectory.exit, answer: trajectory.answer },
    sealed: sealed?.includes(task.id) === true,
    learned: learned?.includes(task.id) === true,
    run: { ...rest, benchmark: kept, namesSealed: sealed !== undefined, namesLearned: learned !== undefined },
  };
}

type Body = Pick<
  AtifStep,
  "source" | "message" | "reasoning_content" | "tool_calls" | "observation" | "metrics" | "llm_call_count" | "extra"
>;
type Call = NonNullable<AtifStep["tool_calls"]>[number];

function promptStep(message: Message): Body {
  switch (message.role) {
    case "system":
      return { source: "system", message: message.content };
    case "user":
      return { source: "user", message: contentOf(message.content, message.images) };
    case "tool":
      return {
        source: "user",
        message: message.content,
        extra: { [OWN]: { role: "tool", toolCallId: message.toolCallId } },
      };
    case "assistant":
      return { ...saidBy(message), extra: { [OWN]: { role: "assistant" } } };
    default:
      return message satisfies never;
  }
}

function agentStep(step: Step, index: number): Body {
  const { reply, action, observation, images, repairs, usage, modelMs, commandMs, waitedMs } = step;
  const written = reply.toolCalls.length > 0 ? null : writtenCall(action, `call-${index + 1}`);
  const own: OwnStep = {
    ...{ action, usage, modelMs, commandMs, nativeCalls: written === null },
    reasoningField: reply.reasoning?.field ?? null,
    ...(repairs && { repairs }),
    ...(waitedMs !== undefined && { waitedMs }),
  };
  const said = saidBy(reply);
  const calls = written === null ? (said.tool_calls ?? []) : [written];
  const [call] = calls;
  const shown = observation !== "" || (images ?? []).length > 0;
  const result = {
    ...(call === undefined ? {} : { source_call_id: call.tool_call_id }),
    content: contentOf(observation, images),
  };
  return {
    ...said,
    ...(call === undefined ? {} : { tool_calls: calls }),
    ...(shown ? { observation: { results: [result] } } : {}),
    ...(usage.calls === 0 ? {} : metered(usage)),
    extra: { [OWN]: own },
  };
}

/** A step without a call to a model has no metrics. */
function metered(usage: Step["usage"]): Pick<Body, "metrics" | "llm_call_count"> {
  return {
    metrics: {
      prompt_tokens: usage.inputTokens,
      completion_tokens: usage.outputTokens,
      cached_tokens: usage.cachedTokens,
    },
    llm_call_count: usage.calls,
  };
}

function saidBy({ content, reasoning, toolCalls }: Extract<Message, { role: "assistant" }>): Body {
  return {
    source: "agent",
    message: content,
    ...(reasoning === null ? {} : { reasoning_content: reasoning.text }),
    ...(toolCalls.length === 0 ? {} : { tool_calls: toolCalls.map(toolCall) }),
  };
}

/** ATIF wants an object; what was written otherwise is kept beside it. */
function toolCall({ id, name, arguments: text }: ToolCall): Call {
  const args = objectIn(text);
  const kept = JSON.stringify(args) === text ? {} : { extra: { [OWN]: { arguments: text } } };
  return { tool_call_id: id, function_name: name, arguments: args, ...kept };
}

/** The call that a reply of the text protocol spells out, for readers that look for calls; null where it could not be read. */
function writtenCall(action: Step["action"], id: string): Call | null {
  const call = (name: string, args: unknown): Call => ({ tool_call_id: id, function_name: name, arguments: args });
  switch (action.kind) {
    case "command":
      return call("bash", { command: action.command });
    case "submit":
      return call("submit", { answer: action.answer });
    case "tool":
      return call(action.name, action.arguments);
    case "invalid":
      return null;
    default:
      return action satisfies never;
  }
}

function objectIn(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

function contentOf(text: string, images: readonly ImageReference[] = []): Content {
  if (images.length === 0) return text;
  const shown = images.map((image) => ({
    type: "image",
    source: { media_type: image.mediaType, path: `images/${imageName(image)}` },
  }));
  return [{ type: "text", text }, ...shown];
}

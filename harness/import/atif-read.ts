/** An ATIF document to a trajectory of ours. What has no place is told to `note`, once for each time it is met. */
import type { Action, ImageReference, Message, Reply, Step, Trajectory, Usage } from "../records.ts";
import { NO_USAGE } from "../records.ts";
import type { AtifStep, AtifTrajectory, Content } from "./atif-format.ts";
import { OwnCall, OwnMessage, OwnStep, ownIn } from "./atif-own.ts";

export interface AtifReading {
  /** Keeps an image that a document names; in words why not, when it cannot be had. */
  readonly keepImage: (source: {
    readonly media_type: string;
    readonly path: string;
  }) => Promise<ImageReference | string>;
  readonly note: (what: string) => void;
}

/** Prompt and steps. The exit is `submitted`, and the last words are the answer, for ATIF names neither. */
export async function readTrajectory(document: AtifTrajectory, reading: AtifReading): Promise<Trajectory> {
  const first = document.steps.findIndex(
    ({ source, extra }) => source === "agent" && ownIn(extra, OwnMessage) === null,
  );
  const border = first === -1 ? document.steps.length : first;
  const prompt: Message[] = [];
  for (const step of document.steps.slice(0, border)) prompt.push(await messageOf(step, reading));
  const steps: Step[] = [];
  for (const step of document.steps.slice(border)) {
    if (step.source === "agent") steps.push(await stepOf(step, reading));
    else await addObservation(steps, step, reading);
  }
  const last = steps.at(-1)?.reply;
  const answer = last !== undefined && last.toolCalls.length === 0 ? last.content.trim() : "";
  return { protocol: "tools", prompt, steps, exit: "submitted", answer };
}

async function messageOf(step: AtifStep, reading: AtifReading): Promise<Message> {
  const own = ownIn(step.extra, OwnMessage);
  const { text: content, images } = await readContent(step.message, reading);
  switch (own?.role ?? (step.source === "system" ? "system" : "user")) {
    case "system":
      if (images.length > 0) reading.note("an image in a system prompt");
      return { role: "system", content };
    case "tool":
      return { role: "tool", toolCallId: own?.toolCallId ?? "", content };
    case "assistant":
      return replyOf(step, content, true);
    default:
      return images.length === 0 ? { role: "user", content } : { role: "user", content, images };
  }
}

async function stepOf(step: AtifStep, reading: AtifReading): Promise<Step> {
  const own = ownIn(step.extra, OwnStep);
  const { text, images } = await readContent(step.message, reading);
  if (images.length > 0) reading.note("an image in a reply");
  const reply = replyOf(step, text, own?.nativeCalls ?? true, own?.reasoningField ?? null);
  const shown = await observationOf(step, reading);
  return {
    reply,
    action: own?.action ?? actionOf(reply),
    observation: shown.text,
    ...(shown.images.length === 0 ? {} : { images: shown.images }),
    ...(own?.repairs && { repairs: own.repairs }),
    usage: own?.usage ?? usageOf(step),
    modelMs: own?.modelMs ?? 0,
    commandMs: own?.commandMs ?? 0,
    ...(own?.waitedMs !== undefined && { waitedMs: own.waitedMs }),
  };
}

function replyOf(
  { tool_calls, reasoning_content: thought }: AtifStep,
  content: string,
  nativeCalls: boolean,
  field: NonNullable<Reply["reasoning"]>["field"] | null = null,
): Reply {
  const toolCalls = (nativeCalls ? (tool_calls ?? []) : []).map((call) => ({
    id: call.tool_call_id,
    name: call.function_name,
    arguments: ownIn(call.extra, OwnCall)?.arguments ?? argumentText(call.arguments),
  }));
  const thinks = field !== null || (thought !== null && thought !== undefined && thought !== "");
  const reasoning = thinks ? { field: field ?? "reasoning_content", text: thought ?? "" } : null;
  return { role: "assistant", content, toolCalls, reasoning };
}

function argumentText(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value ?? {}) ?? "{}");
}

/** Arguments in which tools of other harnesses take a shell command. */
const COMMAND_ARGUMENTS = ["command", "cmd", "commands", "script", "keystrokes", "code"];

/** What a reply asked for: its first call; words without a call are words. */
function actionOf({ toolCalls: [call], content }: Reply): Action {
  if (call === undefined) return { kind: "submit", answer: content.trim() };
  const args = objectIn(call.arguments);
  const command = COMMAND_ARGUMENTS.map((name) => args[name]).find((value) => typeof value === "string");
  return typeof command === "string" && command.trim() !== ""
    ? { kind: "command", command }
    : { kind: "tool", name: call.name, arguments: args };
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

async function observationOf({ observation }: AtifStep, reading: AtifReading): Promise<Shown> {
  const shown: Shown[] = [];
  for (const { content } of observation?.results ?? []) shown.push(await readContent(content, reading));
  return joined(shown);
}

/** What a user or the system says between replies reaches the agent as an observation does. */
async function addObservation(steps: Step[], step: AtifStep, reading: AtifReading): Promise<void> {
  const last = steps.pop();
  if (last === undefined) return;
  const said = await readContent(step.message, reading);
  const shown = await observationOf(step, reading);
  const all = joined([{ text: last.observation, images: last.images ?? [] }, said, shown]);
  reading.note(`a message of the ${step.source} between replies, read as part of an observation`);
  steps.push({ ...last, observation: all.text, ...(all.images.length === 0 ? {} : { images: all.images }) });
}

interface Shown {
  readonly text: string;
  readonly images: ImageReference[];
}

function joined(shown: readonly Shown[]): Shown {
  const texts = shown.map(({ text }) => text).filter((text) => text !== "");
  return { text: texts.join("\n\n"), images: shown.flatMap(({ images }) => images) };
}

async function readContent(content: Content | null | undefined, reading: AtifReading): Promise<Shown> {
  if (content === null || content === undefined) return { text: "", images: [] };
  if (typeof content === "string") return { text: content, images: [] };
  const texts: string[] = [];
  const images: ImageReference[] = [];
  for (const { type, text, source } of content) {
    if (type === "text" && typeof text === "string") texts.push(text);
    else if (type === "image" && source) {
      const kept = await reading.keepImage(source);
      if (typeof kept === "string") reading.note(`an image (${kept})`);
      else images.push(kept);
    } else reading.note(`a part of type ${JSON.stringify(type.slice(0, 40))}`);
  }
  return { text: texts.join("\n"), images };
}

function usageOf({ metrics, llm_call_count: calls }: AtifStep): Usage {
  return {
    ...NO_USAGE,
    calls: calls ?? 1,
    inputTokens: metrics?.prompt_tokens ?? 0,
    cachedTokens: metrics?.cached_tokens ?? 0,
    outputTokens: metrics?.completion_tokens ?? 0,
  };
}

/** The messages of a release's log as a trajectory, and what its opening says of the task. Pure. */
import { type Action, type Exit, type Message, NO_USAGE, type Reply, type Step, type Trajectory } from "../records.ts";
import type { LogMessage, ReleaseLog } from "./release-log.ts";

const ONE_CALL = { ...NO_USAGE, calls: 1 };

/** @param readAction reads the release's text protocol */
export function trajectoryOf(log: ReleaseLog, readAction: (reply: Reply) => Action): Trajectory {
  const first = log.messages.findIndex(({ role }) => role === "assistant");
  const prompt = log.messages.slice(0, first).map(promptMessage);
  const steps: Step[] = [];
  for (const message of log.messages.slice(first)) {
    const last = steps.at(-1);
    if (message.role === "assistant") steps.push(stepOf(message.content, readAction));
    else if (last !== undefined) steps[steps.length - 1] = shown(last, message.content);
  }
  return { protocol: "text", prompt, steps: ended(steps), exit: exitOf(steps, log), answer: "" };
}

function promptMessage({ role, content }: LogMessage): Message {
  return role === "system" ? { role, content } : { role: "user", content };
}

function stepOf(content: string, readAction: (reply: Reply) => Action): Step {
  const reply: Reply = { role: "assistant", content, toolCalls: [], reasoning: null };
  return { reply, action: readAction(reply), observation: "", usage: ONE_CALL, modelMs: 0, commandMs: 0 };
}

/** `Observation:` and a fence around the text, which is as long as the text needs. */
const OBSERVATION = /^Observation:\s*\n?(`{3,})[^\n]*\n([\s\S]*?)\n?\1\s*$/;

function shown(step: Step, content: string): Step {
  const text = OBSERVATION.exec(content)?.[2] ?? content.replace(/^Observation:\s*/, "");
  return { ...step, observation: step.observation === "" ? text : `${step.observation}\n\n${text}` };
}

/** The release takes a last reply without an action for the end of the work. */
function ended(steps: readonly Step[]): Step[] {
  const last = steps.at(-1);
  if (last?.action.kind !== "invalid" || /action:/i.test(last.reply.content)) return [...steps];
  return [...steps.slice(0, -1), { ...last, action: { kind: "submit", answer: "" } }];
}

function exitOf(steps: readonly Step[], { result }: ReleaseLog): Exit {
  const error = result?.error ?? "";
  if (/context|too long|maximum.*length/i.test(error)) return "context-limit";
  if (/turn/i.test(error)) return "turn-limit";
  if (/time.?out/i.test(error)) return "time-limit";
  const last = ended(steps).at(-1)?.action.kind;
  if (last === "submit") return "submitted";
  // Cut off or stopped: the agent was still at work when the log ends.
  return last === "invalid" ? "format-errors" : "turn-limit";
}

/** The task as the agent saw it, without the names of folders, which differ from run to run. */
export function instructionIn(opening: string): string {
  const kept = opening
    .split("\n")
    .filter((line) => !/^\W*(working_directory|output_path)\W*[:=]/i.test(line))
    .join("\n")
    .trim();
  return kept === "" ? "(the log holds no instruction)" : kept;
}

export function kindIn(opening: string): string | null {
  return /instruction_type\W*[:\n]\s*([A-Za-z][^\n]{0,79})/i.exec(opening)?.[1]?.trim() ?? null;
}

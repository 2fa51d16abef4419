/** A trajectory as text for an analyst to read. */
import type { ImageReference, Reply, Step, Trajectory } from "../harness/records.ts";
import { type CutLimits, cutMiddle, OBSERVATION_LIMITS } from "../harness/truncate.ts";

/** Longer trajectories lose their middle: the start shows the plan, the end what was handed in. About 20,000 tokens. */
export const TRAJECTORY_LIMITS: CutLimits = { head: 40_000, tail: 40_000 };
/** One reply; a workbook written out in a command would crowd out all else. */
const REPLY_LIMITS: CutLimits = { head: 8_000, tail: 4_000 };

/** The steps, how it ended and what was answered; neither the score nor the prompt, which analysts are given otherwise. */
export function trajectoryText({ steps, exit, answer }: Trajectory): string {
  const parts = steps.map((step, index) => stepText(step, index + 1));
  const end = `End: ${exit}${answer === "" ? "" : `\nAnswer: ${answer}`}`;
  return cutMiddle([...parts, end].join("\n\n"), TRAJECTORY_LIMITS);
}

function stepText({ reply, observation, images = [] }: Step, number: number): string {
  const said = [`Step ${number}`, thoughtOf(reply), ...reply.toolCalls.map(callText)]
    .filter((part) => part !== "")
    .join("\n");
  const shown = [cutMiddle(observation, OBSERVATION_LIMITS), ...images.map(imageText)].filter((part) => part !== "");
  return [cutMiddle(said, REPLY_LIMITS), ...(shown.length === 0 ? [] : ["Observation:", ...shown])].join("\n");
}

/** What the agent saw cannot be told in words, but that it looked can. */
function imageText({ width, height }: ImageReference): string {
  return `[an image of ${width} x ${height} pixels]`;
}

/** Some models write their thoughts only where they are kept apart from the reply. */
function thoughtOf({ content, reasoning }: Reply): string {
  return content.trim() === "" ? (reasoning?.text.trim() ?? "") : content.trim();
}

/** A shell command is shown as it was run, with its line ends. */
function callText({ name, arguments: text }: Reply["toolCalls"][number]): string {
  return `${name}: ${commandIn(text) ?? text}`;
}

function commandIn(text: string): string | null {
  try {
    const value: unknown = JSON.parse(text);
    const command = typeof value === "object" && value !== null && "command" in value ? value.command : null;
    return typeof command === "string" ? command : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

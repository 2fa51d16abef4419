/** What every analyst is shown first: the start skill, the task and the trajectory, and the images that the agent was shown. */
import { fence } from "../harness/prompt.ts";
import type { Message, Trajectory } from "../harness/records.ts";
import type { Images } from "../harness/roles.ts";
import { type Skill, skillText } from "../harness/skill/skill.ts";
import { SKILL_FILE } from "./paths.ts";
import { trajectoryText } from "./trajectory-text.ts";
import type { NamedTrial } from "./trials.ts";

export interface Opening {
  readonly message: Extract<Message, { role: "user" }>;
  /** Where its images are, and where those are kept that an analyst looks at; left out when there is no such place. */
  readonly images?: Images;
}

/**
 * Texts are fenced, so that none can pass for an instruction; nothing of the score is among them.
 * @param images where those of the trial are, or null where it has none
 */
export function openingOf(
  { id, task }: NamedTrial,
  agent: Trajectory,
  start: Skill | null,
  images: Images | null,
): Opening {
  const skill = start === null ? null : skillText(start, SKILL_FILE);
  const parts = [
    // First what all analysts of a distillation are shown alike, so that a server reads it once.
    fence("skill", skill ?? "(none)"),
    fence("task", task.instruction),
    fence("trajectory", trajectoryText(agent)),
  ];
  const message = { role: "user" as const, content: parts.join("\n\n") };
  const where = images === null ? {} : { images };
  const shown = agent.prompt.flatMap((said) => (said.role === "user" ? (said.images ?? []) : []));
  if (shown.length === 0) return { message, ...where };
  if (images === null) throw new RangeError(`${id}: the agent was shown images, and nothing says where they are`);
  return { message: { ...message, images: shown }, ...where };
}

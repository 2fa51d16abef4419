/** Which files of a skill an agent read, and how that is known. */
import type { Trajectory } from "../records.ts";
import { type Skill, skillBody, skillText } from "../skill/skill.ts";
import type { SkillRead } from "./attestation.ts";

/** Lines as long as this are not in an observation by chance. */
const TELLING_LENGTH = 40;
const MOST_TELLING = 3;

/** @param opened paths that the kernel saw opened; null where nobody watched */
export function skillReads(
  skill: Skill,
  { prompt, steps }: Trajectory,
  opened: readonly string[] | null,
): Record<string, SkillRead[]> {
  const body = skillBody(skill);
  const isPrompted = body !== "" && prompt.some(({ content }) => content.includes(body));
  const commands = steps.flatMap(({ action }) =>
    action.kind === "command" && action.command.includes("/skill") ? [action.command] : [],
  );
  const reads = (path: string): SkillRead[] => [
    ...(path === "SKILL.md" && isPrompted ? (["prompt"] as const) : []),
    // Also `cd /skill && cat references/rare.md`.
    ...(commands.some((command) => command.includes(path)) ? (["named"] as const) : []),
    ...(isShown(tellingLines(skill, path, prompt), steps) ? (["shown"] as const) : []),
    ...(opened?.includes(path) ? (["opened"] as const) : []),
  ];
  return Object.fromEntries([...skill.files.keys()].sort().map((path) => [path, reads(path)]));
}

function isShown(lines: readonly string[], steps: Trajectory["steps"]): boolean {
  return lines.some((line) => steps.some(({ observation }) => observation.includes(line)));
}

/** The longest lines of a file that the prompt does not show already. */
function tellingLines(skill: Skill, path: string, prompt: Trajectory["prompt"]): string[] {
  const lines = (skillText(skill, path) ?? "").split("\n").map((line) => line.trim());
  return lines
    .filter((line) => line.length >= TELLING_LENGTH)
    .toSorted((one, other) => other.length - one.length)
    .slice(0, 4 * MOST_TELLING)
    .filter((line) => !prompt.some(({ content }) => content.includes(line)))
    .slice(0, MOST_TELLING);
}

/**
 * The simulated model as author of a skill for work it has not seen: general advice that cures no habit, for a draft from
 * a model's own knowledge was measured as no better than none (arXiv:2603.25158, table 1).
 */
import { z } from "zod";
import type { Chat, SimulatedReply } from "./chat.ts";
import { VAGUE_LESSONS } from "./habits.ts";
import { readFenced } from "./proposer.ts";

const Tasks = z.looseObject({ kinds: z.array(z.string()).default([]) });
const MOST_KINDS = 6;

export function playSkillAuthor(chat: Chat): SimulatedReply {
  const kinds = readFenced("tasks", chat.opening, Tasks)?.kinds ?? [];
  const shown =
    kinds
      .slice(0, MOST_KINDS)
      .join(", ")
      .replace(/[<>"\\]/g, " ") || "this field";
  const lines = [
    "---",
    `description: ${JSON.stringify(`General advice for tasks of these kinds: ${shown}. Use it for any of them.`)}`,
    "---",
    "",
    "# General advice",
    "",
    "Written from general knowledge, before any task was seen.",
    "",
    "## First",
    "",
    "- Look at everything that comes with the task before choosing a way.",
    "",
    "## While at work",
    "",
    ...VAGUE_LESSONS.map(({ rule }) => `- ${rule}`),
    "",
    "## Last",
    "",
    "- Look once more at what is handed in.",
  ];
  return { text: lines.join("\n"), calls: [] };
}

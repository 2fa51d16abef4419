/** What the simulated model says to a chat: one player a role. */
import { playAgent } from "./agent.ts";
import type { Chat, SimulatedReply } from "./chat.ts";
import { playErrorAnalyst, playSingleCallErrorAnalyst } from "./error-analyst.ts";
import { playMerger } from "./merger.ts";
import { playPlainChat } from "./plain-chat.ts";
import { playProposer } from "./proposer.ts";
import { playSkillAuthor } from "./skill-author.ts";
import { playSuccessAnalyst } from "./success-analyst.ts";
import type { TaskIndex } from "./task-index.ts";

/** Decided by the chat and the key alone. */
export function respond(chat: Chat, tasks: TaskIndex): SimulatedReply {
  switch (chat.role) {
    case "agent":
      return playAgent(chat, tasks);
    case "error analyst":
      return playErrorAnalyst(chat, tasks);
    case "single-call error analyst":
      return playSingleCallErrorAnalyst(chat, tasks);
    case "success analyst":
      return playSuccessAnalyst(chat, tasks);
    case "proposer":
      return playProposer(chat);
    case "merger":
      return playMerger(chat);
    case "skill author":
      return playSkillAuthor(chat);
    case null:
      return playPlainChat(chat);
    default:
      return chat.role satisfies never;
  }
}

/** Analysts that take one call and no sandbox: of successes, and of errors as an ablation (research: method, 1.4 and 1.5). */
import { z } from "zod";
import { loadPrompt } from "../harness/prompt.ts";
import type { Score, Task } from "../harness/records.ts";
import type { Analysed } from "./analysed.ts";
import { type Asking, askForJson } from "./ask.ts";
import { DraftLessons } from "./draft-lessons.ts";
import { leakIn } from "./lesson-guard.ts";

const LessonsReply = z.object({ lessons: DraftLessons });

const ANALYSTS = {
  success: {
    caller: "success-analyst",
    prompt: loadPrompt(new URL("./prompts/success-analyst.md", import.meta.url), []),
  },
  "single-call-error": {
    caller: "error-analyst",
    prompt: loadPrompt(new URL("./prompts/single-call-error-analyst.md", import.meta.url), []),
  },
} as const;
export const SINGLE_CALL_HASHES: readonly string[] = Object.values(ANALYSTS).map(({ prompt }) => prompt.hash);

/**
 * Analyses a trial in one call; a reply that cannot be used is asked for once more.
 * @param user the fenced task, skill and trajectory
 * @throws ModelError, ContextLimitError, SetupError
 */
export async function analyseInOneCall(
  kind: keyof typeof ANALYSTS,
  { task, score }: { readonly task: Task; readonly score: Score },
  user: string,
  asking: Asking,
): Promise<Analysed> {
  const { caller, prompt } = ANALYSTS[kind];
  const verdicts = score.kind === "scored" ? [score.explanation] : [];
  const leaks = (value: z.infer<typeof LessonsReply>) => value.lessons.map((lesson) => leakIn(lesson, task, verdicts));
  const { value, problem, chat, usage } = await askForJson(asking, {
    caller,
    system: prompt.fill({}),
    user,
    schema: LessonsReply,
    check: (reply) =>
      leaks(reply).flatMap((leak, index) => (leak === null ? [] : [`lesson ${index + 1}: ${leak}`]))[0] ?? null,
    allowsCut: false,
  });
  if (value === null) {
    const detail = problem ?? "the reply cannot be read";
    return {
      outcome: { kind: "failed", reason: "unreadable-reply", detail },
      lessons: [],
      fix: null,
      verdicts,
      chat,
      usage,
    };
  }
  const found = leaks(value);
  const lessons = value.lessons.map((lesson, index) => ({ ...lesson, verified: false, dropped: found[index] ?? null }));
  return { outcome: { kind: "analysed" }, lessons, fix: null, verdicts, chat, usage };
}

/** Analysts that take one call and no sandbox: of successes, and of errors as an ablation (research: method, 1.4 and 1.5). */
import { z } from "zod";
import { loadPrompt } from "../harness/prompt.ts";
import type { Task } from "../harness/records.ts";
import type { Analysed } from "./analysed.ts";
import { type Asking, askForJson } from "./ask.ts";
import { DraftLessons } from "./draft-lessons.ts";
import { leakIn } from "./lesson-guard.ts";
import type { Opening } from "./opening.ts";

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

/** A trial to these analysts, who are never shown what the scorer said. */
export interface JudgedTrial {
  readonly task: Task;
  /** All that its score tells of the answer: for checks only. */
  readonly truth: string;
}

/**
 * Analyses a trial in one call; a reply that cannot be used is asked for once more.
 * @throws ModelError, ContextLimitError, SetupError
 */
export async function analyseInOneCall(
  kind: keyof typeof ANALYSTS,
  { task, truth }: JudgedTrial,
  { message, ...where }: Opening,
  asking: Asking,
): Promise<Analysed> {
  const { caller, prompt } = ANALYSTS[kind];
  const verdicts = [truth];
  const leaks = (value: z.infer<typeof LessonsReply>) => value.lessons.map((lesson) => leakIn(lesson, task, verdicts));
  const { value, problem, chat, usage } = await askForJson(asking, {
    caller,
    system: prompt.fill({}),
    user: message,
    ...where,
    schema: LessonsReply,
    check: (reply) =>
      leaks(reply).flatMap((leak, index) => (leak === null ? [] : [`lesson ${index + 1}: ${leak.told}`]))[0] ?? null,
    allowsCut: false,
  });
  const rest = { fix: null, verdicts, chat, usage };
  if (value === null) {
    const detail = problem ?? "the reply cannot be read";
    return { outcome: { kind: "failed", reason: "unreadable-reply", detail }, lessons: [], ...rest };
  }
  const found = leaks(value);
  const lessons = value.lessons.map((lesson, index) => ({
    ...lesson,
    verified: false,
    dropped: found[index]?.reason ?? null,
  }));
  return { outcome: { kind: "analysed" }, lessons, ...rest };
}

/** What an agentic error analyst is asked and what it works with, by what the task's answer is and whether it has images. */
import { z } from "zod";
import { BASH } from "../agents/bash-tools.ts";
import type { Codec } from "../agents/codec.ts";
import { toolsCodec } from "../agents/tools-codec.ts";
import { VIEW_IMAGE } from "../agents/view-image.ts";
import { loadPrompt } from "../harness/prompt.ts";
import type { Task } from "../harness/records.ts";
import type { Tool } from "../harness/roles.ts";
import { DraftLessons } from "./draft-lessons.ts";
import { ANSWER_FILE, seesDifferences } from "./told.ts";

export const Submission = z.strictObject({
  fix: z
    .string()
    .min(1)
    .refine((fix) => !fix.includes("\0"), { error: "a script cannot hold a NUL character" }),
  lessons: DraftLessons,
});
export type Submission = z.infer<typeof Submission>;

export const EVALUATE = "evaluate";
export const SUBMIT_ANALYSIS = "submit_analysis";

interface Kit {
  readonly prompt: string;
  readonly evaluate: Tool;
  readonly submit: Tool;
}

const PROMPTS = {
  file: loadPrompt(new URL("./prompts/error-analyst.md", import.meta.url), []),
  text: loadPrompt(new URL("./prompts/text-error-analyst.md", import.meta.url), []),
};
export const ERROR_ANALYST_HASHES: readonly string[] = Object.values(PROMPTS).map(({ hash }) => hash);

const KITS: Readonly<Record<keyof typeof PROMPTS, Kit>> = {
  file: kit(PROMPTS.file.fill({}), {
    evaluate: "Compare what lies in /work with what was wanted: says where and how they differ. Takes no arguments.",
    submit: "Hand in a bash script that does the task from its inputs alone, and one to three lessons. Ends the work.",
  }),
  text: kit(PROMPTS.text.fill({}), {
    evaluate: `Say whether the answer in /work/${ANSWER_FILE} is right. Takes no arguments.`,
    submit: `Hand in a bash script that leaves the right answer in /work/${ANSWER_FILE}, and one to three lessons. Ends the work.`,
  }),
};

function kit(prompt: string, { evaluate, submit }: Readonly<Record<"evaluate" | "submit", string>>): Kit {
  const nothing = z.toJSONSchema(z.strictObject({}));
  return {
    prompt,
    evaluate: { name: EVALUATE, description: evaluate, parameters: nothing },
    submit: { name: SUBMIT_ANALYSIS, description: submit, parameters: z.toJSONSchema(Submission) },
  };
}

/** @param canLook whether there is a place to keep images in that the analyst looks at */
export function kitFor(task: Task, canLook: boolean): { readonly prompt: string; readonly codec: Codec } {
  const { prompt, evaluate, submit } = KITS[seesDifferences(task) ? "file" : "text"];
  const looks = canLook && (task.images ?? []).length > 0;
  return { prompt, codec: toolsCodec([BASH, ...(looks ? [VIEW_IMAGE] : []), evaluate, submit]) };
}

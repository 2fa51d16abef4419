/** A scripted model for all roles of distillation: each by the first line of its prompt, overridable one by one. */
import { unfence } from "../../harness/prompt.ts";
import type { ModelCall } from "../../harness/roles.ts";
import { type ScriptedModel, type ScriptedReply, scriptedModel } from "./scripted-model.ts";
import { GOOD_FIX } from "./sum-benchmark.ts";

export type Part = (call: ModelCall) => ScriptedReply;
export type Parts = Readonly<
  Partial<
    Record<
      "error analyst" | "single-call error analyst" | "success analyst" | "proposer" | "merger" | "skill author",
      Part
    >
  >
>;

export const json = (value: unknown): ScriptedReply => ({
  content: `Here:\n\n\`\`\`json\n${JSON.stringify(value, null, 1)}\n\`\`\``,
});
export const lessonsOf = (title: string) => [{ title, rule: `${title}: do it.`, reason: "Else it fails." }];
export const submission = (fix: string, title = "Add all lines") => ({
  calls: [["submit_analysis", { fix, lessons: lessonsOf(title) }] as const],
});

/** The opening's fenced texts of that name. */
export const fenced = (call: ModelCall, name: string): string[] => unfence(name, call.messages[1]?.content ?? "");

const PARTS: Required<Parts> = {
  "skill author": () => ({ content: "---\ndescription: A draft.\n---\n\n# Draft\n\n## Before you start\n\n- Look.\n" }),
  "error analyst": () => submission(GOOD_FIX),
  "single-call error analyst": () => json({ lessons: lessonsOf("Add all lines") }),
  "success analyst": () => json({ lessons: lessonsOf("Check the sum") }),
  proposer: (call) => {
    const lessons: { id: string; title: string; rule: string }[] = JSON.parse(fenced(call, "lessons")[0] ?? "[]");
    const edits = lessons.map(({ id, rule }) => ({
      op: "append_to_section",
      file: "SKILL.md",
      section: "Before you start",
      content: `- ${rule}`,
      lessons: [id],
    }));
    return json({ reasoning: "", edits });
  },
  merger: (call) => {
    const patches: { edits: Record<string, unknown>[] }[] = JSON.parse(fenced(call, "patches")[0] ?? "[]");
    const groups = Map.groupBy(
      patches.flatMap(({ edits }) => edits),
      ({ content }) => content,
    );
    const edits = [...groups.values()].map(([first, ...rest]) => {
      const { id, support: _, ...body } = first ?? {};
      return { ...body, covers: [id, ...rest.map((edit) => edit.id)] };
    });
    return json({ reasoning: "same words are one", edits, dropped: [] });
  },
};

export function distillScript(parts: Parts = {}): ScriptedModel {
  const all: Record<string, Part> = { ...PARTS, ...parts };
  return scriptedModel((call) => {
    const role = /^Role: (.*)$/m.exec(call.messages[0]?.content ?? "")?.[1] ?? "";
    const part = all[role];
    if (part === undefined) throw new Error(`no part for role ${JSON.stringify(role)}`);
    return part(call);
  });
}

/** The conditions that tables share, by the names that they have in all of them: so that what is shared is made once. */
import type { DistillChoice } from "../experiments/definition.ts";
import type { Condition, Size } from "./paper-table.ts";

export const NO_SKILL: Condition = { arm: { name: "no skill" }, skills: {}, authors: [] };

export const HUMAN_WRITTEN: Condition = {
  arm: { name: "human-written", skill: "human-written", baseline: "no skill" },
  skills: { "human-written": "human-written" },
  authors: [],
};

/** The draft of the larger model, which creations of both sizes start from. */
export const PARAMETRIC: Condition = {
  arm: { name: "parametric", skill: "parametric", baseline: "no skill" },
  skills: { parametric: { parametric: { author: "122b" } } },
  authors: ["122b"],
};

/** Tables on other domains draft a skill of that domain. */
export function parametricFor(domain: string): Condition {
  return { ...PARAMETRIC, skills: { parametric: { parametric: { author: "122b", domain } } } };
}

export type Start = "deepen" | "create";

/** What a distillation of the paper is asked for; what is left out is as in the paper's main table. */
export interface Distilled {
  readonly author: Size;
  readonly start: Start;
  readonly lessons: DistillChoice["lessons"];
  readonly errorAnalyst?: DistillChoice["errorAnalyst"];
  readonly strategy?: DistillChoice["strategy"];
  readonly batch?: number;
}

const PATCHES = { error: "+Error", success: "+Success", combined: "+Combined" } as const;

/** `122b deepen +Error`, with what is not as in the main table behind it. */
export function nameOf({ author, start, lessons, errorAnalyst, strategy, batch }: Distilled): string {
  const single = errorAnalyst === "single-call" ? " single call" : "";
  const rival = strategy === "sequential" ? ` seq ${batch ?? 1}` : "";
  return `${author} ${start} ${PATCHES[lessons]}${single}${rival}`;
}

/**
 * @param users those that it is judged with; all when left out
 * @param baseline what it is compared with; the skill that it starts from when left out
 */
export function distilled(asked: Distilled, users?: readonly Size[], baseline?: string): Condition {
  const name = nameOf(asked);
  const start = startOf(asked.start);
  const [first, ...others] = users ?? [];
  return {
    arm: {
      name,
      skill: name,
      baseline: baseline ?? start.arm.name,
      ...(first !== undefined && { users: [first, ...others] }),
    },
    skills: { ...start.skills, [name]: { distill: choiceOf(asked) } },
    authors: [...start.authors, asked.author],
  };
}

/** The condition, where what it starts from is the draft of that domain. */
export function withDraft(draft: Condition, { skills, ...condition }: Condition): Condition {
  return { ...condition, skills: { ...skills, ...draft.skills } };
}

/** ReasoningBank: the lessons of the same trials as a memory, the nearest earlier task shown, in place of a skill. */
export function remembered(asked: Distilled, user: Size, baseline: string): Condition {
  const start = startOf(asked.start);
  return {
    arm: {
      name: `${user} ReasoningBank ${PATCHES[asked.lessons]}`,
      memory: { distill: choiceOf({ ...asked, strategy: "retrieval" }), top: 1 },
      baseline,
      users: [user],
    },
    skills: start.skills,
    authors: [...start.authors, asked.author],
  };
}

function startOf(start: Start): Condition {
  return start === "deepen" ? HUMAN_WRITTEN : PARAMETRIC;
}

function choiceOf({ author, start, lessons, errorAnalyst = "agentic", strategy = "parallel", batch }: Distilled) {
  return {
    start: start === "deepen" ? "human-written" : "parametric",
    author,
    evolve: "evolve",
    mode: start,
    lessons,
    errorAnalyst,
    strategy,
    ...(batch !== undefined && { batch }),
  } as const satisfies DistillChoice;
}

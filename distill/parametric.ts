/**
 * The parametric skill: a draft that the model writes from what it knows, before it has learned anything (paper 3.1; measured
 * there as no better than no skill). Told are the kinds of task, never their words, inputs or answers.
 */
import { extname } from "node:path";
import { messageOf, SetupError } from "../harness/errors.ts";
import { fence, loadPrompt } from "../harness/prompt.ts";
import { FORMAT_VERSION, type Message, type Task } from "../harness/records.ts";
import { type Completion, ContextLimitError, ModelError } from "../harness/roles.ts";
import { readFrontMatter } from "../harness/skill/front-matter.ts";
import { lintSkill } from "../harness/skill/lint.ts";
import { markdownProblem, PAGE_LIMITS } from "../harness/skill/markdown-limits.ts";
import { problemLine } from "../harness/skill/problem.ts";
import { hashFiles, type Skill } from "../harness/skill/skill.ts";
import { sumUsage } from "../harness/usage.ts";
import type { Asking } from "./ask.ts";
import type { Draft } from "./documents.ts";
import { SKILL_FILE } from "./paths.ts";

const PROMPT = loadPrompt(new URL("./prompts/parametric.md", import.meta.url), []);
const REPAIR = loadPrompt(new URL("./prompts/parametric-repair.md", import.meta.url), ["problem"]);
export const PARAMETRIC_HASHES = [PROMPT.hash, REPAIR.hash];

const MOST_KINDS = 40;
const MOST_SHOWN = 20;
/** Warnings that a draft is asked to mend as well; the others are a matter of style. */
const MENDED: readonly string[] = [
  "too-long",
  "heading-placeholder",
  "heading-glued",
  "hidden-character",
  "section-empty",
];

export interface Written {
  /** Null when neither of two drafts keeps the format: the frame then takes its place. */
  readonly skill: Skill | null;
  readonly document: Draft;
}

/**
 * Asks for a draft, and once more with all that a check found wrong with it.
 * @param frame gives the description where the draft has none
 * @throws SetupError when the model could not be asked at all: nothing can be distilled without a start
 */
export async function writeParametric(
  name: string,
  tasks: readonly Task[],
  frame: Skill,
  asking: Asking,
): Promise<Written> {
  const opening: Message[] = [
    { role: "system", content: PROMPT.fill({}) },
    { role: "user", content: fence("tasks", JSON.stringify(describe(tasks), null, 1)) },
  ];
  const first = await ask(opening, asking);
  const draft = readDraft(first.reply.content, name, frame);
  if (draft.problems.length === 0) return written(draft, [first], { chat: [first.reply], repaired: null });
  const problem = draft.problems.slice(0, MOST_SHOWN).join("\n");
  const repair: Message = { role: "user", content: REPAIR.fill({ problem }) };
  const second = await ask([...opening, first.reply, repair], asking);
  const better = readDraft(second.reply.content, name, frame);
  const chat = [first.reply, repair, second.reply];
  // A draft that only falls short of advice can be used; the better of the two is the second where it can.
  return written(better.skill === null ? draft : better, [first, second], { chat, repaired: problem });
}

function written(
  { skill, problems }: Read,
  completions: readonly Completion[],
  { chat, repaired }: Pick<Draft, "chat" | "repaired">,
): Written {
  const refused = skill === null ? problems.join("\n") : null;
  const usage = sumUsage(completions.map((completion) => completion.usage));
  return { skill, document: { version: FORMAT_VERSION, chat, repaired, refused, usage } };
}

/** Kinds of task and of file: nothing of what a task says. */
function describe(tasks: readonly Task[]): Record<string, unknown> {
  const sorted = (texts: readonly string[]) => [...new Set(texts.filter(Boolean))].sort();
  const types = (files: readonly string[]) => sorted(files.map((file) => extname(file).toLowerCase()));
  return {
    kinds: sorted(tasks.map(({ kind }) => kind.replace(/\s+/g, " ").trim())).slice(0, MOST_KINDS),
    files: types(tasks.flatMap(({ files }) => files)),
    handedIn: sorted(
      tasks.map(({ output }) => (output === null ? "a short text" : `a file ${extname(output)}`.trim())),
    ),
    ...(tasks.some(({ images }) => images !== undefined && images.length > 0) && { images: "shown with the task" }),
  };
}

async function ask(messages: readonly Message[], { model, seed, signal }: Asking): Promise<Completion> {
  try {
    return await model.complete({ caller: "parametric", messages, tools: [], seed, draw: 0, signal });
  } catch (error) {
    if (!(error instanceof ModelError || error instanceof ContextLimitError)) throw error;
    const problem = `the model could not be asked for the draft to start from: ${messageOf(error)}`;
    throw new SetupError(
      `distill: ${problem}. Give the command again, or start from a skill of your own with --start`,
      {
        cause: error,
      },
    );
  }
}

interface Read {
  /** Null when the draft breaks the format. */
  readonly skill: Skill | null;
  readonly problems: readonly string[];
}

function readDraft(reply: string, name: string, frame: Skill): Read {
  const page = unwrapped(reply.split("</think>").at(-1) ?? "");
  const head = readFrontMatter(page.startsWith("---") ? page : `---\n---\n${page}`);
  const body = head.body.trim();
  const heavy = markdownProblem(body, PAGE_LIMITS);
  if (body === "" || heavy !== null) return { skill: null, problems: [heavy?.message ?? "the page is empty"] };
  const described = head.description !== "";
  const description = described ? head.description : frame.description;
  const text = `---\nname: ${name}\ndescription: ${JSON.stringify(description)}\n---\n\n${body}\n`;
  const files = new Map([[SKILL_FILE, new TextEncoder().encode(text)]]);
  const found = lintSkill({ files }, name);
  const errors = found.filter(({ severity }) => severity === "error");
  const problems = found.filter(({ severity, rule }) => severity === "error" || MENDED.includes(rule)).map(problemLine);
  const skill = errors.length > 0 ? null : { name, description, files, hash: hashFiles(files) };
  return { skill, problems: described ? problems : [...problems, "the front matter has no `description`"] };
}

/** The page without the fence that a model may have put around the whole of it. */
function unwrapped(text: string): string {
  const lines = text.trim().split(/\r?\n/);
  const open = lines.findIndex((line) => /^(`{3,}|~{3,})\s*(markdown|md|yaml)?\s*$/i.test(line));
  const opens = lines.slice(open + 1).find((line) => line.trim() !== "");
  const head = lines.findIndex((line) => line.trim() === "---");
  if (open === -1 || (head !== -1 && head < open) || !/^(---|# )/.test(opens ?? "")) {
    // What is said before the page is no part of it.
    return (head === -1 ? lines : lines.slice(head)).join("\n");
  }
  const close = lines.findLastIndex((line) => /^(`{3,}|~{3,})\s*$/.test(line));
  return lines
    .slice(open + 1, close > open ? close : lines.length)
    .join("\n")
    .trim();
}

/** The lessons of one trial to a patch of small edits against the frozen start skill: one model call. */
import { z } from "zod";
import { messageOf } from "../harness/errors.ts";
import { shortHash } from "../harness/hash.ts";
import { fence, loadPrompt } from "../harness/prompt.ts";
import { FORMAT_VERSION, NO_USAGE } from "../harness/records.ts";
import { ContextLimitError, ModelError } from "../harness/roles.ts";
import type { Skill } from "../harness/skill/skill.ts";
import { applyEdits } from "./apply.ts";
import { type Answer, type Asking, askForJson } from "./ask.ts";
import type { Proposal } from "./documents.ts";
import { fencedFiles, idsIn, makeEdit, readEditBody, WrittenEdit } from "./edit-reply.ts";
import { quote } from "./locate.ts";
import { readDocument } from "./markdown.ts";
import { readMarkdownPatch } from "./markdown-patch.ts";
import { pathProblem } from "./paths.ts";
import { type Edit, type Lesson, problemOf, type Refusal } from "./records.ts";
import { salvageEdits } from "./salvage.ts";

const Stated = z.array(z.object({ lesson: z.string(), text: z.string().trim().min(1) })).catch([]);
const ProposerReply = z.object({
  reasoning: z.string().catch(""),
  edits: z.array(WrittenEdit),
  stated: Stated.default([]),
});
type ProposerReply = z.infer<typeof ProposerReply>;

const PROMPTS = {
  /** Against the start skill, which has learned nothing yet. */
  trial: loadPrompt(new URL("./prompts/proposer.md", import.meta.url), []),
  /** Against the skill as earlier steps left it. */
  step: loadPrompt(new URL("./prompts/step-proposer.md", import.meta.url), []),
};
export const PROPOSER_HASHES = Object.values(PROMPTS).map(({ hash }) => hash);

/** What one proposer is given: the lessons of one trial, or of a batch whose trials are joined with `, `. */
export interface TrialLessons {
  readonly trial: string;
  readonly lessons: readonly Lesson[];
}

/**
 * Proposes a patch. Edits are tried on the base at once: one that does not fit is asked for again with the reason, then recorded.
 * Each lesson ends in an edit of the patch, in `refused` or in `left`.
 * @throws SetupError
 */
export async function propose(
  source: TrialLessons,
  base: Skill,
  asking: Asking,
  prompt: keyof typeof PROMPTS = "trial",
): Promise<Proposal> {
  const shown = source.lessons.map(({ id, title, rule, reason }) => ({ id, title, rule, reason }));
  const user = `${fencedFiles(base)}\n\n${fence("lessons", JSON.stringify(shown, null, 1))}`;
  try {
    const answer = await askForJson(asking, {
      caller: "proposer",
      system: PROMPTS[prompt].fill({}),
      user: { role: "user", content: user },
      schema: ProposerReply,
      check: (reply) => {
        const problems = readEdits(reply, source, base).refused.map(({ problem }) => problem);
        return problems.length === 0 ? null : problems.join("\n\n");
      },
      allowsCut: false,
      readOther: (text) => readOther(text, base),
    });
    return proposalOf(source, base, answer.value === null ? salvaged(answer) : answer);
  } catch (error) {
    if (!(error instanceof ModelError || error instanceof ContextLimitError)) throw error;
    const fault = `the proposer could not be asked: ${messageOf(error)}`;
    return {
      ...empty(source, fault, { problem: null, usage: NO_USAGE }),
      fault: error instanceof ModelError ? fault : null,
    };
  }
}

function readOther(text: string, base: Skill): ProposerReply | null {
  const patch = readMarkdownPatch(text, headingsOf(base));
  return patch === null || patch.edits.length === 0 ? null : { ...patch, edits: [...patch.edits], stated: [] };
}

function headingsOf({ files }: Skill): string[] {
  const pages = [...files].filter(([file]) => pathProblem(file) === null);
  return pages.flatMap(([, bytes]) =>
    readDocument(new TextDecoder().decode(bytes)).sections.map(({ heading }) => heading),
  );
}

type Readable = Omit<Answer<ProposerReply>, "readAs"> & { readonly readAs: Answer<unknown>["readAs"] | "heuristic" };

/** The edits that can be picked out of replies that cannot be read as a whole, the last reply first. */
function salvaged(answer: Answer<ProposerReply>): Readable {
  const replies = answer.chat.filter(({ role }) => role === "assistant").map(({ content }) => content);
  const edits = replies
    .reverse()
    .map(salvageEdits)
    .find(({ length }) => length > 0);
  return edits === undefined ? answer : { ...answer, value: { reasoning: "", edits, stated: [] }, readAs: "heuristic" };
}

function proposalOf(source: TrialLessons, base: Skill, answer: Readable): Proposal {
  const { value, readAs } = answer;
  if (value === null) return empty(source, `the proposer's replies cannot be read: ${answer.problem}`, answer);
  const { edits, refused } = readEdits(value, source, base);
  const spoken = new Set([...edits, ...refused].flatMap(({ lessons }) => lessons));
  const silent = source.lessons.filter(({ id }) => !spoken.has(id));
  const stated = value.stated.filter(({ lesson }) => silent.some(({ id }) => id === lesson));
  const left = silent.map(({ id }) => {
    const text = stated.find(({ lesson }) => lesson === id)?.text;
    return {
      lesson: id,
      reason: text === undefined ? "no edit proposed" : `the skill states it already: ${quote(text)}`,
    };
  });
  const id = `p-${shortHash({ trial: source.trial, edits: edits.map((edit) => edit.id) })}`;
  return {
    version: FORMAT_VERSION,
    trial: source.trial,
    patch: { id, reasoning: value.reasoning, edits },
    refused,
    left,
    ...(stated.length > 0 && { stated }),
    repaired: answer.problem,
    ...(readAs !== null && { readAs: readAs === "other" ? "markdown" : readAs }),
    fault: null,
    usage: answer.usage,
  };
}

function empty(
  { trial, lessons }: TrialLessons,
  reason: string,
  { problem, usage }: Pick<Answer<unknown>, "problem" | "usage">,
): Proposal {
  const patch = { id: `p-${shortHash({ trial, edits: [] })}`, reasoning: "", edits: [] };
  const left = lessons.map(({ id }) => ({ lesson: id, reason }));
  return { version: FORMAT_VERSION, trial, patch, refused: [], left, repaired: problem, fault: null, usage };
}

/** What of a reply can be used: edits that are well formed and fit the base together. */
function readEdits(reply: ProposerReply, source: TrialLessons, base: Skill): { edits: Edit[]; refused: Refusal[] } {
  const refused: Refusal[] = [];
  const edits = new Map<string, Edit>();
  for (const [index, written] of reply.edits.entries()) {
    const lessons = lessonsOf(written, source);
    const ids = lessons.map(({ id }) => id);
    const body = readEditBody(written, "lessons");
    if (lessons.length === 0) {
      refused.push({
        written,
        lessons: [],
        problem: `edit ${index + 1} of ${reply.edits.length}: it names none of the lessons`,
      });
    } else if (body.success) {
      const edit = makeEdit(body.data, [source.trial, ...ids], ids, lessons.map(problemOf));
      edits.set(edit.id, edit);
    } else {
      refused.push({
        written,
        lessons: ids,
        problem: `edit ${index + 1} of ${reply.edits.length}: ${z.prettifyError(body.error)}`,
      });
    }
  }
  const { rejected } = applyEdits(base.files, [...edits.values()]);
  for (const { edit, problem } of rejected) {
    edits.delete(edit.id);
    refused.push({ written: edit.body, lessons: edit.lessons, problem });
  }
  return { edits: [...edits.values()], refused };
}

/** An edit that names none of the trial's lessons is bound to all of them; of a batch it would claim the support of all. */
function lessonsOf(written: WrittenEdit, { lessons }: TrialLessons): readonly Lesson[] {
  const named = idsIn(written.lessons);
  const known = lessons.filter(({ id }) => named.includes(id));
  const oneTrial = new Set(lessons.map(({ trial }) => trial)).size === 1;
  return known.length > 0 || !oneTrial ? known : lessons;
}

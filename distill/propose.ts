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
import type { Edit, Lesson, Refusal } from "./records.ts";

const ProposerReply = z.object({ reasoning: z.string().catch(""), edits: z.array(WrittenEdit) });
type ProposerReply = z.infer<typeof ProposerReply>;

const PROMPT = loadPrompt(new URL("./prompts/proposer.md", import.meta.url), []);
export const PROPOSER_HASH = PROMPT.hash;

/** The lessons of one trial. */
export interface TrialLessons {
  readonly trial: string;
  readonly lessons: readonly Lesson[];
}

/**
 * Proposes a patch. Edits are tried on the base at once: one that does not fit is asked for again with the reason, then recorded.
 * Each lesson ends in an edit of the patch, in `refused` or in `left`.
 * @throws SetupError
 */
export async function propose(source: TrialLessons, base: Skill, asking: Asking): Promise<Proposal> {
  const shown = source.lessons.map(({ id, title, rule, reason }) => ({ id, title, rule, reason }));
  const user = `${fencedFiles(base)}\n\n${fence("lessons", JSON.stringify(shown, null, 1))}`;
  try {
    const answer = await askForJson(asking, {
      caller: "proposer",
      system: PROMPT.fill({}),
      user: { role: "user", content: user },
      schema: ProposerReply,
      check: (reply) => {
        const problems = readEdits(reply, source, base).refused.map(({ problem }) => problem);
        return problems.length === 0 ? null : problems.join("\n\n");
      },
      allowsCut: false,
    });
    return proposalOf(source, base, answer);
  } catch (error) {
    if (!(error instanceof ModelError || error instanceof ContextLimitError)) throw error;
    const fault = `the proposer could not be asked: ${messageOf(error)}`;
    return {
      ...empty(source, fault, { problem: null, usage: NO_USAGE }),
      fault: error instanceof ModelError ? fault : null,
    };
  }
}

function proposalOf(source: TrialLessons, base: Skill, answer: Answer<ProposerReply>): Proposal {
  if (answer.value === null) return empty(source, `the proposer's replies cannot be read: ${answer.problem}`, answer);
  const { edits, refused } = readEdits(answer.value, source, base);
  const spoken = new Set([...edits, ...refused].flatMap(({ lessons }) => lessons));
  const left = source.lessons
    .filter(({ id }) => !spoken.has(id))
    .map(({ id }) => ({ lesson: id, reason: "no edit proposed" }));
  const id = `p-${shortHash({ trial: source.trial, edits: edits.map((edit) => edit.id) })}`;
  const patch = { id, reasoning: answer.value.reasoning, edits };
  return {
    version: FORMAT_VERSION,
    trial: source.trial,
    patch,
    refused,
    left,
    repaired: answer.problem,
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
    if (body.success) {
      const edit = makeEdit(
        body.data,
        [source.trial, ...ids],
        ids,
        lessons.map(({ task }) => task),
      );
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

/** An edit that names none of the trial's lessons is bound to all of them. */
function lessonsOf(written: WrittenEdit, { lessons }: TrialLessons): readonly Lesson[] {
  const named = idsIn(written.lessons);
  const known = lessons.filter(({ id }) => named.includes(id));
  return known.length > 0 ? known : lessons;
}

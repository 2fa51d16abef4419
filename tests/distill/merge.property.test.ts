/** Merging through the whole tree with a merger that answers anything, and what its result does to a skill. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applyEdits } from "../../distill/apply.ts";
import { type MergedPatches, mergePatches } from "../../distill/merge.ts";
import { mergeGroup } from "../../distill/merge-group.ts";
import type { Edit, EditBody, Patch } from "../../distill/records.ts";
import { patch, skill } from "../support/distill-builders.ts";
import { type ScriptedReply, scriptedModel } from "../support/scripted-model.ts";

const BASE = skill();
const TASKS = ["t1", "t2", "t3", "t4", "t5", "t6"];
const signal = new AbortController().signal;

const text = fc.constantFrom(
  "- one",
  "- two",
  "- three\n- four",
  "Some text.",
  "### More\n\n- five",
  "```\n# code\n```",
);
const section = fc.constantFrom("Reading", "Writing", "Formulas");
const body: fc.Arbitrary<EditBody> = fc.oneof(
  fc.record({ op: fc.constant("append_to_section" as const), file: fc.constant("SKILL.md"), section, content: text }),
  fc.record({
    op: fc.constant("add_section" as const),
    file: fc.constant("SKILL.md"),
    after: fc.constant(null),
    heading: fc.constantFrom("Dates", "Sums"),
    content: text,
  }),
  fc.record({
    op: fc.constant("replace_in_section" as const),
    file: fc.constant("SKILL.md"),
    section: fc.constant("Formulas"),
    old: fc.constant("Always re-calc before saving."),
    content: text.filter((content) => !content.startsWith("`")),
  }),
  fc.record({
    op: fc.constant("delete_section" as const),
    file: fc.constant("SKILL.md"),
    section: fc.constant("Formulas"),
  }),
  fc.record({
    op: fc.constant("create_file" as const),
    file: fc.constantFrom("references/a.md", "references/b.md"),
    content: text,
    link: fc.constant("when it is needed"),
  }),
);
/** Each of them fits the base alone, as proposers' edits do. */
const patches: fc.Arbitrary<Patch[]> = fc
  .array(fc.array(fc.record({ body, tasks: fc.subarray(TASKS, { minLength: 1 }) }), { minLength: 1, maxLength: 3 }), {
    minLength: 2,
    maxLength: 7,
  })
  .map((lists) =>
    lists.map((list, p) =>
      patch(
        `p${p}`,
        list.map((one, n) => ({ id: `e${p}-${n}`, ...one, lessons: one.tasks.map((task) => `run/${task}.${p}#${n}`) })),
      ),
    ),
  );

/** Positions, so that covers name edits that are really there, at any level. */
const written = fc.record({
  body: fc.oneof(
    body as fc.Arbitrary<Record<string, unknown>>,
    fc.dictionary(fc.string(), fc.jsonValue()),
    fc.constant({ op: "append_to_section", file: "SKILL.md", section: "Nowhere", content: "x" }),
    fc.constant({ op: "delete_file", file: "../../etc/passwd" }),
  ),
  covers: fc.array(fc.nat(30), { maxLength: 6 }),
  stranger: fc.option(fc.jsonValue()),
});
const reply = fc.oneof(
  {
    arbitrary: fc.record({
      edits: fc.array(written, { maxLength: 5 }),
      dropped: fc.array(fc.tuple(fc.nat(30), fc.string()), { maxLength: 4 }),
    }),
    weight: 4,
  },
  fc.string(),
  fc.constantFrom(
    "",
    '```json\n{"edits": [',
    "[]",
    "null",
    "```json\n{}\n```",
    '```json\n{"edits": "all", "dropped": {}}\n```',
  ),
);

function replyText(answer: typeof reply extends fc.Arbitrary<infer T> ? T : never, ids: readonly string[]): string {
  if (typeof answer === "string") return answer;
  const idAt = (at: number) => ids[at % ids.length] ?? "e?";
  const edits = answer.edits.map((edit) => ({
    ...edit.body,
    covers: edit.stranger === null ? edit.covers.map(idAt) : edit.stranger,
  }));
  const dropped = answer.dropped.map(([at, reason]) => ({ edit: idAt(at), reason }));
  return `\`\`\`json\n${JSON.stringify({ reasoning: "", edits, dropped })}\n\`\`\``;
}

async function merged(
  input: readonly Patch[],
  answers: readonly Parameters<typeof replyText>[0][],
  fanIn: number,
): Promise<MergedPatches> {
  let asked = 0;
  const model = scriptedModel((call): ScriptedReply => {
    const ids = [...(call.messages[1]?.content ?? "").matchAll(/"id": "(e[^"]+)"/g)].map(([, id]) => id ?? "");
    asked += 1;
    return { content: replyText(answers[asked % answers.length] ?? "", ids) };
  });
  const asking = { model, seed: 1, signal };
  return mergePatches(input, {
    fanIn,
    width: 4,
    signal,
    mergeGroup: (group, place) => mergeGroup(group, place, BASE, asking),
  });
}

const RUNS = { numRuns: 60 };
const cases = [patches, fc.array(reply, { minLength: 1, maxLength: 6 }), fc.integer({ min: 2, max: 4 })] as const;

describe("whatever a merger answers, at every level of the tree", () => {
  test("each input edit has exactly one fate in its merge, and ends in the last patch or with a reason on the way", async () => {
    await fc.assert(
      fc.asyncProperty(...cases, async (input, answers, fanIn) => {
        const { patch: last, merges } = await merged(input, answers, fanIn);
        const known = new Map([...input, ...merges.map(({ output }) => output)].map((one) => [one.id, one]));
        const end = new Set(last.edits.map(({ id }) => id));
        const fates = new Map<string, (typeof merges)[number]["fates"]>();
        for (const merge of merges) {
          const given = [...new Set(merge.inputs.flatMap((id) => known.get(id)?.edits.map((edit) => edit.id) ?? []))];
          expect(merge.fates.map(({ edit }) => edit).sort()).toEqual(given.sort());
          for (const fate of merge.fates) fates.set(fate.edit, [...(fates.get(fate.edit) ?? []), fate]);
        }
        const reaches = (id: string): boolean =>
          end.has(id) ||
          (fates.get(id) ?? []).some((fate) =>
            // An edit may come back as it was beside another that covers it as well: it is then merged into itself, too.
            fate.kind === "merged"
              ? fate.into.some((into) => into !== id && reaches(into))
              : fate.kind === "dropped" && fate.reason.trim() !== "",
          );
        for (const { id } of input.flatMap(({ edits }) => edits)) expect(reaches(id), id).toBe(true);
      }),
      RUNS,
    );
  });

  test("support never shrinks: what an edit became has all its tasks and lessons, and no others are made up", async () => {
    await fc.assert(
      fc.asyncProperty(...cases, async (input, answers, fanIn) => {
        const { patch: last, merges } = await merged(input, answers, fanIn);
        const byId = new Map<string, Edit>(
          [...input, ...merges.map(({ output }) => output)].flatMap(({ edits }) =>
            edits.map((edit) => [edit.id, edit]),
          ),
        );
        for (const fate of merges.flatMap(({ fates }) => fates)) {
          for (const into of fate.kind === "merged" ? fate.into : []) {
            expect(byId.get(into)?.tasks).toEqual(expect.arrayContaining(byId.get(fate.edit)?.tasks ?? ["?"]));
            expect(byId.get(into)?.lessons).toEqual(expect.arrayContaining(byId.get(fate.edit)?.lessons ?? ["?"]));
          }
        }
        const lessons = new Set(input.flatMap(({ edits }) => edits.flatMap((edit) => edit.lessons)));
        for (const edit of last.edits) for (const one of edit.lessons) expect(lessons).toContain(one);
      }),
      RUNS,
    );
  });

  test("the result applies cleanly: what is rejected is in conflict with what is applied, and nothing is unfit", async () => {
    await fc.assert(
      fc.asyncProperty(...cases, async (input, answers, fanIn) => {
        const { patch: last } = await merged(input, answers, fanIn);
        const { applied, rejected } = applyEdits(BASE.files, last.edits);
        expect(rejected.filter(({ kind }) => kind === "unfit")).toEqual([]);
        expect([...applied, ...rejected.map(({ edit }) => edit.id)].sort()).toEqual(
          last.edits.map(({ id }) => id).sort(),
        );
      }),
      RUNS,
    );
  });
});

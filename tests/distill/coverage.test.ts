import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { coverGroup, MergerReply } from "../../distill/coverage.ts";
import { type Edit, type EditBody, type Patch, supportOf } from "../../distill/records.ts";
import { append, patch } from "../support/distill-builders.ts";

const FITS = () => new Map<string, string>();
const group = [
  patch("p1", [append("e1", "- one", { tasks: ["t1"] }), append("e2", "- two", { tasks: ["t1"] })]),
  patch("p2", [append("e3", "- three", { tasks: ["t2"] }), append("e4", "- four", { tasks: ["t2", "t3"] })]),
];
const bodyOf = (content: string): EditBody => ({
  op: "append_to_section",
  file: "SKILL.md",
  section: "Reading",
  content,
});

describe("what a merger says is checked by code", () => {
  test("an edit is merged, dropped, kept, or put back when it was forgotten; support is the union of tasks", () => {
    const reply = {
      reasoning: "",
      edits: [
        { ...bodyOf("- both"), covers: ["e1", "e3"] },
        { ...bodyOf("- two"), covers: ["e2"] },
      ],
      dropped: [],
    };
    const { output, fates } = coverGroup(group, reply, FITS);

    const [merged] = output.edits;
    expect(output.edits.map(({ id }) => id)).toEqual([merged?.id, "e2", "e4"]);
    expect(merged).toMatchObject({ lessons: ["run/t1.1#1", "run/t2.1#1"], tasks: ["t1", "t2"] });
    expect(fates).toEqual([
      { kind: "merged", edit: "e1", into: [merged?.id] },
      { kind: "kept", edit: "e2" },
      { kind: "merged", edit: "e3", into: [merged?.id] },
      { kind: "put-back", edit: "e4" },
    ]);
  });

  test("a drop needs a reason, and an edit that is covered as well is not dropped", () => {
    const reply = {
      reasoning: "",
      edits: [{ ...bodyOf("- both"), covers: ["e1", "e3"] }],
      dropped: [
        { edit: "e1", reason: "no" },
        { edit: "e2", reason: " " },
        { edit: "e4", reason: "Says nothing." },
        "e9",
        { edit: "e8", reason: "x" },
      ],
    };
    const { fates, notices } = coverGroup(group, reply, FITS);
    expect(fates.map(({ kind }) => kind)).toEqual(["merged", "put-back", "merged", "dropped"]);
    expect(notices).toHaveLength(3);
  });

  test("an edit that covers nothing given is refused, and unknown ids are told", () => {
    const reply = { reasoning: "", edits: [{ ...bodyOf("- made up"), covers: ["e77"] }], dropped: [] };
    const { output, refused, notices } = coverGroup(group, reply, FITS);
    expect(output.edits.map(({ id }) => id)).toEqual(["e1", "e2", "e3", "e4"]);
    expect(refused.map(({ problem }) => problem)).toEqual(["it covers none of the edits that were given"]);
    expect(notices).toEqual(["covers names edits that were not given: e77"]);
  });

  test("what an edit covered is put back when the edit does not fit the skill", () => {
    const reply = { reasoning: "", edits: [{ ...bodyOf("- new words"), covers: ["e1", "e2"] }], dropped: [] };
    const { output, refused, fates } = coverGroup(
      group,
      reply,
      (edits) => new Map(edits.map(({ id }) => [id, "no such section"])),
    );
    expect(output.edits.map(({ id }) => id)).toEqual(["e1", "e2", "e3", "e4"]);
    expect(refused).toMatchObject([{ problem: "no such section", lessons: ["run/t1.1#1"] }]);
    expect(new Set(fates.map(({ kind }) => kind))).toEqual(new Set(["put-back"]));
  });

  test("forgotten edits that say the same become one, whose support is that of all: else each would seem rare", () => {
    const same = [
      patch("p1", [append("e1", "- the same", { tasks: ["t1"] })]),
      patch("p2", [append("e2", "- the same", { tasks: ["t2"] })]),
    ];
    const { output, fates } = coverGroup(same, { reasoning: "", edits: [], dropped: [] }, FITS);
    expect(output.edits.map(({ tasks }) => tasks)).toEqual([["t1", "t2"]]);
    expect(fates.map(({ kind }) => kind)).toEqual(["merged", "merged"]);
  });

  test("a forgotten edit whose very words came back under another cover is not doubled", () => {
    const reply = { reasoning: "", edits: [{ ...bodyOf("- three"), covers: ["e1"] }], dropped: [] };
    const { output } = coverGroup(group, reply, FITS);
    expect(output.edits.filter(({ body }) => "content" in body && body.content === "- three")).toMatchObject([
      { tasks: ["t1", "t2"] },
    ]);
  });
});

describe("invariant 5: nothing a model says is lost silently, whatever a merger answers", () => {
  const contents = fc.constantFrom("- one", "- two", "- three", "- new");
  const someGroup: fc.Arbitrary<Patch[]> = fc
    .array(
      fc.array(fc.record({ content: contents, tasks: fc.subarray(["t1", "t2", "t3", "t4"], { minLength: 1 }) }), {
        minLength: 1,
        maxLength: 4,
      }),
      { minLength: 2, maxLength: 5 },
    )
    .map((lists) =>
      lists.map((list, p) =>
        patch(
          `p${p}`,
          list.map(({ content, tasks }, n) => append(`e${p}${n}`, content, { tasks })),
        ),
      ),
    );
  const id = fc.constantFrom("e00", "e01", "e10", "e11", "e20", "e99", "");
  const body = fc.oneof(
    contents.map((content) => bodyOf(content) as Record<string, unknown>),
    fc.dictionary(fc.string(), fc.jsonValue()),
  );
  const hostile = fc.record({
    reasoning: fc.oneof(fc.string(), fc.jsonValue()),
    edits: fc.array(
      fc.tuple(body, fc.oneof(fc.array(id), fc.jsonValue())).map(([written, covers]) => ({ ...written, covers })),
    ),
    dropped: fc.oneof(fc.array(fc.oneof(fc.record({ edit: id, reason: fc.string() }), fc.jsonValue())), fc.jsonValue()),
  });

  test("every input edit has exactly one fate, and it is true", () => {
    fc.assert(
      fc.property(someGroup, hostile, (patches, written) => {
        const { output, fates } = coverGroup(patches, MergerReply.parse(written), FITS);
        const inputs = patches.flatMap(({ edits }) => edits);
        const present = new Set(output.edits.map((edit) => edit.id));
        expect(fates.map(({ edit }) => edit).sort()).toEqual(inputs.map((edit) => edit.id).sort());
        for (const fate of fates) {
          if (fate.kind === "merged") for (const into of fate.into) expect(present).toContain(into);
          if (fate.kind === "kept" || fate.kind === "put-back") expect(present).toContain(fate.edit);
          if (fate.kind === "dropped") expect(fate.reason.trim()).not.toBe("");
        }
        expect(present.size).toBe(output.edits.length);
      }),
      { numRuns: 300 },
    );
  });

  test("support never shrinks: an edit lives on in edits that have all its tasks and lessons, or is dropped with a reason", () => {
    fc.assert(
      fc.property(someGroup, hostile, (patches, written) => {
        const { output, fates } = coverGroup(patches, MergerReply.parse(written), FITS);
        const byId = new Map<string, Edit>(
          [...patches, output].flatMap(({ edits }) => edits.map((edit) => [edit.id, edit])),
        );
        for (const fate of fates) {
          if (fate.kind !== "merged") continue;
          const input = byId.get(fate.edit);
          for (const into of fate.into) {
            const edit = byId.get(into);
            expect(edit?.tasks).toEqual(expect.arrayContaining(input?.tasks ?? []));
            expect(edit?.lessons).toEqual(expect.arrayContaining(input?.lessons ?? []));
            if (edit !== undefined && input !== undefined)
              expect(supportOf(edit)).toBeGreaterThanOrEqual(supportOf(input));
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

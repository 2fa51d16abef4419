import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applyEdits } from "../../distill/apply.ts";
import { likeness, shinglesOf } from "../../distill/near-text.ts";
import { mergeAllByProgram, mergeByProgram } from "../../distill/program-merge.ts";
import { type EditBody, type Patch, supportOf } from "../../distill/records.ts";
import { seededRandom } from "../../harness/random.ts";
import { append, edit, patch, skill } from "../support/distill-builders.ts";

const base = skill().files;
const contentsOf = ({ edits }: Patch) => edits.map(({ body }) => "content" in body && body.content);
const merged = (...contents: string[]) =>
  contentsOf(
    mergeByProgram(
      [
        patch(
          "p",
          contents.map((content, n) => append(`e${n}`, content)),
        ),
      ],
      "",
    ).output,
  );

describe("edits that say the same become one", () => {
  test("whatever their case, blanks and marks", () => {
    expect(merged("- **Read** the last row.", "-  read the  last row", "- Read the last row!")).toHaveLength(1);
  });

  test("and so do near duplicates, with the words of the best supported and the tasks of all", () => {
    const group = [
      patch("a", [
        append("e1", "- Load the saved file again and read the cells that were asked for before handing in."),
      ]),
      patch("b", [
        append("e2", "- Load the saved file again and read the cells asked for before you hand in.", {
          tasks: ["t1", "t2"],
          section: "Writing",
        }),
      ]),
      patch("c", [append("e3", "- Delete rows from the bottom up, for each deletion moves those below.")]),
    ];
    const { output, fates } = mergeByProgram(group, "");

    expect(output.edits).toHaveLength(2);
    expect(output.edits[0]).toMatchObject({ body: { section: "Writing" }, tasks: ["t1", "t2", "task-e1"] });
    expect(fates.map(({ edit: id, kind }) => [id, kind])).toEqual([
      ["e1", "merged"],
      ["e2", "merged"],
      ["e3", "put-back"],
    ]);
  });

  test.each([
    ["a negation", "- Always save the workbook with macros kept.", "- Never save the workbook with macros kept."],
    ["a number", "- Round the shares to 2 digits after the point.", "- Round the shares to 3 digits after the point."],
    ["a name in code", "- Open the file with `data_only` set first.", "- Open the file with `keep_vba` set first."],
    ["an order", "- Sort the entries before they are counted.", "- Sort the entries after they are counted."],
  ])("but not where %s sets them apart, however near they are", (_, one, other) => {
    expect(likeness(shinglesOf(one), shinglesOf(other))).toBeGreaterThan(0.4);
    expect(merged(one, other)).toEqual([one, other]);
  });

  test("code and text that is looked for are one only letter by letter", () => {
    const replace = (old: string): EditBody => ({
      op: "replace_in_section",
      file: "SKILL.md",
      section: "Reading",
      old,
      content: "- Print rows.",
    });
    const group = [
      patch("p", [edit("e1", replace("- Print the first rows.")), edit("e2", replace("- print the first rows."))]),
    ];
    expect(mergeByProgram(group, "").output.edits).toHaveLength(2);
    expect(merged("```python\nX = 1\n```", "```python\nx = 1\n```")).toHaveLength(2);
  });

  test("files keep their own: the same words in a reference are another edit", () => {
    const group = [
      patch("p", [append("e1", "- Same words."), append("e2", "- Same words.", { file: "references/a.md" })]),
    ];
    expect(mergeByProgram(group, "").output.edits).toHaveLength(2);
  });
});

test("all patches merge as one level, one patch passes on, and none is an error", () => {
  const { patchesPerLevel, editsPerLevel, merges } = mergeAllByProgram([
    patch("a", [append("e1", "- one")]),
    patch("b", [append("e2", "- one")]),
    patch("c", [append("e3", "- two")]),
  ]);
  expect({ patchesPerLevel, editsPerLevel }).toEqual({ patchesPerLevel: [3, 1], editsPerLevel: [3, 2] });
  expect(merges).toMatchObject([{ by: "program", level: 1, inputs: ["a", "b", "c"], usage: { calls: 0 } }]);
  expect(mergeAllByProgram([patch("a", [append("e1", "- one")])]).merges).toEqual([]);
  expect(() => mergeAllByProgram([])).toThrow("nothing to merge");
});

describe("for any patches", () => {
  const words = fc.array(
    fc.constantFrom("read", "the", "last", "row", "never", "2", "`x`", "save", "file", "#", "```"),
    {
      maxLength: 9,
    },
  );
  const body = fc.oneof(
    fc.record({
      op: fc.constant("append_to_section" as const),
      file: fc.constantFrom("SKILL.md", "references/a.md"),
      section: fc.constantFrom("Reading", "Writing", "Nowhere"),
      content: words.map((list) => `- ${list.join(" ")}`),
    }),
    fc.record({
      op: fc.constant("add_section" as const),
      file: fc.constant("SKILL.md"),
      after: fc.constantFrom(null, "Reading"),
      heading: fc.constantFrom("New", "new", "Reading"),
      content: words.map((list) => list.join(" ") || "x"),
    }),
    fc.record({
      op: fc.constant("replace_in_section" as const),
      file: fc.constant("SKILL.md"),
      section: fc.constant("Reading"),
      old: fc.constantFrom("- Look at all sheets.", "nothing"),
      content: words.map((list) => `- ${list.join(" ")}`),
    }),
    fc.record({
      op: fc.constant("create_file" as const),
      file: fc.constantFrom("references/n.md", "references/m.md"),
      content: words.map((list) => `# N\n\n${list.join(" ")}`),
      link: fc.constant("read it"),
    }),
  );
  const patches = fc
    .array(fc.array(fc.tuple(body, fc.subarray(["t1", "t2", "t3"], { minLength: 1 })), { maxLength: 5 }), {
      minLength: 1,
      maxLength: 6,
    })
    .map((all) =>
      all.map((own, p) =>
        patch(
          `p${p}`,
          own.map(([one, tasks], n) => edit(`e${p}-${n}`, one, tasks)),
        ),
      ),
    );

  test("every input edit has one true fate, nothing is dropped, and support never shrinks", () => {
    fc.assert(
      fc.property(patches, (group) => {
        const { output, fates } = mergeByProgram(group, "");
        const inputs = group.flatMap(({ edits }) => edits);
        expect(fates.map(({ edit: id }) => id).sort()).toEqual(inputs.map(({ id }) => id).sort());
        const made = new Map(output.edits.map((one) => [one.id, one]));
        expect(made.size).toBe(output.edits.length);
        for (const fate of fates) {
          const input = inputs.find(({ id }) => id === fate.edit);
          const into = fate.kind === "merged" ? fate.into : [fate.edit];
          expect(fate.kind).not.toBe("dropped");
          for (const id of into) {
            const heir = made.get(id);
            expect(heir?.tasks).toEqual(expect.arrayContaining(input?.tasks ?? []));
            expect(heir?.lessons).toEqual(expect.arrayContaining(input?.lessons ?? []));
            expect(heir === undefined || input === undefined || supportOf(heir) >= supportOf(input)).toBe(true);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test("the result applies as its inputs do: what it holds fits where an input fitted, and applying it again changes nothing", () => {
    fc.assert(
      fc.property(patches, (group) => {
        const { output, fates } = mergeByProgram(group, "");
        const alone = new Map(
          group.flatMap(({ edits }) => edits).map((one) => [one.id, applyEdits(base, [one]).rejected.length === 0]),
        );
        const { applied, rejected } = applyEdits(base, output.edits);
        expect([...applied, ...rejected.map(({ edit: { id } }) => id)].sort()).toEqual(
          output.edits.map(({ id }) => id).sort(),
        );
        for (const { edit: lost, kind } of rejected) {
          if (kind !== "unfit") continue;
          const sources = fates.filter((fate) =>
            fate.kind === "merged" ? fate.into.includes(lost.id) : fate.edit === lost.id,
          );
          expect(sources.some((fate) => alone.get(fate.edit) === false)).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
  });
});

test("time grows no faster than n log n: 10,000 edits of 1,500 rules, most of them reworded", () => {
  const random = seededRandom(7);
  const vocabulary = Array.from(
    { length: 900 },
    (_, n) =>
      `word${String.fromCharCode(97 + (n % 26))}${"abcdefghij"[n % 10]}${"klmnopqrst"[Math.floor(n / 10) % 10]}${"uvwxyz"[n % 6]}`,
  );
  const rules = Array.from({ length: 1_500 }, () => Array.from({ length: 24 }, () => random.pick(vocabulary)));
  const reworded = (rule: readonly string[]) =>
    rule.map((word) => (random.fraction() < 0.04 ? random.pick(vocabulary) : word)).join(" ");
  const edits = Array.from({ length: 10_000 }, (_, n) => append(`e${n}`, `- ${reworded(random.pick(rules))}`));
  const seconds = (count: number) => {
    const start = performance.now();
    mergeAllByProgram(edits.slice(0, count).map((one) => patch(one.id, [one])));
    return (performance.now() - start) / 1_000;
  };
  seconds(1_000);
  const [few, many] = [seconds(1_000), seconds(10_000)];
  const { patch: whole } = mergeAllByProgram(edits.map((one) => patch(one.id, [one])));

  expect(whole.edits.length).toBeLessThan(3_500);
  // n log n: 13.3 times; the rest is room for a busy machine.
  expect(many / few).toBeLessThan(13.3 * 2.5);
}, 60_000);

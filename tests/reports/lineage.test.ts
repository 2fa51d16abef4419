import { expect, test } from "vitest";
import { lineageOf, lineageReport, stepsNamed } from "../../reports/lineage.ts";
import { fatesText, lineText } from "../../reports/lineage-text.ts";
import { trajectory, trial } from "../support/builders.ts";
import { lesson, skill } from "../support/distill-builders.ts";
import { distilled, LESSONS } from "../support/distilled.ts";

const texts = (files: ReadonlyMap<string, Uint8Array>) =>
  new Map([...files].map(([file, bytes]) => [file, new TextDecoder().decode(bytes)]));

function sources(made = distilled()) {
  return {
    distillation: made.distillation,
    files: texts(made.skill.files),
    start: texts(skill().files),
    analyses: [],
    trialFiles: new Map([["run/t1.1", "runs/run/trials/t1.1.json"]]),
  };
}

test("every line that distillation added leads back to lessons, and every lesson has a fate", () => {
  const report = lineageReport(sources());

  expect({ orphans: report.orphanLines, fateless: report.fatelessLessons }).toEqual({ orphans: [], fateless: [] });
  expect(report.lines.every(({ lessons, trials, tasks }) => lessons.length * trials.length * tasks.length > 0)).toBe(
    true,
  );
  const said = report.lines.find(({ text }) => text === "- Keep every formula as it is.");
  expect(said).toMatchObject({
    file: "SKILL.md",
    edits: ["e-merged"],
    proposed: [
      { edit: "e-one", patch: "p-e-one", trial: "run/t2.1" },
      { edit: "e-other", patch: "p-e-other", trial: "run/t3.1" },
    ],
    lessons: ["run/t2.1#1", "run/t3.1#1"],
    tasks: ["t2", "t3"],
  });
  expect(report.lessons.map(({ told }) => told)).toEqual([
    "in SKILL.md, as e-alone",
    "in SKILL.md, merged into e-merged",
    "in SKILL.md, merged into e-merged",
    "in references/dates.md, as e-rare",
    "dropped (analyse) because the fix did not pass",
  ]);
});

test("a line of the start skill has no lineage of its own", () => {
  expect(lineageOf(lineageReport(sources()), "SKILL.md", 6)).toBeNull();
});

test("a line that nobody owns to is an orphan, with the start skill and, in a page that was made, without it", () => {
  const made = sources();
  const tampered = new Map(
    [...made.files].map(([file, text]) => [file, `${text.trimEnd()}\n\nA stowaway.\n`] as const),
  );
  const orphans = (start: ReadonlyMap<string, string> | null) =>
    lineageReport({ ...made, files: tampered, start }).orphanLines.map(({ file, text }) => `${file}: ${text}`);

  expect(orphans(made.start)).toEqual(["SKILL.md: A stowaway.", "references/dates.md: A stowaway."]);
  expect(orphans(null)).toEqual(["references/dates.md: A stowaway."]);
});

test("lines without edits, edits without lessons and trials that were not analysed make orphans", () => {
  const made = distilled();
  const { lines, edits, analyses } = made.distillation;
  const first = lines[0] ?? { file: "", line: 0, edits: [] };
  const report = lineageReport(
    sources({
      ...made,
      distillation: {
        ...made.distillation,
        lines: [{ ...first, edits: [] }, ...lines.slice(1)],
        edits: edits.map((edit) => (edit.id === "e-rare" ? { ...edit, lessons: [] } : edit)),
        analyses: analyses.filter(({ task }) => task !== "t2"),
      },
    }),
  );

  const problems = new Set(report.orphanLines.map(({ problem }) => problem));
  expect(problems).toEqual(
    new Set(["no edit wrote it", "no lesson is behind its edits e-rare", "trial run/t2.1 was not analysed"]),
  );
});

test("a lesson that only its analysis knows was lost, and so was one whose edits were never applied", () => {
  const made = distilled();
  const lost = { ...lesson({ trial: "run/t9.1", task: "t9" }), id: "run/t9.1#1" };
  const lessons = made.distillation.lessons.map((one) =>
    one.id === LESSONS.alone.id
      ? { ...one, fate: { kind: "in-skill" as const, edits: ["e-gone"], merged: false } }
      : one,
  );
  const report = lineageReport({
    ...sources({ ...made, distillation: { ...made.distillation, lessons } }),
    analyses: [{ lessons: [lost] }],
  });

  expect(report.fatelessLessons.map((one) => one.lesson)).toEqual(["run/t9.1#1", "run/t1.1#1"]);
});

test.each([
  ["At step 3 the file was not saved.", [3]],
  ["Steps 2, 4 and 9-11 repeat step 2.", [2, 4, 9, 10, 11]],
  ["It stepped over 3 rows; two steps later it ended.", []],
])("steps that an analyst names are read: %s", (reason, steps) => {
  expect(stepsNamed(reason)).toEqual(steps);
});

test("a line is told with its edits, patches, lessons, the stored trial and the steps that were named", () => {
  const report = lineageReport(sources());
  const line = report.lines.find(({ text }) => text === "- Look at the last row.")?.line ?? 0;
  const usage = { calls: 1, inputTokens: 1, cachedTokens: 0, outputTokens: 1, reasoningTokens: 0, simulatedMs: 0 };
  const reply = { role: "assistant" as const, content: "", toolCalls: [], reasoning: null };
  const step = { reply, action: { kind: "command" as const, command: "head in.csv" }, observation: "", usage };
  const stored = trial({ trajectory: trajectory({ steps: [{ ...step, modelMs: 1, commandMs: 1 }] }) });
  const one = lineageOf(report, "SKILL.md", line);

  expect(lineText(one ?? report, distilled().distillation, new Map([["run/t1.1", stored]]))).toBe(
    [
      `SKILL.md:${line}  - Look at the last row.`,
      "  1 lesson of 1 trial, support 1 task",
      "  edit e-alone: append_to_section in SKILL.md, support 1, of patch p-e-alone",
      "  proposed as e-alone in patch p-e-alone, from trial run/t1.1",
      "  lesson run/t1.1#1 (error, fix verified): Look at the end",
      "      rule: Do this.",
      "      why: At steps 1 and 2 it was missed.",
      "      trial runs/run/trials/t1.1.json; steps 1, 2",
      "        step 1: head in.csv",
    ].join("\n"),
  );
});

test("all fates are one table and a count of what is accounted for", () => {
  const report = lineageReport(sources());

  expect(fatesText(report).split("\n").at(-1)).toBe(
    `5 of 5 lessons have a fate; ${report.lines.length} of ${report.lines.length} added lines have a lineage`,
  );
});

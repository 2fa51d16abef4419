import { expect, test } from "vitest";
import type { Distillation } from "../../distill/documents.ts";
import { reportedDistillation } from "../../reports/distilled.ts";
import { distilled } from "../support/distilled.ts";

const { distillation, skill } = distilled();
const files = new Map(
  [...skill.files].map(([file, bytes]) => [file, new TextDecoder().decode(bytes).split("\n")] as const),
);
const reported = (document: Distillation) => reportedDistillation(document, { name: "a", path: "skill", files });

test("the support of a lesson in a reference is that of its own edit, not of all that the reference holds", () => {
  const file = "references/special.md";
  const routing: Distillation["edits"][number] = {
    id: "e-routing",
    body: { op: "create_file", file, content: "# Special", link: "read it when" },
    lessons: distillation.lessons.map(({ id }) => id),
    tasks: ["t1", "t2", "t3", "t4", "t5"],
    support: 5,
    origin: { kind: "routing" },
    fate: { kind: "applied", file, lines: 1 },
  };

  const { lessons } = reported({ ...distillation, edits: [...distillation.edits, routing] });

  expect(lessons.map(({ tasks }) => tasks)).toEqual([["t1"], ["t2", "t3"], ["t2", "t3"], ["t4"], ["t5"]]);
});

test("every line of the skill is there as it is, and those that edits wrote name them", () => {
  const { origin } = reported(distillation);

  const text = (file: string) =>
    origin?.files
      .find((one) => one.file === file)
      ?.lines.map((line) => line.text)
      .join("\n");
  expect(origin?.files.map(({ file }) => file)).toEqual([
    "SKILL.md",
    ...[...files.keys()].filter((file) => file !== "SKILL.md").sort(),
  ]);
  for (const [file, lines] of files) expect(`${text(file)}\n`).toBe(lines.join("\n"));
  const lines = origin?.files.flatMap((file) => file.lines) ?? [];
  expect(lines.find((line) => line.text === "- Keep every formula as it is.")?.edits).toEqual(["e-merged"]);
  expect(lines.find((line) => line.text === "Work carefully.")?.edits).toEqual([]);
});

test("edits tell whether a trial, a merge or the harness wrote them, and of how many they were merged", () => {
  const { origin } = reported(distillation);

  expect(origin?.edits.map(({ id, by, proposals }) => [id, by, proposals])).toEqual([
    ["e-alone", "trial", 1],
    ["e-merged", "merge", 2],
    ["e-rare", "trial", 1],
  ]);
});

test("patches are a tree: what went into a merge is below it, and one that went nowhere stands by itself", () => {
  const { origin } = reported(distillation);

  expect(origin?.patches).toEqual([
    { id: "p-e-alone", level: 0, into: null, trials: 1 },
    { id: "p-e-one", level: 0, into: "p-m", trials: 1 },
    { id: "p-e-other", level: 0, into: "p-m", trials: 1 },
    { id: "p-e-rare", level: 0, into: null, trials: 1 },
    { id: "p-m", level: 1, into: null, trials: 2 },
  ]);
});

test("a lesson names the trial that taught it, and whether its fix was verified", () => {
  expect(reported(distillation).lessons[1]?.source).toEqual({
    task: "t2",
    trial: "run/t2.1",
    reason: "At steps 1 and 2 it was missed.",
    verified: true,
  });
});

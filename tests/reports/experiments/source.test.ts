import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { readExperiment } from "../../../reports/experiments/source.ts";
import { SOUND } from "../../support/experiments.ts";

const WHERE = "mine.yaml";

/** A sound definition with one line changed, and what is said of it. */
function toldOf(before: string, after: string): string {
  const text = stringify(SOUND, { flowCollectionPadding: false });
  expect(text).toContain(before);
  return told(text.replace(before, after));
}

function told(text: string): string {
  try {
    readExperiment(text, WHERE);
  } catch (error) {
    expect(error).toMatchObject({ name: "SetupError", kind: "usage" });
    return error instanceof Error ? error.message : "";
  }
  return "nothing";
}

test("the example reads, and its paths are from its own folder", () => {
  const path = join(import.meta.dirname, "../../../reports/experiments/example.yaml");
  const { definition } = readExperiment(readFileSync(path, "utf8"), path);

  expect(definition.arms.length).toBeGreaterThan(2);
});

test("YAML and JSON of the same definition read alike", () => {
  const [yaml, json] = [stringify(SOUND), JSON.stringify(SOUND)].map((text) => readExperiment(text, WHERE).definition);

  expect(yaml).toEqual(json);
  expect(json).toMatchObject(SOUND);
});

test.each<[string, string, string, string]>([
  [
    "an unknown key",
    "split: evolve",
    "splt: evolve",
    "mine.yaml:10:5: benchmarks.evolve.splt: unknown key; there are benchmark, split, data",
  ],
  [
    "an unknown benchmark",
    "benchmark: sample-spreadsheet",
    "benchmark: sample",
    'benchmarks.evolve.benchmark: there is no benchmark "sample"; there are sample-spreadsheet',
  ],
  [
    "an unknown skill of an arm",
    "skill: errors",
    "skill: error",
    'arms[4].skill: there is no skill "error"; there are human, deep, errors',
  ],
  [
    "an unknown author",
    "author: large",
    "author: huge",
    'skills.deep.distill.author: there is no model "huge"; there are large, small',
  ],
  ["a user that is no model", "users:\n  - large", "users:\n  - huge", 'users[1]: there is no model "huge"'],
  [
    "an arm that nobody uses",
    "- name: none",
    "- name: none\n    users: []",
    "arms[1].users: is empty; expected at least one",
  ],
  [
    "a user of an arm that the experiment has not",
    "- name: none",
    "- name: none\n    users: [huge]",
    'arms[1].users[1]: there is no model of `users` "huge"',
  ],
  [
    "an arm that is its own baseline",
    "- name: none",
    "- name: none\n    baseline: none",
    "arms[1].baseline: an arm is not compared with itself",
  ],
  ["seeds that repeat", "- 42", "- 41", "seeds[2]: the seed 41 stands there before"],
  ["two arms of one name", "name: errors", "name: human", 'arms[4]: the arm name "human" stands there before'],
  [
    "a choice that is not there",
    "lessons: combined",
    "lessons: all",
    'skills.deep.distill.lessons: Invalid option: expected one of "error"|"success"|"combined", found "all"',
  ],
  ["a part that is missing", "      author: large\n", "", "skills.deep.distill.author: is missing; expected string"],
  [
    "a skill of no form",
    "folder: skills/human",
    "path: skills/human",
    'skills.human: expected one of the forms with folder, parametric, distill, placebo, of; found {"path":"skills/human"}',
  ],
  [
    "a skill that is made from itself",
    "start: human",
    "start: deep",
    "skills.deep: the skill is made from itself: deep from deep",
  ],
  [
    "retrieval as a skill",
    "lessons: combined",
    "lessons: combined\n      strategy: retrieval",
    "skills.deep.distill.strategy: retrieval makes a memory, no skill",
  ],
  [
    "deepening nothing",
    "start: human",
    "start: null\n      mode: deepen",
    "skills.deep.distill.mode: deepen needs a skill to start from",
  ],
  [
    "a batch of the parallel strategy",
    "lessons: combined",
    "lessons: combined\n      batch: 4",
    "skills.deep.distill.batch: says how many trials a step of the sequential strategy takes",
  ],
  [
    "an arm whose baseline is not judged with its users",
    "- name: none",
    "- name: none\n    users: [small]",
    'arms[2]: its baseline "none" is not judged with large, so that there would be nothing to compare with',
  ],
  [
    "an arm whose own baseline is not judged on its benchmarks",
    "- name: none\n  - name: human\n    skill: human",
    "- name: none\n    baseline: human\n  - name: human\n    skill: human\n    judge: [evolve]",
    'arms[1].baseline: its baseline "human" is not judged on test',
  ],
  [
    "seeds of a benchmark that repeat",
    "split: evolve",
    "split: evolve\n    seeds: [1, 1]",
    "evolve.seeds[2]: the seed 1",
  ],
  ["no user at all", "users:\n  - large\n  - small", "users: []", "users: is empty; expected at least one"],
  ["a negative seed", "- 42", "- -1", "seeds[2]: Too small"],
  ["a number that is none", "- 42", "- .nan", "mine.yaml:44:5: seeds[2]: it holds a number beyond the range"],
  ["half a character", "name: sound", 'name: "\\uD800"', "mine.yaml:1:1: name: it holds half of a character"],
  ["a tag that nobody knows", "name: sound", "name: !!js/function sound", "mine.yaml:1:7: it is no plain YAML: "],
  ["a negative seed of a distillation", "lessons: combined", "lessons: combined\n      seed: -1", "seed: Too small"],
  ["a negative seed of a benchmark", "split: evolve", "split: evolve\n    seeds: [-1]", "evolve.seeds[1]: Too small"],
  [
    "a name that steers a terminal",
    "name: sound",
    'name: "a\\e[2J"',
    "mine.yaml:1:1: name: holds a character that does not show (U+001B)",
  ],
  ["a path with an end in it", "folder: skills/human", 'folder: "a\\0b"', "skills.human.folder: holds a character"],
  ["a name of several lines", "name: sound", 'name: "a\\nb"', "mine.yaml:1:1: name: expected one line"],
  ["a name without end", "name: sound", `name: ${"x".repeat(300)}`, "name: has 300 characters, at most 200"],
  ["a name that does not show", "name: sound", 'name: " "', "name: has no character that shows"],
  [
    "a key that is there twice",
    "split: evolve",
    "split: evolve\n    split: test",
    "it is neither YAML nor JSON: Map keys must be unique",
  ],
])("%s is told with its line", (_, before, after, message) => {
  const said = toldOf(before, after);

  expect(said).toContain(message);
  expect(said).toMatch(/^mine\.yaml:\d+:\d+: /);
});

test("a cycle over several skills is told once, with all of it", () => {
  const distill = (start: string) => ({ distill: { start, author: "large", evolve: "evolve", lessons: "error" } });
  const skills = { a: distill("b"), b: { placebo: "shuffled", of: "c" }, c: distill("a"), d: distill("a") };

  expect(told(stringify({ ...SOUND, skills, arms: [{ name: "none" }] }))).toMatch(
    /^mine\.yaml:\d+:\d+: skills\.a: the skill is made from itself: a from b from c from a$/,
  );
});

test("all problems are told at once, each with its line", () => {
  const text = stringify({ ...SOUND, users: ["huge", "tiny"], seeds: [1, 1] });

  expect(told(text).split("\n")).toHaveLength(3);
});

test.each<[string, string, string]>([
  ["nothing", "", "mine.yaml:1:1: it is empty"],
  ["a list", "- 1", "expected object"],
  ["a bracket that is not closed", "name: x\nmodels: [", "mine.yaml:2:"],
  ["names that objects have anyway", "__proto__: 1\nconstructor: 2", "unknown key"],
  ["a text beyond all measure", `name: ${"x".repeat(300_000)}`, "characters, at most"],
  ["depth beyond all measure", `name: ${"[".repeat(5_000)}`, "mine.yaml"],
  [
    "a bomb of aliases",
    `a: &a [1,1,1,1,1,1,1,1,1,1]\n${"bcdefgh"
      .split("")
      .map((name, at) => `${name}: &${name} [${`*${"abcdefg"[at]},`.repeat(10)}]`)
      .join("\n")}`,
    "mine.yaml",
  ],
])("%s is refused as wrong use, never as a fault of ours", (_, text, message) => {
  expect(told(text)).toContain(message);
});

test("a skill called like what every object has is a name as others", () => {
  const arms = [{ name: "none", skill: "toString" }];

  expect(told(stringify({ ...SOUND, arms }))).toContain('there is no skill "toString"');
});

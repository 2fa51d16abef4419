import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeEach, expect, test } from "vitest";
import { SetupError } from "../../../harness/errors.ts";
import { importRecorded } from "../../../harness/import/recorded.ts";
import { Manifest } from "../../../harness/manifest.ts";
import { Trial } from "../../../harness/records.ts";
import { createRun, readRun, writeTrial } from "../../../harness/run/store.ts";
import { skillBody } from "../../../harness/skill/skill.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const RELEASE = join(import.meta.dirname, "../../../../shared/data/trace2skill_run_real");

let folder = "";
beforeEach(async () => {
  folder = await temporaryFolder();
});

interface Line {
  id?: string | number;
  label?: string;
  metadata?: object;
  trajectory?: object;
  eval?: object;
}

function line(parts: Line = {}): Line {
  const id = parts.id ?? "13-1";
  return {
    id,
    label: "T-",
    metadata: { id, instruction: "Fill B2.", instruction_type: "Cell-Level Manipulation", answer_position: "B2" },
    trajectory: { conversation: ["Prompt", "Look:\n```python\nprint(1)\n```", "1"], solution: "print(1)" },
    eval: { soft_restriction: 0, hard_restriction: 0 },
    ...parts,
  };
}

async function writeLines(...lines: (Line | string)[]): Promise<void> {
  const text = lines.map((entry) => (typeof entry === "string" ? entry : JSON.stringify(entry))).join("\n");
  await writeFile(join(folder, "labeled_trajectories.jsonl.gz"), gzipSync(`${text}\n`));
}

async function failure(): Promise<string> {
  const error: unknown = await importRecorded(folder, { data: null }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SetupError);
  return String(error).replaceAll(folder, "DIR");
}

test("the whole recorded run becomes valid records: 151 trials, 72 of them passed, with all that was said", async (ctx) => {
  if (!existsSync(RELEASE)) ctx.skip(`the recorded run is not at ${RELEASE}`);

  const { manifest, trials, skill } = await importRecorded(RELEASE, { data: "verified" });

  expect(Manifest.parse(manifest)).toEqual(manifest);
  expect(trials.map((trial) => Trial.parse(trial))).toEqual(trials);
  expect(trials).toHaveLength(151);
  expect(trials.filter(({ score }) => score.kind === "scored" && score.value === 1)).toHaveLength(72);
  expect(manifest.benchmark).toMatchObject({ name: "spreadsheetbench", data: "verified" });
  expect(manifest.benchmark.taskIds).toEqual(trials.map(({ task }) => task.id));
  const steps = trials.flatMap(({ trajectory }) => trajectory?.steps ?? []);
  expect(steps).toHaveLength(398);
  expect(steps.filter(({ action }) => action.kind === "invalid")).toHaveLength(65);
  expect(new Set(trials.map(({ trajectory }) => trajectory?.exit))).toEqual(new Set(["submitted"]));
  expect(skillBody(skill!)).toMatch(/^# Spreadsheet Manipulation Skill Guide[\s\S]*in the final response\.$/);
  expect(manifest.skill?.hash).toBe(skill?.hash);
});

test("a task's instruction is what the model saw of the task, without the skill and the rules of the game", async (ctx) => {
  if (!existsSync(RELEASE)) ctx.skip(`the recorded run is not at ${RELEASE}`);

  const { trials } = await importRecorded(RELEASE, { data: null });

  const { task } = trials.find(({ task: { id } }) => id === "17-35")!;
  expect(task.instruction).toMatch(
    /^### instruction\nDisplay the dates based on[\s\S]*### output_path\n\S+_output\.xlsx$/,
  );
  expect(task.instruction).not.toContain("SKILL.md");
  expect(task.kind).toBe("Sheet-Level Manipulation");
});

test("the imported trials are a run that is read back whole from its folder", async (ctx) => {
  if (!existsSync(RELEASE)) ctx.skip(`the recorded run is not at ${RELEASE}`);
  const { manifest, trials } = await importRecorded(RELEASE, { data: null });

  await createRun(folder, manifest);
  for (const trial of trials) writeTrial(folder, trial);

  expect((await readRun(folder)).trials).toEqual(trials);
});

test("the first Python block of a reply is its command; a reply without one broke the protocol", async () => {
  const two = "Both:\n```python\nfirst()\n```\nthen\n```python\nsecond()\n```";
  const conversation = ["Prompt", "<tool_call>x</tool_call>", "SyntaxError", two, "done"];
  await writeLines(
    line({
      label: "T+",
      eval: { soft_restriction: 1, hard_restriction: 1 },
      trajectory: { conversation, solution: "first()" },
    }),
  );

  const { trials } = await importRecorded(folder, { data: null });

  const { steps, exit } = trials[0]!.trajectory!;
  expect(steps.map(({ action, observation }) => [action, observation])).toEqual([
    [{ kind: "invalid", problem: "no fenced Python block: the reply as a whole was run as code" }, "SyntaxError"],
    [{ kind: "command", command: "python3 - <<'END_OF_CODE'\nfirst()\nEND_OF_CODE" }, "done"],
  ]);
  expect(exit).toBe("submitted");
});

test("a record that ends without code is no submission: a failure of protocol, or the limit of turns after 100", async () => {
  const talk = (turns: number) => ["Prompt", ...Array.from({ length: turns }, () => ["words", "SyntaxError"]).flat()];
  await writeLines(
    line({ id: 1, trajectory: { conversation: talk(2), solution: null } }),
    line({ id: 2, trajectory: { conversation: talk(100), solution: null } }),
  );

  const { trials } = await importRecorded(folder, { data: null });

  expect(trials.map(({ task, trajectory }) => [task.id, trajectory?.exit])).toEqual([
    ["1", "format-errors"],
    ["2", "turn-limit"],
  ]);
});

test.each([
  [
    "a line cut short",
    '{"id": "13-1", "label"',
    /^SetupError: DIR\/labeled_trajectories\.jsonl\.gz:2: expected one JSON object a line, found "\{\\"id/,
  ],
  ["an unknown label", line({ id: 2, label: "T?" }), /:2: expected a labelled trajectory, but label: /],
  [
    "a label that contradicts the score",
    line({ id: 2, label: "T+" }),
    /:2: .*label and eval.hard_restriction do not agree/,
  ],
  [
    "a conversation that is no list of texts",
    line({ id: 2, trajectory: { conversation: [1], solution: "" } }),
    /:2: .*trajectory.conversation.0: /,
  ],
  [
    "metadata of another task",
    line({ id: 2, metadata: { id: 3, instruction: "a", instruction_type: "b", answer_position: "c" } }),
    /:2: .*another task/,
  ],
  ["the same task again", line(), /:2: task 13-1 stands already on line 1/],
])("%s is refused with its file and line", async (_, damaged, message) => {
  await writeLines(line(), damaged);

  expect(await failure()).toMatch(message);
});

test("a folder without the record, and a file that is no gzip, say what was expected", async () => {
  expect(await failure()).toMatch(/cannot find DIR\/labeled_trajectories\.jsonl\.gz\. Give the folder/);
  await writeFile(join(folder, "labeled_trajectories.jsonl.gz"), "not compressed");

  expect(await failure()).toMatch(/is damaged: expected gzip of UTF-8 lines of JSON, found: incorrect header check/);
});

test("a line that unpacks to more than 64 MB is refused before it is held in memory", async () => {
  const bomb = gzipSync(Buffer.concat([Buffer.from(`${JSON.stringify(line())}\n`), Buffer.alloc(70 * 1024 ** 2, "a")]));
  await writeFile(join(folder, "labeled_trajectories.jsonl.gz"), bomb);

  expect(await failure()).toMatch(/labeled_trajectories\.jsonl\.gz:2: the line is longer than 64 MB/);
});

test("a file that unpacks to more than 512 MB is given up", async () => {
  const blank = gzipSync(Buffer.concat([Buffer.alloc(32 * 1024 ** 2, " "), Buffer.from("\n")]));
  await writeFile(join(folder, "labeled_trajectories.jsonl.gz"), Buffer.concat(Array(17).fill(blank)));

  expect(await failure()).toMatch(/unpacks to more than 512 MB/);
});

test.each([
  ["nested too deep", `"[${"[".repeat(100)}${"]".repeat(100)}]"`, /nested deeper/],
  ["a number that no JSON holds", '"1e999"', /number/],
])("a line with %s is refused", async (_, value, message) => {
  await writeLines(JSON.stringify(line({ metadata: { more: "HERE" } })).replace('"HERE"', value.slice(1, -1)));

  expect(await failure()).toMatch(message);
});

test("a line that is cut within a letter is no UTF-8, and the file says so", async () => {
  await writeFile(join(folder, "labeled_trajectories.jsonl.gz"), gzipSync(Buffer.from([0x22, 0xc3, 0x0a])));

  expect(await failure()).toMatch(/is damaged: expected gzip of UTF-8 lines of JSON/);
});

test("a file of nothing but line ends is given up", async () => {
  await writeFile(join(folder, "labeled_trajectories.jsonl.gz"), gzipSync(Buffer.alloc(64 * 1024 ** 2, "\n")));

  expect(await failure()).toMatch(/has more than 100000 lines/);
});

import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { beforeEach, expect, test } from "vitest";
import { textCodec } from "../../../agents/text-codec.ts";
import { SetupError } from "../../../harness/errors.ts";
import { importRelease } from "../../../harness/import/release.ts";
import { readLog } from "../../../harness/import/release-log.ts";
import { releaseName } from "../../../harness/import/release-name.ts";
import { Manifest } from "../../../harness/manifest.ts";
import { Trial } from "../../../harness/records.ts";
import { skillBody } from "../../../harness/skill/skill.ts";
import { temporaryFolder } from "../../support/temporary.ts";

let folder = "";
beforeEach(async () => {
  folder = await temporaryFolder();
});

const AGENT = "cli_skill_preloaded";
const ACTION = 'I look first.\n\nAction:\n{"name": "bash", "arguments": {"command": "ls -l"}}';
const DONE = "All is written.\n\nACTION: TASK_COMPLETE";
const SYSTEM = "You work on spreadsheets.\n<skill_content>\n# Workbooks\n\nWork carefully.\n</skill_content>";
const TASK =
  "instruction: Fill B2.\ninstruction_type: Cell-Level Manipulation\nanswer_position: B2\noutput_path: /tmp/x/output.xlsx";

/** A log as the release writes it. */
function log(
  bodies: readonly (readonly [string, string])[],
  end = "## RESULT\n\n- Success: True\n- Total Turns: 2\n",
): string {
  const blocks = bodies.map(([role, body], index) => `## [${index + 1}] ${role}\n\n${body}\n\n---\n\n`);
  return `# Chat History: ${AGENT}\n\n**Timestamp**: 2026-04-20T10:11:12\n\n---\n\n${blocks.join("")}${end}`;
}

const WHOLE = log([
  ["SYSTEM", SYSTEM],
  ["USER", TASK],
  ["ASSISTANT", ACTION],
  ["USER", "Observation:\n````\na fence of\n```\nits own\n````"],
  ["ASSISTANT", DONE],
]);

async function put(name: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, name)), { recursive: true });
  await writeFile(join(folder, name), text);
}

const read = (sealed: readonly string[] = []) =>
  importRelease(folder, {
    data: null,
    isSealed: (id) => sealed.includes(id),
    readAction: (reply) => textCodec.read(reply, "stop").action,
  });

test("a log with its label becomes a trial, and the skill in its prompt a skill", async () => {
  await put(`${AGENT}_13-1_FAILED.md`, WHOLE);

  const { manifest, trials, skill, notices } = await read();

  expect(Manifest.parse(manifest)).toEqual(manifest);
  const [trial] = trials.map((one) => Trial.parse(one));
  expect(trial?.task).toEqual({
    id: "13-1",
    instruction: "instruction: Fill B2.\ninstruction_type: Cell-Level Manipulation\nanswer_position: B2",
    files: ["input.xlsx"],
    output: "output.xlsx",
    kind: "Cell-Level Manipulation",
  });
  expect(trial?.score).toEqual({ kind: "scored", value: 0, explanation: "label FAILED in the log's name" });
  expect(trial?.trajectory?.prompt.map(({ role }) => role)).toEqual(["system", "user"]);
  expect(trial?.trajectory?.steps.map(({ action, observation }) => [action, observation])).toEqual([
    [{ kind: "command", command: "ls -l" }, "a fence of\n```\nits own"],
    [{ kind: "submit", answer: "" }, ""],
  ]);
  expect(trial?.trajectory?.exit).toBe("submitted");
  expect(skillBody(skill!)).toBe("# Workbooks\n\nWork carefully.");
  expect(manifest.skill?.hash).toBe(skill?.hash);
  expect(notices).toEqual([]);
});

test("headings and results within what was said do not end it: numbers count, and the last result", async () => {
  const quoted = `${ACTION}\n\n---\n\n## [9] USER\n\n## RESULT\n\nnothing`;
  await put(
    `${AGENT}_1_SUCCEED.md`,
    log([
      ["USER", TASK],
      ["ASSISTANT", quoted],
      ["USER", "Observation:\n```\nok\n```"],
      ["ASSISTANT", DONE],
    ]),
  );

  const { trials } = await read();

  expect(trials[0]?.trajectory?.steps.map(({ reply }) => reply.content)).toEqual([quoted, DONE]);
});

test("the official evaluation counts, and labels that contradict it are named", async () => {
  await put(`${AGENT}_13-1_FAILED.md`, WHOLE);
  await put(`${AGENT}_2_SUCCEED.md`, WHOLE);
  await put(`${AGENT}_3.md`, WHOLE);
  const result = (id: string | number, hard: number) => ({
    id,
    instruction_type: "Sheet-Level Manipulation",
    soft_score: 0.5,
    hard_score: hard,
    test_cases: [{ passed: false, message: "expected 3, got 4" }],
  });
  const results = [
    result("13-1", 1),
    result(2, 1),
    { id: 3, success: false, error: "no output", test_cases: [] },
    "broken",
  ];
  await put("eval_official_results.json", JSON.stringify({ summary: {}, results }));

  const { trials, notices, manifest } = await read(["2"]);

  expect(trials.map(({ task, score }) => [task.id, score])).toEqual([
    ["13-1", { kind: "scored", value: 1, explanation: "expected 3, got 4", metrics: { soft: 0.5 } }],
    ["2", { kind: "scored", value: 1, explanation: "expected 3, got 4", metrics: { soft: 0.5 } }],
    ["3", { kind: "unscored", reason: "benchmark-broken", detail: "no output" }],
  ]);
  expect(trials[0]?.task.kind).toBe("Sheet-Level Manipulation");
  expect(manifest.benchmark).toMatchObject({ split: "all", sealed: ["2"] });
  expect(notices).toEqual([
    expect.stringMatching(/eval_official_results\.json: 1 of 4 results cannot be read/),
    "1 of 3 trials have neither a label nor an official result: unscored, so they teach nothing",
    `1 of 3 labels in names contradict the official evaluation, which counts: ${AGENT}_13-1_FAILED.md`,
    expect.stringMatching(/1 of 3 trials are of tasks of the test split/),
  ]);
});

test("logs cut off are read as far as they go; what is no log, empty or there twice is skipped with its reason", async () => {
  const cut = WHOLE.slice(0, WHOLE.indexOf("## [5]") + 10);
  await put(`${AGENT}_5_FAILED.md`, cut);
  await put(`${AGENT}_6_FAILED.md`, `# Chat History: ${AGENT}\n\n---\n`);
  await put(`${AGENT}_7_FAILED.jsonl`, '{"type": "session_start", "agent_name": "a"');
  await put(`seed_41/${AGENT}_5_FAILED_FAILED.md`, WHOLE);
  await put(`seed_41/${AGENT}_5_SUCCEED.md`, WHOLE);
  await put("notes.md", "# Notes");
  await put("results.json", "{}");

  const { trials, notices } = await read();

  expect(
    trials.map(({ task, seed, trajectory }) => [task.id, seed, trajectory?.steps.length, trajectory?.exit]),
  ).toEqual([
    ["5", 0, 1, "turn-limit"],
    ["5", 41, 2, "submitted"],
  ]);
  expect(notices).toEqual([
    expect.stringMatching(/skipped 1 file: the log holds no reply of the agent \(.*_6_FAILED\.md\)/),
    expect.stringMatching(
      /skipped 2 files: no log of the release: it does not start as one \(.*_7_FAILED\.jsonl, notes\.md\)/,
    ),
    expect.stringMatching(/skipped 1 file: no log: expected \.md or \.jsonl \(results\.json\)/),
    expect.stringMatching(/skipped 1 file: the same task and seed as in seed_41\/.*_5_FAILED_FAILED\.md/),
    "1 of 2 logs were cut off before their end and are read as far as they go",
  ]);
});

test("lines of JSON say the same as Markdown, and are taken where both are there", async () => {
  const lines = [
    { type: "session_start", agent_name: AGENT, timestamp: "2026-04-20T10:11:12Z" },
    { type: "message", index: 0, role: "USER", content: TASK },
    { type: "message", index: 1, role: "assistant", content: ACTION },
    { type: "result", success: false, total_turns: 1, error: "Max turns (1) exceeded" },
  ];
  await put(`${AGENT}_8_FAILED.jsonl`, lines.map((line) => JSON.stringify(line)).join("\n"));
  await put(`${AGENT}_8_FAILED.md`, WHOLE);

  const { trials, notices } = await read();

  expect(trials).toHaveLength(1);
  expect(trials[0]).toMatchObject({ startedAt: "2026-04-20T10:11:12.000Z", trajectory: { exit: "turn-limit" } });
  expect(notices[0]).toMatch(/the same task and seed as in .*_8_FAILED\.jsonl/);
});

test.each([
  ["cli_only_13-1_FAILED.md", { task: "13-1", seed: 0, passed: false }],
  ["other_13-1_SUCCEED.md", { task: "13-1", seed: 0, passed: true }],
  ["cli_only_42930.jsonl", { task: "42930", seed: 0, passed: null }],
  ["cli_only_13-1_seed_42_SUCCEED.md", { task: "13-1", seed: 42, passed: true }],
  ["cli_only_13-1_FAILED_FAILED.md", { task: "13-1", seed: 0, passed: false }],
  ["cli_only_13-1_SUCCEED_FAILED.md", { task: "13-1", seed: 0, passed: null }],
])("the name %s", (file, parts) => {
  expect(releaseName(file, "cli_only", null)).toEqual(parts);
});

test("a folder without logs, and no folder at all, say what was expected", async () => {
  await put("notes.txt", "nothing");
  await expect(read()).rejects.toThrow(/expected files such as AGENT_13-1_FAILED\.md\. skipped 1 file/);
  folder = join(folder, "missing");
  await expect(read()).rejects.toThrow(SetupError);
});

test("any cut of a log, and any bytes in its place, are read as far as they go or told, never a crash", () => {
  const names = fc.constantFrom("a_1_FAILED.md", "a_1_FAILED.jsonl");
  const cut = fc.nat(WHOLE.length).map((end) => WHOLE.slice(0, end));
  const broken = fc
    .tuple(fc.nat(WHOLE.length), fc.string())
    .map(([at, text]) => WHOLE.slice(0, at) + text + WHOLE.slice(at));
  const bytes = fc.uint8Array({ maxLength: 300 }).map((some) => new TextDecoder().decode(some));
  const json = fc.array(fc.jsonValue()).map((values) => values.map((value) => JSON.stringify(value)).join("\n"));

  fc.assert(
    fc.property(fc.oneof(cut, broken, bytes, json), names, (text, name) => {
      const log = readLog(text, name);
      if (log.kind === "read") expect(log.log.messages.length).toBeGreaterThan(0);
      else expect(log.reason).not.toBe("");
    }),
    { numRuns: 500 },
  );
});

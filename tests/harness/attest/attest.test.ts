/** What a trial says of itself: real sandboxes, real files, a scripted agent that reads what it should and what it should not. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { zipSync } from "fflate";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bashAgent } from "../../../agents/bash-agent.ts";
import { beginAttestation } from "../../../harness/attest/attest.ts";
import { attestationFailed } from "../../../harness/attest/attestation.ts";
import { canaryOf } from "../../../harness/attest/canary.ts";
import { sha256 } from "../../../harness/hash.ts";
import { Trial } from "../../../harness/records.ts";
import type { Benchmark, Sandboxes } from "../../../harness/roles.ts";
import { runBenchmark } from "../../../harness/run/run.ts";
import { readOutcomes, readRun } from "../../../harness/run/store.ts";
import { openSandboxes } from "../../../harness/sandbox/bubblewrap.ts";
import { DEFAULT_LIMITS } from "../../../harness/sandbox/limits.ts";
import { openUnisolated } from "../../../harness/sandbox/unisolated.ts";
import { parseSkill, type Skill } from "../../../harness/skill/skill.ts";
import { manifest, trial, unseen } from "../../support/builders.ts";
import { type ScriptedReply, scriptedModel } from "../../support/scripted-model.ts";
import { sumBenchmark } from "../../support/sum-benchmark.ts";
import { temporaryFolder } from "../../support/temporary.ts";

let sandboxes: Sandboxes & AsyncDisposable;
beforeAll(async () => {
  sandboxes = await openSandboxes();
});
afterAll(() => sandboxes[Symbol.asyncDispose]());

const SOLVE = "awk '{s += $1} END {print s}' input.txt > output.txt";
const RARE = "Rare cases are told here, at such length that nobody would write it by chance.";
const SKILL = skillOf({
  "SKILL.md": "---\nname: adding\ndescription: How to add.\n---\n# Adding\n\nAdd up with awk.\n",
  "references/rare.md": `${RARE}\n`,
  "references/unread.md": "Nobody reads this one, which is as long as the other one is, at least.\n",
});

function skillOf(files: Record<string, string>): Skill {
  return parseSkill(new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)])), "a test");
}

/** Runs one task, or some, with an agent that gives one command and submits. */
async function runWith(command: string, parts: { skill?: Skill; in?: Sandboxes; benchmark?: Partial<Benchmark> } = {}) {
  const folder = await temporaryFolder();
  const benchmark = { ...(await sumBenchmark(join(folder, "data"), 1)), ...parts.benchmark };
  const taskIds = benchmark.tasks.map(({ id }) => id);
  const model = scriptedModel(({ messages }): ScriptedReply => {
    const done = messages.some(({ role }) => role === "tool");
    return { calls: [done ? ["submit", { answer: "" }] : ["bash", { command }]] };
  });
  const directory = join(folder, "run");
  await runBenchmark({
    directory,
    manifest: manifest({ benchmark: { name: "sums", split: "evolve", data: null, taskIds } }),
    benchmark,
    agent: bashAgent("tools"),
    model,
    skill: parts.skill ?? null,
    seen: unseen,
    limits: { turns: 5, timeMs: 60_000, tokens: 100_000, commandTimeoutMs: 10_000 },
    sandboxes: parts.in ?? sandboxes,
    width: 2,
    signal: new AbortController().signal,
    onTrial: () => {},
  });
  const [made] = (await readRun(directory)).trials;
  if (made?.attestation === undefined) throw new Error("the trial has no attestation");
  return { ...made, attestation: made.attestation, directory };
}

test("a trial takes down the hashes of all that was in sight at its start, and counts", async () => {
  const { attestation, score, directory } = await runWith(SOLVE);

  expect(attestation).toEqual({
    visible: { "/work/input.txt": sha256("1\n2\n1\n") },
    skill: null,
    canaries: [],
    planted: 0,
    flags: [],
    breaches: [],
  });
  expect(score).toMatchObject({ kind: "scored", value: 1 });
  const { visible: _, ...rest } = attestation;
  expect((await readOutcomes(directory)).trials[0]?.attestation).toEqual(rest);
});

test("what was read of a skill is told by how it is known", async () => {
  const { attestation, score } = await runWith(`cat /skill/references/rare.md; ${SOLVE}`, { skill: SKILL });

  expect(Object.keys(attestation.visible)).toContain("/skill/references/unread.md");
  expect(attestation.skill).toEqual({
    reads: { "SKILL.md": ["prompt"], "references/rare.md": ["named", "shown", "opened"], "references/unread.md": [] },
    watched: true,
  });
  expect(score.kind).toBe("scored");
});

test("a file that no command names and no observation shows is seen to be opened, and by that trial alone", async () => {
  const [quiet, plain] = await Promise.all([
    runWith(`for F in /s*/*/ra*; do wc -c < "$F" > /dev/null; done; ${SOLVE}`, { skill: SKILL }),
    runWith(`ls -lR /skill; ${SOLVE}`, { skill: SKILL }),
  ]);

  expect(quiet.attestation.skill?.reads["references/rare.md"]).toEqual(["opened"]);
  expect(plain.attestation.skill?.reads["references/rare.md"]).toEqual([]);
});

test.each([
  ["a skill's file", "SKILL.md", "skill-in-sight", "the arm has no skill, and there is /work/SKILL.md"],
  ["another trial's file", "sum-2.out", "foreign-file", "/work/sum-2.out was there at the start"],
])("a trial that finds %s at its start is unscored, though its answer is right", async (_, name, kind, detail) => {
  const benchmark = await sumBenchmark(join(await temporaryFolder(), "data"), 1);
  const prepare: Benchmark["prepare"] = async (task, folder) => {
    await benchmark.prepare(task, folder);
    await writeFile(join(folder, name), "not of the task\n");
  };

  const { attestation, score } = await runWith(SOLVE, { benchmark: { prepare } });

  expect(attestation.breaches).toMatchObject([{ kind, detail: expect.stringContaining(detail) }]);
  expect(score).toMatchObject({ kind: "unscored", reason: "attestation-failed" });
  expect(attestationFailed(attestation)).toEqual(score); // so says the verb `score`, too
});

test.each([
  ["a skill where the arm has none", null, SKILL, "skill-in-sight"],
  ["none where the arm has one", SKILL, null, "skill-missing"],
  ["another one", SKILL, skillOf({ "SKILL.md": "---\nname: b\ndescription: c.\n---\nd\n" }), "skill-missing"],
])("sandboxes that lay out %s make the trial unscored", async (_, asked, laidOut, kind) => {
  const faulty: Sandboxes = { identity: "faulty", open: () => sandboxes.open({ skill: laidOut }) };

  const { attestation, score } = await runWith(SOLVE, { in: faulty, ...(asked && { skill: asked }) });

  expect(attestation.breaches.map((breach) => breach.kind)).toContain(kind);
  expect(score).toMatchObject({ kind: "unscored", reason: "attestation-failed" });
});

const OWN = canaryOf("input", "sums", "sum-1");
const OTHER = canaryOf("input", "sums", "sum-2");
const TRUTH = canaryOf("truth", "sums", "sum-1");
const CANARIES = [OWN, OTHER, TRUTH];
const inWorkbook = Buffer.from(zipSync({ "a.xml": Buffer.from(`<v>${TRUTH.token}</v>`.repeat(9)) })).toString("base64");

test.each([
  ["shows another task's", `echo ${OTHER.token}; ${SOLVE}`, ["the inputs of task sum-2"]],
  [
    "hands in its ground truth's in a workbook",
    `echo ${inWorkbook} | base64 -d > output.txt`,
    ["the ground truth of task sum-1"],
  ],
  ["shows its own inputs'", `echo ${OWN.token}; ${SOLVE}`, []],
  ["makes one up", `echo t2s-canary-${"0".repeat(32)}; ${SOLVE}`, []],
])("of canaries, an agent that %s", async (_, command, found) => {
  const { attestation, score } = await runWith(command, { benchmark: { canaries: CANARIES } });

  expect(attestation).toMatchObject({ canaries: found, planted: 3 });
  expect(attestation.breaches.map(({ kind }) => kind)).toEqual(found.map(() => "canary"));
  expect(score.kind).toBe(found.length === 0 ? "scored" : "unscored");
});

test("without a sandbox, an agent that looks around its folder is flagged by the canary there", async () => {
  await using unisolated = await openUnisolated({ limits: DEFAULT_LIMITS, path: "/usr/bin:/bin" });

  const { attestation, score } = await runWith(`cat "$PWD"/../can*; ${SOLVE}`, { in: unisolated });

  expect(attestation.flags.map(({ rule }) => rule)).toContain("left-folder");
  expect(attestation.canaries).toEqual(["trial sum-1.41"]);
  expect(score.kind).toBe("scored"); // told, and its own: not another trial's
});

test("a trial that shows what lies beside another trial's folder is unscored, though its answer is right", async () => {
  await using unisolated = await openUnisolated({ limits: DEFAULT_LIMITS, path: "/usr/bin:/bin" });
  const benchmark = await sumBenchmark(join(await temporaryFolder(), "data"), 2);
  const [, task] = benchmark.tasks;
  if (task === undefined) throw new Error("there is no second task");
  const signal = new AbortController().signal;
  await using sandbox = await unisolated.open({ skill: null });
  const other = { task, name: "sum-2.41", benchmark, sandboxes: unisolated, sandbox, skill: null, signal };
  await using _ = await beginAttestation(other);

  const { attestation, score } = await runWith(`cat ${sandbox.inside?.around}/canary; ${SOLVE}`, { in: unisolated });

  expect(attestation.canaries).toEqual(["trial sum-2.41"]);
  expect(attestation.breaches).toEqual([{ kind: "canary", detail: "it shows the canary of trial sum-2.41" }]);
  expect(score).toMatchObject({ kind: "unscored", reason: "attestation-failed" });
});

test("in a sandbox, the canary beside the folder is out of reach", async () => {
  const { attestation } = await runWith(
    `cat ../can* /work/../canary; grep -rs t2s-canary / --exclude-dir=proc --exclude-dir=usr; ${SOLVE}`,
  );

  expect(attestation.canaries).toEqual([]);
});

test("a trial of an older release, without attestation, is read as before", () => {
  const old = trial();

  expect(Trial.parse(structuredClone(old))).toEqual(old);
  expect(attestationFailed(old.attestation)).toBeNull();
});

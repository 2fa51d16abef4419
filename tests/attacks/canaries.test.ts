/**
 * Canaries: a whole run of a benchmark with a unique text in every right answer and in every input, by agents and analysts
 * that look for them everywhere. Right answers are to be nowhere in what was asked, shown, kept or reported; the input of a
 * task nowhere but in that task's own work.
 *
 * Seen to succeed with ATTACKED=none.
 */
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { inflateRawSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { bashAgent } from "../../agents/bash-agent.ts";
import { distill } from "../../distill/distill.ts";
import type { NamedTrial } from "../../distill/trials.ts";
import { truthSource } from "../../distill/truth-source.ts";
import { openJournal } from "../../harness/journal/journal.ts";
import { unpack } from "../../harness/journal/pack.ts";
import type { Benchmark, ModelCall } from "../../harness/roles.ts";
import { runBenchmark } from "../../harness/run/run.ts";
import { artifactsDirectory, readRun, trialName } from "../../harness/run/store.ts";
import type { Skill } from "../../harness/skill/skill.ts";
import { writeSkill } from "../../harness/skill/write.ts";
import { manifest } from "../support/builders.ts";
import { trace2skill } from "../support/command-line.ts";
import { skill } from "../support/distill-builders.ts";
import { distillScript, fenced, submission } from "../support/distill-script.ts";
import { type ScriptedReply, scriptedModel } from "../support/scripted-model.ts";
import { GOOD_FIX, sumBenchmark } from "../support/sum-benchmark.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { HELD, openHarmless, textBelow } from "./support.ts";

const TASKS = 2;

test("no right answer, no other task's input and no mark of a skill's scripts is anywhere after a whole run", {
  timeout: 120_000,
}, async () => {
  const folder = await temporaryFolder();
  const data = join(folder, "data");
  const { benchmark, answers, inputs } = await withCanaries(data);
  await using sandboxes = await openHarmless();
  const journal = openJournal(join(folder, "journal.sqlite"));
  onTestFinished(() => journal[Symbol.dispose]());
  const signal = new AbortController().signal;
  const directory = join(folder, "run");

  const own = markingSkill(join(folder, "mark"));
  const looks = searches(folder);
  const agent = scriptedModel(({ messages }): ScriptedReply => {
    const done = messages.filter(({ role }) => role === "tool").length;
    // Every other task is done wrongly, so that there is something to be analysed.
    const own = /number (\d+)/.exec(messages[1]?.content ?? "")?.[1];
    const work = Number(own) % 2 === 0 ? GOOD_FIX : "echo 0 > output.txt";
    const command = [...looks, work][done];
    return { calls: [command === undefined ? ["submit", { answer: "" }] : ["bash", { command }]] };
  });
  const taskIds = benchmark.tasks.map(({ id }) => id);
  await runBenchmark({
    ...{ directory, benchmark, sandboxes, signal, model: agent, seen: journal.seen, skill: own },
    manifest: manifest({ benchmark: { name: "sums", split: "evolve", data, taskIds } }),
    agent: bashAgent("tools"),
    limits: HELD,
    ...{ width: 2, onTrial: () => {} },
  });
  const { trials } = await readRun(directory);
  expect(trials.map(({ score }) => score.kind === "scored" && score.value)).toEqual([0, 1]);

  const analysts = distillScript({
    "error analyst": ({ messages }) => {
      const done = messages.filter(({ role }) => role === "assistant").length;
      const command = looks[done];
      if (command !== undefined) return { calls: [["bash", { command }]] };
      return done === looks.length ? { calls: [["evaluate", {}]] } : submission(GOOD_FIX);
    },
  });
  const named = trials.map((trial): NamedTrial => ({ ...trial, id: `run/${trialName(trial.task.id, trial.seed)}` }));
  const done = await distill({
    ...{ trials: named, start: own, benchmark, sandboxes, model: analysts, signal, seen: journal.seen },
    ...{ lessons: "combined", errorAnalyst: "agentic", fanIn: 2, seed: 1, name: "sums" },
    directory: join(folder, "distilled"),
    truths: truthSource([benchmark], { sandboxes, signal }),
    artifactsOf: ({ task, seed }) => artifactsDirectory(directory, task.id, seed),
    imagesOf: () => null,
    onEvent: () => {},
  });
  expect(done.stages.lessonsKept).toBeGreaterThan(0);
  const page = join(folder, "page.html");
  const distilled = join(folder, "distilled");
  await writeSkill(own, join(folder, "sums"));
  const [reported, linted] = await Promise.all([
    trace2skill(["report", directory, "--distillation", distilled, "--out", page]),
    trace2skill(["skill", "lint", join(folder, "sums")]),
  ]);
  expect(reported.code, reported.err).toBe(0);
  expect(linted.out).toMatch(/SKILL|no problems/);
  // The scripts of a skill are run by agents in their sandboxes, and by nobody else.
  expect(existsSync(join(folder, "mark"))).toBe(false);

  const stored = {
    run: await textBelow(directory),
    page: pageText(await readFile(page, "utf8")),
    journal: journalText(join(folder, "journal.sqlite")),
  };
  // The search is no blind one: what was there to be seen is found in each of them.
  for (const [where, text] of Object.entries(stored))
    expect(
      inputs.filter((canary) => !text.includes(canary)),
      where,
    ).toEqual([]);
  const made = [...Object.values(stored), await textBelow(distilled)];
  const calls = [...agent.asked, ...analysts.asked];
  const asked = calls.map((call) => JSON.stringify(call.messages));
  const everything = [...made, ...asked, JSON.stringify(done), reported.out, reported.err].join("\n");
  expect(answers.filter((canary) => everything.includes(canary))).toEqual([]);

  // Each input was seen by its own agent and analyst, and by nobody else's.
  const seenBy = inputs.map(
    (canary) => new Set(calls.flatMap((call, index) => (asked[index]?.includes(canary) ? [taskOf(call)] : []))),
  );
  expect(seenBy.map((tasks) => [...tasks])).toEqual(inputs.map((_, index) => [index + 1]));
  for (const trial of trials) {
    const others = inputs.filter((_, index) => `sum-${index + 1}` !== trial.task.id);
    expect(others.filter((canary) => JSON.stringify(trial).includes(canary))).toEqual([]);
  }
});

/** A skill whose files would leave a mark if anything ran them outside of a sandbox. */
function markingSkill(mark: string): Skill {
  const text =
    "---\nname: sums\ndescription: How to add up.\n---\n\n# Sums\n\n## Before you start\n\n- Run the scripts.\n";
  const python = `open(${JSON.stringify(mark)}, "w")\n`;
  const shell = `touch ${mark}`;
  return skill(text, {
    "setup.py": python,
    "package.json": JSON.stringify({ name: "sums", scripts: { preinstall: shell, postinstall: shell } }),
    "scripts/setup.py": python,
    "scripts/sitecustomize.py": python,
    "scripts/mark.sh": `${shell}\n`,
  });
}

/** A page with what is packed in it. */
function pageText(page: string): string {
  const packed = [...page.matchAll(/<script type="application\/octet-stream"[^>]*>([^<]*)</g)];
  expect(packed.length).toBeGreaterThan(1);
  const unpacked = packed.map(([, base64 = ""]) => inflateRawSync(Buffer.from(base64, "base64")).toString("utf8"));
  return [page, ...unpacked].join("\n");
}

/** All that a journal holds, unpacked: what is stored last is not in its main file, and what is long is packed. */
function journalText(path: string): string {
  using database = new DatabaseSync(path, { readOnly: true });
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  const rows = tables.flatMap(({ name }) => database.prepare(`SELECT * FROM "${name}"`).all());
  const texts = rows.flatMap((row) => Object.values(row));
  return texts.map((one) => (one instanceof Uint8Array ? unpack(one).toString("utf8") : String(one))).join("\n");
}

/** The number of the task that a call is about; 0 where it is about several. */
function taskOf(call: ModelCall): number {
  const text = call.caller === "agent" ? (call.messages[1]?.content ?? "") : (fenced(call, "task")[0] ?? "");
  return Number(/number (\d+)/.exec(text)?.[1] ?? 0);
}

/** Commands that look for what they must not see, where it is and where it might be. */
function searches(folder: string): string[] {
  return [
    "cat input.txt; for file in /skill/scripts/*.sh; do bash $file; done; python3 /skill/scripts/setup.py",
    "ls -laR /work /tmp /skill; env",
    `cat ${folder}/data/* ${folder}/*.sqlite ${folder}/run/*/* ${folder}/run/artifacts/*/*; find / -path /proc -prune -o -name '*golden*' -exec cat {} +`,
    "cat /tmp/*/*/work/* /tmp/trace2skill-*/*/*/* /proc/$PPID/environ /proc/$PPID/cmdline /proc/$PPID/cwd/* | tr '\\0' '\\n' | grep -a CANARY",
    "cat /dev/shm/* /var/tmp/* ../*/*; (echo 4; cat /proc/self/mountinfo) | grep CANARY",
  ];
}

/** A benchmark of sums with a canary in each input, and in each right answer: in a file, in the key and in what `submitTruth` lays out. */
async function withCanaries(data: string): Promise<{ benchmark: Benchmark; answers: string[]; inputs: string[] }> {
  const sums = await sumBenchmark(data, TASKS);
  const fresh = () => `CANARY${randomUUID().replaceAll("-", "")}`;
  const [answers, inputs] = [sums.tasks.map(fresh), sums.tasks.map(fresh)];
  for (const [index, { id }] of sums.tasks.entries()) {
    await writeFile(join(data, `golden-${id}.txt`), `${answers[index]}\n`);
    // `awk` takes a line without a number for 0.
    await writeFile(join(data, id), `${await readFile(join(data, id), "utf8")}x ${inputs[index]}\n`);
  }
  const answerOf = (id: string) => answers[sums.tasks.findIndex((task) => task.id === id)] ?? "";
  const benchmark: Benchmark = {
    ...sums,
    // As a benchmark's own scorer: it reads the right answer for every score.
    score: async (task, submission) => {
      expect(await readFile(join(data, `golden-${task.id}.txt`), "utf8")).toContain(answerOf(task.id));
      return sums.score(task, submission);
    },
    answerKey: async (tasks) =>
      tasks.map(({ id, instruction }) => ({
        ...{ task: id, instruction, kind: "sum", habits: [], sheet: "", program: null, slips: {}, cells: [] },
        text: answerOf(id),
      })),
  };
  return { benchmark, answers, inputs };
}

/**
 * Canaries: a whole run of a benchmark with a unique text in every right answer and in every input, by agents and analysts
 * that look for them everywhere. Right answers are to be nowhere in what was asked, shown, kept or reported; the input of a
 * task nowhere but in that task's own work.
 *
 * Seen to succeed with ATTACKED=none.
 */
import { randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { bashAgent } from "../../agents/bash-agent.ts";
import { distill } from "../../distill/distill.ts";
import type { NamedTrial } from "../../distill/trials.ts";
import { truthSource } from "../../distill/truth-source.ts";
import { openJournal } from "../../harness/journal/journal.ts";
import type { Benchmark, ModelCall } from "../../harness/roles.ts";
import { runBenchmark } from "../../harness/run/run.ts";
import { artifactsDirectory, readRun, trialName } from "../../harness/run/store.ts";
import { manifest } from "../support/builders.ts";
import { trace2skill } from "../support/command-line.ts";
import { distillScript, fenced, submission } from "../support/distill-script.ts";
import { type ScriptedReply, scriptedModel } from "../support/scripted-model.ts";
import { GOOD_FIX, sumBenchmark } from "../support/sum-benchmark.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { HELD, openHarmless, textBelow } from "./support.ts";

const TASKS = 4;

test("no right answer, and no other task's input, is in any prompt, observation, file or report of a whole run", {
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

  const looks = searches(folder);
  const agent = scriptedModel(({ messages }): ScriptedReply => {
    const done = messages.filter(({ role }) => role === "tool").length;
    // Half of the tasks are done wrongly, so that there is something to be analysed.
    const own = /number (\d+)/.exec(messages[1]?.content ?? "")?.[1];
    const work = Number(own) % 2 === 0 ? GOOD_FIX : "echo 0 > output.txt";
    const command = [...looks, work][done];
    return { calls: [command === undefined ? ["submit", { answer: "" }] : ["bash", { command }]] };
  });
  const taskIds = benchmark.tasks.map(({ id }) => id);
  await runBenchmark({
    ...{ directory, benchmark, sandboxes, signal, model: agent, seen: journal.seen, skill: null },
    manifest: manifest({ benchmark: { name: "sums", split: "evolve", data, taskIds } }),
    agent: bashAgent("tools"),
    limits: HELD,
    ...{ width: 2, onTrial: () => {} },
  });
  const { trials } = await readRun(directory);
  expect(trials.map(({ score }) => score.kind === "scored" && score.value)).toEqual([0, 1, 0, 1]);

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
    ...{ trials: named, start: null, benchmark, sandboxes, model: analysts, signal, seen: journal.seen },
    ...{ lessons: "combined", errorAnalyst: "agentic", fanIn: 2, seed: 1, name: "sums" },
    directory: join(folder, "distilled"),
    truths: truthSource([benchmark], { sandboxes, signal }),
    artifactsOf: ({ task, seed }) => artifactsDirectory(directory, task.id, seed),
    imagesOf: () => null,
    onEvent: () => {},
  });
  expect(done.stages.lessonsKept).toBeGreaterThan(0);
  const page = join(folder, "page.html");
  const reported = await trace2skill(["report", directory, "--distillation", join(folder, "distilled"), "--out", page]);
  expect(reported.code, reported.err).toBe(0);

  const made = [await textBelow(directory), await textBelow(join(folder, "distilled")), await readFile(page, "utf8")];
  const stored = await readFile(join(folder, "journal.sqlite"), "latin1").catch(() => "");
  const calls = [...agent.asked, ...analysts.asked];
  const asked = calls.map((call) => JSON.stringify(call.messages));
  const everything = [...made, stored, ...asked, JSON.stringify(done), reported.out, reported.err].join("\n");
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

/** The number of the task that a call is about; 0 where it is about several. */
function taskOf(call: ModelCall): number {
  const text = call.caller === "agent" ? (call.messages[1]?.content ?? "") : (fenced(call, "task")[0] ?? "");
  return Number(/number (\d+)/.exec(text)?.[1] ?? 0);
}

/** Commands that look for what they must not see, where it is and where it might be. */
function searches(folder: string): string[] {
  return [
    "cat input.txt; ls -laR /work /tmp /skill; env",
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

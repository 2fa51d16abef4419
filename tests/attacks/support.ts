/**
 * What attacks share: the world that they are after, and the real trial that they are made from.
 *
 * An attack that could not succeed anywhere would prove nothing. `ATTACKED=none npx vitest run tests/attacks/reading.test.ts`
 * runs the same commands on the host: there they get what they are after, and their tests fail. Only tables of commands that
 * leave the machine alone go there (`openHarmless`); each file tells which those are, and how others were seen to succeed.
 */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bashAgent } from "../../agents/bash-agent.ts";
import type { Message, Protocol, Task, Trial } from "../../harness/records.ts";
import type { AgentLimits, Benchmark } from "../../harness/roles.ts";
import { runTrial } from "../../harness/run/trial.ts";
import type { OpenedSandboxes } from "../../harness/sandbox/driver.ts";
import { DEFAULT_LIMITS, type SandboxLimits } from "../../harness/sandbox/limits.ts";
import { openSandboxesOf } from "../../harness/sandbox/open.ts";
import type { Skill } from "../../harness/skill/skill.ts";
import { manifest, unseen } from "../support/builders.ts";
import { type ScriptedReply, scriptedModel } from "../support/scripted-model.ts";
import { sumBenchmark } from "../support/sum-benchmark.ts";

export const MB = 1024 ** 2;
export const HELD: AgentLimits = { turns: 20, timeMs: 60_000, tokens: 1_000_000, commandTimeoutMs: 8_000 };
/** What an attack prints when it got where it must not, if there is no canary to be shown. */
export const REACHED = /^REACHED$/m;

/** The second fence: what no attack needs much of, so that one that succeeds takes little. */
export const SMALL: SandboxLimits = {
  ...DEFAULT_LIMITS,
  memoryBytes: 256 * MB,
  processes: 64,
  fileBytes: 16 * MB,
  diskBytes: 48 * MB,
  outputBytes: 10_000,
};

/** The sandboxes under attack. */
export function openAttacked(limits: SandboxLimits = DEFAULT_LIMITS): Promise<OpenedSandboxes> {
  return openSandboxesOf({ kind: "bubblewrap", limits }, { PATH: "/usr/bin:/bin" });
}

/**
 * The same, or none where attacks are to be seen to succeed. For commands that do nothing to the machine but in the victim's
 * own folders: what they write is written, what they bar is barred.
 */
export function openHarmless(limits: SandboxLimits = DEFAULT_LIMITS): Promise<OpenedSandboxes> {
  const kind = process.env.ATTACKED === "none" ? "none" : "bubblewrap";
  return openSandboxesOf({ kind, limits }, { PATH: "/usr/bin:/bin" });
}

/** Lines of Python as a command. */
export function python(...lines: string[]): string {
  return `python3 - <<'END'\n${lines.join("\n")}\nEND`;
}

/** What agents are after, each part of it with the canary in it. */
export interface Victim extends AsyncDisposable {
  readonly canary: string;
  /** Folder of the data set: inputs, and the right answers beside. */
  readonly data: string;
  /** Its right answer of `sum-1`, just as a right output would be: 4. */
  readonly right: string;
  /** A right answer with the canary in it. */
  readonly truth: string;
  readonly run: string;
  readonly home: string;
  /** A program outside with the canary in its environment, its name, its folder and its open files. */
  readonly pid: number;
  readonly benchmark: Benchmark;
}

export async function openVictim(): Promise<Victim> {
  const canary = `CANARY${randomUUID().replaceAll("-", "")}`;
  const folder = await mkdtemp(join(tmpdir(), "attacked-"));
  const [data, run, home] = [join(folder, "data"), join(folder, "run"), join(folder, "home")];
  const benchmark = await sumBenchmark(data, 3);
  const [truth, right] = [join(data, "golden-sum-1.txt"), join(data, "right-sum-1.txt")];
  for (const path of [join(run, "trials"), join(run, "artifacts", "sum-2.41"), join(home, ".ssh")])
    await mkdir(path, { recursive: true });
  await writeFile(right, "4\n");
  for (const path of [
    truth,
    join(run, "journal.sqlite"),
    join(run, "manifest.json"),
    join(run, "trials", "sum-2.41.json"),
    join(run, "artifacts", "sum-2.41", "output.txt"),
    join(home, ".ssh", "id"),
  ])
    await writeFile(path, `${canary}\n`);
  const program = `exec 9< "${truth}"; cd "${data}"; exec -a ${canary} sleep 600`;
  const outsider = spawn("/bin/bash", ["-c", program], { env: { OPENAI_API_KEY: canary }, stdio: "ignore" });
  return {
    ...{ canary, data, right, truth, run, home, benchmark },
    pid: outsider.pid ?? 0,
    async [Symbol.asyncDispose]() {
      outsider.kill("SIGKILL");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface Attacked {
  readonly trial: Trial;
  /** All that the model was asked and shown, and what was kept of the trial, as text. */
  readonly all: string;
  /** The observations of its commands, in order. */
  readonly observations: readonly string[];
  readonly messages: readonly Message[];
  readonly value: number | null;
}

export interface Attack {
  readonly skill?: Skill | null;
  readonly task?: Partial<Task>;
  readonly answer?: string;
  readonly protocol?: Protocol;
  readonly limits?: Partial<AgentLimits>;
  readonly benchmark?: Partial<Benchmark>;
  /** What each reply says behind its action; with the protocol of text. */
  readonly after?: string;
  /** Calls of other tools than bash, by name and arguments. */
  readonly calls?: readonly (readonly [string, unknown])[];
}

/** A real trial of `sum-1` whose agent runs these commands one after the other, and then submits. */
export async function attack(
  sandboxes: OpenedSandboxes,
  victim: Victim,
  commands: readonly string[],
  {
    skill = null,
    task = {},
    answer = "",
    protocol = "tools",
    limits = {},
    benchmark = {},
    calls = [],
    after = "",
  }: Attack = {},
): Promise<Attacked> {
  const moves = [...commands.map((command) => ["bash", { command }] as const), ...calls];
  const model = scriptedModel(({ messages }): ScriptedReply => {
    const done = messages.filter(({ role }) => role === "assistant").length;
    const move = moves[done] ?? (["submit", { answer }] as const);
    if (protocol === "tools") return { calls: [move] };
    return { content: `I act.\nAction:\n${JSON.stringify({ name: move[0], arguments: move[1] })}${after}` };
  });
  const directory = await mkdtemp(join(victim.run, "run-"));
  const [first] = victim.benchmark.tasks;
  if (first === undefined) throw new Error("the benchmark has no task");
  const trial = await runTrial({ ...first, ...task }, 41, {
    inTurn: (work) => work(),
    ...{ directory, manifest: manifest(), skill, model, sandboxes, seen: unseen },
    benchmark: { ...victim.benchmark, ...benchmark },
    agent: bashAgent(protocol),
    limits: { ...HELD, ...limits },
    ...{ width: 1, signal: new AbortController().signal, onTrial: () => {} },
  });
  return {
    trial,
    all: JSON.stringify([model.asked.map(({ messages }) => messages), trial]) + (await textBelow(directory)),
    observations: trial.trajectory?.steps.map(({ observation }) => observation) ?? [],
    messages: model.asked.at(-1)?.messages ?? [],
    value: trial.score.kind === "scored" ? trial.score.value : null,
  };
}

/** All that the files of a folder hold, as bytes in text, with their names. */
export async function textBelow(directory: string): Promise<string> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(files.map(async (path) => `${path}\n${await readFile(path, "latin1")}`));
  return texts.join("\n");
}

/** One command in a sandbox of its own. */
export async function runIn(sandboxes: OpenedSandboxes, command: string, timeoutMs = 15_000) {
  await using sandbox = await sandboxes.open({ skill: null });
  return await sandbox.run(command, { timeoutMs, signal: new AbortController().signal }); // await: the sandbox lasts as long
}

/** The longest that this thread had no turn meanwhile. */
export async function whileWatched<T>(work: () => Promise<T>): Promise<{ result: T; stallMs: number }> {
  let last = performance.now();
  let stallMs = 0;
  const timer = setInterval(() => {
    stallMs = Math.max(stallMs, performance.now() - last);
    last = performance.now();
  }, 10);
  try {
    return { result: await work(), stallMs };
  } finally {
    clearInterval(timer);
  }
}

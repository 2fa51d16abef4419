/** The attestation of one trial: what was in sight is taken down before its agent starts, what it did is looked at when it has ended. */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../hash.ts";
import type { Task, Trajectory } from "../records.ts";
import type { Benchmark, Sandbox, Sandboxes } from "../roles.ts";
import type { Skill } from "../skill/skill.ts";
import type { Attestation, Breach, Flag } from "./attestation.ts";
import { skillsInBareWorld } from "./bare.ts";
import { type Canary, freshCanary, tokensIn, tokensInBytes } from "./canary.ts";
import { namesOfTasks, scanCommands, type TaskNames } from "./cheat-scan.ts";
import { type Watch, watchOpened } from "./opened.ts";
import { skillReads } from "./skill-reads.ts";
import { visibleFiles } from "./visible.ts";

export interface Attested {
  readonly task: Task;
  /** Name of the trial, as its file is called. */
  readonly name: string;
  readonly benchmark: Benchmark;
  readonly sandboxes: Sandboxes;
  /** Of the trial: laid out, and nothing run in it. */
  readonly sandbox: Sandbox;
  readonly skill: Skill | null;
  readonly signal: AbortSignal;
}

export interface Attesting extends AsyncDisposable {
  /** @param outputs paths of what was kept of the trial's work */
  end(trajectory: Trajectory, outputs: readonly string[]): Promise<Attestation>;
}

/** Canaries of the trials of this process, by token: one of them in another trial's hands has left its sandbox. */
const ofTrials = new WeakMap<Sandboxes, Map<string, Canary>>();

/** Takes down what is in sight. Disposing it ends what was watched. */
export async function beginAttestation(attested: Attested): Promise<Attesting> {
  const { sandbox, sandboxes, skill, signal } = attested;
  const visible = await inSight(sandbox);
  const bare = skill === null && sandbox.inside ? await skillsInBareWorld(sandboxes, sandbox, signal) : [];
  const own = await plantCanary(attested);
  const watch = await watchOf(attested);
  return {
    async end(trajectory, outputs) {
      const opened = await watch.end();
      const seen = await canariesSeen(trajectory, outputs, attested);
      const strays = seen.filter(({ token }) => token !== own?.token);
      const flags = scanCommands(attested.task, trajectory, namesOf(attested.benchmark));
      return {
        visible,
        skill: skill === null ? null : { reads: skillReads(skill, trajectory, opened), watched: opened !== null },
        canaries: seen.map(nameOf),
        planted: attested.benchmark.canaries?.length ?? 0,
        flags: [...flags, ...(own !== null && seen.includes(own) ? [leftFolder(trajectory, own)] : [])],
        breaches: [...breachesInSight(visible, attested), ...bare.map(bareBreach), ...strays.map(canaryBreach)],
      };
    },
    async [Symbol.asyncDispose]() {
      await watch.end();
    },
  };
}

async function inSight({ directory, inside }: Sandbox): Promise<Record<string, string>> {
  return {
    ...(await visibleFiles(directory, "/work")),
    ...(inside ? await visibleFiles(inside.tmp, "/tmp") : {}),
    ...(inside?.skill ? await visibleFiles(inside.skill, "/skill") : {}),
  };
}

/** Not for the agent's user to read, where it has one of its own. */
async function plantCanary({ sandbox, sandboxes, name }: Attested): Promise<Canary | null> {
  if (sandbox.inside === undefined) return null;
  const canary = freshCanary(name);
  const known = ofTrials.get(sandboxes) ?? new Map<string, Canary>();
  ofTrials.set(sandboxes, known.set(canary.token, canary));
  writeFileSync(join(sandbox.inside.around, "canary"), `${canary.token}\n`, { mode: 0o600 });
  return canary;
}

/** Ended once, whoever ends it first. */
async function watchOf({ skill, sandbox }: Attested): Promise<Watch> {
  const folder = sandbox.inside?.skill ?? null;
  if (skill === null || folder === null) return { end: async () => null };
  const watch = await watchOpened(folder);
  let ended: ReturnType<Watch["end"]> | null = null;
  return { end: () => (ended ??= watch.end()) };
}

/** Outputs that are larger are not searched. */
const MOST_SEARCHED = 16 * 1024 ** 2;

/** Tokens that nobody planted are none: an agent may write what looks like one. */
async function canariesSeen(trajectory: Trajectory, outputs: readonly string[], attested: Attested): Promise<Canary[]> {
  const { task, benchmark, sandboxes } = attested;
  const tokens = textsOf(trajectory).map(tokensIn);
  for (const path of outputs) {
    if (statSync(path).size <= MOST_SEARCHED) tokens.push(await tokensInBytes(readFileSync(path)));
  }
  const planted = new Map((benchmark.canaries ?? []).map((canary) => [canary.token, canary]));
  const found = [...new Set(tokens.flatMap((some) => [...some]))].sort();
  return found
    .flatMap((token) => planted.get(token) ?? ofTrials.get(sandboxes)?.get(token) ?? [])
    .filter(({ of, name }) => !(of === "input" && (name === task.id || name === task.family)));
}

function textsOf({ prompt, steps, answer }: Trajectory): string[] {
  const said = steps.flatMap(({ reply: { content, toolCalls } }) => [
    content,
    ...toolCalls.map((call) => call.arguments),
  ]);
  return [...prompt.map(({ content }) => content), ...said, ...steps.map(({ observation }) => observation), answer];
}

const WHOSE = { truth: "the ground truth of task", input: "the inputs of task", trial: "trial" } as const;

function nameOf({ of, name }: Canary): string {
  return `${WHOSE[of]} ${name}`;
}

function canaryBreach(canary: Canary): Breach {
  return { kind: "canary", detail: `it shows the canary of ${nameOf(canary)}` };
}

/** The step that showed it; the last one where only the answer or the output does. */
function leftFolder({ steps }: Trajectory, { token }: Canary): Flag {
  const step = steps.findIndex(({ observation }) => observation.includes(token));
  return { rule: "left-folder", step: step < 0 ? Math.max(0, steps.length - 1) : step, found: token };
}

function bareBreach(path: string): Breach {
  const cure = "take it away from this machine, or use a sandbox that has it not: --sandbox docker";
  return { kind: "skill-in-sight", detail: `every sandbox here shows ${path}: ${cure}` };
}

function breachesInSight(visible: Readonly<Record<string, string>>, { task, skill, sandbox }: Attested): Breach[] {
  const own = new Set(task.files.map((file) => `/work/${file}`));
  const others = Object.keys(visible).filter((path) => !own.has(path));
  const given = others.filter((path) => path.startsWith("/skill/"));
  const strange = others.filter((path) => !path.startsWith("/skill/"));
  return [
    ...strange.map((path): Breach => strangeBreach(path, skill)),
    ...(skill === null && given.length > 0
      ? [{ kind: "skill-in-sight" as const, detail: `the arm has no skill, and there is ${given[0]}` }]
      : []),
    ...(skill !== null && sandbox.inside ? skillBreaches(skill, visible, given) : []),
  ];
}

function strangeBreach(path: string, skill: Skill | null): Breach {
  if (skill === null && /\/SKILL\.md$/i.test(path))
    return { kind: "skill-in-sight", detail: `the arm has no skill, and there is ${path}` };
  return { kind: "foreign-file", detail: `${path} was there at the start and is no file of the task` };
}

/** In both directions: an arm with a skill that is not there is a baseline under another name. */
function skillBreaches(skill: Skill, visible: Readonly<Record<string, string>>, given: readonly string[]): Breach[] {
  const hashes = fileHashes(skill);
  const wrong = [...hashes]
    .filter(([path, hash]) => visible[path] !== hash)
    .map(([path]) => `${path} is not as it should be`);
  const more = given.filter((path) => !hashes.has(path)).map((path) => `${path} is not of it`);
  return [...wrong, ...more]
    .slice(0, 1)
    .map((detail) => ({ kind: "skill-missing", detail: `of the arm's skill, ${detail}` }));
}

const hashed = new WeakMap<Skill, ReadonlyMap<string, string>>();

/** By path inside; computed once for each skill. */
function fileHashes(skill: Skill): ReadonlyMap<string, string> {
  const hashes =
    hashed.get(skill) ?? new Map([...skill.files].map(([path, bytes]) => [`/skill/${path}`, sha256(bytes)]));
  hashed.set(skill, hashes);
  return hashes;
}

const named = new WeakMap<readonly Task[], TaskNames>();

function namesOf({ tasks }: Benchmark): TaskNames {
  const names = named.get(tasks) ?? namesOfTasks(tasks);
  named.set(tasks, names);
  return names;
}

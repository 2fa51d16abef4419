/**
 * The run folder (design section 5): `manifest.json` first, then one file a trial in `trials/`, what agents made in
 * `artifacts/`, last `summary.json`. The same command again is the resume.
 */
import { mkdir, readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { joinServers } from "../doctor/endpoint/known-server.ts";
import { hasCode, messageOf, SetupError } from "../errors.ts";
import { hashJson, sha256 } from "../hash.ts";
import { Manifest } from "../manifest.ts";
import { FORMAT_VERSION, Trial } from "../records.ts";
import { readJson, readJsonFiles, writeJson, writeJsonAtOnce } from "./files.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";

interface RunOf<T> {
  readonly directory: string;
  readonly manifest: Manifest;
  /** In the order of the manifest's tasks, then of its seeds. */
  readonly trials: readonly T[];
}

export type Run = RunOf<Trial>;
/** A run without the texts of its trajectories, for its numbers; a `Run` is one too. */
export type RunOutcomes = RunOf<Outcome>;

/** A file name that shows a task's id and is unique: ids may hold any character. */
export function fileNameOf(id: string): string {
  const safe = id.replace(/[^A-Za-z0-9_-]+/g, "_").slice(0, 80);
  return safe === id ? id : `${safe}~${sha256(id).slice(0, 8)}`;
}

/** Name of a trial: of its file, of its folder of artifacts, and in lessons. */
export function trialName(taskId: string, seed: number): string {
  return `${fileNameOf(taskId)}.${seed}`;
}

/** Of all trials of a run, in order. */
export function trialNames({ benchmark, seeds }: Pick<Manifest, "benchmark" | "seeds">): string[] {
  return benchmark.taskIds.flatMap((id) => seeds.map((seed) => trialName(id, seed)));
}

/** What the journal knows a run by: the same after its folder was moved. */
export function runId({ createdAt, fingerprint }: Manifest): string {
  return hashJson({ createdAt, fingerprint });
}

export function artifactsDirectory(run: string, taskId: string, seed: number): string {
  return join(run, "artifacts", trialName(taskId, seed));
}

/**
 * Starts a run folder, or goes on with the one that is there.
 * Another run in the same folder is refused; more seeds of the same run are added to it.
 * @returns the manifest that now stands in the folder
 */
export async function createRun(directory: string, manifest: Manifest): Promise<Manifest> {
  const existing = await readManifest(directory);
  if (existing !== null) refuseAnother(directory, existing, manifest);
  const seeds = [...new Set([...(existing?.seeds ?? []), ...manifest.seeds])];
  const servers = joinServers(existing?.servers ?? [], manifest.servers ?? []);
  const createdAt = existing?.createdAt ?? manifest.createdAt;
  const whole = { ...manifest, createdAt, seeds, ...(servers.length > 0 && { servers }) };
  await makeFolder(join(directory, "trials"));
  if (JSON.stringify(existing) !== JSON.stringify(whole)) await writeJson(join(directory, "manifest.json"), whole);
  return whole;
}

/** As `runId`, of the run in a folder. @throws SetupError when there is none */
export async function readRunId(directory: string): Promise<string> {
  const manifest = await readManifest(directory);
  if (manifest === null) throw noRun(directory);
  return runId(manifest);
}

/** As it ends: not synced, for its calls are in the journal. What cannot be had again is written to `trialPath` by `writeJson`. */
export function writeTrial(directory: string, trial: Trial): void {
  writeJsonAtOnce(trialPath(directory, trial), trial);
}

export function trialPath(directory: string, { task, seed }: Pick<Trial, "task" | "seed">): string {
  return join(directory, "trials", `${trialName(task.id, seed)}.json`);
}

/**
 * Reads a run as far as it is done; a half-written trial counts as not done.
 * @throws SetupError when there is no run, or one of another format version
 */
export async function readRun(directory: string): Promise<Run> {
  return readWith(directory, (trial) => trial);
}

/** As `readRun`, for runs of thousands of trials: their texts are checked and let go. */
export async function readOutcomes(directory: string): Promise<RunOutcomes> {
  return readWith(directory, outcomeOf);
}

async function readWith<T>(directory: string, kept: (trial: Trial) => T): Promise<RunOf<T>> {
  const manifest = await readManifest(directory);
  if (manifest === null) throw noRun(directory);
  return { directory, manifest, trials: await readTrials(directory, manifest, kept) };
}

function noRun(directory: string): SetupError {
  return new SetupError(
    `${directory} is no run folder: it has no manifest.json. Make one with: trace2skill run … --out ${directory}`,
  );
}

async function readTrials<T>(directory: string, manifest: Manifest, kept: (trial: Trial) => T): Promise<T[]> {
  const present = new Set(await readdir(join(directory, "trials")).catch(() => []));
  const files = trialNames(manifest).map((name) => `${name}.json`);
  const names = files.filter((name) => present.has(name));
  const paths = names.map((name) => join(directory, "trials", name));
  const trials: T[] = [];
  let index = 0;
  for await (const trial of readJsonFiles(paths, Trial)) {
    if (trial.kind === "other-version") throw otherVersion(directory, trial.version);
    if (trial.kind === "read") {
      refuseMisplaced(trial.value, paths[index] ?? directory);
      trials.push(kept(trial.value));
    }
    index += 1;
  }
  return trials;
}

/** A score must not count for another task than its own. */
function refuseMisplaced({ task, seed }: Trial, path: string): void {
  const expected = `${trialName(task.id, seed)}.json`;
  if (basename(path) === expected) return;
  throw new SetupError(
    `${path} holds the trial of another task or seed: expected that of its name, found ${expected}. ` +
      "Put the file that was there back, or move this one away and give the command again",
  );
}

async function readManifest(directory: string): Promise<Manifest | null> {
  const stored = await readJson(join(directory, "manifest.json"), Manifest);
  switch (stored.kind) {
    case "read":
      return stored.value;
    case "missing":
      return null;
    case "other-version":
      throw otherVersion(directory, stored.version);
    case "broken":
      if (stored.problem.startsWith("kind:")) {
        throw new SetupError(`${directory} holds something else than a run (${stored.problem}). Give another folder`);
      }
      throw new SetupError(
        `${join(directory, "manifest.json")} is damaged: ${stored.problem}. Move the folder away and run the command again`,
      );
    default:
      return stored satisfies never;
  }
}

function otherVersion(directory: string, version: unknown): SetupError {
  return new SetupError(
    `${directory} was written in format version ${JSON.stringify(version)}; this trace2skill reads version ${FORMAT_VERSION}. ` +
      "Read it with the release that wrote it, or run again into another folder",
  );
}

function refuseAnother(directory: string, existing: Manifest, asked: Manifest): void {
  // Parts that are left out in one of them count as well.
  const differences = Object.keys({ ...existing.fingerprint, ...asked.fingerprint }).flatMap((part) => {
    const [before, value] = [existing, asked].map(({ fingerprint }) => fingerprint[part as keyof typeof fingerprint]);
    return JSON.stringify(before) === JSON.stringify(value)
      ? []
      : [`${part}: ${JSON.stringify(before)} there, ${JSON.stringify(value)} asked`];
  });
  if (differences.length === 0) return;
  throw new SetupError(`${directory} holds another run (${differences.join("; ")}). Choose another folder with --out`);
}

/** Makes a folder and those above it; one that cannot be made is the user's to mend. */
export async function makeFolder(path: string): Promise<void> {
  await makeLevels(path).catch((cause: unknown) => {
    throw new SetupError(`cannot make the folder ${path}: ${messageOf(cause)}`, { cause });
  });
}

/** Level by level: below /proc, where a folder cannot be made though the one above is there, Node's own `recursive` never ends. */
async function makeLevels(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (hasCode(error, "EEXIST") && (await stat(path)).isDirectory()) return;
    if (!hasCode(error, "ENOENT") || dirname(path) === path) throw error;
    await makeLevels(dirname(path));
    await mkdir(path).catch((again: unknown) => {
      if (!hasCode(again, "EEXIST")) throw again; // somebody else has made it meanwhile
    });
  }
}

/** ATIF trajectories as a run of ours: those of other harnesses, and our own runs that were exported. */
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { hasCode, SetupError } from "../errors.ts";
import { hashJson } from "../hash.ts";
import type { Manifest } from "../manifest.ts";
import { FORMAT_VERSION, type Trial } from "../records.ts";
import type { Images } from "../roles.ts";
import { isSafePath } from "../skill/skill.ts";
import { type Foreign, foreignManifest, foreignTrials } from "./atif-foreign.ts";
import { type AtifTrajectory, claimsAtif, readAtif } from "./atif-format.ts";
import { imageKeeper } from "./atif-image.ts";
import { type OwnTrial, OwnTrial as OwnTrialSchema, ownIn } from "./atif-own.ts";
import { type AtifReading, readTrajectory } from "./atif-read.ts";
import { unreadFields } from "./atif-unread.ts";
import { type Imported, type SkippedFile, skippedNotices } from "./imported.ts";
import { readJsonFile } from "./read-text.ts";

/** A file that an agent left, to be copied below `artifacts/` of the run. */
export interface ArtifactFile {
  /** Folder that it lies in, below which alone it is looked for. */
  readonly from: string;
  /** Path below `artifacts/`. */
  readonly path: string;
}

export interface AtifImported extends Imported {
  readonly artifacts: readonly ArtifactFile[];
}

type Document = Found & Foreign & { readonly own: OwnTrial | null };
interface Found {
  readonly path: string;
  /** For people: below the folder that was given. */
  readonly name: string;
}

/**
 * Reads trajectories: files, and all `.json` files below folders. What is none is skipped and told; so is every field
 * that a trial has no place for. Trajectories that were exported from a run come back as they were, those of others
 * get the reward that stands in them or beside them; without one a trial is unscored.
 * @param images where the images of the trajectories are kept: in the new run's folder
 * @throws SetupError when there is no trajectory at all, or when they are of several runs of ours
 */
export async function importAtif(paths: readonly string[], images: Images): Promise<AtifImported> {
  const files = (await Promise.all(paths.map(filesAt))).flat();
  const skipped: SkippedFile[] = [];
  const documents: Document[] = [];
  for (const found of files) {
    const read = await readDocument(found.path);
    if (read.kind === "read") documents.push({ ...found, ...read });
    else skipped.push({ file: found.name, reason: read.reason });
  }
  if (documents.length === 0) throw nothing(paths, skipped);
  const tally = new Map<string, number>();
  const [first] = documents;
  const own = documents.flatMap((document) => (document.own === null ? [] : [{ ...document, own: document.own }]));
  if (own.length > 0 && own.length < documents.length)
    throw new SetupError(
      `${own.length} of ${documents.length} trajectories were exported by trace2skill and the others not; import them one kind at a time`,
    );
  const source = paths.map((path) => resolve(path)).join(", ");
  const trials =
    own.length > 0
      ? await ownTrials(own, images, tally)
      : await foreignTrials(documents, (document) => readingFor(document, images, tally));
  const manifest = own.length > 0 ? ownManifest(own, source) : foreignManifest(documents, trials, source);
  const notices = [...skippedNotices(skipped), ...tallyNotices(tally), ...scoreNotices(trials, first?.trajectory)];
  return { manifest, trials, skill: null, notices, artifacts: own.flatMap(artifactsOf) };
}

async function filesAt(path: string): Promise<Found[]> {
  const info = await stat(path).catch((error: unknown) => {
    if (hasCode(error, "ENOENT") || hasCode(error, "ENOTDIR"))
      throw new SetupError(`there is no ${path}. Give trajectory files, or folders that hold them`);
    throw error;
  });
  if (!info.isDirectory()) return [{ path, name: basename(path) }];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".json"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => ({ path: file, name: relative(path, file) }));
}

async function readDocument(
  path: string,
): Promise<{ kind: "read"; trajectory: AtifTrajectory; own: OwnTrial | null } | { kind: "unread"; reason: string }> {
  const json = await readJsonFile(path);
  if (json.kind === "unread") return json;
  const read = readAtif(json.value);
  if (read.kind === "unread")
    return claimsAtif(json.value) ? { kind: "unread", reason: `no ATIF as expected: ${read.reason}` } : read;
  const { trajectory } = read;
  const own = ownIn(trajectory.extra, OwnTrialSchema);
  if (own === null && !trajectory.steps.some(({ source }) => source === "agent"))
    return { kind: "unread", reason: "it has no step of the agent" };
  return { kind: "read", trajectory, own };
}

function nothing(paths: readonly string[], skipped: readonly SkippedFile[]): SetupError {
  const why = skipped.length === 0 ? "no .json file is there" : skippedNotices(skipped).join("; ");
  return new SetupError(`no ATIF trajectory in ${paths.join(", ")}: ${why}`);
}

function readingFor({ path, trajectory }: Foreign, images: Images, tally: Map<string, number>): AtifReading {
  const note = (what: string) => void tally.set(what, (tally.get(what) ?? 0) + 1);
  for (const [field, count] of unreadFields(trajectory)) {
    const what = `the field ${field}`;
    tally.set(what, (tally.get(what) ?? 0) + count);
  }
  return { keepImage: imageKeeper(dirname(path), images), note };
}

async function ownTrials(
  documents: readonly (Document & { own: OwnTrial })[],
  images: Images,
  tally: Map<string, number>,
): Promise<Trial[]> {
  const trials: Trial[] = [];
  for (const document of documents) {
    const { task, seed, score, usage, startedAt, durationMs, artifacts, trajectory: ended } = document.own;
    const read = await readTrajectory(document.trajectory, readingFor(document, images, tally));
    const trajectory = ended === null ? null : { ...read, ...ended };
    const safe = artifacts.filter(isSafePath);
    trials.push({
      ...{ version: FORMAT_VERSION, task, seed, trajectory, score, usage, startedAt, durationMs },
      artifacts: safe,
    });
  }
  return trials;
}

function artifactsOf({ path, own: { artifacts } }: Document & { own: OwnTrial }): ArtifactFile[] {
  return artifacts.filter(isSafePath).map((artifact) => ({ from: join(dirname(path), "artifacts"), path: artifact }));
}

function ownManifest(documents: readonly (Document & { own: OwnTrial })[], source: string): Manifest {
  const runs = Map.groupBy(documents, ({ own }) => hashJson(own.run));
  const [first] = documents;
  if (first === undefined || runs.size > 1)
    throw new SetupError(`the trajectories are of ${runs.size} runs; import those of one run at a time`);
  const { benchmark, namesSealed, namesLearned, ...manifest } = first.own.run;
  const ids = (some: typeof documents) => [...new Set(some.map(({ own }) => own.task.id))];
  const sealed = ids(documents.filter(({ own }) => own.sealed));
  const learned = ids(documents.filter(({ own }) => own.learned));
  return {
    ...manifest,
    benchmark: {
      ...benchmark,
      taskIds: ids(documents),
      ...(namesSealed ? { sealed } : {}),
      ...(namesLearned ? { learned } : {}),
    },
    seeds: [...new Set(documents.map(({ own }) => own.seed))],
    importedFrom: source,
  };
}

function tallyNotices(tally: ReadonlyMap<string, number>): string[] {
  return [...tally].map(([what, count]) => `${what} has no place in a trial: met ${count} times, left out`);
}

function scoreNotices(trials: readonly Trial[], first: AtifTrajectory | undefined): string[] {
  const why = trials.flatMap(({ score }) => (score.kind === "unscored" ? [score.detail] : []));
  const versions = first === undefined ? [] : [`format ${first.schema_version}`];
  return [
    ...versions,
    ...[...Map.groupBy(why, (detail) => detail)].map(
      ([detail, same]) => `${same.length} of ${trials.length} trials are unscored and teach nothing: ${detail}`,
    ),
  ];
}

/**
 * The trials that a page holds: an index for its table, and chunks of whole trials that are unpacked when one is opened. Both
 * are JSON, deflated, in base64, so that no text of a model stands in the page as itself.
 */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { hasCode } from "../../harness/errors.ts";
import { sha256, shortHash } from "../../harness/hash.ts";
import { imageName } from "../../harness/images/image-store.ts";
import type { Manifest } from "../../harness/manifest.ts";
import { type ImageReference, type Task, Trial } from "../../harness/records.ts";
import { readJsonFiles } from "../../harness/run/files.ts";
import type { Outcome } from "../../harness/run/outcome.ts";
import { fileNameOf, type RunOutcomes, runId, trialName } from "../../harness/run/store.ts";
import { visible } from "../../harness/text.ts";
import { intervalText, points, sampleSize } from "../format.ts";
import { summarize } from "../summary.ts";
import { type KeepImage, type ShownTrial, shownTrial } from "./trial-data.ts";

/** One run, as the script reads it. */
export interface IndexedRun {
  /** In addresses on the page: the same after the folder was moved. */
  readonly key: string;
  /** Last part of its folder: as lessons name the run. */
  readonly name: string;
  readonly arm: string;
  readonly model: string;
  readonly simulated: boolean;
  readonly benchmark: string;
  readonly split: string;
  readonly metric: string;
  readonly scorer: string;
  readonly seeds: readonly number[];
  /** Short form. */
  readonly fingerprint: string;
  readonly skill: string | null;
  /** Of the skill: lessons of runs with one name tell them apart by it. */
  readonly skillHash: string | null;
  /** Mean, 95 % interval and n, as everywhere on the page. */
  readonly mean: string;
  readonly interval: string;
  readonly n: string;
}

export interface IndexedTask {
  readonly id: string;
  /** In addresses on the page, and of its files. */
  readonly name: string;
  readonly kind: string;
  readonly family: string | null;
  readonly instruction: string;
}

/**
 * Places of run and task in the index; seed; score in [0, 1] or null for unscored; exit, or the reason why it is unscored;
 * steps; start of the score's explanation; chunk and place in it, or null where the trial's file can no longer be read.
 */
export type IndexedTrial = readonly [
  run: number,
  task: number,
  seed: number,
  value: number | null,
  ending: string,
  steps: number,
  explanation: string,
  place: readonly [chunk: number, trial: number] | null,
];

export interface TrialIndex {
  readonly runs: readonly IndexedRun[];
  readonly tasks: readonly IndexedTask[];
  readonly trials: readonly IndexedTrial[];
  /** Names of the chunks of trials, by content. */
  readonly chunks: readonly string[];
}

/** Packed text: base64 of deflated JSON. */
export interface Chunk {
  readonly name: string;
  readonly packed: string;
}

/** What is unpacked from a chunk. */
export interface UnpackedChunk {
  readonly texts: readonly string[];
  readonly trials: readonly ShownTrial[];
}

/** What is unpacked from a chunk that holds an image alone. */
export interface UnpackedImage {
  /** Its bytes in base64. */
  readonly data: string;
}

export interface HeldTrials {
  readonly index: TrialIndex;
  /** The index, packed. */
  readonly packed: string;
  /** Of trials, then of images: each image once, however many trials were shown it. */
  readonly chunks: readonly Chunk[];
}

/** Characters of JSON in one chunk: unpacked in some 10 ms. */
const CHUNK_CHARACTERS = 600_000;
/** Of all images: the trials of a page of scanned documents would be gigabytes. Those beyond are told by their hashes. */
const MOST_IMAGE_BYTES = 100_000_000;
/** Of an explanation in the index, for the table and its search. */
const MOST_EXPLANATION = 160;
/** Of an instruction in the index, for the search: the index is read before anything is shown. */
const MOST_INSTRUCTION = 1_000;

/**
 * Reads the trials of runs from their folders, one at a time: packed, all of them take a small part of the memory that they
 * take read.
 * @param runs with outcomes of trials that lie in the folder
 */
export async function holdTrials(runs: readonly RunOutcomes[]): Promise<HeldTrials> {
  const tasks = new Map<string, IndexedTask & { readonly place: number }>();
  const trials: IndexedTrial[] = [];
  const writer = chunkWriter();
  const images = imageKeeper();
  for (const [place, { directory, manifest, trials: outcomes }] of runs.entries()) {
    const paths = outcomes.map(({ task, seed }) => join(directory, "trials", `${trialName(task.id, seed)}.json`));
    let next = 0;
    for await (const stored of readJsonFiles(paths, Trial)) {
      const outcome = outcomes[next++];
      if (outcome === undefined) break;
      const shown = stored.kind === "read" ? writer.add(stored.value, images.of(directory)) : null;
      trials.push(indexedTrial(outcome, { run: place, task: taskPlace(tasks, manifest, outcome.task), shown }));
    }
  }
  const chunks = writer.end();
  const index: TrialIndex = {
    runs: runs.map(indexedRun),
    tasks: [...tasks.values()].map(({ place: _, ...task }) => task),
    trials,
    chunks: chunks.map(({ name }) => name),
  };
  return { index, packed: pack(index), chunks: [...chunks, ...images.chunks()] };
}

/** As runs are told apart in addresses on the page. */
function runKey(manifest: Manifest): string {
  return runId(manifest).slice(0, 10);
}

/** Every text of it as `visible`: what a reader sees is what is there. */
export function pack(value: unknown): string {
  const json = JSON.stringify(value, (_, member: unknown) => (typeof member === "string" ? visible(member) : member));
  return deflateRawSync(json).toString("base64");
}

function indexedRun(run: RunOutcomes): IndexedRun {
  const { directory, manifest } = run;
  const summary = summarize(run);
  return {
    key: runKey(manifest),
    name: basename(directory),
    arm: manifest.arm,
    model: manifest.model.name,
    simulated: manifest.model.simulated,
    benchmark: manifest.benchmark.name,
    split: manifest.benchmark.split,
    metric: summary.metric,
    scorer: summary.scorer,
    seeds: manifest.seeds,
    fingerprint: shortHash(manifest.fingerprint),
    skill: manifest.skill?.name ?? null,
    skillHash: manifest.skill?.hash ?? null,
    mean: points(summary.mean),
    interval: intervalText(summary.interval),
    n: sampleSize(summary),
  };
}

/** The place of a task; the same task in another run has the same. */
function taskPlace(
  tasks: Map<string, IndexedTask & { readonly place: number }>,
  { benchmark }: Manifest,
  { id, kind, family, instruction }: Task,
): number {
  const key = JSON.stringify([benchmark.name, benchmark.split, id]);
  const known = tasks.get(key);
  if (known !== undefined) return known.place;
  const shown = instruction.slice(0, MOST_INSTRUCTION);
  tasks.set(key, { id, name: fileNameOf(id), kind, family: family ?? null, instruction: shown, place: tasks.size });
  return tasks.size - 1;
}

function indexedTrial(
  { seed, score, trajectory }: Outcome,
  { run, task, shown }: { run: number; task: number; shown: readonly [number, number] | null },
): IndexedTrial {
  const steps = trajectory?.steps.length ?? 0;
  return score.kind === "scored"
    ? [run, task, seed, score.value, trajectory?.exit ?? "", steps, score.explanation.slice(0, MOST_EXPLANATION), shown]
    : [run, task, seed, null, score.reason, steps, score.detail.slice(0, MOST_EXPLANATION), shown];
}

function chunkOf(content: UnpackedChunk | UnpackedImage): Chunk {
  const packed = pack(content);
  return { name: sha256(packed).slice(0, 16), packed };
}

/** Images by their hash, of all runs. */
function imageKeeper() {
  const kept = new Map<string, Chunk>();
  let bytes = 0;

  return {
    of:
      (directory: string): KeepImage =>
      (image) =>
        keep(directory, image),
    chunks: () => [...kept.values()],
  };

  function keep(directory: string, image: ImageReference): string | null {
    const { sha256: hash } = image;
    const known = kept.get(hash);
    if (known !== undefined) return known.name;
    const content = imageBytes(join(directory, "images", imageName(image)));
    if (content === null || sha256(content) !== hash || bytes + content.length > MOST_IMAGE_BYTES) return null;
    bytes += content.length;
    const chunk = chunkOf({ data: content.toString("base64") });
    kept.set(hash, chunk);
    return chunk.name;
  }
}

/** Null where it is not there: runs from elsewhere may have none. */
function imageBytes(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if (hasCode(error, "ENOENT") || hasCode(error, "ENOTDIR") || hasCode(error, "EISDIR")) return null;
    throw error;
  }
}

function chunkWriter() {
  const chunks: Chunk[] = [];
  let texts = new Map<string, number>();
  let trials: ShownTrial[] = [];
  let characters = 0;

  return { add, end };

  function add(trial: Trial, image: KeepImage): readonly [chunk: number, trial: number] {
    const shown = shownTrial(trial, { text: keep, image });
    characters += JSON.stringify(shown).length;
    trials.push(shown);
    const place = [chunks.length, trials.length - 1] as const;
    if (characters > CHUNK_CHARACTERS) close();
    return place;
  }

  function keep(text: string): number {
    const known = texts.get(text);
    if (known !== undefined) return known;
    characters += text.length;
    texts.set(text, texts.size);
    return texts.size - 1;
  }

  function close(): void {
    chunks.push(chunkOf({ texts: [...texts.keys()], trials }));
    texts = new Map();
    trials = [];
    characters = 0;
  }

  function end(): Chunk[] {
    if (trials.length > 0) close();
    return chunks;
  }
}

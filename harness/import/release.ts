/**
 * Logs of the official release (`<agent>_<instance>_SUCCEED.md` and the like, method 7.1 to 7.3) as a run of ours.
 * The label in a file's name, or the official evaluation where it lies beside the logs, is the score.
 */
import { readdir } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { hasCode, SetupError } from "../errors.ts";
import { hashJson } from "../hash.ts";
import type { Manifest } from "../manifest.ts";
import { type Action, FORMAT_VERSION, NO_USAGE, type Reply, type Score, type Trial } from "../records.ts";
import { parseSkill, type Skill } from "../skill/skill.ts";
import { type Imported, type SkippedFile, skippedNotices } from "./imported.ts";
import { readText } from "./read-text.ts";
import { type ReleaseLog, readLog } from "./release-log.ts";
import { type ReleaseName, releaseName } from "./release-name.ts";
import { type ReleaseResults, readResults } from "./release-results.ts";
import { instructionIn, kindIn, trajectoryOf } from "./release-trajectory.ts";

export interface ReleaseOptions {
  /** Folder of the SpreadsheetBench release whose tasks these are, or null when there is none at hand. */
  readonly data: string | null;
  /** Whether a task is of the test half, which no skill may be distilled from. */
  readonly isSealed: (taskId: string) => boolean;
  /** Reads the release's text protocol: `Action:` and a JSON object. */
  readonly readAction: (reply: Reply) => Action;
}

const RESULTS = "eval_official_results.json";
const WHEN_UNKNOWN = "1970-01-01T00:00:00.000Z";

interface Found {
  readonly file: string;
  readonly name: ReleaseName;
  readonly log: ReleaseLog;
}

/**
 * Reads a folder of logs, seeds in `seed_<n>/` below it. What is no log, twice there or unreadable is skipped and told; a
 * log that was cut off is read as far as it goes. Tokens and times of steps are not in the logs and count as 0.
 * @throws SetupError when there is no log at all
 */
export async function importRelease(directory: string, options: ReleaseOptions): Promise<Imported> {
  const files = await filesBelow(directory);
  const skipped: SkippedFile[] = [];
  const found = await readAll(directory, files, skipped);
  const resultFiles = files.filter((file) => basename(file) === RESULTS);
  const results = new Map<number, ReleaseResults>();
  for (const file of resultFiles) {
    const read = await readResults(join(directory, file));
    if (read !== null) results.set(seedIn(file) ?? 0, read);
  }
  if (found.length === 0)
    throw new SetupError(
      `no log of the official release in ${directory}: expected files such as ${["AGENT_13-1_FAILED.md", ...skippedNotices(skipped)].join(". ")}`,
    );
  const disagreeing: string[] = [];
  const trials = found.map((one) => trialOf(one, results.get(one.name.seed), options, disagreeing));
  const skill = commonSkill(found);
  return {
    manifest: manifestOf(directory, found, trials, { ...options, skill, evaluated: results.size > 0 }),
    trials,
    skill,
    notices: [
      ...skippedNotices(skipped),
      ...[...results.values()].flatMap(({ problems }) => problems),
      ...noticesOf(found, trials, disagreeing, options),
    ],
  };
}

async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if (hasCode(error, "ENOENT") || hasCode(error, "ENOTDIR"))
      throw new SetupError(`there is no folder ${directory}. Give the folder of the release's logs`);
    throw error;
  });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .sort();
}

/** Lines of JSON are exact, so of two forms of one log the Markdown is left; `.jsonl` sorts before `.md`. */
async function readAll(directory: string, files: readonly string[], skipped: SkippedFile[]): Promise<Found[]> {
  const found = new Map<string, Found>();
  for (const file of files.filter((one) => basename(one) !== RESULTS)) {
    const skip = (reason: string) => void skipped.push({ file, reason });
    if (!/\.(md|jsonl)$/.test(file)) {
      skip("no log: expected .md or .jsonl");
      continue;
    }
    const text = await readText(join(directory, file));
    const read = text === null ? null : readLog(text, file);
    if (read === null) skip("no readable file of at most 64 MB");
    else if (read.kind === "unread") skip(read.reason);
    else {
      const name = releaseName(basename(file), read.log.agent, seedIn(file));
      const key = JSON.stringify([name.task, name.seed]);
      const before = found.get(key);
      if (name.task === "") skip("its name holds no task");
      else if (before !== undefined) skip(`the same task and seed as in ${before.file}`);
      else found.set(key, { file, name, log: read.log });
    }
  }
  return [...found.values()];
}

/** Seeds lie in folders `seed_<n>`. */
function seedIn(file: string): number | null {
  const seed = /(?:^|[/\\])seed_(\d{1,9})(?:[/\\])/.exec(file)?.[1];
  return seed === undefined ? null : Number(seed);
}

function trialOf(
  { file, name, log }: Found,
  results: ReleaseResults | undefined,
  { readAction }: ReleaseOptions,
  disagreeing: string[],
): Trial {
  const result = results?.byTask.get(name.task);
  const score = scoreOf(name, result?.score);
  if (name.passed !== null && score.kind === "scored" && (score.value === 1) !== name.passed) disagreeing.push(file);
  const trajectory = trajectoryOf(log, readAction);
  const opening = log.messages.find(({ role }) => role === "user")?.content ?? "";
  return {
    version: FORMAT_VERSION,
    // The files' names are those of our own SpreadsheetBench, so that an analyst can work on the task.
    task: {
      ...{ id: name.task, files: ["input.xlsx"], output: "output.xlsx" },
      instruction: instructionIn(opening),
      kind: result?.kind ?? kindIn(opening) ?? "imported",
    },
    seed: name.seed,
    trajectory,
    score,
    usage: { ...NO_USAGE, calls: trajectory.steps.length },
    startedAt: log.startedAt ?? WHEN_UNKNOWN,
    durationMs: 0,
    artifacts: [],
  };
}

/** The official evaluation counts; the label in the name came from it. */
function scoreOf({ passed }: ReleaseName, official: Score | undefined): Score {
  if (official?.kind === "scored" || passed === null)
    return (
      official ?? {
        kind: "unscored",
        reason: "benchmark-broken",
        detail: "the log has no label and no official result",
      }
    );
  const label = passed ? "SUCCEED" : "FAILED";
  return { kind: "scored", value: passed ? 1 : 0, explanation: `label ${label} in the log's name` };
}

/** The skill that stands in every system prompt, whose front matter the release leaves out. */
function commonSkill(found: readonly Found[]): Skill | null {
  const texts = new Set(
    found.map(({ log }) => {
      const system = log.messages.find(({ role }) => role === "system")?.content ?? "";
      return /<skill_content>\s*\n?([\s\S]*?)\n?\s*<\/skill_content>/.exec(system)?.[1]?.trim() ?? null;
    }),
  );
  const [text] = texts;
  if (texts.size !== 1 || text === undefined || text === null || text === "") return null;
  const head =
    "---\nname: release-skill\ndescription: The skill that the logged agent was given, without its own front matter.\n---\n\n";
  return parseSkill(new Map([["SKILL.md", new TextEncoder().encode(`${head}${text}\n`)]]), "of the logs");
}

function noticesOf(
  found: readonly Found[],
  trials: readonly Trial[],
  disagreeing: readonly string[],
  { isSealed }: ReleaseOptions,
): string[] {
  const cut = found.filter(({ log }) => log.result === null).length;
  const unscored = trials.filter(({ score }) => score.kind === "unscored").length;
  const sealed = trials.filter(({ task }) => isSealed(task.id)).length;
  const lines: readonly (readonly [number, string])[] = [
    [cut, "logs were cut off before their end and are read as far as they go"],
    [unscored, "trials have neither a label nor an official result: unscored, so they teach nothing"],
    [
      disagreeing.length,
      `labels in names contradict the official evaluation, which counts: ${disagreeing.slice(0, 5).join(", ")}`,
    ],
    [
      sealed,
      "trials are of tasks of the test split: distill leaves them out, so that skills can be judged on that split",
    ],
  ];
  return lines.flatMap(([count, what]) => (count === 0 ? [] : [`${count} of ${trials.length} ${what}`]));
}

function manifestOf(
  directory: string,
  found: readonly Found[],
  trials: readonly Trial[],
  { data, skill, isSealed, evaluated }: ReleaseOptions & { skill: Skill | null; evaluated: boolean },
): Manifest {
  const taskIds = [...new Set(trials.map(({ task }) => task.id))];
  const sealed = taskIds.filter(isSealed);
  const split = sealed.length === 0 ? "evolve" : "all";
  const agent = [...new Set(found.map(({ log }) => log.agent))].sort().join(", ");
  return {
    version: FORMAT_VERSION,
    kind: "run",
    createdAt: trials.map(({ startedAt }) => startedAt).sort()[0] ?? WHEN_UNKNOWN,
    arm: "release",
    benchmark: { name: "spreadsheetbench", split, data, taskIds, sealed },
    model: { name: "unknown", simulated: false },
    skill: skill === null ? null : { name: skill.name, hash: skill.hash, path: "" },
    seeds: [...new Set(trials.map(({ seed }) => seed))].sort((one, other) => one - other),
    fingerprint: {
      ...{ benchmark: "spreadsheetbench", split, data: hashJson(trials.map(({ task }) => task)), limits: {} },
      scorer: evaluated ? "imported: official evaluation" : "imported: labels of the official release",
      agent: `imported: ${agent}`,
      ...{ sandbox: "imported", model: "unknown", endpoint: "imported", sampling: {}, tool: "imported" },
      skill: skill?.hash ?? null,
    },
    importedFrom: directory,
  };
}

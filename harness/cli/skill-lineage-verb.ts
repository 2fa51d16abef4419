/** What verb `skill lineage` does. */
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { Analysis, type Distillation } from "../../distill/documents.ts";
import { type LineageReport, type LineageSources, lineageOf, lineageReport } from "../../reports/lineage.ts";
import { fatesText, lineText, stepsBehind } from "../../reports/lineage-text.ts";
import { SetupError } from "../errors.ts";
import { Trial } from "../records.ts";
import { readJson } from "../run/files.ts";
import { readSkill } from "../skill/read.ts";
import { isUtf8, type SkillFiles } from "../skill/skill.ts";
import type { Io } from "./io.ts";
import type { LineageSettings, Place } from "./skill.ts";
import { openDistilled } from "./skill-folder.ts";

export async function lineageVerb(given: string, at: Place | null, settings: LineageSettings, io: Io): Promise<void> {
  const { skill, distilled } = await openDistilled(given);
  const { distillation, directory } = distilled;
  const trialFiles = trialFilesOf(distillation, [...(settings.run ?? []).map(refuseNoRun), dirname(directory)]);
  const whole = lineageReport({
    distillation,
    files: textsOf(skill.files),
    start: await startOf(settings, distillation),
    analyses: await analysesIn(directory),
    trialFiles,
  });
  const report = at === null ? whole : (lineageOf(whole, at.file, at.line) ?? notAdded(whole, at, skill.files));
  if (at !== null) await tellLine(report, { distillation, trialFiles, json: settings.json }, io);
  else io.out(settings.json ? JSON.stringify(report, null, 1) : fatesText(report));
  if (report.orphanLines.length + report.fatelessLessons.length > 0) io.exit(1);
}

async function tellLine(
  report: LineageReport,
  { distillation, trialFiles, json }: Pick<LineageSources, "distillation" | "trialFiles"> & { json: boolean },
  io: Io,
): Promise<void> {
  const trials = await trialsOf(report, trialFiles);
  if (!json) return io.out(lineText(report, distillation, trials));
  const lessons = report.lessons.map((lesson) => ({
    ...lesson,
    trialSteps: stepsBehind(lesson, trials.get(lesson.trial) ?? null),
  }));
  io.out(JSON.stringify({ ...report, lessons }, null, 1));
}

/** A run that is given must be one; it may be another than the one beside the distillation. */
function refuseNoRun(run: string): string {
  if (existsSync(join(run, "manifest.json"))) return resolve(run);
  throw new SetupError(
    `--run ${run} is no run folder: it has no manifest.json. Give the folder of a run that was distilled`,
  );
}

/** The trial of a lesson is named `<run>/<task>.<seed>`; runs often lie beside what was distilled from them. */
function trialFilesOf({ lessons }: Distillation, places: readonly string[]): Map<string, string> {
  const trials = new Set(lessons.map(({ trial }) => trial));
  return new Map(
    [...trials].flatMap((trial) => {
      const [run = "", ...name] = trial.split("/");
      const file = join("trials", `${name.join("/")}.json`);
      const folders = places.map((place) => (basename(place) === run ? place : join(place, run)));
      const found = folders.map((folder) => join(folder, file)).find((path) => existsSync(path));
      return found === undefined ? [] : [[trial, shownPath(found)] as const];
    }),
  );
}

function shownPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith("..") ? path : short;
}

async function trialsOf(
  { lessons }: LineageReport,
  files: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, Trial>> {
  const named = [...new Set(lessons.map(({ trial }) => trial))];
  const read = await Promise.all(
    named.map(async (trial) => [trial, await readJson(files.get(trial) ?? "", Trial)] as const),
  );
  return new Map(read.flatMap(([trial, stored]) => (stored.kind === "read" ? [[trial, stored.value] as const] : [])));
}

async function analysesIn(directory: string): Promise<Analysis[]> {
  const names = await readdir(join(directory, "analyses")).catch(() => []);
  const stored = await Promise.all(names.map((name) => readJson(join(directory, "analyses", name), Analysis)));
  return stored.flatMap((one) => (one.kind === "read" ? [one.value] : []));
}

async function startOf(
  { start }: LineageSettings,
  { fingerprint }: Distillation,
): Promise<ReadonlyMap<string, string> | null> {
  if (start === undefined) return null;
  const skill = await readSkill(start);
  if (skill.hash !== fingerprint.start)
    throw new SetupError(
      `--start ${start} is not the skill that was started from: expected hash ${fingerprint.start?.slice(0, 12) ?? "none, for it was made from nothing"}, found ${skill.hash.slice(0, 12)}`,
    );
  return textsOf(skill.files);
}

function textsOf(files: SkillFiles): Map<string, string> {
  return new Map(
    [...files].flatMap(([file, bytes]) => (isUtf8(bytes) ? [[file, new TextDecoder().decode(bytes)] as const] : [])),
  );
}

function notAdded({ lines }: LineageReport, { file, line }: Place, files: SkillFiles): never {
  const text = textsOf(files).get(file);
  if (text === undefined)
    throw new SetupError(`the skill has no file ${file}; it has ${[...files.keys()].sort().join(", ")}`);
  const count = text.trimEnd().split("\n").length;
  if (line > count) throw new SetupError(`${file} has ${count} lines, asked for was line ${line}`);
  const near = lines
    .filter((one) => one.file === file && one.lessons.length > 0 && one.text.trim() !== "")
    .toSorted((one, other) => Math.abs(one.line - line) - Math.abs(other.line - line))
    .at(0);
  const hint = near === undefined ? "" : `; the nearest that a lesson wrote is ${file}:${near.line}`;
  throw new SetupError(`${file}:${line} is a line of the start skill, so no lesson is behind it${hint}`);
}

/**
 * The recorded run of a real model, replayed through our own stages: its 351 patches through the proposers' schema, its 30
 * merges through the check of coverage, then route, apply and lint. Writes a distillation's folder for each of its runs,
 * so that lineage, outline and diff read them like any other. No model is called.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { SetupError } from "../harness/errors.ts";
import { hashJson } from "../harness/hash.ts";
import { parseJsonText } from "../harness/import/read-text.ts";
import { FORMAT_VERSION, NO_USAGE } from "../harness/records.ts";
import { hashFiles, parseSkill, type Skill } from "../harness/skill/skill.ts";
import { DEFAULTS } from "./distill-options.ts";
import { type Analysis, type Distillation, DistillationManifest } from "./documents.ts";
import { makeSkill } from "./make.ts";
import { type RecordedMerge, type ReplayedTree, readRecordedMerges, replayMerges } from "./recorded-merges.ts";
import { type ReadPatch, type RecordedPatch, readPatch, readRecordedPatches } from "./recorded-patches.ts";
import { type ReplayReport, reportOf } from "./recorded-report.ts";
import { openFolder } from "./store.ts";
import { summarize } from "./summarize.ts";

interface RecordedRun {
  readonly name: string;
  /** Runs whose patches it merged, in order. */
  readonly patchesOf: readonly string[];
  /** The skill that its analysts saw, in `skills.json`. */
  readonly start: string;
  readonly model: string;
  readonly lessons: "error" | "success" | "combined";
}

const START_122B = "skills/spreadsheet-parametric-qwen3.5-122b-a10b-random/SKILL.md";
const START_35B = "skills/spreadsheet-parametric-qwen3.5-35b-a3b/SKILL.md";
const ERRORS_35B = "qwen35_parametric_creation_v1";
const SUCCESSES_35B = "qwen35_parametric_creation_success_v2";
const OF_35B = { start: START_35B, model: "Qwen3.5-35B-A3B" } as const;

/** Which patches went into which merges, by their counts: 198, 130, 69, and 130 + 69 = 199. */
const RUNS: readonly RecordedRun[] = [
  {
    name: "qwen35_122b_random_combined_v1",
    patchesOf: ["qwen35_122b_random_combined_v1"],
    ...{ start: START_122B, model: "Qwen3.5-122B-A10B", lessons: "combined" },
  },
  { name: ERRORS_35B, patchesOf: [ERRORS_35B], ...OF_35B, lessons: "error" },
  { name: SUCCESSES_35B, patchesOf: [SUCCESSES_35B], ...OF_35B, lessons: "success" },
  {
    name: "qwen35_parametric_creation_combined_v3",
    patchesOf: [ERRORS_35B, SUCCESSES_35B],
    ...{ ...OF_35B, lessons: "combined" },
  },
];

/** One run of the record, replayed. */
export interface ReplayedRun {
  readonly name: string;
  /** Below the folder that was written. */
  readonly folder: string;
  readonly patches: readonly ReadPatch[];
  readonly tree: ReplayedTree;
  readonly distillation: Distillation;
}

/**
 * Replays the record and writes `<out>/<run>/` for each of its runs. The same call again changes nothing.
 * @param directory with patches.jsonl.gz, merges.jsonl.gz and skills.json
 * @throws SetupError when the record is missing or damaged, or when `out` holds something else
 */
export async function replayRecorded(directory: string, out: string): Promise<ReplayReport> {
  const [patches, merges, skills] = await Promise.all([
    readRecordedPatches(directory),
    readRecordedMerges(directory),
    readSkills(join(directory, "skills.json")),
  ]);
  const replayed: ReplayedRun[] = [];
  for (const run of RUNS) {
    const own = patches.filter((patch) => run.patchesOf.includes(patch.run));
    if (own.length === 0) continue;
    const base = startOf(run, skills);
    replayed.push(
      await replayRun(run, { base, patches: own, merges: merges.filter(({ run: name }) => name === run.name) }, out),
    );
  }
  if (replayed.length === 0) throw new SetupError(`${directory} holds no patch of a run that is known`);
  return reportOf(patches, merges, replayed);
}

async function readSkills(path: string): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new SetupError(`cannot read ${path}. Give the folder of the recorded run, which holds it`, { cause });
  });
  const json = parseJsonText(text);
  const skills = json.kind === "read" ? z.record(z.string(), z.string()).safeParse(json.value).data : undefined;
  if (skills === undefined) throw new SetupError(`${path}: expected one JSON object with the texts of skills`);
  return new Map(Object.entries(skills));
}

/** The recorded skills have no front matter, which the format wants. */
function startOf({ name, start }: RecordedRun, skills: ReadonlyMap<string, string>): Skill {
  const text = skills.get(start);
  if (text === undefined) throw new SetupError(`skills.json has no ${start}, from which the run ${name} started`);
  const head =
    "---\nname: spreadsheet-parametric\ndescription: How to read, change and check .xlsx workbooks with Python." +
    " Use it for any task on a spreadsheet.\n---\n\n";
  const whole = text.startsWith("---") ? text : `${head}${text.trimEnd()}\n`;
  return parseSkill(new Map([["SKILL.md", new TextEncoder().encode(whole)]]), start);
}

interface Recorded {
  readonly base: Skill;
  readonly patches: readonly RecordedPatch[];
  readonly merges: readonly RecordedMerge[];
}

async function replayRun(run: RecordedRun, { base, patches, merges }: Recorded, out: string): Promise<ReplayedRun> {
  const read = patches.map((patch) => readPatch(patch, base));
  const [late, inTime] = [read.filter(isLate), read.filter((one) => !isLate(one))];
  const tree = replayMerges(
    inTime.map(({ proposal }) => proposal.patch),
    late.map(({ proposal }) => proposal.patch),
    merges,
    base,
  );
  const analyses = read.map(analysisOf);
  const manifest = manifestOf(run, base, read);
  const titles = new Map(read.flatMap(({ lessons }) => lessons.map(({ id, title }) => [id, title] as const)));
  const made = makeSkill({ files: base.files, authors: new Map() }, tree.root.edits, { ...DEFAULTS, titles });
  const skill = { ...base, files: made.applied.files, hash: hashFiles(made.applied.files) };
  const start = { base, kind: "given", shown: base, draft: null, originOf: () => null } as const;
  const stages = {
    ...{ analyses, proposals: read.map(({ proposal }) => proposal), merges: tree.merges.map(({ merge }) => merge) },
    ...{ levels: tree, edits: tree.root.edits, ...made },
    make: () => made,
  };
  const whole = summarize(manifest, { skill, start }, stages);
  const distillation = { ...whole, notices: [...whole.notices, ...tree.notices, ...read.flatMap(repairNotices)] };
  await write(join(out, run.name), { manifest, analyses, read, tree, distillation, skill });
  return { name: run.name, folder: run.name, patches: read, tree, distillation };
}

/** The recorder could not read it, so no recorded merge saw it. */
function isLate({ patch }: ReadPatch): boolean {
  return patch.readAs !== "json";
}

interface Written {
  readonly manifest: DistillationManifest;
  readonly analyses: readonly Analysis[];
  readonly read: readonly ReadPatch[];
  readonly tree: ReplayedTree;
  readonly distillation: Distillation;
  readonly skill: Skill;
}

async function write(
  directory: string,
  { manifest, analyses, read, tree, distillation, skill }: Written,
): Promise<void> {
  const folder = await openFolder(directory, manifest);
  for (const analysis of analyses) await folder.writeAnalysis(analysis);
  for (const { proposal } of read) await folder.writeProposal(proposal);
  for (const { merge } of tree.merges) await folder.writeMerge(merge);
  await folder.finish(distillation, skill);
}

function analysisOf({ patch, trial, lessons }: ReadPatch): Analysis {
  return {
    ...{ version: FORMAT_VERSION, unit: hashJson({ trial, lessons }), trial, task: patch.task },
    analyst: patch.kind === "success" ? "success" : "single-call-error",
    outcome:
      patch.readAs === "unread"
        ? { kind: "failed", reason: "unreadable-reply", detail: patch.problem ?? "" }
        : { kind: "analysed" },
    lessons: [...lessons],
    ...{ dropped: [], fix: null, expected: [], chat: [], usage: NO_USAGE },
  };
}

function repairNotices({ trial, repairs }: ReadPatch): string[] {
  return repairs.length === 0 ? [] : [`${trial}: ${repairs.join("; ")}`];
}

function manifestOf(run: RecordedRun, base: Skill, read: readonly ReadPatch[]): DistillationManifest {
  const { fanIn, routeSupport, maxSkillLines, maxReferenceLines } = DEFAULTS;
  return DistillationManifest.parse({
    ...{ version: FORMAT_VERSION, kind: "distillation", name: base.name },
    options: {
      ...{ lessons: run.lessons, errorAnalyst: "single-call", mode: "deepen", seed: 0 },
      ...{ fanIn, routeSupport, maxSkillLines, maxReferenceLines },
    },
    fingerprint: {
      ...{ trials: hashJson(read.map(({ proposal }) => proposal)), start: base.hash, model: run.model },
      ...{ endpoint: "imported", simulated: false, sampling: {}, prompts: "recorded", benchmark: null, sandbox: null },
    },
  });
}

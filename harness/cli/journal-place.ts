/** Which journal is meant, and whose calls: read off the folders that runs and distillations leave. */
import { existsSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { z } from "zod";
import { distillationId } from "../../distill/store.ts";
import type { ExperimentRecord } from "../../reports/experiments/record.ts";
import { EXPERIMENT_FILE, readExperimentRecord } from "../../reports/experiments/stored.ts";
import { SetupError } from "../errors.ts";
import { readJson } from "../run/files.ts";
import { readRunId } from "../run/store.ts";

const NAME = "journal.sqlite";
/** Where it lies below the folder that commands are given in, as the examples have it. */
const USUAL = [NAME, join("runs", NAME)];
/** A run that scores a seed's skill lies this far below the output folder of `distill`. */
const MOST_LEVELS = 3;

/**
 * The journal that is there: as named, else the one in a folder or beside it, else the one in the usual places.
 * @throws SetupError when there is none, or several; none of the verbs that ask makes one
 */
export function journalFor(named: string | undefined, folder?: string): string {
  if (named !== undefined) return asFile(named);
  // No further up: a journal there may be another's.
  const near = (path: string) => [join(path, NAME), join(dirname(resolve(path)), NAME)];
  const candidates = folder === undefined ? USUAL : near(folder);
  const [first, second] = candidates.filter((path) => existsSync(path));
  if (first === undefined)
    throw new SetupError(
      folder === undefined
        ? `there is no journal here (${USUAL.join(", ")}). Name it with --journal, or give a run folder: runs keep it beside their folders`
        : `there is no journal in ${folder} or beside it. Name it with --journal; runs keep it as ${NAME} beside their folders`,
    );
  if (folder === undefined && second !== undefined)
    throw new SetupError(`there are two journals here, ${first} and ${second}. Name one with --journal`);
  return asFile(first);
}

function asFile(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile() && found.size > 0) return path;
  const problem =
    found === undefined
      ? `there is no journal ${path}. Name it with --journal; runs keep it as ${NAME} beside their folders`
      : found.isDirectory()
        ? `${path} is a folder: name the file of the journal, such as ${join(path, NAME)}`
        : `the journal ${path} is empty: nothing of it is left. Put a copy in its place, or import files written by \`journal export\``;
  throw new SetupError(problem);
}

/** Of a manifest, whatever it is of. */
const Kind = z.looseObject({ kind: z.string() });

/**
 * What the journal knows the work in a folder by: a run, a distillation with those of its seeds and the runs that score them,
 * all that an experiment was made of, or all runs and distillations below a folder that is none of these.
 * @throws SetupError when there is none
 */
export async function workIn(folder: string): Promise<string[]> {
  if (existsSync(join(folder, EXPERIMENT_FILE))) {
    const units = unitsOf(await readExperimentRecord(folder)).map((path) => join(folder, path));
    return (await Promise.all(units.map((path) => workBelow(path, 0)))).flat();
  }
  const found = await workBelow(folder, MOST_LEVELS);
  if (found.length > 0) return found;
  return [await readRunId(folder)]; // which says what is wrong with it
}

/** Folders of the units, from the experiment's; those that were never begun hold nothing. */
function unitsOf({ cells, skills }: ExperimentRecord): string[] {
  const made = skills.flatMap(({ distillation, evolve }) =>
    [distillation, evolve].filter((path) => typeof path === "string"),
  );
  return [...new Set([...cells.map(({ run }) => run), ...made])];
}

async function workBelow(folder: string, levels: number): Promise<string[]> {
  const manifest = await readJson(join(folder, "manifest.json"), Kind);
  const kind = manifest.kind === "read" ? manifest.value.kind : null;
  if (kind === "run") return [await readRunId(folder)];
  const own = kind === "distillation" ? [await distillationId(folder)] : [];
  if (levels === 0) return own;
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const below = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
  return [...own, ...(await Promise.all(below.map((path) => workBelow(path, levels - 1)))).flat()];
}

/**
 * LibreOffice as the engine that calculates an agent's formulas, as SpreadsheetBench's instructions and Excel would have it.
 * Each file has a process, a profile and a namespace of its own: what one workbook does to them, no other sees, and no
 * profile is shared or locked. A fresh profile costs 0.1 s of the 1.5 s that a small file takes, so none is kept.
 * Functions of the day (`TODAY`, `NOW`, `RAND`) give what they give on the day of the first scoring: results are kept by
 * the bytes of the file and the version of the engine, so that scoring again gives the same, at once.
 */
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { access, copyFile, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import pLimit from "p-limit";
import { SetupError } from "../../harness/errors.ts";
import { sha256, shortHash } from "../../harness/hash.ts";
import { SandboxError } from "../../harness/roles.ts";
import { copyRegularFile } from "../../harness/run/regular-file.ts";
import { MAX_FILE_BYTES } from "../scoring/limits.ts";
import { type IsolatedWorld, isolated } from "./isolated.ts";
import type { Recalculated, Recalculator } from "./recalculator.ts";

export interface LibreOfficeOptions {
  /** Results are kept in `recalculated/` below it. */
  readonly cacheDirectory: string;
  /** For one file; at the end it is killed with all that it started. */
  readonly timeoutMs?: number;
  /** Where it may be, in order. */
  readonly programs?: readonly string[];
}

/** Of these, /usr is what the namespace shows. */
const PROGRAMS = ["/usr/bin/soffice", "/usr/bin/libreoffice"];
const TIMEOUT_MS = 60_000;
const UNREAD = "could not read it";
/** Files at once, whatever the machine has: each may take gigabytes. */
const MOST_AT_ONCE = 4;
/** Read as .xlsx or not at all: a table of text under that name is no workbook, here as for the scorer. */
const FILTER = "Calc MS Excel 2007 XML";
const FLAGS = [
  "-env:UserInstallation=file:///work/profile",
  ...["--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck", "--nofirststartwizard"],
].join(" ");

/** A registry item of a profile: path, name, value. */
const SETTINGS = [
  // 0: always. As installed, files that LibreOffice or Excel last saved keep the values that they hold.
  ["Calc/Formula/Load", "OOXMLRecalcMode", "0"],
  // A new document starts with a sheet of this prefix, and a loaded one that differs from it in case alone is renamed:
  // `SHEET1` becomes `SHEET1 -1` beside the usual `Sheet1`, and is then not found.
  ["Calc/Defaults/Sheet", "SheetPrefix", "sheet before loading "],
  ["Calc/Content/Update", "Link", "2"], // never
  ["Common/Security/Scripting", "MacroSecurityLevel", "3"], // very high
  ["Common/Security/Scripting", "DisableMacrosExecution", "true"],
] as const;

/**
 * Makes LibreOffice ready: finds it and its version.
 * @throws SetupError when it, or what isolates it, is missing or does not work, with the cure
 */
export async function libreOffice({
  cacheDirectory,
  timeoutMs = TIMEOUT_MS,
  programs = PROGRAMS,
}: LibreOfficeOptions): Promise<Recalculator> {
  const program = programs.find((path) => existsSync(path)) ?? missing();
  const identity = await versionOf(program);
  const kept = join(cacheDirectory, "recalculated", shortHash([identity, SETTINGS]));
  const atOnce = pLimit(Math.min(MOST_AT_ONCE, Math.max(2, availableParallelism())));

  return {
    identity,
    recalculate: (path) => atOnce(() => recalculateOne(path, { program, kept, timeoutMs })),
  };
}

interface Engine {
  readonly program: string;
  /** Folder of results, by hash of the file. */
  readonly kept: string;
  readonly timeoutMs: number;
}

async function recalculateOne(path: string, engine: Engine): Promise<Recalculated> {
  await mkdir(engine.kept, { recursive: true });
  const input = join(engine.kept, `.incoming-${randomUUID()}`);
  try {
    if (!(await copyRegularFile(path, input, MAX_FILE_BYTES))) return { kind: "absent" };
    const result = join(engine.kept, `${sha256(await readFile(input))}.xlsx`);
    if (!(await isThere(result))) {
      const once = () => isolated((world) => convert(input, result, world, engine));
      const first = await once();
      // A machine short of memory kills it, which is no fault of the file: such a one is read the second time.
      const problem = first === UNREAD ? await once() : first;
      if (problem !== null) return { kind: "failed", problem };
    }
    return { kind: "recalculated", path: result };
  } finally {
    await rm(input, { force: true });
  }
}

/** What went wrong in words, or null: then the result is there. */
async function convert(input: string, result: string, world: IsolatedWorld, engine: Engine): Promise<string | null> {
  const { program, timeoutMs } = engine;
  await copyFile(input, join(world.directory, "input.xlsx"));
  await writeProfile(world.directory);
  const filters = `--infilter="${FILTER}" --convert-to "xlsx:${FILTER}"`;
  const { output, timedOut } = await world.run(
    `${program} ${FLAGS} ${filters} --outdir /work/out /work/input.xlsx`,
    timeoutMs,
  );
  if (timedOut) return `was not done with it within ${timeoutMs / 1000} s`;
  if (await keepResult(join(world.directory, "out", "input.xlsx"), result)) return null;
  // Words prove nothing, so it is tried again without the file: only then it is our fault.
  if (output.startsWith("bwrap: ")) await versionOf(program).catch((error: SetupError) => broken(error.message));
  return UNREAD;
}

async function writeProfile(directory: string): Promise<void> {
  const user = join(directory, "profile", "user");
  await mkdir(user, { recursive: true });
  const items = SETTINGS.map(
    ([path, name, value]) =>
      `<item oor:path="/org.openoffice.Office.${path}"><prop oor:name="${name}" oor:op="fuse"><value>${value}</value></prop></item>`,
  );
  const text = `<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
${items.join("\n")}
</oor:items>
`;
  await writeFile(join(user, "registrymodifications.xcu"), text);
}

/** Whole or not at all; several may keep the same at once. */
async function keepResult(from: string, to: string): Promise<boolean> {
  const temporary = `${to}.${randomUUID()}`;
  try {
    if (!(await copyRegularFile(from, temporary, MAX_FILE_BYTES))) return false;
    await rename(temporary, to);
    return true;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Such as `LibreOffice 7.4.7.2`, from the program as it runs in its namespace. */
async function versionOf(program: string): Promise<string> {
  const { output, failure } = await isolated(({ run }) => run(`${program} ${FLAGS} --version`, TIMEOUT_MS));
  const version = /LibreOffice \d[\d.]*/.exec(output)?.[0];
  if (version !== undefined) return version;
  throw new SetupError(
    `LibreOffice (${program}) is there but does not start in its sandbox: ${(failure ?? output).trim().slice(0, 500) || "it says nothing"}\n` +
      "trace2skill doctor tells whether sandboxes work on this machine; or leave --recalculate out",
  );
}

function missing(): never {
  throw new SetupError(
    "LibreOffice is not installed, so formulas cannot be calculated anew. Install it: apt-get install libreoffice-calc-nogui; " +
      "or leave --recalculate out to score the values that the files hold",
  );
}

function broken(problem: string): never {
  throw new SandboxError(problem);
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

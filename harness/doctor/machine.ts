/** Checks of Node and of the machine's size. */
import { access, mkdtemp, rmdir, statfs } from "node:fs/promises";
import { availableParallelism, totalmem } from "node:os";
import { dirname, join, resolve } from "node:path";
import { hasCode, messageOf } from "../errors.ts";
import { type Finding, finding } from "./finding.ts";

const OLDEST_NODE = 24;
const GIB = 1024 ** 3;
/** The demo takes under 400 MB; each command in a sandbox starts a Python, or LibreOffice, beside it. */
const ADVISED_MEMORY = 2 * GIB;
/** A run of 400 tasks with its workbooks takes some hundred megabytes. */
const ADVISED_DISK = 2 * GIB;
const ADVISED_CORES = 2;

export async function machineFindings(runsFolder: string): Promise<Finding[]> {
  return [
    nodeFinding(process.versions.node),
    coresFinding(),
    memoryFinding(),
    await diskFinding(runsFolder),
    await runsFolderFinding(runsFolder),
  ];
}

export function nodeFinding(version: string): Finding {
  return finding({
    name: "Node",
    required: true,
    ok: Number.parseInt(version, 10) >= OLDEST_NODE,
    found: version,
    why: `the tool runs on Node ${OLDEST_NODE} or newer`,
    cure: "./setup.sh (brings a Node of the project's own), or install a newer Node",
  });
}

function coresFinding(): Finding {
  const cores = availableParallelism();
  const why = "as many commands run at once";
  return finding({
    name: "cores",
    required: false,
    ok: cores >= ADVISED_CORES,
    found: String(cores),
    why,
    cure: "expect about half the speed",
  });
}

function memoryFinding(): Finding {
  const bytes = totalmem();
  const why = "sandboxes run Python and LibreOffice beside the tool";
  const cure = "let fewer sandboxes run at once";
  return finding({ name: "memory", required: false, ok: bytes >= ADVISED_MEMORY, found: gib(bytes), why, cure });
}

async function diskFinding(runsFolder: string): Promise<Finding> {
  const folder = await existingFolder(runsFolder);
  const { bavail, bsize } = await statfs(folder);
  return finding({
    name: "disk",
    required: false,
    ok: bavail * bsize >= ADVISED_DISK,
    found: `${gib(bavail * bsize)} free at ${folder}`,
    why: "runs keep every trial, its files and every model call",
    cure: "free some space, or write elsewhere with --out",
  });
}

async function runsFolderFinding(runsFolder: string): Promise<Finding> {
  const folder = await existingFolder(runsFolder);
  // Permissions do not tell all (read-only mounts, quotas): a folder is made and taken away again.
  const problem = await mkdtemp(join(folder, ".trace2skill-doctor-"))
    .then(rmdir)
    .then(() => null, messageOf);
  return finding({
    name: "runs folder",
    required: true,
    ok: problem === null,
    found: problem ?? `${resolve(runsFolder)} can be written`,
    why: "all results are written there",
    cure: `write elsewhere with --out, or: sudo chown "$USER" ${folder}`,
  });
}

/** The folder itself, or the nearest above it that is there. */
async function existingFolder(path: string): Promise<string> {
  const whole = resolve(path);
  try {
    await access(whole);
    return whole;
  } catch (error) {
    if (hasCode(error, "ENOENT") && dirname(whole) !== whole) return existingFolder(dirname(whole));
    return whole;
  }
}

function gib(bytes: number): string {
  return `${(bytes / GIB).toFixed(1)} GB`;
}

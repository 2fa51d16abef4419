/** Checks of what agents work with: bubblewrap, limits, and the programs as they are found from inside a sandbox. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { hasCode, messageOf } from "../errors.ts";
import type { CommandResult, Sandbox } from "../roles.ts";
import { findBubblewrap, openSandboxes } from "../sandbox/bubblewrap.ts";
import { runProcess } from "../sandbox/process.ts";
import { type Finding, finding } from "./finding.ts";
import { causeOf, readNamespaceFacts } from "./namespaces.ts";

const TIMEOUT_MS = 60_000;
/** Of a message that may hold a whole command line. */
const LONGEST_MESSAGE = 240;

export async function sandboxFindings(signal: AbortSignal): Promise<Finding[]> {
  await using open = new AsyncDisposableStack();
  const before = [await bubblewrapFinding(), prlimitFinding(), await cgroupFinding()];
  const opened = await openSandbox(open, signal);
  if (typeof opened !== "string") {
    const run: Run = (command) => opened.run(command, { timeoutMs: TIMEOUT_MS, signal });
    return [...before, sandboxFinding(null), ...(await programFindings(run, ""))];
  }
  return [...before, sandboxFinding(opened), ...(await programFindings(runOutside, " (outside a sandbox)"))];
}

/** Where there is no sandbox, at least what is installed can be told. */
const runOutside: Run = (command) => {
  return runProcess("/bin/bash", ["-c", command], {
    timeoutMs: TIMEOUT_MS,
    env: { PATH: "/usr/bin:/bin", HOME: tmpdir() },
  });
};

type Run = (command: string) => Promise<Pick<CommandResult, "output" | "exitCode" | "timedOut">>;

type Program = Pick<Finding, "name" | "required" | "why" | "cure"> & { readonly command: string };

const PROGRAMS: readonly Program[] = [
  {
    name: "python3",
    required: true,
    command: "python3 -c 'import sys; print(sys.version.split()[0])'",
    why: "agents change workbooks with Python",
    cure: "sudo apt-get install python3",
  },
  {
    name: "openpyxl",
    required: true,
    command: "python3 -c 'import openpyxl; print(openpyxl.__version__)'",
    why: "agents and the simulated model read and write workbooks with it",
    cure: "sudo apt-get install python3-openpyxl",
  },
  {
    name: "pandas",
    required: true,
    command: "python3 -c 'import pandas; print(pandas.__version__)'",
    why: "models use it often; without it their trials fail for no fault of theirs",
    cure: "sudo apt-get install python3-pandas",
  },
  {
    name: "Pillow",
    required: false,
    command: "python3 -c 'import PIL; print(PIL.__version__)'",
    why: "agents crop and turn page images with it; without it their trials on documents may fail for no fault of theirs",
    cure: "sudo apt-get install python3-pil",
  },
  {
    name: "LibreOffice",
    required: false,
    command: "soffice --version",
    why: "calculates formulas anew; without it, formulas that an agent writes have no values",
    cure: "sudo apt-get install --no-install-recommends libreoffice-calc-nogui",
  },
];

/** @param place where they were looked for, when that was not a sandbox */
function programFindings(run: Run, place: string): Promise<Finding[]> {
  return Promise.all(
    PROGRAMS.map(async ({ command, ...program }) => {
      const { output, exitCode, timedOut } = await run(command);
      const lines = output.trim().split("\n");
      const ok = exitCode === 0;
      const found = (ok ? lines[0] : lines.at(-1)) || (timedOut ? "no answer in time" : `exit code ${exitCode}`);
      return finding({ ...program, ok, found: found + place });
    }),
  );
}

async function bubblewrapFinding(): Promise<Finding> {
  const path = findBubblewrap();
  const result = path === undefined ? null : await runProcess(path, ["--version"], { timeoutMs: TIMEOUT_MS });
  return finding({
    name: "bubblewrap",
    required: true,
    ok: result?.exitCode === 0,
    found: result === null ? "not installed" : firstLine(result.failure ?? result.output.trim()),
    why: "keeps agents away from answers, keys, other tasks and the network",
    cure: "sudo apt-get install bubblewrap",
  });
}

function sandboxFinding(problem: string | null): Finding {
  const { cause, cure } = causeOf(problem ?? "", readNamespaceFacts());
  return finding({
    name: "sandbox",
    required: true,
    ok: problem === null,
    found: problem === null ? "a command ran in its own namespaces" : `${problem} (likely: ${cause})`,
    why: "no agent is run without one",
    cure,
  });
}

/** A sandbox that works, or why there is none. */
async function openSandbox(open: AsyncDisposableStack, signal: AbortSignal): Promise<Sandbox | string> {
  try {
    const sandboxes = open.use(await openSandboxes());
    const sandbox = open.use(await sandboxes.open({ skill: null }));
    const { output, exitCode } = await sandbox.run("echo alive", { timeoutMs: TIMEOUT_MS, signal });
    return exitCode === 0 ? sandbox : output.trim();
  } catch (error) {
    return firstLine(messageOf(error));
  }
}

function prlimitFinding(): Finding {
  const ok = existsSync("/usr/bin/prlimit");
  return finding({
    name: "prlimit",
    required: true,
    ok,
    found: ok ? "/usr/bin/prlimit" : "not installed",
    why: "limits memory, file size and processes of an agent's commands",
    cure: "sudo apt-get install util-linux",
  });
}

async function cgroupFinding(): Promise<Finding> {
  const controllers = await readFile("/sys/fs/cgroup/cgroup.controllers", "utf8").catch((error: unknown) => {
    if (hasCode(error, "ENOENT")) return null;
    throw error;
  });
  const version1 = existsSync("/sys/fs/cgroup/memory");
  const found =
    controllers !== null ? `version 2: ${controllers.trim() || "no controllers"}` : version1 ? "version 1" : "none";
  return finding({
    name: "cgroups",
    required: false,
    ok: controllers !== null || version1,
    found,
    why: "would limit the memory of a whole sandbox; prlimit does so by process",
    cure: null,
  });
}

const firstLine = (text: string) => (text.split("\n")[0] ?? text).slice(0, LONGEST_MESSAGE);

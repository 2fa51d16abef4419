/** Checks of what agents work with: bubblewrap, what holds limits, and the programs as they are found from inside a sandbox. */
import { arch, tmpdir } from "node:os";
import { messageOf } from "../errors.ts";
import type { CommandResult, Sandbox } from "../roles.ts";
import { openSandboxes } from "../sandbox/bubblewrap.ts";
import { closeCgroups, openCgroups } from "../sandbox/cgroup.ts";
import { findBubblewrap } from "../sandbox/host.ts";
import { runProcess } from "../sandbox/process.ts";
import { filterFor } from "../sandbox/seccomp/filter.ts";
import { type Finding, finding } from "./finding.ts";
import { causeOf, readNamespaceFacts } from "./namespaces.ts";

export interface Examined {
  readonly signal: AbortSignal;
  /** Of the user: what a container engine's own program needs. */
  readonly env: Readonly<Record<string, string>>;
}

const TIMEOUT_MS = 60_000;
const ENGINE_TIMEOUT_MS = 10_000;
/** Of a message that may hold a whole command line. */
const LONGEST_MESSAGE = 240;

export async function sandboxFindings({ signal, env }: Examined): Promise<Finding[]> {
  await using open = new AsyncDisposableStack();
  const bubblewrap = await bubblewrapFinding();
  const opened = await openSandbox(open, signal);
  const isOpen = typeof opened !== "string";
  const before = [
    ...[bubblewrap, await containersFinding(env, isOpen), seccompFinding(), await cgroupFinding()],
    sandboxFinding(isOpen ? null : opened),
  ];
  if (!isOpen) return [...before, ...(await programFindings(runOutside, " (outside a sandbox)"))];
  const run: Run = (command) => opened.run(command, { timeoutMs: TIMEOUT_MS, signal });
  return [...before, ...(await programFindings(run, ""))];
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

function seccompFinding(): Finding {
  const ok = filterFor(arch()) !== null;
  return finding({
    name: "seccomp",
    required: false,
    ok,
    found: ok ? `a filter for ${arch()}` : `no filter for ${arch()}`,
    why: "keeps agents from parts of the kernel that no task needs; the namespaces hold without it",
    cure: null,
  });
}

/** A group is made and removed again: files that are there do not tell whether they may be used. */
async function cgroupFinding(): Promise<Finding> {
  const place = await openCgroups();
  await closeCgroups(place);
  return finding({
    name: "cgroups",
    required: false,
    ok: place.kind === "place",
    found: place.kind === "place" ? `version 2, below ${place.directory}` : place.why,
    why: "let the kernel hold a command's memory, processes and cores together; without them a watcher does, every 50 ms",
    cure:
      place.kind === "none" && place.belongsTo !== "nobody"
        ? "systemd-run --user --scope -p Delegate=yes trace2skill …"
        : "boot with systemd.unified_cgroup_hierarchy=1 (needs systemd)",
  });
}

/** Another way where bubblewrap cannot work: the first engine that answers. */
async function containersFinding(env: Examined["env"], isNeedless: boolean): Promise<Finding> {
  const answers = await Promise.all(
    (["docker", "podman"] as const).map(async (engine) => {
      const { exitCode } = await runProcess(engine, ["info"], { timeoutMs: ENGINE_TIMEOUT_MS, env });
      return exitCode === 0 ? [engine] : [];
    }),
  );
  const [engine] = answers.flat();
  return finding({
    name: "containers",
    required: false,
    ok: engine !== undefined || isNeedless,
    found:
      engine === undefined
        ? `neither docker nor podman answers${isNeedless ? " (not needed: bubblewrap works)" : ""}`
        : `${engine} answers: --sandbox ${engine}`,
    why: "run agents with --sandbox docker or podman where bubblewrap cannot",
    cure: "sudo apt-get install podman, then: trace2skill run … --sandbox podman",
  });
}

const firstLine = (text: string) => (text.split("\n")[0] ?? text).slice(0, LONGEST_MESSAGE);

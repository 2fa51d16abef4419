/**
 * The sandbox of a trial on Linux: one bubblewrap namespace a command (8 ms each where measured; a warm shell would save
 * little beside starting Python), an empty root, no network, no inherited environment, and only the trial's folder writable.
 */
import { existsSync } from "node:fs";
import { chmod, mkdtemp } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import pLimit from "p-limit";
import { SetupError } from "../errors.ts";
import { type Sandbox, SandboxError, type Sandboxes } from "../roles.ts";
import type { Skill } from "../skill/skill.ts";
import { writeSkillFiles } from "../skill/write.ts";
import { DEFAULT_LIMITS, type Mount, makeEtc, type SandboxLimits } from "./frame.ts";
import { type Host, type RunOptions, runInNamespace } from "./namespace.ts";
import type { ProcessResult } from "./process.ts";
import { removeTree } from "./remove-tree.ts";
import { openRoot } from "./root.ts";
import { openStarter } from "./starter.ts";

export interface SandboxesOptions {
  readonly limits?: SandboxLimits;
  /** Commands that run at once in all sandboxes together. */
  readonly width?: number;
}

const BWRAP = ["/usr/bin/bwrap", "/bin/bwrap", "/usr/local/bin/bwrap"];
const PROBE_TIMEOUT_MS = 20_000;

/**
 * Makes ready what all sandboxes of this process share. Disposing it deletes all that is left of them.
 * @throws SetupError when bubblewrap is missing or this machine does not let it work, with the cure
 */
export async function openSandboxes(options: SandboxesOptions = {}): Promise<Sandboxes & AsyncDisposable> {
  const bwrap = findBubblewrap() ?? missing();
  const root = await openRoot();
  await makeEtc(root.directory);
  const host: Host = { bwrap, root: root.directory, limits: options.limits ?? DEFAULT_LIMITS };
  await assertWorks(host);
  const limit = pLimit(options.width ?? Math.max(2, availableParallelism()));
  const skills = new Map<string, Promise<Mount>>();
  const starter = openStarter();

  return {
    identity: "bubblewrap/1",
    async [Symbol.asyncDispose]() {
      await starter[Symbol.asyncDispose]();
      await root[Symbol.asyncDispose]();
    },
    async open({ skill }) {
      const directory = await mkdtemp(join(root.directory, "work-"));
      const mounts = [workMount(directory), ...(skill === null ? [] : [await skillMount(skill)])];
      const run: RunCommand = (command, runOptions) =>
        limit(async () => {
          await chmod(directory, 0o700); // a command may have barred it, to itself alone
          const { timeoutMs, signal } = runOptions;
          if (starter.isReady()) return starter.run({ host, mounts, command, timeoutMs }, signal);
          return runInNamespace(host, mounts, command, runOptions);
        });
      return sandboxIn(directory, run, () => tryFresh(host));
    },
  };

  /** Writes a skill's files once, however many trials read them. */
  function skillMount(skill: Skill): Promise<Mount> {
    const known = skills.get(skill.hash);
    if (known !== undefined) return known;
    const from = join(root.directory, `skill-${skill.hash.slice(0, 16)}`);
    const mount = writeSkillFiles(skill, from).then(() => ({ from, to: "/skill", writable: false }));
    skills.set(skill.hash, mount);
    return mount;
  }
}

/** Where bubblewrap is installed, or undefined. */
export function findBubblewrap(): string | undefined {
  return BWRAP.find((path) => existsSync(path));
}

function missing(): never {
  throw new SetupError(
    "bubblewrap is not installed, so agents cannot be run safely. Install it: apt-get install bubblewrap",
  );
}

type RunCommand = (command: string, options: RunOptions) => Promise<ProcessResult>;

function sandboxIn(directory: string, runCommand: RunCommand, fresh: () => Promise<ProcessResult>): Sandbox {
  return {
    directory,
    async run(command, options) {
      options.signal.throwIfAborted();
      const result = await runCommand(command, options);
      options.signal.throwIfAborted();
      // The words prove nothing, for a command may print them or spoil its own folder: it is our fault only if a fresh
      // sandbox does not work either.
      if (result.output.startsWith("bwrap: ") && !isAlive(await fresh())) {
        throw new SandboxError(`bubblewrap failed: ${result.output.slice(0, 500)}`);
      }
      const notice = result.cutBytes > 0 ? `\n[output was cut: ${result.cutBytes} more bytes were not kept]` : "";
      return {
        output: result.output + notice,
        exitCode: result.exitCode,
        timedOut: result.timedOut,
        durationMs: result.durationMs,
      };
    },
    async [Symbol.asyncDispose]() {
      await removeTree(directory);
    },
  };
}

/** What agents are told is there; without it they would fail through no fault of theirs. */
const PYTHON = `/usr/bin/python3 -c 'import importlib.util as u; print([m for m in ("openpyxl", "pandas") if u.find_spec(m) is None])'`;

async function assertWorks(host: Host): Promise<void> {
  const [result, python] = await Promise.all([tryFresh(host), tryFresh(host, PYTHON)]);
  if (isAlive(result) && python.output.trim() !== "[]") {
    throw new SetupError(
      `agents need Python 3 with openpyxl and pandas, and inside the sandbox it says: ${python.output.trim() || "nothing"}. ` +
        "Install them: apt-get install python3 python3-openpyxl python3-pandas",
    );
  }
  if (isAlive(result)) return;
  throw new SetupError(
    `bubblewrap is there but cannot make a sandbox on this machine: ${(result.failure ?? result.output).trim()}\n` +
      "trace2skill doctor tells the cause and the cure (user namespaces barred, a container without privileges, no prlimit).",
  );
}

async function tryFresh(host: Host, command = "echo alive"): Promise<ProcessResult> {
  const directory = await mkdtemp(join(host.root, "probe-"));
  try {
    const signal = new AbortController().signal;
    return await runInNamespace(host, [workMount(directory)], command, { timeoutMs: PROBE_TIMEOUT_MS, signal });
  } finally {
    await removeTree(directory);
  }
}

function isAlive({ output }: ProcessResult): boolean {
  return output.trim() === "alive";
}

function workMount(from: string): Mount {
  return { from, to: "/work", writable: true };
}

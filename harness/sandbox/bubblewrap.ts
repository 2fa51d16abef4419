/**
 * The sandbox of a trial on Linux: one bubblewrap namespace a command (8 ms each where measured; a warm shell would save
 * little beside starting Python), an empty root, no network, no inherited environment, and only the trial's folder writable.
 */
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import pLimit from "p-limit";
import { SetupError } from "../errors.ts";
import { type Sandbox, SandboxError, type Sandboxes } from "../roles.ts";
import type { Skill } from "../skill/skill.ts";
import { writeSkillFiles } from "../skill/write.ts";
import { type ProcessResult, runProcess } from "./process.ts";
import { removeTree } from "./remove-tree.ts";
import { openRoot } from "./root.ts";

export interface SandboxLimits {
  /** Address space of each process. */
  readonly memoryBytes: number;
  readonly fileBytes: number;
  readonly processes: number;
  /** Output of a command that is kept. */
  readonly outputBytes: number;
  readonly tmpBytes: number;
}

export const DEFAULT_LIMITS: SandboxLimits = {
  memoryBytes: 4 * 1024 ** 3,
  fileBytes: 256 * 1024 ** 2,
  processes: 512,
  outputBytes: 1_000_000,
  tmpBytes: 512 * 1024 ** 2,
};

export interface SandboxesOptions {
  readonly limits?: SandboxLimits;
  /** Commands that run at once in all sandboxes together. */
  readonly width?: number;
}

const BWRAP = ["/usr/bin/bwrap", "/bin/bwrap", "/usr/local/bin/bwrap"];
/** What the loader, Python, fonts and LibreOffice need of /etc; Debian's BLAS is found through /etc/alternatives. */
const ETC = [
  "alternatives",
  "ld.so.cache",
  "ld.so.conf",
  "ld.so.conf.d",
  "fonts",
  "libreoffice",
  "python3",
  "python3.11",
];
/** Parts of /usr that are not the system's own: they could hold this tool and its sample answers. */
const HIDDEN = ["/usr/local", "/usr/lib/node_modules", "/usr/share/node_modules"];
/** The kernel takes no single argument over 128 KiB; longer commands go in as a file. */
const MAX_ARGUMENT_BYTES = 100_000;
const SCRIPT = "/run/command";
const ENVIRONMENT = {
  PATH: "/usr/bin:/bin",
  HOME: "/tmp",
  USER: "agent",
  LANG: "C.UTF-8",
  TZ: "UTC",
  PYTHONDONTWRITEBYTECODE: "1",
  PYTHONHASHSEED: "0",
};

/**
 * Makes ready what all sandboxes of this process share. Disposing it deletes all that is left of them.
 * @throws SetupError when bubblewrap is missing or this machine does not let it work, with the cure
 */
export async function openSandboxes(options: SandboxesOptions = {}): Promise<Sandboxes & AsyncDisposable> {
  const bwrap = findBubblewrap() ?? missing();
  const root = await openRoot();
  await writeIdentityFiles(root.directory);
  const frame = frameArguments(root.directory, options.limits ?? DEFAULT_LIMITS);
  await probe(bwrap, frame);
  const outputBytes = (options.limits ?? DEFAULT_LIMITS).outputBytes;
  const limit = pLimit(options.width ?? Math.max(2, availableParallelism()));
  const skills = new Map<string, Promise<string>>();

  return {
    identity: "bubblewrap/1",
    [Symbol.asyncDispose]: () => root[Symbol.asyncDispose](),
    async open({ skill }) {
      const directory = await mkdtemp(join(root.directory, "work-"));
      const skillMount = skill === null ? [] : ["--ro-bind", await materialise(skill), "/skill"];
      const mounts = [...frame.mounts, "--bind", directory, "/work", ...skillMount, "--chdir", "/work"];
      return sandboxIn(directory, (command, options) => limit(() => runIn(mounts, command, options)));
    },
  };

  async function runIn(mounts: readonly string[], command: string, options: RunOptions): Promise<ProcessResult> {
    const limits = { ...options, maxBytes: outputBytes };
    if (Buffer.byteLength(command) <= MAX_ARGUMENT_BYTES) {
      return runProcess(bwrap, [...mounts, "--", ...frame.limits, "/bin/bash", "-c", command], limits);
    }
    const script = join(root.directory, `command-${randomUUID()}`);
    await writeFile(script, command);
    try {
      const mounted = [...mounts, "--ro-bind", script, SCRIPT];
      return await runProcess(bwrap, [...mounted, "--", ...frame.limits, "/bin/bash", SCRIPT], limits);
    } finally {
      await rm(script);
    }
  }

  /** Writes a skill's files once, however many trials read them. */
  function materialise(skill: Skill): Promise<string> {
    const known = skills.get(skill.hash);
    if (known !== undefined) return known;
    const folder = join(root.directory, `skill-${skill.hash.slice(0, 16)}`);
    const written = writeSkillFiles(skill, folder).then(() => folder);
    skills.set(skill.hash, written);
    return written;
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

type RunOptions = Parameters<Sandbox["run"]>[1];
type RunCommand = (command: string, options: RunOptions) => Promise<ProcessResult>;

function sandboxIn(directory: string, runCommand: RunCommand): Sandbox {
  return {
    directory,
    async run(command, options) {
      options.signal.throwIfAborted();
      const result = await runCommand(command, options);
      options.signal.throwIfAborted();
      // The words alone prove nothing, for a command may print them too: so ask whether the sandbox still works.
      if (result.output.startsWith("bwrap: ") && (await runCommand("true", options)).exitCode !== 0) {
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
    // Every command's namespace has ended with the command, and with it all that it started.
    async [Symbol.asyncDispose]() {
      await removeTree(directory);
    },
  };
}

/** The same world for every trial: same paths, user, host name, time zone and environment. */
function frameArguments(root: string, limits: SandboxLimits): { mounts: string[]; limits: string[] } {
  const packageRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
  const hidden = [...HIDDEN, packageRoot].filter((path) => path.startsWith("/usr/") && existsSync(path));
  const mounts = [
    ...["--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL"],
    ...["--uid", "1000", "--gid", "1000", "--hostname", "sandbox"],
    ...["--ro-bind", "/usr", "/usr", ...hidden.flatMap((path) => ["--tmpfs", path])],
    ...["bin", "sbin", "lib", "lib64"].flatMap((name) =>
      existsSync(`/${name}`) ? ["--symlink", `usr/${name}`, `/${name}`] : [],
    ),
    ...ETC.flatMap((name) => ["--ro-bind-try", `/etc/${name}`, `/etc/${name}`]),
    ...["passwd", "group", "hosts"].flatMap((name) => ["--ro-bind", join(root, "etc", name), `/etc/${name}`]),
    ...["--proc", "/proc", "--dev", "/dev", "--size", String(limits.tmpBytes), "--tmpfs", "/tmp"],
    ...Object.entries(ENVIRONMENT).flatMap(([name, value]) => ["--setenv", name, value]),
  ];
  const prlimit = [
    `--as=${limits.memoryBytes}`,
    `--fsize=${limits.fileBytes}`,
    `--nproc=${limits.processes}`,
    "--core=0",
  ];
  return { mounts, limits: ["/usr/bin/prlimit", ...prlimit, "--"] };
}

async function writeIdentityFiles(root: string): Promise<void> {
  await mkdir(join(root, "etc"));
  await writeFile(join(root, "etc", "passwd"), "agent:x:1000:1000:agent:/tmp:/bin/bash\n");
  await writeFile(join(root, "etc", "group"), "agent:x:1000:\n");
  await writeFile(join(root, "etc", "hosts"), "127.0.0.1 localhost sandbox\n");
}

async function probe(bwrap: string, frame: { mounts: string[]; limits: string[] }): Promise<void> {
  const result = await runProcess(bwrap, [...frame.mounts, "--", ...frame.limits, "/bin/bash", "-c", "echo alive"], {
    timeoutMs: 20_000,
  });
  if (result.output.trim() === "alive") return;
  throw new SetupError(
    `bubblewrap is there but cannot make a sandbox on this machine: ${(result.failure ?? result.output).trim()}\n` +
      "trace2skill doctor tells the cause and the cure (user namespaces barred, a container without privileges, no prlimit).",
  );
}

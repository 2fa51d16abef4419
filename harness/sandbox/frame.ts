/** The world that every bubblewrap sandbox shows: bubblewrap's arguments, and the limits that the kernel holds each process to. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SandboxLimits } from "./limits.ts";

/** The parts of /usr that programs need; the others, such as /usr/local and /usr/src, may hold anything. */
const USR = ["bin", "sbin", "lib", "lib32", "lib64", "libexec", "share"];
/** Parts of these that could hold this tool, and with it the answers of its own tasks. */
const HIDDEN = ["/usr/lib/node_modules", "/usr/share/node_modules"];
/** Settings of the namespaces, or of the machine: bubblewrap covers only those that it may write itself, and agents may be others. */
const KERNEL = [
  "/proc/sys",
  "/proc/sysrq-trigger",
  "/proc/irq",
  "/proc/bus",
  "/proc/acpi",
  "/proc/fs",
  "/proc/pressure",
];
const SHARED_MEMORY_BYTES = 64 * 1024 ** 2;
/** Sockets take memory of the kernel, so that what one process may hold open is what bounds it. */
const OPEN_FILES = 1_024;
/** Beyond the limits that the watcher ends a command for, so that it is told why; the kernel stops what the watcher is too late for. */
export const BACKSTOP = { memoryBytes: 1024 ** 3, processes: 256 };

export const ENVIRONMENT = {
  PATH: "/usr/bin:/bin",
  HOME: "/tmp",
  USER: "agent",
  LANG: "C.UTF-8",
  TZ: "UTC",
  PYTHONDONTWRITEBYTECODE: "1",
  PYTHONHASHSEED: "0",
} as const;

/** Where the socket to the model is, where there is one, and the variable that names it. */
export const MODEL_FOLDER = "/run/model";
export const MODEL_SOCKET = "MODEL_SOCKET";
/** Its name in that folder. */
export const SOCKET_NAME = "socket";

/** A folder or file of the host and where it stands inside. */
export interface Mount {
  readonly from: string;
  readonly to: string;
  readonly writable: boolean;
}

export interface Frame {
  /** The folder that `makeEtc` wrote to. */
  readonly root: string;
  readonly mounts: readonly Mount[];
  readonly limits: SandboxLimits;
}

/**
 * Arguments of bubblewrap up to a bash with its command: the same world for every trial: same paths, user, host name, time zone and
 * environment; no network, no capabilities, an empty root that cannot be written.
 */
export function bubblewrapArguments({ root, mounts, limits }: Frame): string[] {
  const packageRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
  const hidden = [...HIDDEN, packageRoot].filter((path) => path.startsWith("/usr/") && existsSync(path));
  const kernel = KERNEL.filter((path) => existsSync(path));
  const hasTmp = mounts.some(({ to }) => to === "/tmp");
  return [
    ...["--unshare-all", "--unshare-user", "--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL"],
    ...["--uid", "1000", "--gid", "1000", "--hostname", "sandbox"],
    ...USR.flatMap((name) => ["--ro-bind-try", `/usr/${name}`, `/usr/${name}`]),
    ...hidden.flatMap((path) => ["--size", "4096", "--tmpfs", path, "--remount-ro", path]),
    ...["bin", "sbin", "lib", "lib64"].flatMap((name) =>
      existsSync(`/${name}`) ? ["--symlink", `usr/${name}`, `/${name}`] : [],
    ),
    ...["--ro-bind", join(root, "etc"), "/etc"],
    ...["--proc", "/proc", ...kernel.flatMap((path) => ["--ro-bind", path, path])],
    ...["--dev", "/dev", "--size", String(SHARED_MEMORY_BYTES), "--tmpfs", "/dev/shm", "--remount-ro", "/dev"],
    ...(hasTmp ? [] : ["--size", String(limits.tmpBytes), "--tmpfs", "/tmp"]),
    ...mounts.flatMap(({ from, to, writable }) => [writable ? "--bind" : "--ro-bind", from, to]),
    ...["--remount-ro", "/", "--chdir", "/work"],
    ...Object.entries(ENVIRONMENT).flatMap(([name, value]) => ["--setenv", name, value]),
    ...(mounts.some(({ to }) => to === MODEL_FOLDER)
      ? ["--setenv", MODEL_SOCKET, `${MODEL_FOLDER}/${SOCKET_NAME}`]
      : []),
    ...limitArguments(limits),
  ];
}

/** In the sandboxes' `/etc`: what bash does before a command, at the cost of no further program. */
export const LIMITS_FILE = "limits.bash";
/**
 * Standard error joins standard output, so that both come in the order in which they were written. A limit that cannot be
 * set is one that the host holds already.
 */
export const LIMITS_SCRIPT = `exec 2>&1
for LIMIT in $LIMITS; do ulimit "\${LIMIT%%=*}" "\${LIMIT#*=}" 2>/dev/null; done
unset LIMIT LIMITS BASH_ENV
`;

/** Arguments of bubblewrap that hold a bash and all it starts to what the kernel can hold each process to by itself. */
function limitArguments({ memoryBytes, fileBytes, processes }: SandboxLimits): string[] {
  const limits = [
    ...["-c=0", `-d=${kilobytes(memoryBytes + BACKSTOP.memoryBytes)}`, `-f=${kilobytes(fileBytes)}`],
    // In a user namespace of its own only its own processes count; root outside is not held to it at all.
    ...[`-u=${processes + BACKSTOP.processes}`, `-n=${OPEN_FILES}`],
  ];
  return ["--setenv", "BASH_ENV", `/etc/${LIMITS_FILE}`, "--setenv", "LIMITS", limits.join(" ")];
}

function kilobytes(bytes: number): number {
  return Math.floor(bytes / 1024);
}

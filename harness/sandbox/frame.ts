/** The world that every sandbox shows: the arguments of bubblewrap, and the limits that a command runs under. */
import { existsSync } from "node:fs";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export interface SandboxLimits {
  /** Address space of each process. */
  readonly memoryBytes: number;
  readonly fileBytes: number;
  /** The kernel does not hold root to it. */
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

/** The parts of /usr that programs need; the others, such as /usr/local and /usr/src, may hold anything. */
const USR = ["bin", "sbin", "lib", "lib32", "lib64", "libexec", "share"];
/** Parts of these that could hold this tool, and with it the answers of its own tasks. */
const HIDDEN = ["/usr/lib/node_modules", "/usr/share/node_modules"];
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
/** Where root inside could be root outside: bubblewrap covers them only where it finds that it may write them. */
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
const ENVIRONMENT = {
  PATH: "/usr/bin:/bin",
  HOME: "/tmp",
  USER: "agent",
  LANG: "C.UTF-8",
  TZ: "UTC",
  PYTHONDONTWRITEBYTECODE: "1",
  PYTHONHASHSEED: "0",
};

/** A folder or file of the host and where it stands inside. */
export interface Mount {
  readonly from: string;
  readonly to: string;
  readonly writable: boolean;
}

/**
 * Arguments of bubblewrap up to the command: the same world for every trial: same paths, user, host name, time zone and
 * environment; no network, no capabilities, an empty root that cannot be written.
 * @param root the folder that `makeEtc` wrote to
 */
export function bubblewrapArguments(root: string, mounts: readonly Mount[], limits: SandboxLimits): string[] {
  const packageRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
  const hidden = [...HIDDEN, packageRoot].filter((path) => path.startsWith("/usr/") && existsSync(path));
  return [
    ...["--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL"],
    ...["--uid", "1000", "--gid", "1000", "--hostname", "sandbox"],
    ...USR.flatMap((name) => ["--ro-bind-try", `/usr/${name}`, `/usr/${name}`]),
    ...hidden.flatMap((path) => ["--size", "4096", "--tmpfs", path, "--remount-ro", path]),
    ...["bin", "sbin", "lib", "lib64"].flatMap((name) =>
      existsSync(`/${name}`) ? ["--symlink", `usr/${name}`, `/${name}`] : [],
    ),
    ...["--ro-bind", join(root, "etc"), "/etc"],
    ...["--proc", "/proc", ...kernelPlaces().flatMap((path) => ["--ro-bind", path, path])],
    ...["--dev", "/dev", "--size", String(SHARED_MEMORY_BYTES), "--tmpfs", "/dev/shm", "--remount-ro", "/dev"],
    ...["--size", String(limits.tmpBytes), "--tmpfs", "/tmp"],
    ...mounts.flatMap(({ from, to, writable }) => [writable ? "--bind" : "--ro-bind", from, to]),
    ...["--remount-ro", "/", "--chdir", "/work"],
    ...Object.entries(ENVIRONMENT).flatMap(([name, value]) => ["--setenv", name, value]),
  ];
}

/** Put before a command, these hold it and all it starts to the limits. */
export function limitArguments({ memoryBytes, fileBytes, processes }: SandboxLimits): string[] {
  return ["/usr/bin/prlimit", `--as=${memoryBytes}`, `--fsize=${fileBytes}`, `--nproc=${processes}`, "--core=0", "--"];
}

const IDENTITY = [
  ["passwd", "agent:x:1000:1000:agent:/tmp:/bin/bash\n"],
  ["group", "agent:x:1000:\n"],
  ["hosts", "127.0.0.1 localhost sandbox\n"],
] as const;

/** Only root inside that is root outside could write them. */
function kernelPlaces(): string[] {
  return process.geteuid?.() === 0 ? KERNEL.filter((path) => existsSync(path)) : [];
}

/** Makes the `/etc` of all sandboxes below `root`: our own users and hosts, and copies of what programs need. One mount. */
export async function makeEtc(root: string): Promise<void> {
  await mkdir(join(root, "etc"));
  for (const [name, text] of IDENTITY) await writeFile(join(root, "etc", name), text);
  const there = ETC.filter((name) => existsSync(join("/etc", name)));
  await Promise.all(
    there.map((name) => cp(join("/etc", name), join(root, "etc", name), { recursive: true, verbatimSymlinks: true })),
  );
}

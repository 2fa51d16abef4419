/** What a command in a sandbox may take, and the words in which a command that took more is told so. */

export interface SandboxLimits {
  /** Of all processes of a command together: memory of their own, and the shared memory that they hold. */
  readonly memoryBytes: number;
  /** Cores, of those that the machine has; a fraction is held where there are cgroups, else rounded up. */
  readonly cpus: number;
  /** Processes and threads of a command together, as the kernel counts them. */
  readonly processes: number;
  /** Size of one file. */
  readonly fileBytes: number;
  /** Of all that lies in `/work` and `/tmp`, each file and folder with at least 4 KB. */
  readonly diskBytes: number;
  /** Of one command; null where only the caller limits it. */
  readonly commandMs: number | null;
  /** Output of a command that is kept. */
  readonly outputBytes: number;
  /** Of `/tmp` in a sandbox that is for one command alone, where it is memory. */
  readonly tmpBytes: number;
}

const KIB = 1024;
const MIB = KIB ** 2;
const GIB = KIB ** 3;

export const DEFAULT_LIMITS: SandboxLimits = {
  memoryBytes: 4 * GIB,
  cpus: 2,
  processes: 512,
  fileBytes: 256 * MIB,
  diskBytes: GIB,
  commandMs: null,
  outputBytes: MIB,
  tmpBytes: 512 * MIB,
};

/** What is not kept of a command's output is read and thrown away; after so many times the limit, the command is ended. */
export const OUTPUT_FACTOR = 64;

/** The limits by the names that users give them, each with the field that holds it. */
export const LIMIT_FIELDS = {
  memory: "memoryBytes",
  cpu: "cpus",
  processes: "processes",
  file: "fileBytes",
  disk: "diskBytes",
  command: "commandMs",
  output: "outputBytes",
} as const;
export type LimitName = keyof typeof LIMIT_FIELDS;

/** A limit in words: `2 GB of memory`, `128 processes`. */
export function limitText(name: LimitName, limits: SandboxLimits): string {
  switch (name) {
    case "memory":
      return `${bytesText(limits.memoryBytes)} of memory`;
    case "cpu":
      return `${limits.cpus} ${limits.cpus === 1 ? "core" : "cores"}`;
    case "processes":
      return `${limits.processes} processes`;
    case "file":
      return `${bytesText(limits.fileBytes)} in one file`;
    case "disk":
      return `${bytesText(limits.diskBytes)} of disk in /work and /tmp`;
    case "command":
      return limits.commandMs === null ? "no time of its own" : `${limits.commandMs / 1000} s`;
    case "output":
      return `${bytesText(OUTPUT_FACTOR * limits.outputBytes)} of output`;
    default:
      return name satisfies never;
  }
}

/** What part of a fingerprint the limits are: nothing for those that nobody changed. The caller's own time limit is told elsewhere. */
export function limitsIdentity(limits: SandboxLimits): string {
  const changed = Object.entries(LIMIT_FIELDS).filter(
    ([name, field]) => name !== "command" && limits[field] !== DEFAULT_LIMITS[field],
  );
  return changed.map(([name, field]) => `${name}=${limits[field]}`).join(",");
}

/** In the largest unit that it fills: 1.5 GB, 256 MB, 900 KB. */
export function bytesText(bytes: number): string {
  const [unit, size] = bytes >= GIB ? ["GB", GIB] : bytes >= MIB ? ["MB", MIB] : ["KB", KIB];
  return `${Number((bytes / size).toFixed(1))} ${unit}`;
}

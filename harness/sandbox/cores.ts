/** Holds commands to some of the machine's cores where there are no control groups; the seccomp filter lets none take others. */
import { existsSync, readFileSync } from "node:fs";

const TASKSET = "/usr/bin/taskset";

let turn = 0;

/** What a program is started by to have so many whole cores, each time others; nothing where the machine has no more. */
export function coreLauncher(cpus: number): string[] {
  if (!existsSync(TASKSET)) return [];
  const cores = ownCores();
  const wanted = wholeCores(cpus);
  if (wanted >= cores.length) return [];
  turn = (turn + wanted) % cores.length;
  const chosen = Array.from({ length: wanted }, (_, index) => cores[(turn + index) % cores.length]);
  return [TASKSET, "--cpu-list", chosen.join(",")];
}

/** What commands are held to of the cores that they may have, in words. */
export function coresHeld(cpus: number, hasTaskset = existsSync(TASKSET)): string {
  if (!hasTaskset) return `cores by nothing, for there is no ${TASKSET}`;
  const wanted = wholeCores(cpus);
  return `cores by taskset, which gives whole ones: ${wanted}`;
}

function wholeCores(cpus: number): number {
  return Math.max(1, Math.ceil(cpus));
}

let known: readonly number[] | null = null;

/** Numbers of the cores that this process may use. */
function ownCores(): readonly number[] {
  known ??= parseCores(/^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync("/proc/self/status", "latin1"))?.[1] ?? "0");
  return known;
}

/** As the kernel writes lists: `0-3,8`. */
export function parseCores(list: string): number[] {
  return list.split(",").flatMap((part) => {
    const [from = 0, to = from] = part.split("-").map(Number);
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  });
}

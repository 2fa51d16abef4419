import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

export interface Measured {
  readonly ms: number;
  /** Largest resident set of the process itself, seen every 50 ms; 0 for one that ended before. */
  readonly peakMb: number;
  readonly out: string;
}

/** Runs a program to its end. @throws Error when it fails */
export function measure(file: string, args: readonly string[], cwd = process.cwd()): Promise<Measured> {
  const started = performance.now();
  const child = spawn(file, args, { cwd, stdio: ["ignore", "pipe", "ignore"] });
  let out = "";
  let peakMb = 0;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  const watch = setInterval(() => {
    peakMb = Math.max(peakMb, peakOf(child.pid ?? 0));
  }, 50);
  return new Promise((resolve, reject) => {
    child.on("close", (code) => {
      clearInterval(watch);
      if (code === 0) resolve({ ms: performance.now() - started, peakMb, out });
      else reject(new Error(`${file} ${args.join(" ")} ended with ${code}`));
    });
  });
}

/** The kernel's own high-water mark; 0 once the process is gone. */
function peakOf(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
  } catch (error) {
    if (error instanceof Error && "code" in error && ["ENOENT", "ESRCH"].includes(String(error.code))) return 0;
    throw error;
  }
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Largest resident set that this process ever had; not that of its parent, which `resourceUsage` may tell. */
export function ownPeakMb(): number {
  return peakOf(process.pid);
}

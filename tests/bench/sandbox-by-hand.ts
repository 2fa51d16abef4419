/** Starts programs one after the other from a small process, as a shell does, and tells how long each took: from a large one it takes longer. */
import { spawn } from "node:child_process";

export interface TimedEnd {
  readonly code: number | null;
  readonly ms: number;
}

process.on("message", ([file = "", ...args]: string[]) => {
  const started = performance.now();
  spawn(file, args, { stdio: ["ignore", "pipe", "pipe"], env: { PATH: "/usr/bin:/bin" } })
    .on("close", (code) => process.send?.({ code, ms: performance.now() - started } satisfies TimedEnd))
    .on("error", () => process.send?.({ code: null, ms: 0 } satisfies TimedEnd));
});

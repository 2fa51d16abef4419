/** A harness in a process of its own, to be killed, interrupted, and handed descriptors. */
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import type { CommandResult } from "../../harness/roles.ts";

const PROGRAM = fileURLToPath(new URL("./held-harness.ts", import.meta.url));

export type Event =
  | { readonly kind: "opened"; readonly directory: string }
  | { readonly kind: "interrupted" | "cancelled" }
  | { readonly kind: "ended"; readonly result: CommandResult }
  | { readonly kind: "threw"; readonly name: string; readonly message: string };

export interface HeldOptions {
  /** Files and folders that whoever started it had left open, with numbers beyond those that Node closes itself. */
  readonly open?: readonly string[];
  /** Between Ctrl-C and the end of its trials. */
  readonly graceMs?: number;
  /** What it runs after the first command. */
  readonly again?: string;
  /** True when it leads a process group, as a program that a shell started in a terminal does. */
  readonly leads?: boolean;
}

/** Starts a harness that runs one command. Whatever is left of it when the test ends is killed. */
export function holdOn(command: string, { open = [], graceMs = 0, again = "", leads = false }: HeldOptions = {}) {
  const opened = open.map((path, index) => `exec ${40 + index}< "${path}"; `).join("");
  const line = [process.execPath, PROGRAM, command, String(graceMs), again];
  const child = spawn("/bin/bash", ["-c", `${opened}exec "$@"`, "bash", ...line], {
    stdio: ["ignore", "pipe", "inherit"],
    detached: leads,
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const { stdout } = child;
  if (stdout === null) throw new Error("it has no output");
  let out = "";
  stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  const events = (): Event[] =>
    out
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  const ended = new Promise<{ out: string; result: CommandResult | undefined; events: Event[] }>((resolve) =>
    child.on("close", () => {
      const results = events().flatMap((event) => (event.kind === "ended" ? [event.result] : []));
      resolve({ out, result: results[0], events: events() });
    }),
  );
  return { pid: child.pid ?? 0, events, ended };
}

/** The processes of this machine whose command line holds a text. */
export function processesWith(text: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => read(`/proc/${name}/cmdline`).includes(text))
    .map(Number);
}

/** Those that a process started itself. */
export function childrenOf(pid: number): number[] {
  return read(`/proc/${pid}/task/${pid}/children`).split(" ").filter(Boolean).map(Number);
}

/** Empty for what has ended. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

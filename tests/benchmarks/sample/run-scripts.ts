/** Runs Python scripts with Debian's openpyxl, as the sandbox would, but all in one process. */
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

export interface Job {
  readonly directory: string;
  readonly script: string;
}

const RUNNER = fileURLToPath(new URL("./run-scripts.py", import.meta.url));
/** As the sandbox gives it: another python may come first on a developer's machine. */
const ENVIRONMENT = { PATH: "/usr/bin:/bin", LANG: "C.UTF-8" };

/** Tracebacks by directory, of the scripts that raised. */
export async function runScripts(jobs: readonly Job[]): Promise<ReadonlyMap<string, string>> {
  const problems: Record<string, string> = JSON.parse(await python([RUNNER], JSON.stringify(jobs)));
  return new Map(Object.entries(problems));
}

/** Why nothing can be run here, or null. */
export async function whatIsMissing(): Promise<string | null> {
  try {
    await python(["-c", "import sys; sys.modules['numpy'] = None; import openpyxl"], "");
    return null;
  } catch {
    return "python3 with openpyxl is not installed under /usr: apt-get install python3-openpyxl";
  }
}

async function python(args: readonly string[], input: string): Promise<string> {
  const child = spawn("python3", args, { env: ENVIRONMENT, stdio: ["pipe", "pipe", "pipe"] });
  const ended = new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  child.stdin.end(input);
  const [output, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (code !== 0) throw new Error(`python3 ended with ${code}: ${errors}`);
  return output;
}

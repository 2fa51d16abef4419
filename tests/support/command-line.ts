import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { runCommandLine } from "../../harness/cli/main.ts";

const BIN = fileURLToPath(new URL("../../bin/trace2skill.js", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Started {
  readonly ended: Promise<Ended>;
  kill(signal: NodeJS.Signals): void;
}

/** Starts the real command line in a process of its own, on the Node that runs the tests. */
export function start(
  args: readonly string[],
  { cwd = process.cwd(), env = {} as Record<string, string> } = {},
): Started {
  const { OPENAI_API_KEY: _key, OPENAI_BASE_URL: _url, ...inherited } = process.env;
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd,
    env: { ...inherited, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const texts = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    texts.out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    texts.err += text;
  });
  const ended = new Promise<Ended>((resolve) => child.on("close", (code) => resolve({ code, ...texts })));
  return { ended, kill: (signal) => child.kill(signal) };
}

type World = NonNullable<Parameters<typeof start>[1]>;

/** Only the command line reads these, from what it is given; others are also read by whatever it starts. */
const OWN_NAMES = /^(OPENAI_|XDG_CACHE_HOME$)/;

/** Commands under way in this process. */
let underWay = 0;

/**
 * The command line to its end: in this process where that is the same to it, which spares the start of another; else, as where
 * two are to be under way at once, in a process of its own.
 */
export function trace2skill(args: readonly string[], world: World = {}): Promise<Ended> {
  const isOwnWorld = Object.keys(world.env ?? {}).some((name) => !OWN_NAMES.test(name));
  return isOwnWorld || underWay > 0 ? start(args, world).ended : within(args, world);
}

async function within(args: readonly string[], { cwd = process.cwd(), env = {} }: World): Promise<Ended> {
  const { OPENAI_API_KEY: _key, OPENAI_BASE_URL: _url, ...inherited } = process.env;
  const ended = { code: 0, out: "", err: "" };
  const before = process.cwd();
  underWay += 1;
  process.chdir(cwd);
  try {
    await runCommandLine(args, {
      out: (text) => {
        ended.out += `${text}\n`;
      },
      err: (text) => {
        ended.err += `${text}\n`;
      },
      env: { ...inherited, ...env },
      terminal: false,
      signal: new AbortController().signal,
      exit: (code) => {
        ended.code = code;
      },
    });
  } finally {
    process.chdir(before);
    underWay -= 1;
  }
  return ended;
}

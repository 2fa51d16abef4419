/** Starts programs: the only importer of execa. */
import type { Readable } from "node:stream";
import { execa } from "execa";
import { type Cap, capped } from "./capped.ts";

export interface ProcessOptions extends Partial<Cap> {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  readonly env?: Readonly<Record<string, string>>;
  readonly directory?: string;
  /**
   * Called as soon as the program has ended, though what it started may still hold its pipes. With it, whoever holds them a
   * second longer is no longer listened to: it may be what nobody found to end.
   */
  readonly onEnd?: () => void;
}

export interface ProcessResult {
  /** Standard output and standard error as they came. */
  readonly output: string;
  readonly cutBytes: number;
  /** Null when it was killed or could not be started. */
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  readonly durationMs: number;
  /** Why it could not be started or ended by a signal; null when it ended by itself. */
  readonly failure: string | null;
}

const MAX_BYTES = 1_000_000;
const LISTENED_AFTER_MS = 1_000;

/** Runs a program to its end or its time limit, when it and all it started are killed. Never throws for what it does. */
export async function runProcess(
  file: string,
  args: readonly string[],
  options: ProcessOptions,
): Promise<ProcessResult> {
  const started = performance.now();
  const subprocess = execa(file, args, {
    all: true,
    buffer: false,
    reject: false,
    stdin: "ignore",
    extendEnv: false,
    env: options.env ?? {},
    timeout: options.timeoutMs,
    killSignal: "SIGKILL",
    killDescendants: true,
    ...(options.directory === undefined ? {} : { cwd: options.directory }),
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
  });
  const { nodeChildProcess: child } = subprocess;
  let deaf: NodeJS.Timeout | null = null;
  child.once("exit", () => {
    options.onEnd?.();
    if (options.onEnd !== undefined) deaf = setTimeout(() => stopListening(child), LISTENED_AFTER_MS);
  });
  const kept = collect(subprocess.all, options);
  const result = await subprocess;
  if (deaf !== null) clearTimeout(deaf);
  return {
    ...(await kept),
    exitCode: result.exitCode ?? null,
    timedOut: result.timedOut,
    durationMs: performance.now() - started,
    failure: result.failed && result.exitCode === undefined ? (result.shortMessage ?? "was killed") : null,
  };
}

function stopListening({ stdout, stderr }: { stdout: Readable | null; stderr: Readable | null }): void {
  stdout?.destroy();
  stderr?.destroy();
}

async function collect(
  stream: NodeJS.ReadableStream,
  options: ProcessOptions,
): Promise<Pick<ProcessResult, "output" | "cutBytes">> {
  const { take, kept } = capped({ ...options, maxBytes: options.maxBytes ?? MAX_BYTES });
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) take(chunk);
  } catch (error) {
    // A killed program's pipe may end early; what it wrote before is kept.
    if (!(error instanceof Error && "code" in error && error.code === "ERR_STREAM_PREMATURE_CLOSE")) throw error;
  }
  return kept();
}

/** The command line: parses, picks the parts, calls, prints. One file a verb; each loads what it needs when it is called. */
import { Command, CommanderError } from "commander";
import { BudgetReached, messageOf, SetupError, UsageError } from "../errors.ts";
import { visible } from "../text.ts";
import { registerAblate } from "./ablate.ts";
import { LIMIT_EXIT, limitText } from "./budget-options.ts";
import { registerCompare } from "./compare.ts";
import { registerData } from "./data.ts";
import { registerDemo } from "./demo/register.ts";
import { registerDistill } from "./distill.ts";
import { registerDoctor } from "./doctor.ts";
import { registerExperiment } from "./experiment/register.ts";
import { registerExport } from "./export.ts";
import { registerImport } from "./import.ts";
import type { Io } from "./io.ts";
import { registerJournal } from "./journal.ts";
import { registerParity } from "./parity.ts";
import { registerPower } from "./power.ts";
import { registerPresets } from "./presets.ts";
import { registerReport } from "./report.ts";
import { registerReproduce } from "./reproduce/register.ts";
import { registerRun } from "./run.ts";
import { registerScore } from "./score.ts";
import { registerSimulate } from "./simulate.ts";
import { registerSkill } from "./skill.ts";
import { toolVersion } from "./version.ts";

const FAILED = 1;
const WRONG_USE = 2;
/** As shells report a program ended by Ctrl-C. */
const INTERRUPTED = 130;

/** Runs one command line; sets `process.exitCode` and never throws. */
export async function main(args: readonly string[]): Promise<void> {
  const interrupt = new AbortController();
  onInterrupt(interrupt);
  onClosedOutput(interrupt);
  await runCommandLine(args, ioOf(interrupt.signal));
}

/** As `main`, with another outside world than that of the process. */
export async function runCommandLine(args: readonly string[], io: Io): Promise<void> {
  try {
    await programFor(io).parseAsync([...args], { from: "user" });
  } catch (error) {
    io.exit(tell(error, io));
  }
}

/** The first Ctrl-C stops cleanly; a second one at once. */
function onInterrupt(interrupt: AbortController): void {
  let asked = false;
  const stop = () => {
    if (asked) process.exit(INTERRUPTED);
    asked = true;
    interrupt.abort(new DOMException("interrupted", "AbortError"));
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
}

/** Whoever reads the output has gone (`| head`): the work stops as by Ctrl-C, and nothing more is written there. */
function onClosedOutput(interrupt: AbortController): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      interrupt.abort(new DOMException("the output was closed", "AbortError"));
    });
  }
}

function ioOf(signal: AbortSignal): Io {
  return {
    out: (text) => void process.stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(`${text}\n`),
    env: process.env,
    // One without a size, as some build servers give, shows nothing of what is drawn.
    terminal: process.stderr.isTTY === true && process.stderr.columns > 0,
    signal,
    exit: (code) => {
      process.exitCode = code;
    },
  };
}

function programFor(io: Io): Command {
  const program = new Command("trace2skill")
    .description("Turns what agents did into Agent Skills that make agents better, and proves it.")
    .version(toolVersion(), "-V, --version")
    .showHelpAfterError("(trace2skill --help lists the verbs, trace2skill VERB --help the options of one)")
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out(text.trimEnd()), writeErr: (text) => io.err(text.trimEnd()) })
    .addHelpText(
      "after",
      `
Examples:
  trace2skill demo                                   the whole method offline, with a simulated model
  trace2skill run sample-spreadsheet --model sim/large --out runs/first
  trace2skill run spreadsheetbench --data DIR --base-url http://localhost:8000/v1 --model NAME --out runs/real
  trace2skill doctor                                 what this machine has and lacks

Exit codes: 0 done, 1 failed, 2 wrong use, 4 stopped at --max-cost or --max-tokens-total, 130 stopped by Ctrl-C;
of compare: 0 significant gain, 10 no evidence, 11 significant loss.`,
    );
  const verbs = [
    ...[registerDemo, registerRun, registerScore, registerDistill, registerCompare, registerReport],
    ...[
      registerExperiment,
      registerImport,
      registerExport,
      registerDoctor,
      registerSimulate,
      registerSkill,
      registerAblate,
      registerData,
      registerJournal,
      registerParity,
      registerPower,
      registerPresets,
      registerReproduce,
    ],
  ];
  for (const register of verbs) register(program, io);
  for (const command of [...program.commands, ...program.commands.flatMap((verb) => verb.commands)]) {
    command
      .exitOverride()
      .configureOutput({ writeOut: (text) => io.out(text.trimEnd()), writeErr: (text) => io.err(text.trimEnd()) });
  }
  return program;
}

/** Prints what went wrong; the stack only for faults of ours. */
function tell(error: unknown, io: Io): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USE; // commander has printed it
  if (io.signal.aborted) {
    io.err("Stopped. What was finished is kept: the same command goes on from here.");
    return INTERRUPTED;
  }
  if (error instanceof BudgetReached) {
    io.err(limitText(error));
    return LIMIT_EXIT;
  }
  if (error instanceof UsageError) {
    io.err(`error: ${visible(error.message)}`);
    return WRONG_USE;
  }
  // What the operating system refuses (a folder where a file is expected, a place that is not there) is the user's to mend.
  const told = error instanceof SetupError || (error instanceof Error && "syscall" in error);
  io.err(
    visible(
      told ? `error: ${error.message}` : `internal error: ${error instanceof Error ? error.stack : messageOf(error)}`,
    ),
  );
  return FAILED;
}

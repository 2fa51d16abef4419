/**
 * Scores by a program of the user's own, in the sandbox that agents run in: no network, an empty root, limits.
 *
 *   /work/output/   what the agent left: its output file, and answer.txt with its text
 *   /work/truth/    truth.json {id, answers, answerPosition, truth}, and the golden file under its name
 *   /work/scorer/   the files that `benchmark.json` lists
 *
 * The last line that it prints is {"value": 0 to 1, "explanation": "...", "metrics": {"name": 0 to 1}}; the last two may be
 * left out. Whatever the agent left, the program must end with 0: an exit of 1, no such line, or a time-out is a fault of the
 * benchmark, and the trial is unscored.
 */
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import type { Score } from "../../harness/records.ts";
import type { CommandResult, Sandboxes, Submission } from "../../harness/roles.ts";
import { copyRegularFile } from "../../harness/run/regular-file.ts";
import { openSandboxes } from "../../harness/sandbox/bubblewrap.ts";
import { shortened } from "../scoring/compare-workbooks.ts";
import type { OwnRow, ScorerChoice } from "./schema.ts";
import { ANSWER_FILE, answersOf, TRUTH_FILE } from "./schema.ts";

export type CommandChoice = Extract<ScorerChoice, { kind: "command" }>;

export interface Truth {
  readonly row: OwnRow;
  /** Real path, or null where there is none. */
  readonly golden: string | null;
}

const MOST_OUTPUT_BYTES = 64 * 1024 ** 2;
/** Of what the program printed, in the detail of an unscored trial. */
const MOST_TOLD = 500;
/** Characters of an explanation: it stands in trials, and in what analysts read. */
const MOST_EXPLAINED = 4_000;

const Verdict = z.object({
  value: z.number().min(0).max(1),
  explanation: z.string().default(""),
  metrics: z.record(z.string(), z.number().min(0).max(1)).optional(),
});

/** @param files of the scorer: as listed, and where they are */
export function commandScorer(
  choice: CommandChoice,
  files: readonly { readonly name: string; readonly path: string }[],
) {
  return async ({ row, golden }: Truth, submission: Submission): Promise<Score> => {
    await using sandbox = await (await sharedSandboxes()).open({ skill: null });
    const work = (...parts: string[]) => join(sandbox.directory, ...parts);
    await Promise.all(["output", "truth", "scorer"].map((name) => mkdir(work(name))));
    if (row.output !== null) {
      await copyRegularFile(join(submission.directory, row.output), work("output", row.output), MOST_OUTPUT_BYTES);
    }
    await writeFile(work("output", ANSWER_FILE), submission.answer);
    const { id, answerPosition = null, truth = null } = row;
    await writeFile(work("truth", TRUTH_FILE), JSON.stringify({ id, answers: answersOf(row), answerPosition, truth }));
    if (golden !== null) await copyFile(golden, work("truth", basename(row.golden ?? golden)));
    for (const { name, path } of files) {
      await mkdir(dirname(work("scorer", name)), { recursive: true });
      await copyFile(path, work("scorer", name));
    }
    const signal = new AbortController().signal;
    const result = await sandbox.run(choice.command, { timeoutMs: choice.timeLimitSeconds * 1_000, signal });
    return verdictOf(result, choice);
  };
}

function verdictOf({ output, exitCode, timedOut }: CommandResult, { timeLimitSeconds }: CommandChoice): Score {
  const said = output.trimEnd();
  if (timedOut) return broken(`the scorer did not end within ${timeLimitSeconds} s`, said);
  if (exitCode !== 0) return broken(`the scorer ended with ${exitCode}`, said);
  const verdict = Verdict.safeParse(parsed(said.split("\n").at(-1) ?? ""));
  if (!verdict.success) {
    return broken(`the scorer's last line is no {"value": 0 to 1, …}: ${z.prettifyError(verdict.error)}`, said);
  }
  const { value, explanation, metrics } = verdict.data;
  return {
    kind: "scored",
    value,
    explanation: shortened(explanation, MOST_EXPLAINED),
    ...(metrics === undefined ? {} : { metrics }),
  };
}

function broken(problem: string, said: string): Score {
  const detail = said === "" ? problem : `${problem}. It said: ${said.slice(-MOST_TOLD)}`;
  return { kind: "unscored", reason: "benchmark-broken", detail };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return line;
  }
}

let opened: Promise<Sandboxes & AsyncDisposable> | null = null;

/** Probed once in a process, whose end disposes of them; what a killed one leaves, the next sweeps. */
function sharedSandboxes(): Promise<Sandboxes> {
  opened ??= openSandboxes().then((sandboxes) => {
    process.once("beforeExit", () => void sandboxes[Symbol.asyncDispose]());
    return sandboxes;
  });
  return opened;
}

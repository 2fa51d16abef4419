/** One task, one seed: lay out, let the agent work, keep what it made, score it outside the agent's reach. */
import { lstatSync, mkdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { beginAttestation } from "../attest/attest.ts";
import { type Attestation, attestationFailed } from "../attest/attestation.ts";
import { hasCode, messageOf } from "../errors.ts";
import { hashJson } from "../hash.ts";
import { imageStore } from "../images/image-store.ts";
import { NOTHING_RECALLED } from "../memory/recall.ts";
import type { Gateway } from "../model/gateway.ts";
import { pace } from "../pace.ts";
import {
  FORMAT_VERSION,
  NO_USAGE,
  type RecalledExperience,
  type Score,
  type Task,
  type Trajectory,
  type Trial,
  type Usage,
} from "../records.ts";
import { BenchmarkError, ModelError, type Sandbox, SandboxError } from "../roles.ts";
import { asSandboxError } from "../sandbox/fault.ts";
import { rememberingSandbox } from "../sandbox/remembering.ts";
import { settleTimes } from "../sandbox/times.ts";
import { sumUsage } from "../usage.ts";
import { openAccess, withAccess } from "./model-access.ts";
import { copyRegularFile } from "./regular-file.ts";
import type { RunOptions } from "./run.ts";
import { artifactsDirectory, trialName } from "./store.ts";

/** Larger outputs are not kept and count as missing. */
const MAX_OUTPUT_BYTES = 64 * 1024 ** 2;

export interface TrialOptions extends RunOptions {
  /** Lays a trial out when its turn comes. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
}

type Unscored = Extract<Score, { kind: "unscored" }>;

/** Runs a trial. A fault of our side gives an unscored trial; what the user must mend, and an abort, are thrown. */
export async function runTrial(task: Task, seed: number, options: TrialOptions): Promise<Trial> {
  const startedAt = new Date();
  const started = performance.now();
  const artifacts = artifactsDirectory(options.directory, task.id, seed);
  // Of a try that was killed; mostly there is none, and asking a thread would cost more than looking.
  if (lstatSync(artifacts, { throwIfNoEntry: false })) await rm(artifacts, { recursive: true, force: true });
  const end = await tryTask(task, seed, artifacts, options);
  return {
    version: FORMAT_VERSION,
    task,
    seed,
    trajectory: end.trajectory,
    score: end.score,
    usage: sumUsage([...(end.trajectory?.steps ?? []).map(({ usage }) => usage), end.ofPrograms ?? NO_USAGE]),
    ...(end.ofPrograms && { ofPrograms: end.ofPrograms }),
    startedAt: startedAt.toISOString(),
    durationMs: performance.now() - started,
    artifacts: end.files.map((file) => `${trialName(task.id, seed)}/${file}`),
    ...(options.memory && { recalled: [...end.recalled] }),
    ...(end.attestation && { attestation: end.attestation }),
  };
}

interface TaskEnd {
  readonly trajectory: Trajectory | null;
  readonly score: Score;
  readonly files: readonly string[];
  readonly recalled: readonly RecalledExperience[];
  readonly attestation: Attestation | null;
  /** Null where programs could not ask the model, or did not. */
  readonly ofPrograms: Usage | null;
}

async function tryTask(task: Task, seed: number, artifacts: string, options: TrialOptions): Promise<TaskEnd> {
  const { benchmark, agent, model, skill, limits, signal } = options;
  let trajectory: Trajectory | null = null;
  let files: string[] = [];
  let recalled = NOTHING_RECALLED;
  let attestation: Attestation | null = null;
  let ofGateway: Gateway | null = null;
  const endWith = (score: Score): TaskEnd => {
    const ofPrograms = ofGateway !== null && ofGateway.usage.calls > 0 ? ofGateway.usage : null;
    return { trajectory, score, files, recalled: recalled.experiences, attestation, ofPrograms };
  };
  try {
    if (options.memory !== undefined) recalled = await options.memory.recall(task, signal);
    await using laid = new AsyncDisposableStack();
    const { sandbox, attesting, gateway } = await options.inTurn(() => layOut(laid, task, seed, options));
    const seen = options.seen(unitOf(task, seed, options));
    ofGateway = gateway;
    const shown = rememberingSandbox(withAccess(sandbox, gateway), seen);
    const images = imageStore(join(options.directory, "images"));
    const given = { skill, memory: recalled.items };
    trajectory = await agent.run(task, { model, sandbox: shown, ...given, images, seen, limits, seed, signal });
    await pace(); // a hundred trials may end together
    files = await keepOutput(task, sandbox, artifacts);
    const kept = files.map((file) => join(artifacts, file));
    await pace();
    attestation = await attesting.end(trajectory, kept);
    const failed = attestationFailed(attestation);
    return endWith(failed ?? (await benchmark.score(task, { directory: artifacts, answer: trajectory.answer })));
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === null || signal.aborted) throw error;
    return endWith({ kind: "unscored", reason, detail: messageOf(error) });
  }
}

/** The world of a trial; what `laid` is given is taken down with it. */
async function layOut(
  laid: AsyncDisposableStack,
  task: Task,
  seed: number,
  { benchmark, model, skill, limits, sandboxes, signal }: TrialOptions,
) {
  try {
    const sandbox = laid.use(await sandboxes.open({ skill, model: sandboxes.network === "model" }));
    await benchmark.prepare(task, sandbox.directory).catch(inputFault);
    settleTimes(sandbox.directory);
    const name = trialName(task.id, seed);
    const attesting = laid.use(await beginAttestation({ task, name, benchmark, sandboxes, sandbox, skill, signal }));
    const gateway = laid.use(await openAccess(sandbox, { model, seed, limits, signal }));
    return { sandbox, attesting, gateway };
  } catch (error) {
    return asSandboxError(error);
  }
}

/** An input that is not there, or that may not be read, is a fault of the data; a folder without room is one of the sandbox. */
function inputFault(error: unknown): never {
  if (!hasCode(error, "ENOENT") && !hasCode(error, "EACCES")) throw error;
  throw new BenchmarkError(`an input cannot be laid out: ${messageOf(error)}`, { cause: error });
}

const USUAL_COMMAND_MS = 120_000;

/** Id of a trial's work: equal when everything that decides what its commands show is equal. */
function unitOf(
  task: Task,
  seed: number,
  { benchmark, agent, model, skill, memory, sandboxes, limits: { commandTimeoutMs } }: RunOptions,
): string {
  const world = [benchmark.name, agent.identity, sandboxes.identity, model.name, model.endpoint, skill?.hash ?? null];
  // Where there is no memory and the time of a command is the usual one, the id is what it was before these counted.
  const more = [
    ...(memory === undefined ? [] : [memory.identity]),
    ...(commandTimeoutMs === USUAL_COMMAND_MS ? [] : [{ commandTimeoutMs }]),
  ];
  return hashJson([...world, ...more, task, seed]);
}

function reasonOf(error: unknown): Unscored["reason"] | null {
  if (error instanceof ModelError) return "model-failed";
  if (error instanceof SandboxError) return "sandbox-failed";
  if (error instanceof BenchmarkError) return "benchmark-broken";
  return null;
}

/** Keeps the file that the task wants, if it is a regular file of bearable size; links, pipes and the rest count as missing. */
async function keepOutput(task: Task, sandbox: Sandbox, artifacts: string): Promise<string[]> {
  mkdirSync(artifacts, { recursive: true });
  if (task.output === null) return [];
  const kept = await copyRegularFile(
    join(sandbox.directory, task.output),
    join(artifacts, task.output),
    MAX_OUTPUT_BYTES,
  );
  return kept ? [task.output] : [];
}

/** Sandboxes by a container engine, docker or podman: one container a command, for machines where bubblewrap cannot work. */
import { randomUUID } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SetupError } from "../errors.ts";
import { SandboxError } from "../roles.ts";
import { type CommandEnd, commandEnd, type RunOptions, timeOf } from "./command-end.ts";
import { BUILD_COMMAND, containerArguments, DEFAULT_IMAGE } from "./container-frame.ts";
import { diskMeter } from "./disk.ts";
import { type Driver, type OpenedSandboxes, type Shared, sandboxesOf, type TrialFolders } from "./driver.ts";
import { DEFAULT_LIMITS, OUTPUT_FACTOR, type SandboxLimits } from "./limits.ts";
import { type ProcessResult, runProcess } from "./process.ts";
import { openRoot } from "./root.ts";
import { type Deleted, deletedFiles, processesOf } from "./tree.ts";
import { strikerFor, watchDisk } from "./watch.ts";

export interface ContainersOptions extends Shared {
  readonly engine: "docker" | "podman";
  readonly image?: string;
  readonly limits: SandboxLimits;
  /** Of the engine's own program: where it is, and how it reaches its service. */
  readonly env: Readonly<Record<string, string>>;
}

interface Engine extends ContainersOptions {
  readonly image: string;
  /** Files that all containers share. */
  readonly root: string;
}

const ENGINE_TIMEOUT_MS = 60_000;
/** Codes that engines end with when they could not start a command, and that commands end with, too. */
const ENGINE_FAILED = [125, 126, 127];
const KILLED = 137;

const STARTS = {
  docker: "https://docs.docker.com/engine/install, then: sudo systemctl start docker",
  podman: "apt-get install podman; on macOS then: podman machine init && podman machine start",
};

/**
 * Makes ready what all sandboxes of this process share.
 * @throws SetupError when no engine answers or the image is not there, with the cure
 */
export async function openContainers(options: ContainersOptions): Promise<OpenedSandboxes> {
  const { engine: name, image = DEFAULT_IMAGE, limits } = options;
  const root = await openRoot();
  const engine: Engine = { ...options, image, root: root.directory };
  try {
    const id = await assertReady(engine);
    await writeIdentity(root.directory);
    await assertWorks(engine);
    const driver: Driver = {
      identity: `${name}/1 ${id}`,
      limits,
      heldBy: `${name}, by the kernel; processes beyond the limit are refused to a command, and it is not told by which limit`,
      run: (folders, command, runOptions) => runInContainer(engine, folders, command, runOptions),
    };
    return sandboxesOf(driver, root, options);
  } catch (error) {
    await root[Symbol.asyncDispose]();
    throw error;
  }
}

/** @returns what the engine calls the image: its content, whatever its name */
async function assertReady(engine: Engine): Promise<string> {
  const { engine: name, image } = engine;
  const answer = await call(engine, ["info"]);
  if (answer.exitCode !== 0) {
    throw new SetupError(
      `no ${name} answers: ${saidBy(answer)}. Install and start it (${STARTS[name]}), or use --sandbox bubblewrap on Linux`,
    );
  }
  const found = await call(engine, ["image", "inspect", "--format", "{{.Id}}", image]);
  if (found.exitCode !== 0) {
    const cure = image === DEFAULT_IMAGE ? `Build it: ${BUILD_COMMAND(name)}` : `Fetch it: ${name} pull ${image}`;
    throw new SetupError(`${name} has no image ${image} (python3, openpyxl, pandas, LibreOffice). ${cure}`);
  }
  return found.output
    .trim()
    .replace(/^sha256:/, "")
    .slice(0, 16);
}

/** What agents are told is there; without it they would fail through no fault of theirs. */
const PROBE = "python3 -c 'import openpyxl, pandas; print(\"alive\")'";

/** @throws SetupError when a container cannot be run, or lacks what agents are told is there */
async function assertWorks(engine: Engine): Promise<void> {
  const { engine: name, image, root, limits } = engine;
  const [work, tmp] = [join(root, "probe-work"), join(root, "probe-tmp")];
  await Promise.all([mkdir(work), mkdir(tmp)]);
  const folders = { work, tmp, skill: null, model: null, disk: diskMeter([work, tmp], limits.diskBytes) };
  const options = { timeoutMs: ENGINE_TIMEOUT_MS, signal: new AbortController().signal };
  const { output } = await runInContainer({ ...engine, limits: DEFAULT_LIMITS }, folders, PROBE, options).catch(
    asSetup,
  );
  if (output.trim() === "alive") return;
  throw new SetupError(
    `${name} runs ${image}, but agents need bash and Python 3 with openpyxl and pandas in it, and there it says: ` +
      `${output.trim().split("\n").at(-1)?.slice(0, 300) || "nothing"}. Build an image that has them: ${BUILD_COMMAND(name)}`,
  );
}

function asSetup(error: unknown): never {
  throw error instanceof SandboxError ? new SetupError(error.message, { cause: error }) : error;
}

/** Users by number only would have no name. */
async function writeIdentity(root: string): Promise<void> {
  const [uid, gid] = [process.getuid?.() ?? 1000, process.getgid?.() ?? 1000];
  await writeFile(join(root, "passwd"), `agent:x:${uid}:${gid}:agent:/tmp:/bin/bash\n`);
  await writeFile(join(root, "group"), `agent:x:${gid}:\n`);
}

async function runInContainer(
  engine: Engine,
  folders: TrialFolders,
  command: string,
  { timeoutMs, signal }: RunOptions,
): Promise<CommandEnd> {
  const { engine: program, limits, root, env } = engine;
  const name = `trace2skill-${process.pid}-${randomUUID()}`;
  const script = join(root, `command-${name}`);
  await writeFile(script, command);
  const striker = strikerFor(signal);
  await folders.disk.begin();
  // The engine's own groups hold memory, processes and cores; nothing of it holds the disk.
  const watching = watchDisk(folders.disk, () => heldIn(engine, name), striker.strike);
  try {
    const result = await runProcess(program, containerArguments({ ...engine, name, script, folders }), {
      timeoutMs: timeOf({ timeoutMs, limits }),
      signal: striker.signal,
      env,
      maxBytes: limits.outputBytes,
      flood: { bytes: OUTPUT_FACTOR * limits.outputBytes, onFlood: () => striker.strike("output") },
    });
    await watching.stop();
    const struck = striker.struck() ?? (await struckByEngine(engine, name, result));
    return await commandEnd(result, struck, { timeoutMs, limits, disk: folders.disk });
  } finally {
    await watching.stop();
    await remove(engine, name);
    await rm(script);
  }
}

/**
 * Deleted files that the processes of a container hold, as far as this user may look at them: none of another user's, and
 * none in an engine's own machine. What others write to the same disk must not end a command.
 */
async function heldIn(engine: Engine, name: string): Promise<Deleted> {
  const { output } = await call(engine, ["inspect", "--format", "{{.State.Pid}}", name]);
  return deletedFiles(processesOf(Number(output.trim())));
}

/** @throws SandboxError when the engine did not run the command */
async function struckByEngine(engine: Engine, name: string, { exitCode, output }: ProcessResult) {
  if (exitCode === null || ![...ENGINE_FAILED, KILLED].includes(exitCode)) return null;
  const state = await call(engine, ["inspect", "--format", "{{.State.OOMKilled}} {{.State.Status}}", name]);
  const [isOutOfMemory, status] = state.output.trim().split(" ");
  if (state.exitCode !== 0 || status === "created") {
    throw new SandboxError(`${engine.engine} failed: ${output.slice(0, 500)}`);
  }
  return isOutOfMemory === "true" ? "memory" : null;
}

/** Ends all that is in a container, and looks whether the engine still has it. */
async function remove(engine: Engine, name: string): Promise<void> {
  await call(engine, ["rm", "--force", name]);
  const left = await call(engine, ["ps", "--all", "--quiet", "--filter", `name=${name}`]);
  if (left.exitCode !== 0 || left.output.trim() !== "") {
    throw new SandboxError(`${engine.engine} did not end the container ${name}: ${saidBy(left)}`);
  }
}

function call({ engine, env }: Engine, args: readonly string[]): Promise<ProcessResult> {
  return runProcess(engine, args, { timeoutMs: ENGINE_TIMEOUT_MS, env });
}

function saidBy({ output, failure }: ProcessResult): string {
  if (failure?.includes("ENOENT")) return "it is not installed";
  return (output.trim().split("\n").at(-1) || failure || "nothing was said").slice(0, 300);
}

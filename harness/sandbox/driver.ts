/** What all kinds of sandboxes have in common: a trial's folders, its commands in turn, and their end. */
import { chmodSync } from "node:fs";
import { mkdir, mkdtemp } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import pLimit from "p-limit";
import type { CommandResult, Network, Sandbox, Sandboxes } from "../roles.ts";
import type { Skill } from "../skill/skill.ts";
import { writeSkillFiles } from "../skill/write.ts";
import type { CommandEnd, RunOptions } from "./command-end.ts";
import { type DiskMeter, diskMeter } from "./disk.ts";
import { asSandboxError } from "./fault.ts";
import { limitsIdentity, limitText, type SandboxLimits } from "./limits.ts";
import { removeTree } from "./remove-tree.ts";
import type { Root } from "./root.ts";
import { settleTimes } from "./times.ts";

/** The folders of one trial, on the host. */
export interface TrialFolders {
  /** `/work` inside. */
  readonly work: string;
  /** `/tmp` inside: files stay there, too, from one command to the next. */
  readonly tmp: string;
  /** `/skill` inside, which cannot be written; null without a skill. */
  readonly skill: string | null;
  /** Folder of the socket to the model, which cannot be written; null without. */
  readonly model: string | null;
  readonly disk: DiskMeter;
}

/** A kind of sandbox: how a command is run in it. */
export interface Driver {
  /** Kind and version. */
  readonly identity: string;
  readonly limits: SandboxLimits;
  /** What holds commands to memory, processes and cores, in words. */
  readonly heldBy: string;
  /**
   * Runs a bash command. When it returns, nothing that it started is alive.
   * @throws SandboxError when the sandbox itself fails
   */
  run(folders: TrialFolders, command: string, options: RunOptions): Promise<CommandEnd>;
}

export interface OpenedSandboxes extends Sandboxes, AsyncDisposable {
  readonly limits: SandboxLimits;
  readonly heldBy: string;
}

export interface Shared {
  /** Commands that run at once in all sandboxes together. */
  readonly width?: number;
  readonly network?: Network;
}

export function sandboxesOf(driver: Driver, root: Root, { width, network = "none" }: Shared = {}): OpenedSandboxes {
  const limit = pLimit(width ?? Math.max(2, availableParallelism()));
  const changed = [limitsIdentity(driver.limits), ...(network === "none" ? [] : [`network=${network}`])];

  return {
    limits: driver.limits,
    heldBy: driver.heldBy,
    identity: [driver.identity, ...changed.filter((part) => part !== "")].join(" "),
    network,
    [Symbol.asyncDispose]: () => root[Symbol.asyncDispose](),
    async open({ skill, model = false }) {
      const directory = await mkdtemp(join(root.directory, "trial-")).catch(asSandboxError);
      try {
        const folders = await layOut(directory, { skill, model }, driver.limits);
        return sandboxIn(directory, folders, driver, (run) => limit(run));
      } catch (error) {
        await removeTree(directory);
        return asSandboxError(error);
      }
    },
  };
}

/** A trial has the skill's files for itself, so that it can be told which trial read which. */
async function layOut(
  directory: string,
  { skill: given, model: hasModel }: { skill: Skill | null; model: boolean },
  limits: SandboxLimits,
): Promise<TrialFolders> {
  const [work, tmp] = [join(directory, "work"), join(directory, "tmp")];
  const skill = given === null ? null : join(directory, "skill");
  await Promise.all([mkdir(work, { mode: 0o700 }), mkdir(tmp, { mode: 0o700 })]);
  if (given !== null && skill !== null) {
    await writeSkillFiles(given, skill);
    settleTimes(skill);
  }
  const model = hasModel ? join(directory, "model") : null;
  if (model !== null) await mkdir(model, { mode: 0o755 });
  return { work, tmp, skill, model, disk: diskMeter([work, tmp], limits.diskBytes) };
}

function sandboxIn(
  directory: string,
  folders: TrialFolders,
  driver: Driver,
  inTurn: <T>(run: () => Promise<T>) => Promise<T>,
): Sandbox {
  return {
    directory: folders.work,
    inside: { tmp: folders.tmp, skill: folders.skill, model: folders.model, around: directory },
    async run(command, options) {
      options.signal.throwIfAborted();
      const end = await inTurn(async () => {
        // A command may have barred them, to itself alone.
        for (const folder of [folders.work, folders.tmp]) chmodSync(folder, 0o700);
        return driver.run(folders, command, options);
      }).catch(asSandboxError);
      options.signal.throwIfAborted();
      return resultOf(end, driver.limits);
    },
    async [Symbol.asyncDispose]() {
      await removeTree(directory);
    },
  };
}

function resultOf(end: CommandEnd, limits: SandboxLimits): CommandResult {
  const { output, cutBytes, exitCode, timedOut, durationMs, struck } = end;
  const notice = cutBytes > 0 ? `\n[output was cut: ${cutBytes} more bytes were not kept]` : "";
  const killed = struck === null ? {} : { killed: `more than ${limitText(struck, limits)}` };
  return { output: output + notice, exitCode, timedOut, durationMs, ...killed };
}

/**
 * The sandbox of a trial on Linux: one bubblewrap namespace a command (8 ms each where measured; a warm shell would save
 * little beside starting Python), an empty root, no network, no inherited environment, and only the trial's folders writable.
 */
import { chmod } from "node:fs/promises";
import { dirname } from "node:path";
import { SetupError } from "../errors.ts";
import { type Driver, type OpenedSandboxes, type Shared, sandboxesOf, type TrialFolders } from "./driver.ts";
import { MODEL_FOLDER, type Mount } from "./frame.ts";
import { openHost, tryFresh } from "./host.ts";
import { DEFAULT_LIMITS, type SandboxLimits } from "./limits.ts";
import { type Host, runInNamespace } from "./namespace.ts";
import { giveTo } from "./owner.ts";

export interface SandboxesOptions extends Shared {
  readonly limits?: SandboxLimits;
}

/**
 * Makes ready what all sandboxes of this process share. Disposing it deletes all that is left of them.
 * @throws SetupError when bubblewrap is missing or this machine does not let it work, with the cure
 */
export async function openSandboxes(options: SandboxesOptions = {}): Promise<OpenedSandboxes> {
  const { limits = DEFAULT_LIMITS } = options;
  await using open = new AsyncDisposableStack();
  const { host, heldBy } = open.use(await openHost(limits));
  await assertPython(host);
  const opened = open.move();
  const root = { directory: host.root, [Symbol.asyncDispose]: () => opened.disposeAsync() };
  return sandboxesOf({ identity: "bubblewrap/2", limits, heldBy, run: runInTrials(host) }, root, options);
}

/** What agents are told is there; without it they would fail through no fault of theirs. */
const PYTHON = `/usr/bin/python3 -c 'import importlib.util as u; print([m for m in ("openpyxl", "pandas") if u.find_spec(m) is None])'`;

async function assertPython(host: Host): Promise<void> {
  const said = await tryFresh(host, PYTHON);
  if (said === "[]") return;
  throw new SetupError(
    `agents need Python 3 with openpyxl and pandas, and inside the sandbox it says: ${said || "nothing"}. ` +
      "Install them: apt-get install python3 python3-openpyxl python3-pandas",
  );
}

/** @returns runs commands, by the user of the host's choice */
function runInTrials(host: Host): Driver["run"] {
  const given = new WeakMap<TrialFolders, Promise<void>>();
  return async (folders, command, options) => {
    if (host.owner !== null) {
      const giving = given.get(folders) ?? giveAll(host.owner, folders);
      given.set(folders, giving);
      await giving;
    }
    return runInNamespace(host, mountsOf(folders), command, { ...options, disk: folders.disk });
  };
}

/** The first command finds what was laid out before it to be its own, as it is where the tool does not run as root. */
async function giveAll(owner: number, { work, tmp, skill }: TrialFolders): Promise<void> {
  for (const parent of new Set([dirname(work), dirname(tmp)])) await chmod(parent, 0o711);
  await Promise.all([work, tmp, ...(skill === null ? [] : [skill])].map((folder) => giveTo(owner, folder)));
}

function mountsOf({ work, tmp, skill, model }: TrialFolders): Mount[] {
  return [
    { from: work, to: "/work", writable: true },
    { from: tmp, to: "/tmp", writable: true },
    ...(skill === null ? [] : [{ from: skill, to: "/skill", writable: false }]),
    ...(model === null ? [] : [{ from: model, to: MODEL_FOLDER, writable: false }]),
  ];
}

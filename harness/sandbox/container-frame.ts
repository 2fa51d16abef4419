/** The world that every container shows: the engine's arguments, and the image that has what agents are told is there. */
import { join } from "node:path";
import type { TrialFolders } from "./driver.ts";
import { ENVIRONMENT, MODEL_FOLDER, MODEL_SOCKET, SOCKET_NAME } from "./frame.ts";
import type { SandboxLimits } from "./limits.ts";

export const DEFAULT_IMAGE = "trace2skill-sandbox:1";

const PACKAGES =
  "python3 python3-openpyxl python3-pandas python3-pil libreoffice-calc-nogui fonts-dejavu-core procps util-linux";

/** One line for a shell. */
export const BUILD_COMMAND = (engine: string) =>
  `printf 'FROM docker.io/library/debian:12-slim\\nRUN apt-get update && apt-get install -y --no-install-recommends ${PACKAGES} && rm -rf /var/lib/apt/lists/*\\n' | ` +
  `${engine} build -t ${DEFAULT_IMAGE} -`;

export interface Container {
  readonly engine: "docker" | "podman";
  readonly image: string;
  readonly limits: SandboxLimits;
  /** Where `passwd` and `group` are. */
  readonly root: string;
  readonly name: string;
  /** The command as a file. */
  readonly script: string;
  readonly folders: TrialFolders;
}

/**
 * Arguments of the engine to run one command: no network, no capabilities, no root file system that could be written,
 * no new privileges, the limits that the engine knows; its own seccomp filter stays in place.
 */
export function containerArguments(container: Container): string[] {
  const { engine, image, limits, root, name, script, folders } = container;
  const [uid, gid] = [process.getuid?.() ?? 1000, process.getgid?.() ?? 1000];
  const readOnly = [
    [join(root, "passwd"), "/etc/passwd"],
    [join(root, "group"), "/etc/group"],
    [script, "/run/command"],
    ...(folders.skill === null ? [] : [[folders.skill, "/skill"]]),
    ...(folders.model === null ? [] : [[folders.model, MODEL_FOLDER]]),
  ];
  const named = folders.model === null ? {} : { [MODEL_SOCKET]: `${MODEL_FOLDER}/${SOCKET_NAME}` };
  return [
    // Its log would keep all output on the engine's disk.
    ...["run", "--name", name, "--pull", "never", "--log-driver", "none"],
    ...["--network", "none", "--read-only", "--cap-drop", "ALL", "--hostname", "sandbox"],
    ...["--security-opt", "no-new-privileges", "--security-opt", "label=disable", "--user", `${uid}:${gid}`],
    ...(engine === "podman" ? ["--read-only-tmpfs=false", ...(uid === 0 ? [] : ["--userns", "keep-id"])] : []),
    ...["--memory", String(limits.memoryBytes), "--memory-swap", String(limits.memoryBytes)],
    ...["--cpus", String(limits.cpus), "--pids-limit", String(limits.processes), "--shm-size", "64m"],
    ...["--ulimit", `fsize=${limits.fileBytes}`, "--ulimit", "nofile=1024", "--ulimit", "core=0"],
    ...["--mount", `type=bind,source=${folders.work},target=/work`],
    ...["--mount", `type=bind,source=${folders.tmp},target=/tmp`],
    ...readOnly.flatMap(([from, to]) => ["--mount", `type=bind,source=${from},target=${to},readonly`]),
    ...Object.entries({ ...ENVIRONMENT, ...named }).flatMap(([key, value]) => ["--env", `${key}=${value}`]),
    ...["--workdir", "/work", "--entrypoint", "/bin/bash", image, "/run/command"],
  ];
}

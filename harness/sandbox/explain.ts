/** An agent's world in words, from one place: looked up inside a sandbox of the kind asked for, so that it is what agents find. */
import type { Network } from "../roles.ts";
import type { OpenedSandboxes } from "./driver.ts";
import { MODEL_SOCKET } from "./frame.ts";
import { bytesText, LIMIT_FIELDS, type LimitName, limitText, type SandboxLimits } from "./limits.ts";
import type { SandboxKind } from "./open.ts";
import { ABSENT, FORBIDDEN } from "./seccomp/refused.ts";

export interface World {
  readonly sandbox: string;
  /** What a command there said: name and finding, in order. */
  readonly programs: readonly (readonly [string, string])[];
  /** Python's packages, `name version`, sorted. */
  readonly packages: readonly string[];
  readonly paths: readonly (readonly [string, string])[];
  readonly limits: readonly (readonly [LimitName, string])[];
  /** User, host, environment, network, and what the kernel is kept from. */
  readonly surroundings: readonly (readonly [string, string])[];
}

const TIMEOUT_MS = 60_000;
const PROGRAMS: Readonly<Record<string, string>> = {
  system: '. /usr/lib/os-release; echo "$PRETTY_NAME, $(uname -m)"',
  bash: 'echo "$BASH_VERSION"',
  python3: "python3 -c 'import sys; print(sys.version.split()[0])'",
  LibreOffice: "soffice --version | head -n 1",
  perl: "perl -e 'print substr($^V, 1), \"\\n\"'",
  node: "node --version",
  gcc: "gcc -dumpfullversion",
  git: "git --version",
};
const PACKAGES = `python3 -c '
from importlib.metadata import distributions
print("\\n".join(sorted({f"{d.name} {d.version}" for d in distributions() if d.name}, key=str.lower)))'`;
const USER = 'echo "$(whoami) ($(id -u):$(id -g)) on $(hostname), time zone $(date +%Z), in $(pwd)"';

export async function explainWorld(sandboxes: OpenedSandboxes, kind: SandboxKind, signal: AbortSignal): Promise<World> {
  await using sandbox = await sandboxes.open({ skill: null });
  const say = async (command: string) => {
    const { output, exitCode } = await sandbox.run(`{ ${command}\n} 2>/dev/null`, { timeoutMs: TIMEOUT_MS, signal });
    return exitCode === 0 && output.trim() !== "" ? output.trim() : null;
  };
  const programs = Object.entries(PROGRAMS).map(
    async ([name, command]) => [name, (await say(command)) ?? "–"] as const,
  );
  const [found, packages, user, environment] = await Promise.all([
    Promise.all(programs),
    say(PACKAGES),
    say(USER),
    say("env | sort | grep -v -e ^SHLVL= -e ^_= -e ^PWD= -e ^OLDPWD="),
  ]);
  return {
    sandbox: sandboxes.identity,
    programs: found,
    packages: packages?.split("\n") ?? [],
    paths: pathsOf(kind, sandboxes.limits),
    limits: (Object.keys(LIMIT_FIELDS) as LimitName[]).map((name) => [name, limitInWords(name, sandboxes.limits)]),
    surroundings: [
      ["user", user ?? "–"],
      ["environment", environment?.split("\n").join("  ") ?? "–"],
      ["limits", `held by ${sandboxes.heldBy}`],
      ["network", networkOf(kind, sandboxes.network ?? "none")],
      ...keptFrom(kind),
    ],
  };
}

function pathsOf(kind: SandboxKind, limits: SandboxLimits): World["paths"] {
  const disk = bytesText(limits.diskBytes);
  const work = "the trial's folder: the task's files; what is handed in is left here; files stay between commands";
  if (kind === "none") {
    return [
      ["/work", `${work}; a folder of the host's, which commands and their output call so`],
      ["$TMPDIR", `home and scratch; files stay between commands; ${disk} with /work`],
      ["/tmp", "THE HOST'S OWN"],
      ["/skill", "the skill, where there is one, as /work; can be written"],
      ["/", "THE HOST'S OWN, as the user who started the tool may read and write it"],
    ];
  }
  return [
    ["/work", work],
    ["/tmp", `home and scratch; files stay between commands; ${disk} with /work`],
    ["/skill", "the skill, where there is one; cannot be written"],
    ["/", "programs and libraries of the system, which cannot be written; no home, no other trial, no data"],
    ["/dev/shm", "shared memory, at most 64 MB, for one command"],
  ];
}

function limitInWords(name: LimitName, limits: SandboxLimits): string {
  if (name === "output") {
    return `${bytesText(limits.outputBytes)} kept; after ${limitText("output", limits)} the command is killed`;
  }
  if (name === "command") return limits.commandMs === null ? "as --command-time-limit says" : limitText(name, limits);
  return limitText(name, limits);
}

function networkOf(kind: SandboxKind, network: Network): string {
  const model = network === "none" ? "" : `; chat completions of the run's own model at the socket $${MODEL_SOCKET}`;
  if (kind === "none") return `THE HOST'S OWN${model}`;
  return `none, not even to this machine; loopback is the command's own${model}`;
}

function keptFrom(kind: SandboxKind): World["surroundings"] {
  switch (kind) {
    case "bubblewrap": {
      const names = [...FORBIDDEN, ...ABSENT].map((call) => call.name);
      return [
        ["kernel", `no capabilities, no setuid, no namespaces within; refused by seccomp: ${names.join(", ")}`],
        ["processes", "a namespace for each command; when it ends, all that it started is killed"],
      ];
    }
    case "docker":
    case "podman":
      return [
        ["kernel", `no capabilities, no setuid; ${kind}'s own seccomp filter`],
        ["processes", "a container for each command; when it ends, all that it started is killed"],
      ];
    case "none":
      return [
        ["processes", "THE HOST'S OWN are in sight; those of a command are killed at its end as far as they are found"],
      ];
    default:
      return kind satisfies never;
  }
}

/** For people: a line for each thing. */
export function worldText({ sandbox, programs, packages, paths, limits, surroundings }: World): string {
  const rows = (pairs: readonly (readonly [string, string])[]) =>
    pairs.map(([name, text]) => `  ${name.padEnd(12)} ${text}`);
  return [
    `An agent's world: ${sandbox}`,
    ...["", "Paths", ...rows(paths)],
    ...["", "Limits of a command, with all that it starts", ...rows(limits)],
    ...["", "Surroundings", ...rows(surroundings)],
    ...["", "Programs", ...rows(programs)],
    ...["", `Python packages (${packages.length})`, `  ${packages.join(", ")}`],
  ].join("\n");
}

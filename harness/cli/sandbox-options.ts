/** Options of everything that opens sandboxes: which kind, within which limits. */
import type { Command } from "commander";
import { UsageError } from "../errors.ts";
import type { Network } from "../roles.ts";
import { DEFAULT_LIMITS, LIMIT_FIELDS, type LimitName, type SandboxLimits } from "../sandbox/limits.ts";
import { SANDBOX_KINDS, type SandboxChoice, type SandboxKind } from "../sandbox/open.ts";
import type { Io } from "./io.ts";
import { oneOf } from "./options.ts";

export interface SandboxSettings {
  readonly sandbox: Pick<SandboxChoice, "kind" | "image">;
  readonly sandboxLimits?: Partial<SandboxLimits>;
  readonly network: Network;
}

const KIND: SandboxSettings["sandbox"] = { kind: "bubblewrap" };

export function addSandboxOptions(command: Command): Command {
  return command
    .option(
      "--sandbox <kind>",
      "bubblewrap, docker or podman (docker:IMAGE for an image of one's own), or none: commands of agents then run as you, on your files",
      sandboxKind,
      KIND,
    )
    .option(
      "--sandbox-limits <list>",
      "such as memory=2g,cpu=2,processes=128,file=256m,disk=1g,command=120s,output=1m; what is not named stays as --explain-sandbox of run shows it",
      sandboxLimits,
    )
    .option(
      "--network <mode>",
      "none: an agent's commands reach nothing; model: they reach the run's own model through the socket $MODEL_SOCKET, and nothing else",
      oneOf<Network>("--network", ["none", "model"]),
      "none",
    );
}

/** The sandboxes asked for; that there is none is said aloud. */
export function sandboxAsked({ sandbox, sandboxLimits: asked, network }: SandboxSettings, io: Io): SandboxChoice {
  if (sandbox.kind === "none") {
    io.err(
      "WARNING: --sandbox none. What the model writes runs as you on this machine: it can read answers, keys and all your " +
        "files, change them, and use the network. Use it only where the machine itself is the sandbox. Results are marked.",
    );
  }
  return { ...sandbox, limits: { ...DEFAULT_LIMITS, ...asked }, network };
}

function sandboxKind(text: string): SandboxSettings["sandbox"] {
  const [name = "", ...rest] = text.split(":");
  const kind = oneOf<SandboxKind>("--sandbox", SANDBOX_KINDS)(name);
  const image = rest.join(":");
  if (text === name) return { kind };
  if (image === "" || kind === "bubblewrap" || kind === "none") {
    throw new UsageError(`--sandbox takes an image with docker or podman only, such as docker:my/image; found ${text}`);
  }
  return { kind, image };
}

interface Unit {
  readonly example: string;
  readonly pattern: RegExp;
  readonly factors: Readonly<Record<string, number>>;
  readonly whole: boolean;
}

const BYTES: Unit = {
  example: "256m or 2g",
  pattern: /^(\d+(?:\.\d+)?)([kmg])$/i,
  factors: { k: 1024, m: 1024 ** 2, g: 1024 ** 3 },
  whole: true,
};
const COUNT: Unit = { example: "128", pattern: /^(\d+)()$/, factors: { "": 1 }, whole: true };
const CORES: Unit = { example: "2 or 0.5", pattern: /^(\d+(?:\.\d+)?)()$/, factors: { "": 1 }, whole: false };
const TIME: Unit = { example: "120s", pattern: /^(\d+(?:\.\d+)?)(s)$/, factors: { s: 1_000 }, whole: true };

/** What a limit may be: from what a command needs to start at all, to what the kernel, timers and memory can hold. */
interface Written {
  readonly unit: Unit;
  readonly least: number;
  readonly most: number;
}

const MIB = 1024 ** 2;
const LARGEST = 1024 ** 5;

const WRITTEN: Readonly<Record<LimitName, Written>> = {
  memory: { unit: BYTES, least: 64 * MIB, most: LARGEST },
  cpu: { unit: CORES, least: 0.1, most: 65_536 },
  processes: { unit: COUNT, least: 8, most: 4_194_304 },
  file: { unit: BYTES, least: MIB, most: LARGEST },
  disk: { unit: BYTES, least: MIB, most: LARGEST },
  command: { unit: TIME, least: 1_000, most: 2_147_483_000 },
  output: { unit: BYTES, least: 1024, most: 64 * MIB },
};

function sandboxLimits(text: string): Partial<SandboxLimits> {
  const limits: Partial<Record<keyof SandboxLimits, number>> = {};
  for (const part of text.split(",")) {
    const [name = "", value = "", ...rest] = part.split("=").map((piece) => piece.trim());
    const limit = oneOf<LimitName>("--sandbox-limits", Object.keys(LIMIT_FIELDS) as LimitName[])(name);
    if (rest.length > 0 || value === "") throw new UsageError(`--sandbox-limits takes NAME=VALUE, found ${part}`);
    if (LIMIT_FIELDS[limit] in limits) throw new UsageError(`--sandbox-limits names ${limit} twice: ${text}`);
    limits[LIMIT_FIELDS[limit]] = readValue(limit, value);
  }
  return limits;
}

function readValue(name: LimitName, text: string): number {
  const { unit, least, most } = WRITTEN[name];
  const [, number = "", suffix = ""] = unit.pattern.exec(text) ?? [];
  const value = Number(number) * (unit.factors[suffix.toLowerCase()] ?? 0);
  if (number === "" || value < least) {
    throw new UsageError(
      `--sandbox-limits ${name} must be ${unit.example}, at least ${asWritten(least, unit)}; found ${text}`,
    );
  }
  if (value > most) {
    throw new UsageError(`--sandbox-limits ${name} must be at most ${asWritten(most, unit)}; found ${text}`);
  }
  return unit.whole ? Math.round(value) : value;
}

/** In the largest unit that divides it. */
function asWritten(value: number, { factors }: Unit): string {
  const [suffix, factor] = Object.entries(factors).findLast(([, size]) => value % size === 0) ?? ["", 1];
  return `${value / factor}${suffix}`;
}

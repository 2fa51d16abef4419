/** Options on how many calls and trials are under way at once, and on how long calls that fail are tried again. */
import { availableParallelism } from "node:os";
import type { Command } from "commander";
import { UsageError } from "../errors.ts";
import type { Connections } from "../model/endpoints.ts";
import { mostOf, type Width } from "../run/width.ts";
import { integer } from "./parsers.ts";

export interface ConnectionSettings {
  readonly maxRetries: number;
  /** In seconds. */
  readonly retryTime: number;
  readonly minConnections: number;
  readonly maxConnections?: number;
  readonly trialsAtOnce?: number;
}

/** The most calls in flight at one server when nothing else is said. */
const CONNECTIONS = 128;
/** A trial is a command now and then, and a wait for the model in between. */
const TRIALS_A_PROCESSOR = 8;
const FEWEST_TRIALS = 16;
/** Each takes a third of a megabyte when its trajectory is long. */
const MOST_MORE_TRIALS = 128;

export function addConnectionOptions(command: Command): Command {
  return command
    .option(
      "--max-retries <n>",
      "tries after the first of a call that may pass: connection, silence, 429, 5xx",
      integer("--max-retries", 0),
      8,
    )
    .option(
      "--retry-time <seconds>",
      "no try of a call begins later than this after its first failure",
      integer("--retry-time", 0, 86_400),
      600,
    )
    .option(
      "-j, --max-connections <n>",
      `most model calls in flight at one server (default: ${CONNECTIONS}); starts at 20, grows while answers come as fast as before, shrinks on 429 and overload`,
      integer("--max-connections", 1),
    )
    .option(
      "--min-connections <n>",
      "fewest model calls in flight at one server that the limit shrinks to",
      integer("--min-connections", 1),
      1,
    )
    .option(
      "--trials-at-once <n>",
      `trials under way at once (default: up to twice --max-connections where given, at most ${MOST_MORE_TRIALS} more than it; else ${TRIALS_A_PROCESSOR} a processor, at least ${FEWEST_TRIALS})`,
      integer("--trials-at-once", 1),
    );
}

/** The limits of each server. @throws UsageError when the floor is above the cap */
export function connectionsOf({
  minConnections: floor,
  maxConnections: cap = CONNECTIONS,
}: ConnectionSettings): Connections {
  if (floor > cap) {
    throw new UsageError(`--min-connections ${floor} is more than --max-connections ${cap}`);
  }
  return { floor, cap };
}

/** How often and how long calls are tried, and how many at once, as a session takes it. */
export function connectingOf(settings: ConnectionSettings) {
  const { maxRetries, retryTime } = settings;
  return { maxRetries, retryMs: retryTime * 1_000, connections: connectionsOf(settings) };
}

/** More trials than connections keep every connection busy until the last trials: those that wait for a command leave room. */
export function trialsAtOnce({
  trialsAtOnce: asked,
  maxConnections,
}: Pick<ConnectionSettings, "trialsAtOnce" | "maxConnections">): Width {
  const byMachine = Math.max(FEWEST_TRIALS, TRIALS_A_PROCESSOR * availableParallelism());
  if (maxConnections === undefined) return asked ?? Math.min(CONNECTIONS, byMachine);
  const more = Math.min(maxConnections, MOST_MORE_TRIALS);
  return asked ?? { least: maxConnections + Math.ceil(more / 2), most: maxConnections + more };
}

/** Calls in flight while there is work for all. */
export function callsAtOnce(settings: ConnectionSettings): number {
  return Math.min(mostOf(trialsAtOnce(settings)), connectionsOf(settings).cap);
}

/**
 * What of a server's examination can decide a result: kept with a run, and compared with that of other runs.
 * It is no part of the fingerprint: whether somebody had asked the doctor must not make two equal runs differ.
 */
import { z } from "zod";

export const SERVER_KINDS = [
  "vllm",
  "sglang",
  "llama.cpp",
  "ollama",
  "lm-studio",
  "tgi",
  "simulated",
  "unknown",
] as const;
export const ServerKind = z.enum(SERVER_KINDS);
export type ServerKind = z.infer<typeof ServerKind>;

/** `partly`: with a flaw that `found` tells. `unknown`: what was seen proves neither. */
export const Verdict = z.enum(["yes", "partly", "no", "unknown"]);
export type Verdict = z.infer<typeof Verdict>;

export const KnownServer = z.strictObject({
  endpoint: z.string(),
  model: z.string(),
  kind: ServerKind,
  version: z.string().nullable(),
  contextTokens: z.number().int().nonnegative().nullable(),
  capabilities: z.record(z.string(), Verdict),
  /** When the doctor asked; two servers that differ in this alone are equal. */
  askedAt: z.iso.datetime(),
});
export type KnownServer = z.infer<typeof KnownServer>;

/** Adds servers to those that are there, each once; the first date stays. */
export function joinServers(there: readonly KnownServer[], more: readonly KnownServer[]): KnownServer[] {
  const joined = [...there];
  for (const server of more) {
    const isThere = joined.some(
      (known) =>
        known.endpoint === server.endpoint &&
        known.model === server.model &&
        serverDifferences([known], [server], { sameModel: true }).length === 0,
    );
    if (!isThere) joined.push(server);
  }
  return joined;
}

/**
 * What two runs' servers differ in, as far as both were known: what only one of them told is no difference.
 * @param sameModel false compares kind and version alone: context and capabilities belong to the model as well
 * @returns a part with both values each, such as `version`
 */
export function serverDifferences(
  a: readonly KnownServer[],
  b: readonly KnownServer[],
  { sameModel }: { sameModel: boolean },
): string[] {
  const [left, right] = [valuesOf(a, sameModel), valuesOf(b, sameModel)];
  return [...left].flatMap(([name, value]) => {
    const other = right.get(name);
    return other === undefined || other === value ? [] : [`${name} (${value}, ${other})`];
  });
}

/** Each part with its values over all servers of a run, each once and in order: the order of servers says nothing. */
function valuesOf(servers: readonly KnownServer[], withCapabilities: boolean): Map<string, string> {
  const told = servers.flatMap((server) => partsOf(server, withCapabilities));
  const groups = Map.groupBy(told, ([name]) => name);
  return new Map(
    [...groups].map(([name, group]) => [name, [...new Set(group.map(([, value]) => value))].sort().join(" and ")]),
  );
}

function partsOf(server: KnownServer, withCapabilities: boolean): (readonly [string, string])[] {
  const { kind, version, contextTokens, capabilities } = server;
  const told = [
    ...(kind === "unknown" ? [] : [["server", kind] as const]),
    ...(version === null ? [] : [["version", version] as const]),
  ];
  if (!withCapabilities) return told;
  const context = contextTokens === null ? [] : [["context", String(contextTokens)] as const];
  return [...told, ...context, ...Object.entries(capabilities)];
}

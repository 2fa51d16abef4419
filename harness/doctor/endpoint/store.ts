/** Where examinations are kept, one file for each model of an endpoint; the youngest counts. */
import { join } from "node:path";
import { hashJson } from "../../hash.ts";
import { readJson, writeJson } from "../../run/files.ts";
import { fileNameOf, makeFolder } from "../../run/store.ts";
import type { KnownServer, Verdict } from "./known-server.ts";
import { isUsable, ServerReport } from "./record.ts";

/** Seen by chance, or without a bearing on results: they would mark equal servers as different. */
const UNDECIDING = new Set([
  "seed",
  "cached tokens",
  "streaming",
  "logprobs",
  "JSON mode",
  "JSON schema",
  "tool_choice",
  "context",
]);

function pathOf(cacheDirectory: string, endpoint: string, model: string): string {
  const name = `${fileNameOf(model)}.${hashJson({ endpoint, model }).slice(0, 12)}.json`;
  return join(cacheDirectory, "servers", name);
}

/**
 * Keeps a report in place of an older one.
 * @returns the file; null when nothing is kept: of a server that did not answer, and of the built-in simulated model, whose
 *   name in the fingerprint says all of it
 */
export async function keepReport(cacheDirectory: string, report: ServerReport): Promise<string | null> {
  if (!isUsable(report) || report.endpoint.startsWith("simulated:")) return null;
  const path = pathOf(cacheDirectory, report.endpoint, report.model);
  await makeFolder(join(cacheDirectory, "servers"));
  await writeJson(path, report);
  return path;
}

/** The last examination, or null; a file that cannot be read counts as none, for asking again is cheap. */
export async function keptReport(
  cacheDirectory: string,
  endpoint: string,
  model: string,
): Promise<ServerReport | null> {
  const stored = await readJson(pathOf(cacheDirectory, endpoint, model), ServerReport);
  return stored.kind === "read" ? stored.value : null;
}

/** The part of a report that goes with a run. */
export function knownServerOf({
  endpoint,
  model,
  server,
  contextTokens,
  capabilities,
  askedAt,
}: ServerReport): KnownServer {
  const verdicts = capabilities.flatMap(({ name, verdict }): [string, Verdict][] =>
    UNDECIDING.has(name) || verdict === "unknown" ? [] : [[name, verdict]],
  );
  return { endpoint, model, ...server, contextTokens, capabilities: Object.fromEntries(verdicts), askedAt };
}

/** An examination as text for a terminal. */
import { changesOf, usesOf } from "../doctor/endpoint/plan.ts";
import { type Capability, isUsable, type ServerReport } from "../doctor/endpoint/record.ts";
import { printable } from "../text.ts";

const INDENT = " ".repeat(26);

/** @param kept file that holds the report; null when it is not kept */
export function serverText(report: ServerReport, kept: string | null): string {
  const { endpoint, model, server, capabilities } = report;
  const kind = server.kind === "unknown" ? "a server of unknown kind" : [server.kind, server.version ?? ""].join(" ");
  return [
    `${endpoint}${model === "" ? "" : `, model ${printable(model)}`}: ${printable(kind)}`,
    "",
    ...capabilities.filter(({ why }) => why !== null).map(linesOf),
    ...unused(capabilities.filter(({ why }) => why === null)),
    "",
    ...(isUsable(report) ? conclusion(report) : ["No run can be made there before this is mended."]),
    "",
    spentLine(report),
    ...(kept === null ? [] : [`kept in ${kept}; runs on this endpoint and model will name it`]),
  ].join("\n");
}

function linesOf({ name, verdict, found, why, cure }: Capability): string {
  const line = `${verdict.padEnd(8)} ${name.padEnd(16)} ${found}`;
  return verdict === "yes"
    ? line
    : [line, why ?? "", ...(cure === null ? [] : [`change: ${cure}`])].join(`\n${INDENT}`);
}

function unused(capabilities: readonly Capability[]): string[] {
  if (capabilities.length === 0) return [];
  return [
    "",
    "Not used by this tool",
    ...capabilities.map(({ name, verdict, found }) => `${verdict.padEnd(8)} ${name.padEnd(16)} ${found}`),
  ];
}

function conclusion(report: ServerReport): string[] {
  const changes = changesOf(report);
  return [
    "A run here",
    ...usesOf(report).map(({ name, value }) => `  ${name.padEnd(10)} ${value}`),
    ...(changes.length === 0 ? [] : ["", "What could be changed", ...changes.map((change) => `  ${change}`)]),
  ];
}

function spentLine({ spent: { calls, inputTokens, outputTokens, uncounted } }: ServerReport): string {
  if (calls === 0) return "No model call was made.";
  const unknown = uncounted === 0 ? "" : `; ${uncounted} answers did not tell`;
  return `${calls} calls: ${inputTokens} tokens in, ${outputTokens} out, as the server counts${unknown}`;
}

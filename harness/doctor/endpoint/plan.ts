/** What a run on an examined server will do, and what should be changed first. Pure. */
import { NO_SEED_CURE } from "./probe-seed.ts";
import type { Capability, ServerReport } from "./record.ts";

export interface Use {
  readonly name: string;
  readonly value: string;
}

/** The ways of a run here, with the options that choose them. */
export function usesOf(report: ServerReport): Use[] {
  return [
    { name: "protocol", value: protocolOf(report) },
    { name: "thinking", value: thinkingOf(report) },
    { name: "context", value: contextOf(report) },
    { name: "seed", value: seedOf(report) },
    { name: "images", value: imagesOf(report) },
    { name: "tokens", value: tokensOf(report) },
  ];
}

/** Each cure once, those of what decides a run first: in the order of the capabilities. */
export function changesOf({ capabilities }: ServerReport): string[] {
  const cures = capabilities.flatMap(({ name, cure, why }) => (cure === null || why === null ? [] : [{ name, cure }]));
  return [...Map.groupBy(cures, ({ cure }) => cure)].map(
    ([cure, group]) => `${group.map(({ name }) => name).join(", ")}: ${cure}`,
  );
}

function of({ capabilities }: ServerReport, name: string): Capability["verdict"] {
  return capabilities.find((capability) => capability.name === name)?.verdict ?? "unknown";
}

function protocolOf(report: ServerReport): string {
  switch (of(report, "tools")) {
    case "yes":
      return of(report, "tool results") === "no"
        ? "text: tool calls work, but their results are refused (--protocol text)"
        : "tools (the default): native calls work";
    case "partly":
      return "tools can be tried: calls are picked out of the words and counted as repaired; --protocol text is the safer way";
    case "no":
      return "text (--protocol text): native calls do not work here";
    case "unknown":
      return "not clear: ask again, or --protocol text";
  }
}

function thinkingOf({ thinking: { field, off, on } }: ServerReport): string {
  if (field === null) return "none was seen";
  const back = field === "content" ? "taken out of the words" : `read from ${field} and sent back under that name`;
  if (on !== null) return `off unless asked for with ${optionOf(on)}; ${back}`;
  return `on unless switched off${off === null ? "" : ` with ${optionOf(off)}`}; ${back}`;
}

/** The option of a run that sends these fields. */
function optionOf(fields: Readonly<Record<string, unknown>>): string {
  const { chat_template_kwargs: kwargs } = fields;
  const thinking =
    typeof kwargs === "object" && kwargs !== null && "enable_thinking" in kwargs ? kwargs.enable_thinking : null;
  return thinking === null
    ? `--extra-body '${JSON.stringify(fields)}'`
    : `--thinking ${thinking === true ? "on" : "off"}`;
}

function contextOf({ contextTokens }: ServerReport): string {
  return contextTokens === null ? "unknown" : `${contextTokens} tokens; longer trials end with exit context-limit`;
}

function seedOf(report: ServerReport): string {
  if (of(report, "seed") === "no" && refusesSeed(report)) return "refused here: give --seed-policy withhold";
  const sent = "sent with every call";
  return of(report, "seed") === "yes" ? `${sent}, and seems to count` : `${sent}; do not count on it`;
}

function refusesSeed({ capabilities }: ServerReport): boolean {
  return capabilities.some(({ name, cure }) => name === "seed" && cure === NO_SEED_CURE);
}

function imagesOf(report: ServerReport): string {
  if (of(report, "images") === "unknown") return "not clear: ask again before a benchmark of documents";
  return of(report, "images") === "yes" ? "pages of documents can be shown" : "leave out benchmarks of documents";
}

function tokensOf(report: ServerReport): string {
  if (of(report, "usage") === "unknown") return "not clear: ask again before a token or cost limit is relied on";
  if (of(report, "usage") !== "yes") return "not counted by the server: token and cost limits cannot hold";
  return of(report, "cached tokens") === "yes"
    ? "counted, cached ones apart"
    : "counted; cached ones are not told apart";
}

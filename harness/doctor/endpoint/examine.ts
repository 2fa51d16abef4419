/** Looks at one model behind an endpoint: free questions first, then about twenty short calls, four at once. */
import pLimit from "p-limit";
import { FORMAT_VERSION } from "../../records.ts";
import { shown } from "./answer.ts";
import { capabilityOf, openTalk, type Probe, type Talk, user } from "./probe.ts";
import { CONTEXT_WHY, examineContext } from "./probe-context.ts";
import { imagesProbe } from "./probe-images.ts";
import { seedProbe } from "./probe-seed.ts";
import {
  cachedTokensProbe,
  jsonModeProbe,
  jsonSchemaProbe,
  logprobsProbe,
  samplingProbe,
  stopProbe,
  streamProbe,
  usageProbe,
} from "./probe-text.ts";
import { thinkingProbe } from "./probe-thinking.ts";
import { parallelToolsProbe, toolChoiceProbe, toolResultProbe, toolsProbe } from "./probe-tools.ts";
import { type Capability, isUsable, type ServerReport } from "./record.ts";
import { askNative, keyRefused, type ListedModel, listModels } from "./served.ts";
import { openWire, type Wire } from "./wire.ts";

export interface ExamineOptions {
  readonly baseUrl: string;
  /** What runs call this endpoint: the address itself, or the identity of the simulated model. */
  readonly identity: string;
  /** Null: the only one that is served. */
  readonly model: string | null;
  readonly apiKey: string | null;
  readonly timeoutMs: number;
  /** Sends a prompt beyond the context length, or ever longer ones where it is not known. */
  readonly probeContext: boolean;
  readonly signal: AbortSignal;
  /** Told of each finding when it is there. */
  readonly onFound: (capability: Capability) => void;
}

/** One after the other: the later ones build on what these saw. */
const FIRST: readonly Probe[] = [thinkingProbe, toolsProbe];
/** At once. */
const REST: readonly Probe[] = [
  toolResultProbe,
  parallelToolsProbe,
  usageProbe,
  cachedTokensProbe,
  stopProbe,
  seedProbe,
  samplingProbe,
  imagesProbe,
  jsonModeProbe,
  jsonSchemaProbe,
  toolChoiceProbe,
  streamProbe,
  logprobsProbe,
];
const AT_ONCE = 4;

const ANSWERS_WHY = "without an answer to a short chat nothing can be run";

/** Never throws for what a server does; whether it is of use, `isUsable` tells. */
export async function examineEndpoint(options: ExamineOptions): Promise<ServerReport> {
  await using wire = openWire(options);
  const begun = { endpoint: options.identity, askedAt: new Date().toISOString() };
  const listed = await listModels(wire, options.apiKey !== null);
  if (listed.kind === "broken") return brokenReport(begun, options.model ?? "", listed, wire);
  const chosen = chooseModel(listed.models, options);
  if ("problem" in chosen) return brokenReport(begun, options.model ?? "", chosen, wire);
  const native = await askNative(wire, chosen.name, chosen.entry);
  const talk = openTalk(wire, chosen.name, native);
  const answers = await firstChat(talk, options, listed.models);
  options.onFound(answers);
  const usable = isUsable({ capabilities: [answers] });
  const context = usable ? await examineRest(talk, options) : { capabilities: [], tokens: native.contextTokens };
  return {
    ...headOf(begun, chosen.name),
    server: { kind: native.kind, version: native.version },
    contextTokens: context.tokens,
    thinking: talk.thinking,
    capabilities: [answers, ...context.capabilities],
    spent: { ...talk.spent },
  };
}

async function examineRest(
  talk: Talk,
  { probeContext, onFound }: ExamineOptions,
): Promise<{ capabilities: Capability[]; tokens: number | null }> {
  const told = (capability: Capability) => {
    onFound(capability);
    return capability;
  };
  const first: Capability[] = [];
  for (const probe of FIRST) first.push(told(await capabilityOf(probe, talk)));
  const limit = pLimit(AT_ONCE);
  const rest = await Promise.all(REST.map((probe) => limit(async () => told(await capabilityOf(probe, talk)))));
  const { tokens, found } = await examineContext(talk, probeContext);
  const context = told({ name: "context", ...found, cure: found.cure ?? null, why: CONTEXT_WHY });
  return { capabilities: [...first, context, ...rest], tokens };
}

type Chosen =
  | { readonly name: string; readonly entry: ListedModel | null }
  | { readonly problem: string; readonly cure: string };

const MOST_NAMED = 20;

/** The model that was asked for, where it is served; the only one there is, where none was asked for. */
function chooseModel(models: readonly ListedModel[] | null, { model, baseUrl }: ExamineOptions): Chosen {
  const names = models?.map(({ id }) => shown(id)) ?? [];
  const named = `${names.slice(0, MOST_NAMED).join(", ")}${names.length > MOST_NAMED ? `, and ${names.length - MOST_NAMED} more` : ""}`;
  if (model === null) {
    const [only] = models ?? [];
    if (models?.length === 1 && only !== undefined) return { name: only.id, entry: only };
    const problem =
      names.length === 0 ? `${baseUrl} does not list its models` : `${baseUrl} has several models: ${named}`;
    return { problem, cure: "name one with --model" };
  }
  const entry = models?.find(({ id }) => id === model) ?? null;
  if (entry === null && names.length > 0) {
    return {
      problem: `${baseUrl} has no model ${JSON.stringify(model)}; it has: ${named}`,
      cure: "--model with one of these names",
    };
  }
  return { name: model, entry };
}

/** The one call that decides whether the others are worth their while. */
async function firstChat(
  talk: Talk,
  { apiKey }: ExamineOptions,
  models: readonly ListedModel[] | null,
): Promise<Capability> {
  const said = await talk.ask({ messages: [user("Reply with the one word: ready")], words: 512 });
  const base = { name: "answers", why: ANSWERS_WHY };
  if (said.kind === "reply") {
    const { content, finish } = said;
    return { ...base, verdict: "yes", found: foundOf(talk, content, finish), cure: null };
  }
  if (said.kind === "failed") {
    const cure = "see in the server's own log what became of the request; give it longer with --timeout";
    return { ...base, verdict: "no", found: said.problem, cure };
  }
  if ([401, 403].includes(said.status)) {
    const refused = keyRefused(said.problem, apiKey !== null);
    return { ...base, verdict: "no", found: refused.problem, cure: refused.cure };
  }
  if (said.status >= 300 && said.status < 400) {
    const cure =
      "give the address that it means with --base-url: redirects are not followed, for the key would go along";
    return { ...base, verdict: "no", found: `sends on to another address (${said.problem})`, cure };
  }
  return { ...base, verdict: "no", found: said.problem, cure: cureFor(said.status, models === null) };
}

function cureFor(status: number, withoutList: boolean): string {
  if (status === 404) {
    return withoutList ? "mend --base-url (it usually ends in /v1) or --model" : "mend --model, or --base-url";
  }
  if (status === 429) return "wait, or raise the limits of this key: more calls than it grants cannot be made";
  if (status >= 500)
    return "see in the server's own log what failed; a model that is still being loaded answers so as well";
  return "the server refuses a plain chat of this model: see its own log, and whether it is a chat model";
}

function foundOf({ native }: Talk, content: string, finish: string): string {
  const words =
    content.trim() === "" ? `nothing (${finish || "no finish_reason"})` : JSON.stringify(shown(content).slice(0, 60));
  const parsers =
    native.parsers === null
      ? ""
      : `; parsers: tools ${native.parsers.tools ?? "none"}, thinking ${native.parsers.thinking ?? "none"}`;
  return `said ${words}${parsers}`;
}

type Begun = Pick<ServerReport, "endpoint" | "askedAt">;

function headOf({ endpoint, askedAt }: Begun, model: string) {
  return { version: FORMAT_VERSION, kind: "server", askedAt, endpoint, model } as const;
}

function brokenReport(
  begun: Begun,
  model: string,
  { problem, cure }: { problem: string; cure: string },
  wire: Wire,
): ServerReport {
  return {
    ...headOf(begun, model),
    server: { kind: "unknown", version: null },
    contextTokens: null,
    thinking: { field: null, off: null, on: null },
    capabilities: [{ name: "answers", verdict: "no", found: problem, why: ANSWERS_WHY, cure }],
    spent: { calls: wire.sent(), inputTokens: 0, outputTokens: 0, uncounted: 0 },
  };
}

/** What every probe of an endpoint has at hand, and what it says. */

import { type ChatSaid, readChat, type SaidReply, type SaidUsage } from "./answer.ts";
import type { ServerKind, Verdict } from "./known-server.ts";
import type { Capability, ServerReport, Spent } from "./record.ts";
import type { Native } from "./served.ts";
import type { Wire } from "./wire.ts";

/** One question to the server: one to three short calls. Never throws for what the server does. */
export interface Probe {
  readonly name: string;
  /** Null where this tool does not use it. */
  readonly why: string | null;
  readonly run: (talk: Talk) => Promise<Found>;
}

export interface Found {
  readonly verdict: Verdict;
  readonly found: string;
  readonly cure?: string | null;
}

export interface Asked {
  readonly messages: readonly Readonly<Record<string, unknown>>[];
  /** Room for the answer; thinking gets room of its own. */
  readonly words?: number;
  /** Further fields of the request. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Whether the model may think as it does by default; else thinking is switched off where that is known to work. */
  readonly mayThink?: boolean;
}

/** A conversation with one model; learns how the server wants to be asked. */
export interface Talk {
  readonly model: string;
  readonly serverKind: ServerKind;
  readonly native: Native;
  readonly spent: Spent;
  thinking: ServerReport["thinking"];
  /** The reply that called a tool, once one did. */
  called: SaidReply | null;
  ask(asked: Asked): Promise<ChatSaid>;
  /** The request as `ask` would send it. */
  bodyOf(asked: Asked): Record<string, unknown>;
  readonly wire: Wire;
  /** Counts what a call that went past `ask` took; null when it did not tell. */
  count(usage: Pick<SaidUsage, "inputTokens" | "outputTokens"> | null): void;
}

const THINKING_ROOM = 2_048;
const WORDS = 64;

export function openTalk(wire: Wire, model: string, native: Native): Talk {
  // Newer OpenAI models want another name for the limit and their own temperature; what is refused once is not sent again.
  const manner = { limit: "max_tokens", temperature: true };
  const tokens = { inputTokens: 0, outputTokens: 0, uncounted: 0 };
  const talk: Talk = {
    model,
    serverKind: native.kind,
    native,
    wire,
    thinking: { field: null, off: null, on: null },
    called: null,
    get spent() {
      return { calls: wire.sent(), ...tokens };
    },
    bodyOf: ({ messages, words = WORDS, fields = {}, mayThink = false }) => {
      const { field, off } = talk.thinking;
      const quiet = !mayThink && off !== null;
      const room = words + (field !== null && !quiet ? THINKING_ROOM : 0);
      return {
        model,
        messages,
        [manner.limit]: room,
        ...(manner.temperature ? { temperature: 0 } : {}),
        ...(quiet ? off : {}),
        ...fields,
      };
    },
    count: (usage) => {
      if (usage === null) tokens.uncounted += 1;
      tokens.inputTokens += usage?.inputTokens ?? 0;
      tokens.outputTokens += usage?.outputTokens ?? 0;
    },
    ask: async (asked) => {
      const said = readChat(await wire.chat(talk.bodyOf(asked)));
      if (said.kind === "reply") talk.count(said.usage);
      if (said.kind === "refused" && learn(said.problem)) return talk.ask(asked);
      return said;
    },
  };
  return talk;

  function learn(problem: string): boolean {
    if (
      manner.limit === "max_tokens" &&
      /max_completion_tokens/.test(problem) &&
      /max_tokens/.test(problem) &&
      /unsupported|not supported/i.test(problem)
    ) {
      manner.limit = "max_completion_tokens";
      return true;
    }
    if (
      manner.temperature &&
      /temperature/.test(problem) &&
      /unsupported|not support|only the default/i.test(problem)
    ) {
      manner.temperature = false;
      return true;
    }
    return false;
  }
}

export const user = (content: unknown) => ({ role: "user", content });

/** What a call that was no reply means for a capability: a refusal is a no, everything else proves nothing. */
export function withoutReply(said: Exclude<ChatSaid, { kind: "reply" }>, cure: string | null = null): Found {
  if (said.kind === "failed") return { verdict: "unknown", found: said.problem, cure: "ask again" };
  const passing =
    [408, 409, 429].includes(said.status) ||
    (said.status >= 500 && said.status !== 501 && !isAboutRequest(said.problem));
  return passing
    ? { verdict: "unknown", found: `was not answered, ${said.problem}`, cure: "ask again when the server is less busy" }
    : { verdict: "no", found: `refused, ${said.problem}`, cure };
}

/** llama.cpp answers 500 to what it was not started for. */
function isAboutRequest(problem: string): boolean {
  return /jinja|mmproj|image|not supported|unsupported|invalid/i.test(problem);
}

export async function capabilityOf({ name, why, run }: Probe, talk: Talk): Promise<Capability> {
  const { verdict, found, cure = null } = await run(talk);
  return { name, verdict, found, why, cure: verdict === "yes" ? null : cure };
}

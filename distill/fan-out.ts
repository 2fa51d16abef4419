/**
 * Calls that begin alike, put to a server so that its prompt cache can serve them: one goes ahead, the others follow.
 * What is alike stands first in every prompt (instructions, format, skill), what differs last; how much that is, is measured.
 */
import { setTimeout } from "node:timers/promises";
import { sha256 } from "../harness/hash.ts";
import type { Usage } from "../harness/records.ts";
import type { Caller, Completion, Model, ModelCall } from "../harness/roles.ts";

/** What the first prompts of one role have in common. */
export interface PrefixShare {
  readonly caller: Caller;
  /** Conversations that were opened. */
  readonly openings: number;
  /** Characters of their opening messages and tools. */
  readonly characters: number;
  /** Those of them that stand in the prefix that all openings of the same instructions share. */
  readonly sharedCharacters: number;
  /** Of all calls of the role, as the server counted them; what it read from its cache is 0 where it does not tell. */
  readonly inputTokens: number;
  readonly cachedTokens: number;
}

export interface FanOut {
  readonly model: Model;
  /** By role, for those that were asked; so far. */
  shares(): PrefixShare[];
}

/**
 * A server has read the prefix long before it has written its answer, and nothing is streamed: so the others wait for the answer,
 * but no longer than this. A prefix of 8,000 tokens is read in about a second (`harness/simulator/latency.ts`).
 */
export const LEAD_MS = 2_000;

/**
 * Wraps a model. Of calls that open a conversation with the same instructions and tools, the first goes ahead.
 * @param lead whether it does; a simulated model has no cache to fill
 */
export function fanOut(model: Model, { lead, leadMs = LEAD_MS }: { lead: boolean; leadMs?: number }): FanOut {
  const groups = new Map<string, Group>();
  const complete = async (call: ModelCall): Promise<Completion> => {
    const opens = !call.messages.some(({ role }) => role === "assistant");
    const key = keyOf(call);
    const group = groups.get(key) ?? new Group(call.caller);
    groups.set(key, group);
    if (opens) group.open(textOf(call));
    if (lead && opens) await group.turn(leadMs, call.signal);
    try {
      const completion = await model.complete(call);
      group.count(completion.usage);
      return completion;
    } finally {
      group.answered();
    }
  };
  return { model: { ...model, complete }, shares: () => sharesOf([...groups.values()]) };
}

/** Calls with the same instructions. */
class Group {
  readonly caller: Caller;
  #first: string | null = null;
  #shared = 0;
  #openings = 0;
  #characters = 0;
  #inputTokens = 0;
  #cachedTokens = 0;
  #led: PromiseWithResolvers<void> | null = null;

  constructor(caller: Caller) {
    this.caller = caller;
  }

  open(text: string): void {
    this.#openings += 1;
    this.#characters += text.length;
    this.#shared = this.#first === null ? text.length : sharedLength(this.#first.slice(0, this.#shared), text);
    this.#first ??= text;
  }

  /** Returns at once for the first, for others when it was answered or `leadMs` have passed. */
  async turn(leadMs: number, signal: AbortSignal): Promise<void> {
    if (this.#led === null) {
      this.#led = Promise.withResolvers<void>();
      return;
    }
    const waited = new AbortController();
    const both = AbortSignal.any([signal, waited.signal]);
    const time = setTimeout(leadMs, undefined, { signal: both }).catch(() => undefined);
    await Promise.race([this.#led.promise, time]);
    waited.abort();
    signal.throwIfAborted();
  }

  answered(): void {
    this.#led?.resolve();
  }

  count({ inputTokens, cachedTokens }: Usage): void {
    this.#inputTokens += inputTokens;
    this.#cachedTokens += cachedTokens;
  }

  share(): PrefixShare {
    return {
      caller: this.caller,
      openings: this.#openings,
      characters: this.#characters,
      // A conversation alone shares nothing.
      sharedCharacters: this.#openings > 1 ? this.#shared * this.#openings : 0,
      inputTokens: this.#inputTokens,
      cachedTokens: this.#cachedTokens,
    };
  }
}

function keyOf({ caller, messages, tools }: ModelCall): string {
  return sha256(JSON.stringify([caller, messages[0], tools]));
}

/** A server is sent the tools and the instructions first. */
function textOf({ messages, tools }: ModelCall): string {
  return [...(tools.length === 0 ? [] : [JSON.stringify(tools)]), ...messages.map(({ content }) => content)].join("\n");
}

function sharedLength(one: string, other: string): number {
  const most = Math.min(one.length, other.length);
  let length = 0;
  while (length < most && one.charCodeAt(length) === other.charCodeAt(length)) length += 1;
  return length;
}

function sharesOf(groups: readonly Group[]): PrefixShare[] {
  const byCaller = Map.groupBy(
    groups.map((group) => group.share()),
    ({ caller }) => caller,
  );
  return [...byCaller].map(([caller, shares]) => {
    const sum = (count: (share: PrefixShare) => number) => shares.reduce((total, share) => total + count(share), 0);
    return {
      caller,
      openings: sum(({ openings }) => openings),
      characters: sum(({ characters }) => characters),
      sharedCharacters: sum(({ sharedCharacters }) => sharedCharacters),
      inputTokens: sum(({ inputTokens }) => inputTokens),
      cachedTokens: sum(({ cachedTokens }) => cachedTokens),
    };
  });
}

/** One line a role, for people. */
export function prefixLines(shares: readonly PrefixShare[]): string[] {
  return shares
    .filter(({ openings }) => openings > 1)
    .map(({ caller, openings, characters, sharedCharacters, inputTokens, cachedTokens }) => {
      const share = ((100 * sharedCharacters) / characters).toFixed(0);
      const cached =
        cachedTokens === 0
          ? "the server reported none cached"
          : `${cachedTokens} of ${inputTokens} prompt tokens cached by the server`;
      return `${caller}: ${openings} openings, ${share} % of their characters in the common prefix; ${cached}`;
    });
}

/** A model as the rest of the harness knows it: an endpoint behind the journal. */
import type { Answered, Journal } from "../journal/journal.ts";
import type { RequestText } from "../journal/request-text.ts";
import type { ImageReference, Message } from "../records.ts";
import { type Completion, ContextLimitError, type Model, type ModelCall, ModelError } from "../roles.ts";
import { readAnswer } from "./answer.ts";
import type { Budget, Payment } from "./budget.ts";
import { type Endpoint, untilAborted } from "./openai.ts";
import { askedAgain, type Drawn, settle } from "./redraw.ts";
import { sendsSeed } from "./sampling.ts";
import { type ChatRequest, toWire } from "./wire.ts";

export interface ModelOptions {
  readonly name: string;
  /** What stands for the endpoint in journal and fingerprint: its address, or the identity of the simulated model. */
  readonly identity: string;
  readonly simulated: boolean;
  /** Fields of the request as the protocol names them: temperature, top_p, max_tokens … */
  readonly sampling: Readonly<Record<string, unknown>>;
  /** Opens the endpoint; called when the first request is not in the journal. */
  readonly open: () => Promise<Endpoint>;
  readonly journal: Journal;
  /** Asked before a call that will be paid, which it may refuse; nothing is limited when left out. */
  readonly budget?: Budget;
  /** Told of every call, also of those read back. */
  readonly onCall: (call: CallTold) => void;
}

/** An answer, and the part of its time that was spent waiting for a turn. */
type Paid = Answered & { readonly waitedMs: number };

interface UnderWay {
  readonly paid: Promise<Paid>;
  /** Of the call that is made. */
  readonly signal: AbortSignal;
}

/** An answer that came, with a reply or without. */
export interface CallTold {
  readonly caller: ModelCall["caller"];
  readonly completion: Pick<Completion, "usage" | "fromJournal">;
}

/**
 * Binds name, sampling and endpoint. Equal requests that are under way at once are sent once.
 * A reply that cannot be used is asked for again once; an answer without any reply is, once in each command that meets it.
 */
export function journalledModel(options: ModelOptions): Model {
  const underWay = new Map<string, UnderWay>();
  let endpoint: Promise<Endpoint> | null = null;
  return {
    name: options.name,
    endpoint: options.identity,
    sampling: options.sampling,
    simulated: options.simulated,
    async complete(call) {
      const drawn: Drawn[] = [];
      while (true) {
        drawn.push(await draw(askedAgain(call, drawn.length, options)));
        const settled = settle(drawn, call);
        if (settled.kind === "done") return settled.completion;
        if (settled.kind === "too-long") throw new ContextLimitError(settled.problem);
        if (settled.kind === "no-reply") throw noReply(options, settled.problem);
      }
    },
  };

  /** One answer, from the journal or paid. */
  async function draw(call: ModelCall): Promise<Drawn> {
    call.signal.throwIfAborted();
    const started = performance.now();
    const request = requestOf(options, call, nameOf);
    const keyed = { endpoint: options.identity, ...request, ...seedKey(options, call) };
    const { answer, fromJournal, waitedMs } = await payOnce(options.journal.textOf(keyed, call.draw), request, call);
    const durationMs = performance.now() - started;
    const drawn: Drawn = { ...readAnswer(answer, call.tools), fromJournal, durationMs, waitedMs };
    options.onCall({ caller: call.caller, completion: drawn });
    return drawn;
  }

  async function payOnce(text: RequestText, request: ChatRequest, call: ModelCall): Promise<Paid> {
    for (let known = underWay.get(text.key); known !== undefined; known = underWay.get(text.key)) {
      const { paid, signal } = known;
      try {
        return { ...(await untilAborted(paid, call.signal)), fromJournal: true, waitedMs: 0 };
      } catch (error) {
        if (call.signal.aborted || !signal.aborted) throw error; // else only who had asked has given up
      }
    }
    const paid = pay(text, request, call).finally(() => underWay.delete(text.key));
    underWay.set(text.key, { paid, signal: call.signal });
    return paid;
  }

  async function pay(text: RequestText, request: ChatRequest, call: ModelCall): Promise<Paid> {
    const { caller, draw: number, signal } = call;
    let payment: Payment | null = null as Payment | null;
    let waitedMs = 0;
    const ask = async () => {
      endpoint ??= options.open();
      const opened = await endpoint;
      payment =
        (await options.budget?.begin({ caller, model: options.name, endpoint: options.identity }, signal)) ?? null;
      const sent =
        imagesOf(call).length > 0 ? requestOf(options, call, await dataUrls(call, options.journal)) : request;
      const answer = await opened.send(sent, signal);
      waitedMs = answer.waitedMs;
      return answer.answer;
    };
    try {
      const answered = await options.journal.pay({ caller, draw: number, text }, ask, signal);
      payment?.paid(readAnswer(answered.answer, call.tools).usage);
      return { ...answered, waitedMs };
    } catch (error) {
      payment?.failed();
      throw error;
    }
  }
}

function noReply({ name, identity }: ModelOptions, problem: string): ModelError {
  return new ModelError(
    `${identity} answered a call of ${name} with something else than a chat completion, and again when asked again: ${problem}. ` +
      "Both answers are in the journal; the same command asks anew",
  );
}

/** What stands for an image in the journal: its hash tells all, in little room. */
function nameOf({ sha256 }: ImageReference): string {
  return `sha256:${sha256}`;
}

function imagesOf({ messages }: ModelCall): ImageReference[] {
  return messages.flatMap((message) => (message.role === "user" ? (message.images ?? []) : []));
}

/** The images of a call as the server is sent them, each read and checked once, and kept beside the call. */
async function dataUrls(call: ModelCall, journal: Journal): Promise<(image: ImageReference) => string> {
  const { images } = call;
  if (images === undefined) throw new Error("a model call shows images and does not say where they are");
  const references = new Map(imagesOf(call).map((image) => [image.sha256, image]));
  const urls = await Promise.all(
    [...references.values()].map(async (image) => {
      const bytes = await images.read(image);
      await journal.keepImage(bytes);
      const base64 = Buffer.from(bytes).toString("base64");
      return [image.sha256, `data:${image.mediaType};base64,${base64}`] as const;
    }),
  );
  const byHash = new Map(urls);
  return (image) => byHash.get(image.sha256) ?? nameOf(image);
}

/** A seed that is not sent still tells apart what different trials are answered. */
function seedKey({ sampling }: ModelOptions, { seed }: ModelCall): Record<string, number> {
  return sendsSeed(sampling) ? {} : { withheldSeed: seed };
}

function requestOf(
  { name, sampling }: ModelOptions,
  call: ModelCall,
  urlOf: (image: ImageReference) => string,
): ChatRequest {
  const { seed: _, ...fields } = sampling;
  const tools = declared(call.tools);
  return {
    ...fields,
    model: name,
    messages: call.messages.map((message) => (urlOf === nameOf ? named(message) : toWire(message, urlOf))),
    ...(sendsSeed(sampling) ? { seed: call.seed } : {}),
    ...(tools.length === 0 ? {} : { tools }),
    ...(call.stop === undefined ? {} : { stop: call.stop }),
  };
}

/** The same object for the same message, so that the journal reads each message of a growing chat once. */
const wired = new WeakMap<Message, Record<string, unknown>>();
const declarations = new WeakMap<ModelCall["tools"], readonly Record<string, unknown>[]>();

function named(message: Message): Record<string, unknown> {
  const known = wired.get(message) ?? toWire(message, nameOf);
  wired.set(message, known);
  return known;
}

function declared(tools: ModelCall["tools"]): readonly Record<string, unknown>[] {
  const known = declarations.get(tools) ?? tools.map((tool) => ({ type: "function", function: tool }));
  declarations.set(tools, known);
  return known;
}

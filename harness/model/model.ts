/** A model as the rest of the harness knows it: an endpoint behind the journal. */
import type { ImageReference, Reply, Usage } from "../records.ts";
import type { Completion, Model, ModelCall } from "../roles.ts";
import { type Journal, journalKey } from "./journal.ts";
import { ChatAnswer, type ChatRequest, type Endpoint, toWire } from "./openai.ts";

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
  /** Told of every call, also of those read back. */
  readonly onCall: (call: { caller: ModelCall["caller"]; completion: Completion }) => void;
}

/** Binds name, sampling and endpoint. Equal requests that are under way at once are sent once. */
export function journalledModel(options: ModelOptions): Model {
  const underWay = new Map<string, Promise<ChatAnswer>>();
  let endpoint: Promise<Endpoint> | null = null;
  return {
    name: options.name,
    endpoint: options.identity,
    sampling: options.sampling,
    simulated: options.simulated,
    async complete(call) {
      call.signal.throwIfAborted();
      const started = performance.now();
      const request = requestOf(options, call, nameOf);
      const key = journalKey({ endpoint: options.identity, ...request }, call.draw);
      const stored = options.journal.find(key);
      const shared = stored !== null || underWay.has(key);
      const answer = stored === null ? await askOnce(key, request, call) : ChatAnswer.parse(stored);
      const completion = completionOf(answer, shared, performance.now() - started);
      options.onCall({ caller: call.caller, completion });
      return completion;
    },
  };

  function askOnce(key: string, request: ChatRequest, call: ModelCall): Promise<ChatAnswer> {
    const known = underWay.get(key);
    if (known !== undefined) return known;
    const asked = ask(key, request, call).finally(() => underWay.delete(key));
    underWay.set(key, asked);
    return asked;
  }

  async function ask(key: string, request: ChatRequest, call: ModelCall): Promise<ChatAnswer> {
    endpoint ??= options.open();
    const opened = await endpoint;
    options.journal.intend(key, call.caller, request);
    const sent = imagesOf(call).length > 0 ? requestOf(options, call, await dataUrls(call)) : request;
    const answer = await opened.send(sent, call.signal);
    options.journal.store(key, answer);
    return answer;
  }
}

/** What stands for an image in the journal: its hash tells all, in little room. */
function nameOf({ sha256 }: ImageReference): string {
  return `sha256:${sha256}`;
}

function imagesOf({ messages }: ModelCall): ImageReference[] {
  return messages.flatMap((message) => (message.role === "user" ? (message.images ?? []) : []));
}

/** The images of a call as the server is sent them, each read and checked once. */
async function dataUrls(call: ModelCall): Promise<(image: ImageReference) => string> {
  const { images } = call;
  if (images === undefined) throw new Error("a model call shows images and does not say where they are");
  const references = new Map(imagesOf(call).map((image) => [image.sha256, image]));
  const urls = await Promise.all(
    [...references.values()].map(async (image) => {
      const base64 = Buffer.from(await images.read(image)).toString("base64");
      return [image.sha256, `data:${image.mediaType};base64,${base64}`] as const;
    }),
  );
  const byHash = new Map(urls);
  return (image) => byHash.get(image.sha256) ?? nameOf(image);
}

function requestOf(
  { name, sampling }: ModelOptions,
  call: ModelCall,
  urlOf: (image: ImageReference) => string,
): ChatRequest {
  const tools = call.tools.map((tool) => ({ type: "function", function: tool }));
  return {
    ...sampling,
    model: name,
    messages: call.messages.map((message) => toWire(message, urlOf)),
    seed: call.seed,
    ...(tools.length === 0 ? {} : { tools }),
    ...(call.stop === undefined ? {} : { stop: call.stop }),
  };
}

function completionOf(answer: ChatAnswer, fromJournal: boolean, durationMs: number): Completion {
  const [choice] = answer.choices;
  if (choice === undefined) throw new RangeError("an answer without choices passed its schema");
  const usage: Usage = {
    calls: 1,
    inputTokens: answer.usage?.prompt_tokens ?? 0,
    cachedTokens: answer.usage?.prompt_tokens_details?.cached_tokens ?? 0,
    outputTokens: answer.usage?.completion_tokens ?? 0,
    reasoningTokens: answer.usage?.completion_tokens_details?.reasoning_tokens ?? 0,
    simulatedMs: answer.simulated_ms ?? 0,
  };
  return {
    reply: replyOf(choice.message),
    finishReason: choice.finish_reason ?? "unknown",
    usage,
    fromJournal,
    durationMs,
  };
}

function replyOf(message: ChatAnswer["choices"][number]["message"]): Reply {
  // vLLM renamed the field; each server gets back the name it used.
  const field = typeof message.reasoning === "string" ? "reasoning" : "reasoning_content";
  const text = message[field];
  return {
    role: "assistant",
    // A lone half of a surrogate pair can be neither stored nor sent again.
    content: (message.content ?? "").toWellFormed(),
    reasoning: typeof text === "string" && text !== "" ? { field, text: text.toWellFormed() } : null,
    toolCalls: (message.tool_calls ?? []).map((call, index) => ({
      id: call.id ?? `call-${index}`,
      name: call.function.name,
      arguments: (call.function.arguments ?? "").toWellFormed(),
    })),
  };
}

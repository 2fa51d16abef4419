/** Texts as vectors: an embedding model behind the journal. Each text is paid once, whichever others it was sent with (invariant 3). */
import { z } from "zod";
import { messageOf, SetupError } from "../errors.ts";
import { type Claim, type Journal, journalKey } from "../journal/journal.ts";
import { NO_USAGE, type Usage } from "../records.ts";
import { ContextLimitError, ModelError } from "../roles.ts";
import type { Budget } from "./budget.ts";
import type { Endpoint } from "./openai.ts";

export type Vector = readonly number[];

export interface EmbedderOptions {
  readonly name: string;
  /** What stands for the endpoint in journal and fingerprint. */
  readonly identity: string;
  /** Opens the endpoint; called when the first text is not in the journal. */
  readonly open: () => Promise<Endpoint>;
  readonly journal: Journal;
  /** Asked before a request that will be paid, which it may refuse; nothing is limited when left out. */
  readonly budget?: Budget;
  /** Told of every request, and once of all texts that were read back together. */
  readonly onCall: (call: { fromJournal: boolean; usage: Usage }) => void;
}

export interface Embedder {
  readonly name: string;
  readonly endpoint: string;
  /**
   * One vector a text, in order; all of one length.
   * @throws ModelError when the server fails for good or answers something else; SetupError for what the user must mend
   */
  embed(texts: readonly string[], signal: AbortSignal): Promise<Vector[]>;
}

/** Key in the journal, and the text. */
type Keyed = readonly [key: string, text: string];

/** Texts in one request: what small servers take. */
const MOST_TEXTS = 32;

const EmbeddingAnswer = z.looseObject({
  data: z.array(z.looseObject({ index: z.number().int().optional(), embedding: z.array(z.number()).min(1) })),
  usage: z.looseObject({ prompt_tokens: z.number().nonnegative().nullish() }).nullish(),
});
/** As it is kept in the journal: of one text. */
const StoredVector = z.object({ embedding: z.array(z.number()).min(1) });

/** Binds name and endpoint. A text that is under way is not sent again. */
export function journalledEmbedder(options: EmbedderOptions): Embedder {
  const underWay = new Map<string, Promise<Vector>>();
  let endpoint: Promise<Endpoint> | null = null;
  return {
    name: options.name,
    endpoint: options.identity,
    async embed(texts, signal) {
      signal.throwIfAborted();
      const wanted = new Map(texts.map((text) => [keyOf(options, text), text]));
      const known = new Map<string, Promise<Vector>>(underWay.entries().filter(([key]) => wanted.has(key)));
      for (const [key, vector] of readBack(options, [...wanted.keys()])) known.set(key, Promise.resolve(vector));
      const missing = [...wanted].filter(([key]) => !known.has(key));
      for (const [key, vector] of askInBatches(missing, signal)) known.set(key, vector);
      return sameLength(await Promise.all(texts.map((text) => known.get(keyOf(options, text)) ?? missingVector(text))));
    },
  };

  /** One request at a time: a memory is embedded once, and small servers queue. All texts are under way when this returns. */
  function askInBatches(texts: readonly Keyed[], signal: AbortSignal): (readonly [string, Promise<Vector>])[] {
    let before: Promise<unknown> = Promise.resolve();
    return chunksOf(texts, MOST_TEXTS).flatMap((batch) => {
      const vectors = before.then(() => ask(batch, signal));
      before = vectors;
      return batch.map(
        ([key], index) =>
          [
            key,
            share(
              key,
              vectors.then((all) => vectorAt(all, index)),
            ),
          ] as const,
      );
    });
  }

  function share(key: string, vector: Promise<Vector>): Promise<Vector> {
    const shared = vector.finally(() => underWay.delete(key));
    shared.catch(() => {}); // told to whoever asked; nobody may be waiting for this text by itself
    underWay.set(key, shared);
    return shared;
  }

  /** The vectors of a batch in order. What another process is asking for is waited for, after what is left to this one. */
  async function ask(batch: readonly Keyed[], signal: AbortSignal): Promise<Vector[]> {
    const vectors = new Map<string, Vector>();
    for (let left = batch; left.length > 0; ) {
      const claims = await Promise.all(left.map(async (keyed) => ({ keyed, claim: await claim(options, keyed) })));
      for (const { keyed, claim } of claims) {
        if (claim.kind === "answered") vectors.set(keyed[0], StoredVector.parse(claim.answer).embedding);
      }
      const mine = claims.filter(({ claim }) => claim.kind === "mine").map(({ keyed }) => keyed);
      if (mine.length > 0) {
        const paid = await pay(mine, signal).catch((error: unknown) => giveUp(options, mine, error));
        mine.forEach(([key], index) => void vectors.set(key, vectorAt(paid, index)));
      }
      left = claims.filter(({ claim }) => claim.kind === "elsewhere").map(({ keyed }) => keyed);
      if (left.length > 0) await options.journal.waitForOthers(signal);
    }
    return batch.map(([key, text]) => vectors.get(key) ?? missingVector(text));
  }

  async function pay(batch: readonly Keyed[], signal: AbortSignal): Promise<Vector[]> {
    endpoint ??= options.open();
    const opened = await endpoint;
    const payee = { caller: "embedder", model: options.name, endpoint: options.identity } as const;
    const payment = await options.budget?.begin(payee, signal);
    try {
      const input = batch.map(([, text]) => text);
      const { answer } = await opened.embed({ model: options.name, input }, signal).catch(explain);
      const { vectors, usage } = readAnswer(answer, batch.length, options);
      await Promise.all(
        batch.map(([key], index) => options.journal.store(key, { embedding: vectorAt(vectors, index) })),
      );
      payment?.paid(usage);
      options.onCall({ fromJournal: false, usage });
      return vectors;
    } catch (error) {
      payment?.failed();
      throw error;
    }
  }
}

function claim(options: EmbedderOptions, [, text]: Keyed): Promise<Claim> {
  const { identity: endpoint, journal } = options;
  const asked = journal.textOf({ endpoint, ...requestOf(options, text) }, 0);
  return journal.claim({ caller: "embedder", draw: 0, text: asked });
}

async function giveUp({ journal }: EmbedderOptions, batch: readonly Keyed[], error: unknown): Promise<never> {
  await Promise.all(batch.map(([key]) => journal.release(key, { kind: "failed", message: messageOf(error) })));
  throw error;
}

/** What a text by itself would be asked for with: the same text has the same key in every batch. */
function requestOf({ name }: EmbedderOptions, text: string) {
  return { model: name, input: [text] };
}

function keyOf(options: EmbedderOptions, text: string): string {
  return journalKey({ endpoint: options.identity, ...requestOf(options, text) }, 0);
}

function readBack({ journal, onCall }: EmbedderOptions, keys: readonly string[]): (readonly [string, Vector])[] {
  const stored = keys.map((key) => [key, journal.find(key)] as const).filter(([, answer]) => answer !== null);
  if (stored.length > 0) onCall({ fromJournal: true, usage: NO_USAGE });
  return stored.map(([key, answer]) => [key, StoredVector.parse(answer).embedding] as const);
}

/** Servers may answer in any order, and say so by `index`. */
function readAnswer(answer: unknown, count: number, { name }: EmbedderOptions): { vectors: Vector[]; usage: Usage } {
  const read = EmbeddingAnswer.safeParse(answer);
  const indices = read.data?.data.map(({ index }, place) => index ?? place) ?? [];
  const complete = indices.length === count && new Set(indices).size === count && Math.max(...indices) === count - 1;
  if (!read.success || !complete) {
    const problem = read.success ? `${indices.length} for ${count} texts` : z.prettifyError(read.error).slice(0, 200);
    throw new ModelError(`${name} answered something else than one embedding a text: ${problem}`);
  }
  const vectors: Vector[] = new Array(count).fill([]);
  read.data.data.forEach(({ embedding }, place) => {
    vectors[indices[place] ?? place] = embedding;
  });
  const inputTokens = read.data.usage?.prompt_tokens ?? null;
  const told = inputTokens === null ? { untold: 1 } : { inputTokens };
  return { vectors, usage: { ...NO_USAGE, calls: 1, ...told } };
}

/** A text that is too long comes back with every run; what else the user must mend is told as of embeddings. */
function explain(error: unknown): never {
  if (error instanceof ContextLimitError) {
    throw new SetupError(
      `the embedding model takes no text as long as an instruction or a question here (${messageOf(error)}). ` +
        "Choose one that does with --embedding-model, or leave it out: items are then found by their words (BM25)",
      { cause: error },
    );
  }
  if (error instanceof SetupError) throw new SetupError(`embeddings: ${messageOf(error)}`, { cause: error });
  throw error;
}

/** @throws SetupError: one model gives one length, so another has taken its name since the journal was begun */
export function sameLength(vectors: Vector[]): Vector[] {
  const lengths = new Set(vectors.map(({ length }) => length));
  if (lengths.size <= 1) return vectors;
  throw new SetupError(
    `the embeddings have ${[...lengths].join(" and ")} numbers; expected one length. ` +
      "Another model seems to stand under the same name: give another --journal",
  );
}

function chunksOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));
}

function vectorAt(vectors: readonly Vector[], index: number): Vector {
  const vector = vectors[index];
  if (vector === undefined) throw new RangeError(`no vector ${index} of ${vectors.length}`);
  return vector;
}

function missingVector(text: string): never {
  throw new Error(`the embedding of ${JSON.stringify(text.slice(0, 80))} was neither stored nor asked for`);
}

/**
 * Embeddings of the simulated model: a bag of words, hashed. Texts that share words point the same way; meaning counts for
 * nothing. It stands in for an embedding model so that the same requests are made, and says so in every answer.
 */
import { z } from "zod";
import { sha256 } from "../hash.ts";

export const EMBEDDING_MODEL = "sim/embedding";

export const EmbeddingRequest = z.looseObject({
  model: z.string(),
  input: z.union([z.string(), z.array(z.string()).min(1).max(2_048)]),
});
export type EmbeddingRequest = z.infer<typeof EmbeddingRequest>;

/** Enough that two words of one text seldom fall together. */
const DIMENSIONS = 512;
const CHARACTERS_PER_TOKEN = 4;

/** The answer to a request, in the words of the protocol; equal requests get equal answers. */
export function embeddingAnswer({ model, input }: EmbeddingRequest): Record<string, unknown> {
  const texts = [input].flat();
  const tokens = texts.reduce((sum, text) => sum + Math.ceil(text.length / CHARACTERS_PER_TOKEN), 0);
  return {
    object: "list",
    model,
    data: texts.map((text, index) => ({ object: "embedding", index, embedding: embed(text) })),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
    simulated: true,
  };
}

/** Each word adds to one number, up or down by its hash, and less each time that it comes again. Of length 1, to six digits. */
function embed(text: string): number[] {
  const vector: number[] = new Array(DIMENSIONS).fill(0);
  const words = Map.groupBy(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [], (word) => word);
  for (const [word, same] of words) {
    const hash = Number.parseInt(sha256(word).slice(0, 8), 16);
    const place = (hash >>> 1) % DIMENSIONS;
    vector[place] = (vector[place] ?? 0) + (hash % 2 === 0 ? 1 : -1) * (1 + Math.log(same.length));
  }
  const length = Math.hypot(...vector);
  return length === 0 ? vector : vector.map((value) => Number((value / length).toFixed(6)));
}

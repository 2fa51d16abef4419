/** Nearness of texts by the words they share (BM25+, Lv and Zhai 2011): for where there is no embedding model. The only importer of minisearch. */
import MiniSearch from "minisearch";
import type { Nearness } from "./recall.ts";

/**
 * An index of texts. A text that shares no word with the query scores 0; word order and letter case count for nothing,
 * and the length of a text is its number of distinct words.
 * Pure: equal texts and an equal query give equal scores.
 */
export function bm25(texts: readonly string[]): Nearness {
  const index = new MiniSearch<{ id: number; text: string }>({ fields: ["text"] });
  index.addAll(texts.map((text, id) => ({ id, text })));
  return {
    method: "bm25",
    embedding: null,
    async to(query) {
      // The package multiplies the sum of BM25 by the number of distinct words that match; the formula does not.
      const found = index
        .search(query)
        .map(({ id, score, queryTerms }) => [Number(id), score / queryTerms.length] as const);
      const scores = new Map(found);
      return texts.map((_, id) => scores.get(id) ?? 0);
    },
  };
}

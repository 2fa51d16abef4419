/** Nearness of texts by their embeddings. */
import { type Embedder, sameLength, type Vector } from "../model/embeddings.ts";
import type { Nearness } from "./recall.ts";

/** Nearness by the cosine of the angle between embeddings. The texts are embedded with the first query. */
export function cosineNearness(texts: readonly string[], embedder: Embedder): Nearness {
  let directions: Promise<Vector[]> | null = null;
  return {
    method: "embedding",
    embedding: { model: embedder.name, endpoint: embedder.endpoint },
    async to(query, signal) {
      directions ??= embedder.embed(texts, signal).then(
        (vectors) => vectors.map(directionOf),
        (error: unknown) => {
          directions = null; // the next task tries again
          throw error;
        },
      );
      const known = await directions;
      const asked = directionOf((await embedder.embed([query], signal))[0] ?? []);
      sameLength([...known, asked]);
      return known.map((direction) => dot(direction, asked));
    },
  };
}

/** Of length 1; of length 0 where there is no direction, and then at right angles to all. */
function directionOf(vector: Vector): Vector {
  const length = Math.sqrt(dot(vector, vector));
  return length === 0 ? vector : vector.map((value) => value / length);
}

function dot(one: Vector, other: Vector): number {
  let sum = 0;
  for (let index = 0; index < one.length; index += 1) sum += (one[index] ?? 0) * (other[index] ?? 0);
  return sum;
}

/**
 * Which edits a merged text covers, told by its words alone. The recorded merges do not say what they cover, so this is all
 * that a program can find: statements with mostly the same telling words. Pure.
 */

/** Statements of one text, each as weights by word. */
type Vectors = readonly ReadonlyMap<string, number>[];

/** Two statements say the same when the cosine of their weighted words is at least this. */
const SAME = 0.35;
/** A text is covered when at least so many of its statements are. */
const COVERED_SHARE = 0.5;
const FEWEST_WORDS = 4;
const STOP = new Set(
  "the and for with when use using are from that this not its into than all any only each rather ensure before after always never must should".split(
    " ",
  ),
);

export interface Wording {
  /** Whether `merged` says what at least half of the statements of `text` say. */
  covers(merged: string, text: string): boolean;
}

/** @param texts all that is compared: a word that few statements hold tells more */
export function wordingOf(texts: readonly string[]): Wording {
  const statements = texts.flatMap(statementsIn);
  const holding = new Map<string, number>();
  for (const words of statements) for (const word of words) holding.set(word, (holding.get(word) ?? 0) + 1);
  const weight = (word: string) => Math.log(1 + statements.length / (holding.get(word) ?? 1));
  const known = new Map<string, Vectors>();
  const vectorsOf = (text: string): Vectors => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const vectors = statementsIn(text).map((words) => new Map([...words].map((word) => [word, weight(word)])));
    known.set(text, vectors);
    return vectors;
  };
  return {
    covers(merged, text) {
      const said = vectorsOf(merged);
      const wanted = vectorsOf(text);
      const found = wanted.filter((one) => said.some((other) => cosine(one, other) >= SAME)).length;
      return wanted.length > 0 && found >= wanted.length * COVERED_SHARE;
    },
  };
}

/** Lines that say something: no headings, no fences, no fragments. */
function statementsIn(text: string): ReadonlySet<string>[] {
  return text
    .split("\n")
    .filter((line) => !/^\s*(#{1,6}\s|```)/.test(line))
    .map(wordsIn)
    .filter((words) => words.size >= FEWEST_WORDS);
}

function wordsIn(line: string): ReadonlySet<string> {
  const words = line.toLowerCase().match(/[a-z][a-z0-9_.]*[a-z0-9]/g) ?? [];
  const telling = words.filter((word) => word.length > 2 && !STOP.has(word));
  return new Set(telling.map((word) => word.replace(/(ing|ed|es|s)$/, "")));
}

function cosine(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): number {
  let common = 0;
  for (const [word, weight] of one) if (other.has(word)) common += weight * weight;
  return common === 0 ? 0 : common / Math.sqrt(square(one) * square(other));
}

function square(vector: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const weight of vector.values()) sum += weight * weight;
  return sum;
}

/**
 * Which texts say nearly the same, by their words alone: shingles, MinHash and an index of bands (Broder 1997; Leskovec,
 * Rajaraman and Ullman, Mining of Massive Datasets, chapter 3), so that not all pairs are compared. Pure and without chance.
 */

/** What is compared of a text. */
export interface Shingles {
  /** Words and pairs of words, hashed. */
  readonly set: ReadonlySet<number>;
  /** What must be the same for two texts to mean the same: numbers, code, and words that turn a meaning round. */
  readonly key: string;
}

/** Share of common shingles from which on two texts are near duplicates. */
export const NEAR = 0.6;
/** 24 bands of 3: at a likeness of 0.6 a pair is missed in 0.3 % of cases, at 0.3 it is looked at in half. */
const BANDS = 24;
const ROWS = 3;
/** Most texts of one band that one text is compared to: keeps time in proportion to the number of texts. */
const MOST_IN_BAND = 16;

const TURNS =
  /^(no|not|never|none|nor|without|avoid|don'?t|doesn'?t|cannot|can'?t|isn'?t|aren'?t|unless|except|instead|before|after|above|below|first|last|more|less|always|only)$/;

/** The same for texts that differ in case, marks of Markdown and blanks only. */
export function normalText(text: string): string {
  return wordsIn(text).join(" ");
}

export function shinglesOf(text: string): Shingles {
  const words = wordsIn(text);
  const pairs = words.slice(1).map((word, index) => `${words[index]} ${word}`);
  const codes = [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code.trim());
  const turns = words.filter((word) => /\d/.test(word) || TURNS.test(word));
  return { set: new Set([...words, ...pairs].map(hashOf)), key: [...new Set([...turns, ...codes])].sort().join("\n") };
}

function wordsIn(text: string): string[] {
  return (
    text
      .normalize("NFKC")
      .toLowerCase()
      .replace(/[’`]/g, (mark) => (mark === "’" ? "'" : " "))
      .match(/[\p{L}\p{N}]+(?:['._-][\p{L}\p{N}]+)*/gu) ?? []
  );
}

/** Jaccard's coefficient: 1 for the same shingles, 0 for none in common. */
export function likeness(one: Shingles, other: Shingles): number {
  const [few, many] = one.set.size < other.set.size ? [one.set, other.set] : [other.set, one.set];
  let common = 0;
  for (const shingle of few) if (many.has(shingle)) common += 1;
  const all = few.size + many.size - common;
  return all === 0 ? 1 : common / all;
}

/** Finds among the texts added so far the one nearest to a text. */
export class NearIndex<T> {
  readonly #bands = new Map<string, { readonly shingles: Shingles; readonly value: T }[]>();

  add(shingles: Shingles, value: T): void {
    for (const band of bandsOf(shingles)) {
      const entries = this.#bands.get(band) ?? [];
      entries.push({ shingles, value });
      this.#bands.set(band, entries);
    }
  }

  /** Null when none is a near duplicate; of equals the one that was added first. */
  nearest(shingles: Shingles): T | null {
    let best: { likeness: number; value: T } | null = null;
    const seen = new Set<T>();
    for (const band of bandsOf(shingles)) {
      for (const { shingles: other, value } of (this.#bands.get(band) ?? []).slice(0, MOST_IN_BAND)) {
        if (seen.has(value) || other.key !== shingles.key) continue;
        seen.add(value);
        const found = likeness(shingles, other);
        if (found >= NEAR && (best === null || found > best.likeness)) best = { likeness: found, value };
      }
    }
    return best?.value ?? null;
  }
}

/** Texts of one key that share a band are candidates. */
function bandsOf({ set, key }: Shingles): string[] {
  const least = new Uint32Array(BANDS * ROWS).fill(0xffffffff);
  for (const shingle of set) {
    for (let index = 0; index < least.length; index += 1) {
      const hash = mix(shingle ^ Math.imul(index + 1, 0x9e3779b1));
      if (hash < (least[index] ?? 0)) least[index] = hash;
    }
  }
  const prefix = hashOf(key);
  return Array.from(
    { length: BANDS },
    (_, band) => `${prefix}/${band}/${least.subarray(band * ROWS, (band + 1) * ROWS)}`,
  );
}

/** FNV-1a in 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

/** The finaliser of MurmurHash3: one hash to many. */
function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

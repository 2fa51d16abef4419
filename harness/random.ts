/** Seeded randomness (design invariant 10): a generator is made once from a seed and passed in. */
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

export interface Random {
  /** An integer, both ends included. */
  integer(low: number, high: number): number;
  /** In [0, 1). */
  fraction(): number;
  pick<T>(items: readonly T[]): T;
  /** A new array, Fisher-Yates. */
  shuffle<T>(items: readonly T[]): T[];
}

/** A generator of its own: two with equal seeds give equal numbers. */
export function seededRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  const integer = (low: number, high: number) => uniformInt(generator, low, high);
  return {
    integer,
    fraction: () => integer(0, 2 ** 31 - 1) / 2 ** 31,
    pick: (items) => {
      const item = items[integer(0, items.length - 1)];
      if (item === undefined) throw new RangeError("cannot pick from an empty list");
      return item;
    },
    shuffle: (items) => {
      const left = [...items];
      return items.flatMap(() => left.splice(integer(0, left.length - 1), 1));
    },
  };
}

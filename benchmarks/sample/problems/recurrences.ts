/** The remainder of a sum over a sequence in which each term follows from the two before it. */
import { worded } from "../draft.ts";
import { BOTH_SLIPS, drawUntil, type ProblemKind, rangeOf, reduced } from "./problem.ts";

export const recurrences: ProblemKind = {
  name: "recurrences",
  generate(random, variant) {
    const { first, second, p, q, from, to, modulus, sum } = drawUntil(
      () => {
        const [first, second] = [random.integer(1, 6), random.integer(2, 9)];
        const [p, q] = [random.integer(1, 3), random.integer(1, 4)];
        const from = random.integer(3, 8);
        const [to, modulus] = [from + random.integer(10, 22), random.integer(101, 999)];
        const terms = termsOf([BigInt(first), BigInt(second)], [BigInt(p), BigInt(q)], to);
        const sum = terms.slice(from - 1).reduce((total, term) => total + term, 0n);
        return { first, second, p, q, from, to, modulus, sum, last: terms.at(-1) ?? 0n };
      },
      ({ last, modulus }) => last % BigInt(modulus) !== 0n,
    );
    const rule = `a_(n+1) = ${times(p, "a_n")} + ${times(q, "a_(n-1)")}`;
    return {
      statement: worded(variant, [
        `A sequence begins with a_1 = ${first} and a_2 = ${second}, and for every n >= 2 it satisfies ${rule}. Find the remainder when a_${from} + a_${from + 1} + ... + a_${to} is divided by ${modulus}.`,
        `Let a_1 = ${first}, a_2 = ${second} and ${rule} for n >= 2. Add up the terms a_n with ${from} <= n <= ${to}. What remainder does this sum leave on division by ${modulus}?`,
        `On day 1 a pond has ${first} lilies and on day 2 it has ${second}. From then on the number of lilies obeys ${rule}, where a_n belongs to day n. The counts of the days ${from} to ${to}, first and last day included, are added up. Find the remainder of the result when it is divided by ${modulus}.`,
      ]),
      answer: sum % BigInt(modulus),
      program: (slip) => `a = {1: ${first}, 2: ${second}}
for n in range(2, ${to}):
    a[n + 1] = ${p} * a[n] + ${q} * a[n - 1]
total = sum(a[n] for n in ${rangeOf(slip, from, to)})
${reduced(slip, "total", modulus)}`,
      slips: BOTH_SLIPS,
    };
  },
};

function times(factor: number, term: string): string {
  return factor === 1 ? term : `${factor} * ${term}`;
}

function termsOf(start: readonly bigint[], [p = 1n, q = 1n]: readonly bigint[], count: number): bigint[] {
  const terms = [...start];
  while (terms.length < count) terms.push(p * (terms.at(-1) ?? 0n) + q * (terms.at(-2) ?? 0n));
  return terms;
}

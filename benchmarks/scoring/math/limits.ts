/** What an answer may cost: everything is measured before anything is computed, so that a hostile answer is only wrong. */

/** UTF-16 units at the end of a response that are looked through for an answer. */
export const LONGEST_RESPONSE = 10_000;
/** Of one formula, after normalisation; a longer one is compared as text alone. */
export const LONGEST_FORMULA = 1_500;
/** Braces, brackets and parentheses that are open at once in a formula. */
export const DEEPEST = 24;
/** Formulas of one response that are read before it counts as having none. */
export const MOST_FORMULAS = 24;
/** Characters of all formulas of one response that are read. */
export const MOST_FORMULA_CHARACTERS = 4_000;
/** Rules that the reader of one formula tries. */
export const MOST_STEPS = 20_000;
/** Parts of one formula. */
export const MOST_NODES = 400;
/** Of one number as written, exponent included. */
export const MOST_DIGITS = 300;
/** Of a number that is computed exactly. */
export const MOST_BITS = 4_096;
/** Members of a set, a tuple or a matrix. */
export const MOST_MEMBERS = 100;
/** Pairs of members that one comparison tries, over all sets in sets. */
export const MOST_COMPARISONS = 2_000;

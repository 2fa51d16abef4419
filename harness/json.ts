/** JSON from strangers: what it may not hold, so that it can be hashed and stored without an error. */

/** Deeper than anything that is asked for; far from where functions that call themselves run out of stack. */
export const MAX_JSON_DEPTH = 64;

/** Why a parsed value cannot be used, or null. Takes no stack. */
export function jsonProblem(value: unknown): string | null {
  return problemAtAnyLevel(value, (one) => numberProblem(one) ?? halfProblem(one));
}

/** As `jsonProblem`, where half characters are mended afterwards. */
export function shapeProblem(value: unknown): string | null {
  return problemAtAnyLevel(value, numberProblem);
}

function problemAtAnyLevel(value: unknown, problemOf: (one: unknown) => string | null): string | null {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_JSON_DEPTH) return `it is nested deeper than ${MAX_JSON_DEPTH} levels`;
    for (const one of level) {
      const problem = problemOf(one);
      if (problem !== null) return problem;
    }
    level = level.flatMap((one) => (typeof one === "object" && one !== null ? partsOf(one) : []));
  }
  return null;
}

function numberProblem(one: unknown): string | null {
  return typeof one === "number" && !Number.isFinite(one) ? "it holds a number beyond the range of numbers" : null;
}

function halfProblem(one: unknown): string | null {
  return typeof one === "string" && !one.isWellFormed() ? "it holds half of a character (a surrogate by itself)" : null;
}

/** Names count as values do: what a list holds has none. */
function partsOf(value: object): unknown[] {
  return Array.isArray(value) ? value : [...Object.keys(value), ...Object.values(value)];
}

/** A definition as a person wrote it, in YAML or JSON: whatever is wrong with it is told with its line and column. */
import type { z } from "zod";
import { messageOf, UsageError } from "../../harness/errors.ts";
import { jsonProblem, MAX_JSON_DEPTH } from "../../harness/json.ts";
import { LineCounter, parseDocument } from "../../harness/yaml.ts";
import { type Problem, problemsOf } from "./check.ts";
import { Experiment } from "./definition.ts";
import { keysAt } from "./keys.ts";
import { type Places, placesIn } from "./places.ts";

/** Far more than a definition takes, in characters. */
const LONGEST = 256 * 1024;
/** As much of a file as need be read: to UTF-8, a character is four bytes at most. */
export const LONGEST_BYTES = 4 * LONGEST;
const MOST_TOLD = 12;

/** A definition, and the name of a part of it with its line, for what is found wrong with it later. */
export interface ExperimentSource {
  readonly definition: Experiment;
  readonly at: (path: readonly (string | number)[]) => string;
}

/**
 * Reads a definition.
 * @param where name of the file, for messages
 * @throws UsageError with all problems, each as `file:line:column: where in the definition: what is wrong`
 */
export function readExperiment(text: string, where: string): ExperimentSource {
  if (text.length > LONGEST)
    throw new UsageError(`${where}: it has ${text.length} characters, at most ${LONGEST} are read`);
  const { value, places } = parsed(text, where);
  const read = Experiment.safeParse(value);
  const problems = read.success ? problemsOf(read.data) : read.error.issues.map((issue) => problemOf(issue, value));
  const at = (path: Problem["path"]) => placeText(path, where, places);
  if (read.success && problems.length === 0) return { definition: read.data, at };
  const told = problems.slice(0, MOST_TOLD).map(({ path, message }) => `${at(path)}: ${message}`);
  const more = problems.length > MOST_TOLD ? [`and ${problems.length - MOST_TOLD} more`] : [];
  throw new UsageError([...told, ...more].join("\n"));
}

function parsed(text: string, where: string): { value: unknown; places: Places } {
  const lines = new LineCounter();
  const fail = (problem: string, offset: number): never => {
    const { line, col } = lines.linePos(offset);
    throw new UsageError(`${where}:${line}:${col}: ${problem}`);
  };
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: "error" });
    const [error] = document.errors;
    if (error !== undefined) return fail(`it is neither YAML nor JSON: ${error.message}`, error.pos[0]);
    // A tag that nobody knows, an anchor that has no name: what is read would not be what is written.
    const [warning] = document.warnings;
    if (warning !== undefined) return fail(`it is no plain YAML: ${warning.message}`, warning.pos[0]);
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    const problem = jsonProblem(value);
    if (problem !== null)
      throw new UsageError(`${placeText(unusableIn(value), where, placesIn(document, lines))}: ${problem}`);
    if (value === null)
      return fail("it is empty; an experiment has at least name, models, benchmarks, arms, users, judge and seeds", 0);
    return { value, places: placesIn(document, lines) };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    // Nested too deep, or too many aliases.
    throw new UsageError(`${where}: it cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

/** Path of the first part that by itself cannot be used; of the whole where it is too deep. */
function unusableIn(value: unknown): Problem["path"] {
  let level: { readonly path: Problem["path"]; readonly one: unknown }[] = [{ path: [], one: value }];
  for (let depth = 0; depth <= MAX_JSON_DEPTH && level.length > 0; depth += 1) {
    const found = level.find(({ path, one }) => [one, path.at(-1)].some((part) => isUnusable(part)));
    if (found !== undefined) return found.path;
    level = level.flatMap(({ path, one }) =>
      typeof one === "object" && one !== null
        ? Object.entries(one).map(([key, part]) => ({
            path: [...path, Array.isArray(one) ? Number(key) : key],
            one: part as unknown,
          }))
        : [],
    );
  }
  return [];
}

function isUnusable(part: unknown): boolean {
  return typeof part !== "object" && jsonProblem(part) !== null;
}

function placeText(path: Problem["path"], where: string, places: Places): string {
  const { line, column } = places(path);
  const named = path.map((part) => (typeof part === "number" ? `[${part + 1}]` : part)).join(".");
  return [`${where}:${line}:${column}`, ...(named === "" ? [] : [named.replaceAll(".[", "[")])].join(": ");
}

type Issue = z.core.$ZodIssue;

function problemOf(issue: Issue, value: unknown): Problem {
  const path = issue.path.map((part) => (typeof part === "symbol" ? String(part) : part));
  const found = foundAt(value, path);
  if (issue.code === "unrecognized_keys") {
    const [key = ""] = issue.keys;
    const known = keysAt(path);
    return { path: [...path, key], message: `unknown key${known.length > 0 ? `; there are ${known.join(", ")}` : ""}` };
  }
  if (issue.code === "invalid_union") return unionProblem(issue, path, value);
  if (found === undefined) return { path, message: `is missing${wanted(issue)}` };
  if (issue.code === "too_small" && Array.isArray(found)) return { path, message: "is empty; expected at least one" };
  return { path, message: `${issue.message}, found ${shown(found)}` };
}

/** Of several forms the one is meant that has the least wrong with it; of forms equally wrong none. */
function unionProblem(issue: Issue & { code: "invalid_union" }, path: Problem["path"], value: unknown): Problem {
  const forms = issue.errors.map((issues) => issues.map((one) => ({ ...one, path: [...path, ...one.path] }) as Issue));
  const ranked = forms.toSorted((one, other) => one.length - other.length || deepest(other) - deepest(one));
  const [first, second] = ranked;
  const clear = second === undefined || first?.length !== second.length || deepest(first ?? []) !== deepest(second);
  const [meant] = first ?? [];
  if (meant !== undefined && clear) return problemOf(meant, value);
  const keys = keysAt(path);
  const found = foundAt(value, path);
  const expected =
    keys.length > 0 ? `expected one of the forms with ${keys.join(", ")}` : "is of none of the forms that fit here";
  return { path, message: `${expected}; found ${shown(found)}` };
}

function deepest(issues: readonly Issue[]): number {
  return Math.max(0, ...issues.map(({ path }) => path.length));
}

function wanted(issue: Issue): string {
  return issue.code === "invalid_type" ? `; expected ${issue.expected}` : "";
}

function foundAt(value: unknown, path: Problem["path"]): unknown {
  return path.reduce<unknown>(
    (at, part) =>
      typeof at === "object" && at !== null && Object.hasOwn(at, part)
        ? (at as Record<string | number, unknown>)[part]
        : undefined,
    value,
  );
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

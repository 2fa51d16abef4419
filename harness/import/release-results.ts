/** `eval_official_results.json` of the official release: the scores of its evaluation (research: method, section 7.3). */
import { z } from "zod";
import type { Score } from "../records.ts";
import { readJsonFile } from "./read-text.ts";

const Id = z.union([z.string().min(1), z.number()]).transform(String);
const Row = z.looseObject({
  id: Id,
  instruction_type: z.string().nullish(),
  soft_score: z.number().min(0).max(1).nullish(),
  hard_score: z.number().min(0).max(1).nullish(),
  error: z.string().nullish(),
  test_cases: z.array(z.looseObject({ passed: z.boolean().nullish(), message: z.string().nullish() })).nullish(),
});

export interface ReleaseResult {
  readonly score: Score;
  /** Kind of task; null where the row has none. */
  readonly kind: string | null;
}

export interface ReleaseResults {
  readonly byTask: ReadonlyMap<string, ReleaseResult>;
  /** Why the file, or some of its rows, could not be read; empty when all was read. */
  readonly problems: readonly string[];
}

/** Null when there is no such file. */
export async function readResults(path: string): Promise<ReleaseResults | null> {
  const json = await readJsonFile(path);
  if (json.kind === "unread" && json.reason.startsWith("no readable file")) return null;
  if (json.kind === "unread") return { byTask: new Map(), problems: [`${path}: ${json.reason}`] };
  const list = z.looseObject({ results: z.array(z.unknown()) }).safeParse(json.value).data?.results;
  if (list === undefined) return { byTask: new Map(), problems: [`${path}: it has no list of results`] };
  const rows = list.map((row) => Row.safeParse(row).data);
  const unread = rows.filter((row) => row === undefined).length;
  const read = rows.flatMap((row) => (row === undefined ? [] : [[row.id, resultOf(row)] as const]));
  return {
    byTask: new Map(read),
    problems: unread === 0 ? [] : [`${path}: ${unread} of ${rows.length} results cannot be read`],
  };
}

/** The hard score is the value, as the release's triage takes it: all cases pass. */
function resultOf({
  soft_score: soft,
  hard_score: hard,
  error,
  test_cases: cases,
  ...row
}: z.infer<typeof Row>): ReleaseResult {
  const kind = row.instruction_type ?? null;
  const messages = (cases ?? []).flatMap(({ message }) => (message ? [message] : []));
  const value = hard ?? (soft === 1 || soft === 0 ? soft : null);
  if (value === null || value === undefined)
    return {
      kind,
      score: { kind: "unscored", reason: "benchmark-broken", detail: error ?? "the result has no score" },
    };
  const metrics = typeof soft === "number" ? { metrics: { soft } } : {};
  const explanation = messages.join("; ") || `official evaluation: hard score ${value}`;
  return { kind, score: { kind: "scored", value, explanation, ...metrics } };
}

/** An experiment to report: arms, differences, costs, and how skills were distilled. Data only; `tables/`, `formats/` and `page.ts` show it. */
import { z } from "zod";
import { joinServers, KnownServer } from "../harness/doctor/endpoint/known-server.ts";
import { shortHash } from "../harness/hash.ts";
import { Fingerprint } from "../harness/manifest.ts";
import { costOf, type Prices } from "../harness/prices/prices.ts";
import { FORMAT_VERSION, NO_USAGE, Usage } from "../harness/records.ts";
import { Caller, sumUsage } from "../harness/usage.ts";
import { type Arm, Difference } from "./compare.ts";
import { adjusted } from "./compare-several.ts";
import { SkillOrigin } from "./skill-origin.ts";
import { RunSummary, summarize } from "./summary.ts";

const count = z.number().int().nonnegative();
const Money = z.strictObject({ currency: z.string(), amount: z.number(), unknownCalls: count });

/** What one caller of one arm, or of one distillation, took. */
export const Cost = z.strictObject({
  /** Label of the arm, or name of the distillation. */
  part: z.string(),
  caller: Caller,
  model: z.string(),
  simulated: z.boolean(),
  /** All that the work took, whenever it was paid for. */
  usage: Usage,
  /** How many of its calls the command read from the journal or from stored runs; null when nobody counted. */
  fromJournal: count.nullable(),
  /** At the prices that the report was made with; left out without any. What is unknown is in `unknownCalls`, never a 0. */
  money: Money.optional(),
});
export type Cost = z.infer<typeof Cost>;

export const ReportedLesson = z.strictObject({
  id: z.string(),
  kind: z.enum(["error", "success"]),
  title: z.string(),
  rule: z.string(),
  /** Distinct tasks whose trials argue for it, merged lessons included: its support is their number. */
  tasks: z.array(z.string()),
  /** What became of it: a few words that lessons of the same fate share, the particulars, and whether it was kept at all. */
  fate: z.strictObject({ kind: z.string(), detail: z.string(), kept: z.boolean() }),
  /** The trial that taught it, as the distillation names it: `<run>/<task>.<seed>`; and the analyst's grounds. */
  source: z.strictObject({ task: z.string(), trial: z.string(), reason: z.string(), verified: z.boolean() }).optional(),
});
export type ReportedLesson = z.infer<typeof ReportedLesson>;

export const SkillLine = z.strictObject({
  /** Path in the skill. */
  file: z.string(),
  text: z.string(),
  tasks: z.array(z.string()),
});
export type SkillLine = z.infer<typeof SkillLine>;

export const Distillation = z.strictObject({
  name: z.string(),
  model: z.string(),
  simulated: z.boolean(),
  skill: z.strictObject({ path: z.string(), hash: z.string() }),
  /** Tasks of the trials that were read: what support is out of. */
  tasks: count,
  /** Patches and their edits at each level of the merge, from one patch a trial to the last. */
  levels: z.array(z.strictObject({ patches: count, edits: count })),
  lessons: z.array(ReportedLesson),
  /** Lines of the skill that lessons are behind, best supported first. */
  lines: z.array(SkillLine),
  /** Its merges and the whole of the skill, line by line; left out where the distillation is not at hand. */
  origin: SkillOrigin.optional(),
});
export type Distillation = z.infer<typeof Distillation>;

export const ExperimentReport = z.strictObject({
  version: z.literal(FORMAT_VERSION),
  kind: z.literal("experiment"),
  name: z.string(),
  /** True when any number in it comes from a simulated model. */
  simulated: z.boolean(),
  /** When the youngest of its runs was begun, so that reading back gives the same report; null without a run. */
  ranAt: z.iso.datetime().nullable(),
  arms: z.array(RunSummary),
  differences: z.array(Difference),
  costs: z.array(Cost),
  distillations: z.array(Distillation),
  /** By its short form, as it stands beside the numbers. */
  fingerprints: z.record(z.string(), Fingerprint),
  /** The servers of the runs as the doctor knew them, each once; left out where nobody had asked. */
  servers: z.array(KnownServer).optional(),
});
export type ExperimentReport = z.infer<typeof ExperimentReport>;

export interface ExperimentParts {
  readonly name: string;
  /** In the order in which arms are shown. */
  readonly runs: readonly Arm[];
  readonly differences: readonly Difference[];
  readonly costs: readonly Cost[];
  readonly distillations: readonly Distillation[];
}

/** Puts a report together, its differences adjusted for their number. Pure: the same runs give the same report. */
export function experimentReport({ name, runs, differences, costs, distillations }: ExperimentParts): ExperimentReport {
  const arms = runs.map(summarize);
  const servers = runs.reduce<KnownServer[]>((all, { manifest }) => joinServers(all, manifest.servers ?? []), []);
  return {
    version: FORMAT_VERSION,
    kind: "experiment",
    name,
    simulated: [...arms, ...costs, ...distillations].some(({ simulated }) => simulated),
    ranAt: runs.map(({ manifest }) => manifest.createdAt).reduce<string | null>(latest, null),
    arms,
    differences: adjusted(differences),
    costs: [...costs],
    distillations: [...distillations],
    fingerprints: Object.fromEntries(
      runs.map(({ manifest: { fingerprint } }) => [shortHash(fingerprint), fingerprint]),
    ),
    ...(servers.length > 0 && { servers }),
  };
}

/** The cost of a run's agent, from its trials. */
export function agentCost(summary: RunSummary, fromJournal: number | null): Cost {
  const { arm, model, simulated, usage } = summary;
  return { part: arm, caller: "agent", model, simulated, usage, fromJournal };
}

/** With what it comes to in money. */
export function priced(cost: Cost, endpoint: string, prices: Prices | null): Cost {
  return prices === null
    ? cost
    : { ...cost, money: costOf([{ model: cost.model, endpoint, usage: cost.usage }], prices) };
}

/** One line for each part, caller and model, in order of first appearance; `fromJournal` is null where one of them is. */
export function addUpCosts(costs: readonly Cost[]): Cost[] {
  const groups = Map.groupBy(costs, ({ part, caller, model }) => JSON.stringify([part, caller, model]));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [{ ...first, ...totalCost(group) }];
  });
}

/** What costs come to together. */
export function totalCost(costs: readonly Cost[]): Pick<Cost, "usage" | "fromJournal" | "money"> {
  const counted = costs.flatMap(({ fromJournal }) => (fromJournal === null ? [] : [fromJournal]));
  return {
    usage: costs.length === 0 ? NO_USAGE : sumUsage(costs.map(({ usage }) => usage)),
    fromJournal: counted.length < costs.length ? null : counted.reduce((sum, calls) => sum + calls, 0),
    ...sumMoney(costs),
  };
}

/** Where one of them is of no known price, its calls are counted as such. */
function sumMoney(costs: readonly Cost[]): Pick<Cost, "money"> {
  const currency = costs.find(({ money }) => money !== undefined)?.money?.currency;
  if (currency === undefined) return {};
  const sum = { currency, amount: 0, unknownCalls: 0 };
  for (const { money, usage } of costs) {
    sum.amount += money?.amount ?? 0;
    sum.unknownCalls += money?.unknownCalls ?? usage.calls;
  }
  return { money: sum };
}

function latest(a: string | null, b: string): string {
  return a === null || Date.parse(b) > Date.parse(a) ? b : a;
}

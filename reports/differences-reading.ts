/** What a difference says, in sentences that name the figures behind them; terminal and page show the same. */
import { ALPHA } from "../harness/statistics/alpha.ts";
import type { Difference } from "./compare.ts";
import { verdictOf } from "./compare-several.ts";
import { counted, firstOf, intervalText, points, pValue, signedPoints } from "./format.ts";

const MOST_NAMED = 12;
const FEWEST_FOR_BOOTSTRAP = 30;

/** Plain text: names of tasks and arms stand in it as they are. */
export function readingOf(row: Difference): string[] {
  return [
    verdictSentence(row),
    ...disagreementSentence(row),
    ...bootstrapSentence(row),
    ...marginSentence(row),
    designSentence(row),
    ...transferSentences(row),
  ];
}

function verdictSentence(row: Difference): string {
  const { difference, interval, p, adjustment, arm, baseline } = row;
  const several =
    adjustment.comparisons > 1
      ? ` (${pValue(adjustment.p)} after Holm's adjustment for ${adjustment.comparisons} comparisons)`
      : "";
  const figures = `${signedPoints(difference)} points, 95 % interval ${intervalText(interval, signedPoints)}, p ${pValue(p)}${several}`;
  const verdict = verdictOf(row);
  switch (verdict) {
    case "gain":
      return `Significant gain: ${figures}.`;
    case "loss":
      return `Significant loss: ${figures}.`;
    case "none":
      return `No evidence that ${arm.arm} differs from ${baseline.arm}: ${figures}.`;
    default:
      return verdict satisfies never;
  }
}

/** The interval and p are made in different ways: p counts, and a reader who sees only the interval must be told. */
function disagreementSentence({ interval, p, adjustment }: Difference): string[] {
  const leavesOut = interval.low > 0 || interval.high < 0;
  if (leavesOut === adjustment.p <= ALPHA) return [];
  if (!leavesOut)
    return ["The interval holds 0 all the same: it is made in another way than p, and p is what the verdict goes by."];
  return p <= ALPHA
    ? [
        "The interval leaves out 0, for it is not adjusted for the number of comparisons; the verdict goes by the adjusted p.",
      ]
    : ["The interval leaves out 0 all the same: it is an approximation, p is not, and p is what the verdict goes by."];
}

function bootstrapSentence({ bootstrap, tasks, clusters }: Difference): string[] {
  if (bootstrap === undefined) return [];
  const units = clusters ?? tasks;
  const few = units < FEWEST_FOR_BOOTSTRAP ? `; too narrow, as bootstraps of ${units} are` : "";
  const over = clusters === null ? "tasks" : "clusters";
  return [
    `By the BCa bootstrap over ${over} (9,999 draws) the 95 % interval is ${intervalText(bootstrap, signedPoints)}${few}.`,
  ];
}

function marginSentence({ equivalence }: Difference): string[] {
  if (equivalence === null) return [];
  const { margin, p, notWorseP, interval90, equivalent, notWorse } = equivalence;
  const interval = `90 % interval ${intervalText(interval90, signedPoints)}`;
  const by = `${points(margin)} points`;
  if (equivalent)
    return [
      `Equivalent: shown to be neither better nor worse by ${by} or more (${interval}, two one-sided tests p ${pValue(p)}).`,
    ];
  if (notWorse)
    return [`Does not hurt: shown not to be worse by ${by} or more (${interval}, one-sided p ${pValue(notWorseP)}).`];
  return [
    `Not shown to be harmless: it may be worse by ${by} or more (${interval}, one-sided p ${pValue(notWorseP)}).`,
  ];
}

function designSentence({ smallest, tasks, clusters, arm }: Difference): string {
  const design =
    counted(tasks, "task") +
    (clusters === null ? "" : ` in ${counted(clusters, "cluster")}`) +
    ` with ${counted(arm.seeds.length, "seed")}`;
  return smallest === null
    ? `${design} would miss even the largest difference more often than one time in five.`
    : `${design} would show a true difference of ${points(smallest)} points or more with a chance of 80 %.`;
}

function transferSentences({ items, arm, baseline }: Difference): string[] {
  const { passed, harmed, failed, helped, harm, chance } = items;
  if (passed === 0) return [`${baseline.arm} passes no task, so none can be lost.`];
  const chanceText = chance === null ? "" : `; another seed of ${baseline.arm} itself fails ${points(chance)} %`;
  const bySeed =
    harm === null ? [] : [`Seed by seed it fails ${points(harm)} % of what ${baseline.arm} passed${chanceText}.`];
  return [
    [
      `Negative transfer: of ${counted(passed, "task")} that ${baseline.arm} passes, ${arm.arm} fails ${harmed.length}${namesOf(harmed)}.`,
      ...bySeed,
    ].join(" "),
    `Of ${counted(failed, "task")} that ${baseline.arm} fails, ${arm.arm} passes ${helped.length}.`,
  ];
}

function namesOf(tasks: readonly string[]): string {
  return tasks.length === 0 ? "" : ` (${firstOf(tasks, MOST_NAMED)})`;
}

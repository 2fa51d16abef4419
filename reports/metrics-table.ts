/** Table of the numbers beside the mean: further metrics, what defective tasks do to it, and each seed alone. */
import { printable } from "../harness/text.ts";
import { counted, intervalText, points, sampleSize } from "./format.ts";
import type { RunSummary } from "./summary.ts";
import { type Row, textTable, wrap } from "./text-table.ts";

/** One line of it, for a terminal or a page. */
export interface MetricLine {
  readonly name: string;
  readonly mean: number | null;
  readonly interval: RunSummary["interval"];
  readonly tasks: number;
  readonly clusters?: number | undefined;
}

/** All further numbers of an arm, the main one first; empty when there is nothing beside it. */
export function metricLines({ metric, metrics, tries = [], errata, ...arm }: RunSummary): MetricLine[] {
  const further = [
    ...Object.entries(metrics).map(([name, result]) => ({ name, ...result })),
    ...tries.flatMap(({ k, one, all }) => [
      { name: `pass@${k}${metric === "soft" ? " of hard" : ""}: one of ${k} tries`, ...one },
      { name: `pass^${k}${metric === "soft" ? " of hard" : ""}: all ${k}`, ...all },
    ]),
    ...(errata === null
      ? []
      : [
          { name: `with ${counted(errata.tasks, "defective task")}`, ...errata.keep },
          { name: "without them", ...errata.drop },
        ]),
  ];
  if (further.length === 0) return [];
  const main = {
    name: `${metric} (the score)`,
    mean: arm.mean,
    interval: arm.interval,
    tasks: arm.tasks,
    clusters: arm.clusters,
  };
  return [main, ...further];
}

/** Each seed alone and their spread, in a sentence; null with fewer than two seeds. */
export function seedsText({ bySeed }: RunSummary): string | null {
  if (bySeed === null) return null;
  const means = bySeed.means.map(({ seed, mean }) => `${seed}: ${points(mean)}`).join(", ");
  return `avg@${bySeed.means.length}; by seed ${means}; standard deviation ${points(bySeed.spread)}`;
}

/** Empty where no arm has anything beside its mean. */
export function metricsTable(arms: readonly RunSummary[]): string {
  const rows = arms.flatMap((arm): Row[] => {
    const lines = metricLines(arm);
    if (lines.length === 0) return [];
    const { seeds } = arm;
    return [
      {
        heading: printable(
          `${arm.arm}, ${arm.model}, ${arm.benchmark}/${arm.split}${arm.simulated ? " · simulated" : ""}`,
        ),
      },
      ...lines.map(({ name, mean, interval, tasks, clusters }) => {
        return [`  ${printable(name)}`, points(mean), intervalText(interval), sampleSize({ tasks, clusters, seeds })];
      }),
    ];
  });
  const seeds = arms.flatMap((arm) => {
    const text = seedsText(arm);
    return text === null
      ? []
      : [wrap(printable(`${arm.arm}, ${arm.model}, ${arm.benchmark}/${arm.split}: ${text}`), { indent: "  " })];
  });
  const table = rows.length === 0 ? [] : [textTable(COLUMNS, rows)];
  return [...table, ...seeds].join("\n\n");
}

const COLUMNS = [
  { head: "metric", align: "left" },
  { head: "score", align: "right" },
  { head: "95 % interval", align: "right" },
  { head: "n", align: "right" },
] as const;

/** The tables of a report, in the order in which they are shown. */
import { differencesAsTable, negativeTransferTable } from "../../reports/differences-table.ts";
import type { Distillation, ExperimentReport } from "../../reports/experiment.ts";
import type { Table } from "../../reports/table.ts";
import { armsAsTable, metricsAsTable } from "../../reports/tables/arms.ts";
import { costsAsTable } from "../../reports/tables/costs.ts";
import { lessonsAsTable, linesAsTable } from "../../reports/tables/lessons.ts";
import { serversAsTable } from "../../reports/tables/servers.ts";
import { trialsAsTable } from "../../reports/tables/trials.ts";
import type { Format } from "./report-format.ts";
import type { ReportSource } from "./report-source.ts";

/** Of lessons and lines, best supported first. */
const MOST_READ = 10;

/** For readers the best supported lessons and lines; for programs all of them, with the raw trials. */
export function tablesFor(format: Format, report: ExperimentReport, source: ReportSource): Table[] {
  switch (format) {
    case "terminal":
      return [...figures(report, source), ...learned(report, { most: MOST_READ, detail: "brief" })];
    case "markdown":
    case "latex":
      return [...figures(report, source), ...learned(report, { most: MOST_READ, detail: "rules" })];
    case "csv":
    case "xlsx":
    case "html":
      return [
        ...figures(report, source),
        ...learned(report, { most: Number.POSITIVE_INFINITY, detail: "all" }),
        trialsAsTable(source.runs),
      ];
    default:
      return format satisfies never;
  }
}

function learned({ distillations }: ExperimentReport, options: Parameters<typeof lessonsAsTable>[1]): Table[] {
  return distillations.flatMap((one: Distillation) => [linesAsTable(one, options.most), lessonsAsTable(one, options)]);
}

function figures(report: ExperimentReport, { transfers }: ReportSource): Table[] {
  const metrics = metricsAsTable(report.arms);
  const servers = serversAsTable(report.servers ?? []);
  const { differences, costs } = report;
  return [
    armsAsTable(report.arms),
    ...(metrics === null ? [] : [metrics]),
    ...(differences.length === 0 ? [] : [differencesAsTable(differences), negativeTransferTable(differences)]),
    ...transfers,
    ...(costs.length === 0 ? [] : [costsAsTable(costs)]),
    ...(servers === null ? [] : [servers]),
  ];
}

/** An experiment as text for a terminal, at most 100 columns wide. Returns strings; only the command line prints. */
import type { KnownServer } from "../harness/doctor/endpoint/known-server.ts";
import { printable } from "../harness/text.ts";
import { attestedText } from "./attested.ts";
import { differencesTable } from "./differences-text.ts";
import { addUpCosts, type Cost, type Distillation, type ExperimentReport, totalCost } from "./experiment.ts";
import {
  counted,
  grouped,
  intervalText,
  moneyCell,
  points,
  sampleSize,
  seconds,
  UNISOLATED,
  withoutMarker,
} from "./format.ts";
import { metricsTable } from "./metrics-table.ts";
import { repairNotes } from "./repairs.ts";
import type { RunSummary } from "./summary.ts";
import { type Column, MOST_COLUMNS, type Row, textTable, wrap } from "./text-table.ts";

const MOST_LINES = 10;
const SIMULATED = "simulated";

const left = (head: string): Column => ({ head, align: "left" });
const right = (head: string): Column => ({ head, align: "right" });

/** All that the terminal shows of a report, part by part. */
export function experimentText(report: ExperimentReport): string {
  return [
    heading(printable(report.name), report.simulated),
    ...(report.simulated
      ? ["These numbers come from a simulated model. They test the machinery and say nothing of a real one."]
      : []),
    heading("Arms", report.simulated),
    armsTable(report.arms),
    ...section("Further metrics", metricsTable(report.arms), report.simulated),
    ...(report.differences.length === 0
      ? []
      : [heading("Paired differences", report.simulated), differencesTable(report.differences)]),
    ...section("Servers, as the doctor saw them", serverLines(report.servers ?? []), report.simulated),
    ...(report.costs.length === 0 ? [] : [heading("Cost", report.simulated), costTable(report.costs)]),
    ...report.distillations.flatMap((distillation) => [
      heading(`Best supported lines of ${printable(distillation.name)}`, distillation.simulated),
      linesTable(distillation),
    ]),
  ].join("\n\n");
}

/** A line for each server that the runs were made on, where it was asked. */
function serverLines(servers: readonly KnownServer[]): string {
  return servers
    .map(({ endpoint, model, kind, version, contextTokens, askedAt }) => {
      const context = contextTokens === null ? "" : `, context ${grouped(contextTokens)}`;
      const text = `${endpoint}, ${model}: ${[kind, version ?? ""].join(" ").trim()}${context}; asked on ${askedAt.slice(0, 10)}`;
      return wrap(printable(text), { indent: "  " });
    })
    .join("\n");
}

/** One run: its mean, and what there is beside it. */
export function runTables(summary: RunSummary): string {
  return [armsTable([summary]), metricsTable([summary])].filter((table) => table !== "").join("\n\n");
}

/** Arms by benchmark and split, each with its mean, 95 % interval, n and fingerprint. */
export function armsTable(arms: readonly RunSummary[]): string {
  const columns = [
    left("arm"),
    left("model"),
    right("score"),
    right("95 % interval"),
    right("n"),
    right("unscored"),
    left("fingerprint"),
  ];
  const groups = Map.groupBy(arms, ({ benchmark, split }) => `${benchmark}/${split}`);
  const rows = [...groups].flatMap(([name, group]): Row[] => [
    { heading: printable(`${name}${metricOf(group)}${mark(group.some(({ simulated }) => simulated))}`) },
    ...group.map((arm) => [
      `  ${printable(arm.arm)}`,
      printable(arm.model),
      points(arm.mean),
      intervalText(arm.interval),
      sampleSize(arm),
      unscoredText(arm),
      arm.fingerprint,
    ]),
  ]);
  const note = "Scores in points of 100. n: tasks × seeds; tasks are the unit of every interval.";
  return [
    textTable(columns, rows),
    "",
    note,
    ...[...groups].map(([name, group]) => scoredNote(name, group)),
    ...arms.flatMap(attestedNotes),
    ...arms.flatMap(learnedNotes),
    ...arms.flatMap(exitNotes),
    ...arms.flatMap(replyNotes),
  ].join("\n");
}

/** By which rules, and on which seeds, the scores of a benchmark were made. */
function scoredNote(name: string, arms: readonly RunSummary[]): string {
  const distinct = (of: (arm: RunSummary) => string) => [...new Set(arms.map(of))].join(" and ");
  const text = `${name}: scored by ${distinct(({ scorer }) => scorer)}; seeds ${distinct(({ seeds }) => seeds.join(", "))}.`;
  return wrap(printable(text), { indent: "  " });
}

/** Named where it is more than right or wrong. */
function metricOf(arms: readonly RunSummary[]): string {
  const names = [...new Set(arms.map(({ metric }) => metric))].filter((name) => name !== "pass" && name !== "score");
  return names.length === 0 ? "" : `, ${names.join(" and ")}`;
}

/** What arms had in sight, a line each. */
function attestedNotes(summary: RunSummary): string[] {
  const { arm, model, benchmark, split } = summary;
  const text = attestedText(summary);
  return text === null ? [] : [wrap(printable(`${arm}, ${model}, ${benchmark}/${split}: ${text}`), { indent: "  " })];
}

/** Invariant 9 keeps the test half from whatever writes a skill; nothing keeps a user from trying a skill where it was made. */
function learnedNotes({
  arm,
  model,
  benchmark,
  split,
  learned,
  memory,
  tasksWanted,
  unisolated,
}: RunSummary): string[] {
  const these = `of these ${counted(tasksWanted, "task")}`;
  const drawn = memory?.leftOut ?? 0;
  const notes = [
    ...(unisolated ? [UNISOLATED] : []),
    ...(learned === 0 ? [] : [`the skill was distilled from ${learned} ${these}: no held-out score`]),
    ...(drawn === 0 ? [] : [`the memory was drawn from ${drawn} ${these}: each was shown only what others taught`]),
  ];
  return notes.map((note) => wrap(printable(`${arm}, ${model}, ${benchmark}/${split}: ${note}`), { indent: "  " }));
}

/** Trials that did not end by a submission: a failure of protocol or a limit, told apart from wrong answers (invariant 2). */
function exitNotes({ arm, model, benchmark, split, exits }: RunSummary): string[] {
  const told = Object.entries(exits).filter(([exit]) => exit !== "submitted");
  if (told.length === 0) return [];
  const all = Object.values(exits).reduce((sum, trials) => sum + trials, 0);
  const parts = told.map(([exit, trials]) => `${trials} by ${exit}`).join(", ");
  const text = `${arm}, ${model}, ${benchmark}/${split}: of ${counted(all, "trial")}, ended not by a submission but ${parts}`;
  return [wrap(printable(text), { indent: "  " })];
}

/** What servers did to replies, which is no merit or fault of an arm. */
function replyNotes(summary: RunSummary): string[] {
  const { arm, model, benchmark, split } = summary;
  return repairNotes(summary).map((note) =>
    wrap(printable(`${arm}, ${model}, ${benchmark}/${split}: ${note}`), { indent: "  " }),
  );
}

/** Calls and tokens by arm and caller. `from journal`, where anybody counted: what the command did not pay for. */
export function costTable(costs: readonly Cost[]): string {
  const shown = {
    journal: costs.some(({ fromJournal }) => fromJournal !== null),
    thinking: costs.some(({ usage }) => usage.reasoningTokens > 0),
    simulated: costs.some(({ usage }) => usage.simulatedMs > 0),
    money: costs.find(({ money }) => money !== undefined)?.money?.currency ?? null,
  };
  const columns = [
    left("for"),
    left("caller"),
    right("calls"),
    ...(shown.journal ? [right("from\njournal")] : []),
    right("tokens\nin"),
    right("of them\ncached"),
    right("tokens\nout"),
    ...(shown.thinking ? [right("of them\nthinking")] : []),
    ...(shown.simulated ? [right(`${SIMULATED}\nseconds`)] : []),
    ...(shown.money === null ? [] : [right(`cost\n${shown.money}`)]),
  ];
  const groups = Map.groupBy(addUpCosts(costs), ({ model, simulated }) => printable(`${model}${mark(simulated)}`));
  const rows = [...groups].flatMap(([model, group]): Row[] => [
    { heading: model },
    ...group.map((cost) => [`  ${printable(cost.part)}`, cost.caller, ...costCells(cost, shown)]),
  ]);
  const note = "What the work took in all; a call that several parts share is counted in each and paid once.";
  return `${textTable(columns, [...rows, ["all", "", ...costCells(totalCost(costs), shown)]])}\n\n${note}`;
}

interface ShownCosts {
  readonly journal: boolean;
  readonly thinking: boolean;
  readonly simulated: boolean;
  /** The currency; null without prices. */
  readonly money: string | null;
}

function costCells(
  { usage, fromJournal, money }: Pick<Cost, "usage" | "fromJournal" | "money">,
  shown: ShownCosts,
): string[] {
  return [
    grouped(usage.calls),
    ...(shown.journal ? [fromJournal === null ? "–" : grouped(fromJournal)] : []),
    grouped(usage.inputTokens),
    grouped(usage.cachedTokens),
    grouped(usage.outputTokens),
    ...(shown.thinking ? [grouped(usage.reasoningTokens)] : []),
    ...(shown.simulated ? [usage.simulatedMs === 0 ? "–" : seconds(usage.simulatedMs)] : []),
    ...(shown.money === null ? [] : [moneyCell(money)]),
  ];
}

/** The ten lines of a skill that most tasks argue for, and where the skill lies. */
export function linesTable({ lines, tasks, skill }: Distillation): string {
  const rows = lines.slice(0, MOST_LINES).map(({ text, file, tasks: support }) => {
    return [withoutMarker(printable(text)), `${support.length} of ${tasks}`, printable(file)];
  });
  const table = textTable([left("line"), right("support"), left("file")], rows);
  return `${table}\n\nSupport: distinct tasks behind the line, of ${counted(tasks, "task")} read.\nSkill: ${printable(skill.path)} (${skill.hash.slice(0, 12)})`;
}

function section(title: string, body: string, simulated: boolean): string[] {
  return body === "" ? [] : [heading(title, simulated), body];
}

function heading(text: string, simulated: boolean): string {
  const line = `${text}${mark(simulated)}`;
  return `${line}\n${"═".repeat(Math.min(line.length, MOST_COLUMNS))}`;
}

function mark(simulated: boolean): string {
  return simulated ? ` · ${SIMULATED}` : "";
}

function unscoredText({ unscored }: RunSummary): string {
  return String(Object.values(unscored).reduce((sum, trials) => sum + trials, 0));
}

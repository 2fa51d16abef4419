/** What verbs tell of runs and distillations in a terminal, at most 100 columns wide. Returns strings; only the command line prints. */
import { printable } from "../harness/text.ts";
import { armNotes } from "./arm-notes.ts";
import { attestedText } from "./attested.ts";
import type { Distillation } from "./experiment.ts";
import { counted, intervalText, points, sampleSize, withoutMarker } from "./format.ts";
import { metricsTable } from "./metrics-table.ts";
import type { RunSummary } from "./summary.ts";
import { type Column, type Row, textTable, wrap } from "./text-table.ts";

const MOST_LINES = 10;

const left = (head: string): Column => ({ head, align: "left" });
const right = (head: string): Column => ({ head, align: "right" });

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
  const note = arms.some(({ clusters }) => clusters !== undefined)
    ? "Scores in points of 100. n: tasks × seeds in clusters; clusters are the unit of every interval."
    : "Scores in points of 100. n: tasks × seeds; tasks are the unit of every interval.";
  return [
    textTable(columns, rows),
    "",
    note,
    ...[...groups].map(([name, group]) => scoredNote(name, group)),
    ...arms.flatMap(notesOf),
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

/** What arms had in sight, and what else a reader must know of them, a line each. */
function notesOf(summary: RunSummary): string[] {
  const { arm, model, benchmark, split } = summary;
  const attested = attestedText(summary);
  const notes = [...(attested === null ? [] : [attested]), ...armNotes(summary)];
  return notes.map((note) => wrap(printable(`${arm}, ${model}, ${benchmark}/${split}: ${note}`), { indent: "  " }));
}

/** The ten lines of a skill that most tasks argue for, and where the skill lies. */
export function linesTable({ lines, tasks, skill }: Distillation): string {
  const rows = lines.slice(0, MOST_LINES).map(({ text, file, tasks: support }) => {
    return [withoutMarker(printable(text)), `${support.length} of ${tasks}`, printable(file)];
  });
  const table = textTable([left("line"), right("support"), left("file")], rows);
  return `${table}\n\nSupport: distinct tasks behind the line, of ${counted(tasks, "task")} read.\nSkill: ${printable(skill.path)} (${skill.hash.slice(0, 12)})`;
}

function mark(simulated: boolean): string {
  return simulated ? " · simulated" : "";
}

function unscoredText({ unscored }: RunSummary): string {
  return String(Object.values(unscored).reduce((sum, trials) => sum + trials, 0));
}

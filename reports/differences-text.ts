/** Differences between arms as text for a terminal: the table, what it says in sentences, and the tasks behind it. */
import { printable } from "../harness/text.ts";
import type { Difference } from "./compare.ts";
import { readingOf } from "./differences-reading.ts";
import { testNotes, warningNotes } from "./differences-table.ts";
import { firstOf, grouped, intervalText, pairedSize, points, pValue, signedPoints } from "./format.ts";
import { type Column, type Row, textTable, wrap } from "./text-table.ts";

/** Tasks that are named: thousands would bury the figures. Of those that tell nothing apart fewer. */
const MOST_NAMED = 100;
const MOST_TIES = 20;

const left = (head: string): Column => ({ head, align: "left" });
const right = (head: string): Column => ({ head, align: "right" });

/** Each difference with its 95 % interval, p, n and both fingerprints, then the warnings. */
export function differencesTable(differences: readonly Difference[]): string {
  const several = differences.some(({ adjustment }) => adjustment.comparisons > 1);
  const columns = [
    left("arm against baseline"),
    right("points\n(MDE)"),
    right("95 % interval"),
    right(several ? "p\n(Holm)" : "p"),
    right("won / lost\n/ tied"),
    right("n"),
    left("fingerprints"),
  ];
  const groups = Map.groupBy(differences, groupName);
  const rows = [...groups].flatMap(([name, group]): Row[] => [{ heading: name }, ...group.map(rowOf)]);
  return [textTable(columns, rows), "", ...notesOf(differences), ...warningLines(differences)].join("\n");
}

function rowOf(row: Difference): string[] {
  const { adjustment, smallest, wins, losses, ties } = row;
  return [
    `  ${armName(row, "arm")}\n  against ${armName(row, "baseline")}`,
    `${signedPoints(row.difference)}\n(${points(smallest)})`,
    intervalText(row.interval, signedPoints),
    adjustment.comparisons > 1 ? `${pValue(row.p)}\n(${pValue(adjustment.p)})` : pValue(row.p),
    `${wins.length} / ${losses.length} / ${ties.length}`,
    pairedSize(row).replace(/ (?=and|in)/g, "\n"),
    `${row.arm.fingerprint}\n${row.baseline.fingerprint}`,
  ];
}

function notesOf(differences: readonly Difference[]): string[] {
  const notes = [
    "Arm less baseline in points of 100, paired by task; seeds are averaged within a task. n: tasks × seeds.",
    "MDE: the smallest true difference that as many tasks and seeds would show with a chance of 80 %.",
    ...testNotes(differences),
  ];
  return notes.map((note) => wrap(printable(note), { indent: "  " }));
}

function warningLines(differences: readonly Difference[]): string[] {
  return warningNotes(differences).map((note) => wrap(`! ${printable(note)}`, { indent: "  " }));
}

/** What each difference says, in sentences, and the tasks behind it: won, lost and tied. */
export function differenceDetails(differences: readonly Difference[]): string {
  return differences
    .map((row) => {
      const name = `${armName(row, "arm")} against ${armName(row, "baseline")}, ${groupName(row)}`;
      const sentences = readingOf(row).map((sentence) => wrap(`  ${printable(sentence)}`, { indent: "    " }));
      const lists = [
        taskList("Won", row.wins, MOST_NAMED),
        taskList("Lost", row.losses, MOST_NAMED),
        taskList("Tied", row.ties, MOST_TIES),
      ];
      return [wrap(name, { indent: "  " }), ...sentences, ...lists].join("\n");
    })
    .join("\n\n");
}

function taskList(outcome: string, tasks: readonly string[], most: number): string {
  const names = firstOf(tasks.map(printable), most) || "none";
  const more = tasks.length > most ? ", all in --json" : "";
  return wrap(`  ${outcome} (${grouped(tasks.length)}): ${names}${more}`, { indent: "    " });
}

/** Benchmark, split and model that a row of differences stands under. */
function groupName({ benchmark, split, baseline, arm }: Difference): string {
  const mark = baseline.simulated || arm.simulated ? " · simulated" : "";
  return printable(`${benchmark}/${split}, ${baseline.model}${mark}`);
}

/** An arm's label; with its model where that is not the baseline's. */
function armName(row: Difference, side: "arm" | "baseline"): string {
  const { arm, model } = row[side];
  return printable(model === row.baseline.model ? arm : `${arm} (${model})`);
}

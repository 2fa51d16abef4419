/** What `power` found, for a terminal. */
import { counted, grouped, intervalText, points, signedPoints } from "../../reports/format.ts";
import { type Row, textTable, wrap } from "../../reports/text-table.ts";
import { ALPHA } from "../statistics/alpha.ts";
import { leastP } from "../statistics/sign-flip.ts";
import { printable } from "../text.ts";
import { type PowerReport, TABLE_SEEDS } from "./power-plan.ts";

export function powerText(report: PowerReport): string {
  return [
    ...(report.simulated
      ? ["simulated: the spread below is that of a simulated model, and says nothing of a real one"]
      : []),
    ...report.runs.map(runLine),
    noiseText(report),
    spreadText(report),
    designText(report),
    needsTable(report),
  ]
    .map((part) => (part.includes("\n") ? part : wrap(part, {})))
    .join("\n\n");
}

function runLine(run: PowerReport["runs"][number]): string {
  const name = printable(`${run.arm} (${run.model}) on ${run.benchmark}/${run.split}`);
  return (
    `${name}: ${run.metric} ${points(run.mean)}, 95 % ${intervalText(run.interval)}, ${counted(run.tasks, "task")}` +
    `${run.clusters === undefined ? "" : ` in ${counted(run.clusters, "cluster")}`} × ` +
    `${counted(run.seeds.length, "seed")} (${run.seeds.join(", ")}), fingerprint ${run.fingerprint}, scorer ${printable(run.scorer)}`
  );
}

function noiseText({ runs, noise, design, noiseReach, spread }: PowerReport): string {
  const lines = noise.map(
    ({ arm, model, splits, seeds, rootMeanSquare, largest, significant }) =>
      `  ${printable(`${arm} (${model})`)}: ${counted(splits, "split")} of ${seeds} against ${counted(seeds, "seed")}: ` +
      `differences of ${points(rootMeanSquare)} (root mean square), ${points(largest)} at most; ${significant} of ${splits} with p ≤ 0.05`,
  );
  const nothing = runs.length === 0 ? "no run given" : "one seed only: run a second one to see it";
  return [
    "Noise floor (A/A, seeds of an arm against others of it)",
    ...(lines.length === 0 ? [`  ${nothing}`] : lines),
    `  two arms that are the same differ by at most ${points(noiseReach)} points in 95 of 100 experiments of ` +
      `${sizeText(design)}${spread.seedsFrom === "assumed" ? ", by the spread that is assumed" : ""}`,
  ]
    .map((line) => wrap(line, { indent: "    " }))
    .join("\n");
}

function spreadText({ runs, spread, assumed }: PowerReport): string {
  const assumption =
    runs.length === 0
      ? `assumed: tasks that pass or fail, mean ${points(assumed.score)} (--score), seeds of a task correlated by ${assumed.agreement} (--agreement)`
      : `assumed: seeds of a task correlated by ${assumed.agreement} (--agreement), for a run has one seed only`;
  const tasks =
    spread.tasks === null
      ? "not measured (give a baseline and an arm). Taken to be the most of an effect that hurts no task: one of 5 points turns 5 in 100 tasks from fail to pass"
      : `standard deviation ${points(Math.sqrt(spread.tasks))} points, ${spread.seedsFrom === "measured" ? "from the arms given" : "what the arms given differ by beyond the seeds' part, which is assumed"}; planned with that` +
        (spread.graded
          ? ""
          : ", or with what tasks that pass or fail must differ by beyond the seeds' part, whichever is more");
  return [
    "Spread of the difference on one task",
    `  between seeds: standard deviation ${points(Math.sqrt(spread.seeds))} points, ${spread.seedsFrom === "measured" ? "measured" : assumption}`,
    `  between tasks, of the effect: ${tasks}`,
    ...(spread.seedsFrom === "measured" && spread.seeds === 0
      ? ["  no task came out differently in two seeds: are seeds of any effect on this model?"]
      : []),
    ...(spread.clusters === undefined
      ? []
      : [
          `  between clusters of tasks, of the effect: standard deviation ${points(Math.sqrt(spread.clusters.variance))} points; ` +
            `the clusters weigh as such of ${spread.clusters.tasksEach.toFixed(1)} tasks each, in what is planned too`,
        ]),
  ]
    .map((line) => wrap(line, { indent: "    " }))
    .join("\n");
}

function designText({ design, power, smallestEffect, evenly, wanted, spread }: PowerReport): string {
  const units = design.tasks / (spread.clusters?.tasksEach ?? 1);
  const chance = `${points(power)} %`;
  return [
    smallestEffect === null
      ? `${sizeText(design)} see no difference at all with a chance of ${chance}`
      : `${sizeText(design)} see a difference of ${points(smallestEffect)} points with a chance of ${chance} (two-sided, at 5 %)${
          evenly?.smallestEffect ? `; one of ${points(evenly.smallestEffect)} where it is spread evenly over tasks` : ""
        }`,
    ...(leastP(units) > ALPHA
      ? [
          `  with fewer than 6 ${spread.clusters === undefined ? "tasks" : "clusters"} no outcome of compare is significant`,
        ]
      : []),
    ...(wanted === null
      ? []
      : [
          `A difference of ${signedPoints(wanted.effect)} points is seen with a chance of ${points(wanted.power)} %${
            evenly?.power ? `, of ${points(evenly.power)} % where it is spread evenly over tasks` : ""
          }`,
          wanted.tasks === null
            ? `  no number of tasks brings that to ${chance} with ${counted(design.seeds, "seed")}`
            : `  ${chance} takes ${counted(wanted.tasks, "task")} with ${counted(design.seeds, "seed")}`,
          wanted.seeds === null
            ? `  no number of seeds brings that to ${chance} with ${counted(design.tasks, "task")}: tasks differ too`
            : `  ${chance} takes ${counted(wanted.seeds, "seed")} with ${counted(design.tasks, "task")}`,
        ]),
  ]
    .map((line) => wrap(line, { indent: "    " }))
    .join("\n");
}

function needsTable({ table, power }: PowerReport): string {
  const rows: Row[] = table.map(({ effect, tasks }) => [
    `${signedPoints(effect)} points`,
    ...tasks.map((cell) => (cell.tasks === null ? "–" : grouped(cell.tasks))),
  ]);
  const heads = TABLE_SEEDS.map((seeds) => ({ head: counted(seeds, "seed"), align: "right" as const }));
  return `Tasks needed to see an effect with a chance of ${points(power)} %, by seeds a task\n\n${textTable([{ head: "effect", align: "left" }, ...heads], rows)}`;
}

function sizeText({ tasks, seeds }: PowerReport["design"]): string {
  return `${counted(tasks, "task")} × ${counted(seeds, "seed")}`;
}

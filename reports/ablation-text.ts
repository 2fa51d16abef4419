/** An ablation, and its plan, for a terminal. Returns strings. */
import { printable } from "../harness/text.ts";
import type { AblatedUnit, AblationPlan, AblationReport } from "./ablation.ts";
import { counted, grouped, intervalText, points, signedPoints } from "./format.ts";
import { type Column, textTable, wrap } from "./text-table.ts";

const left = (head: string): Column => ({ head, align: "left" });
const right = (head: string): Column => ({ head, align: "right" });

const VERDICTS: Readonly<Record<AblatedUnit["verdict"], string>> = {
  worth: "helps",
  harms: "hurts",
  negligible: "negligible",
  futile: "no telling",
  undecided: "undecided",
  capped: "capped",
};

export function planText(plan: AblationPlan): string {
  const { by, units, tasks, sizes, trials, calls, tokens } = plan;
  const rows = units.map(({ title, support, lines }) => [printable(title), supportText(support), String(lines)]);
  const span = ({ least, most }: { least: number; most: number }) =>
    least === most ? grouped(most) : `${grouped(least)} to ${grouped(most)}`;
  return [
    textTable([left(`${by} to take out`), right("support"), right("lines")], rows),
    "",
    `${counted(units.length, by)}, ${counted(tasks, "task")}, looked at after ${sizes.join(", ")}`,
    `expected from the recorded run: ${span(trials)} trials, ${span(calls)} calls, ${span(tokens)} tokens`,
    ...plan.left.map(leftText),
  ].join("\n");
}

export function ablationText(report: AblationReport): string {
  const { units, by, rule, baseline, simulated, skill, model } = report;
  const columns = [left(by), right("support"), right("worth"), right("95 % interval"), right("tasks"), left("verdict")];
  const rows = units.map((unit) => [
    printable(unit.title),
    supportText(unit.support),
    unit.worth === null ? "–" : signedPoints(unit.worth),
    intervalText(unit.interval, signedPoints),
    `${unit.tasks} of ${baseline.tasks}`,
    VERDICTS[unit.verdict],
  ]);
  const least = points(rule.least);
  return [
    `${printable(skill.name)}, ${printable(model)}${simulated ? " · simulated" : ""}: ${points(baseline.mean)} points with the whole skill`,
    "",
    textTable(columns, rows),
    "",
    wrap(
      `Worth: points of 100 that the skill loses without it, paired by task. Intervals hold for all ${rule.looks} looks together (Bonferroni), each ${by} for itself: of many, one in twenty errs. Negligible: within ${least} points either way. No telling: more of these tasks would hardly tell.`,
      {},
    ),
    ...(report.reportOnly
      ? [
          wrap(
            "Test tasks are among these: for a report only. A skill that is changed by these numbers has no test score left.",
            {},
          ),
        ]
      : []),
    ...(report.learned === 0
      ? []
      : [
          wrap(
            `The skill was distilled from ${grouped(report.learned)} of these tasks: its lessons are worth more here than on others.`,
            {},
          ),
        ]),
    ...report.left.map(leftText),
  ].join("\n");
}

function supportText(support: number | null): string {
  return support === null ? "–" : String(support);
}

function leftText({ title, reason }: AblationPlan["left"][number]): string {
  return wrap(`left in: ${printable(title)}: ${printable(reason)}`, { indent: "  " });
}

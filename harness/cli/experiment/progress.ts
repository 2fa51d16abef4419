/** Live progress of an experiment: units done, left and failing, what was spent, and how far the one under way is. */
import type { Unit } from "../../../reports/experiments/units.ts";
import { moneyText } from "../../prices/prices.ts";
import { sum } from "../../statistics/interval.ts";
import { visible } from "../../text.ts";
import type { Io } from "../io.ts";
import { type Counted, progressOf } from "../progress.ts";
import type { Session } from "../session.ts";
import { spendingReport } from "../spending-told.ts";
import type { ExperimentEvent } from "./perform.ts";

/** What became of the units, once all is over. */
export interface UnitCounts {
  readonly total: number;
  readonly ended: number;
  /** Those that failed themselves. */
  readonly failed: readonly { readonly unit: string; readonly problem: string }[];
  /** Those that need one that failed. */
  readonly leftOut: readonly string[];
  /** Trials that our side spoilt, of all runs. */
  readonly unscored: number;
  /** Those of them whose run a skill or a memory was made from: they are not tried again. */
  readonly kept: number;
}

export interface ExperimentProgress {
  readonly onEvent: (event: ExperimentEvent) => void;
  readonly counts: () => UnitCounts;
  /** A line that stays, above the one that is drawn. */
  readonly note: (text: string) => void;
  readonly end: () => void;
}

export function experimentProgress(io: Io, session: Session): ExperimentProgress {
  const progress = progressOf(io, session, "experiment");
  const failed: { unit: string; problem: string }[] = [];
  const leftOut: string[] = [];
  let total = 0;
  let ended = 0;
  let endedHere = 0;
  /** By unit. */
  const unscored = new Map<string, number>();
  const learnedFrom = new Set<string>();
  /** How much of each unit this process did, from 0 to 1; not there of those that were made before. */
  const worked = new Map<string, number>();
  const wholeOf = (unit: Unit, { done, total: all }: Counted) => {
    worked.set(unit.id, all === 0 ? 0 : done / all);
    const lost = failed.length + leftOut.length;
    return { done: sum([...worked.values()]), total: total - lost - (ended - endedHere) };
  };
  const onEvent = (event: ExperimentEvent): void => {
    switch (event.kind) {
      case "planned":
        total = event.plan.units.length;
        return;
      case "begun":
        return;
      case "counted":
        progress.stage(`${unitsText()}; ${unitName(event.unit)}`, {
          ...event.counted,
          whole: wholeOf(event.unit, event.counted),
        });
        return;
      case "ended":
        ended += 1;
        if (worked.has(event.unit.id)) {
          endedHere += 1;
          worked.set(event.unit.id, 1);
        }
        unscored.set(event.unit.id, event.made.unscored);
        if (event.made.used) learnedFrom.add(event.unit.id);
        if ("from" in event.unit) learnedFrom.add(event.unit.from);
        return;
      case "failed":
        failed.push({ unit: unitName(event.unit), problem: event.problem });
        progress.note(visible(`failed, the rest goes on where it can: ${unitName(event.unit)}: ${event.problem}`));
        return;
      case "left-out":
        leftOut.push(unitName(event.unit));
        return;
      default:
        event satisfies never;
    }
  };
  const unitsText = () => {
    const lost = failed.length + leftOut.length;
    const spent = moneyText(spendingReport(session).total.cost);
    return `${ended} of ${total} units done, ${total - ended - lost} left, ${lost} failing; spent ${spent}`;
  };
  const counts = () => ({
    ...{ total, ended, failed, leftOut },
    unscored: sum([...unscored.values()]),
    kept: sum([...learnedFrom].map((id) => unscored.get(id) ?? 0)),
  });
  return { onEvent, note: progress.note, end: progress.end, counts };
}

/** For people: what the unit is of, then what it is. */
export function unitName(unit: Unit): string {
  return unit.kind === "run" ? `${unit.label} (${unit.arm})` : unit.label;
}

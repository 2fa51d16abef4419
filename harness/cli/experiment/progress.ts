/** Live progress of an experiment: units done, left and failing, what was spent, and how far the one under way is. */
import type { Unit } from "../../../reports/experiments/units.ts";
import { moneyText } from "../../prices/prices.ts";
import { visible } from "../../text.ts";
import type { Io } from "../io.ts";
import { progressOf } from "../progress.ts";
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
}

export interface ExperimentProgress {
  readonly onEvent: (event: ExperimentEvent) => void;
  readonly counts: () => UnitCounts;
  readonly end: () => void;
}

export function experimentProgress(io: Io, session: Session): ExperimentProgress {
  const progress = progressOf(io, session, "experiment");
  const failed: { unit: string; problem: string }[] = [];
  const leftOut: string[] = [];
  let total = 0;
  let ended = 0;
  let unscored = 0;
  const onEvent = (event: ExperimentEvent): void => {
    switch (event.kind) {
      case "planned":
        total = event.plan.units.length;
        return;
      case "begun":
        return;
      case "counted":
        progress.stage(`${unitsText()}; ${unitName(event.unit)}`, event.counted);
        return;
      case "ended":
        ended += 1;
        unscored += event.made.unscored;
        return;
      case "failed":
        failed.push({ unit: unitName(event.unit), problem: event.problem });
        io.err(`failed: ${visible(`${unitName(event.unit)}: ${event.problem}`)}. The rest goes on where it can`);
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
  return { onEvent, end: progress.end, counts: () => ({ total, ended, failed, leftOut, unscored }) };
}

/** For people: what the unit is of, then what it is. */
export function unitName(unit: Unit): string {
  return unit.kind === "run" ? `${unit.label} (${unit.arm})` : unit.label;
}

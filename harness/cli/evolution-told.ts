/** What `distill` with several seeds or a gate prints, and the exit code it ends with. */
import { join } from "node:path";
import { selectionText } from "../../reports/selection.ts";
import type { Run } from "../run/store.ts";
import { type EvolutionPlan, GATE_EXITS } from "./evolution.ts";
import { costsText } from "./evolution-costs.ts";
import { type Ended, type EvolutionVerbSettings, planParts } from "./evolution-verb.ts";
import type { Io } from "./io.ts";
import type { Session } from "./session.ts";

/** `--dry-run`: what would be done and what it would cost. */
export function tellCosts(
  runs: readonly Run[],
  settings: EvolutionVerbSettings & { readonly json: boolean },
  plan: EvolutionPlan | null,
  io: Io,
): void {
  const plain: EvolutionPlan = {
    seeds: [settings.seed],
    select: "none",
    scoredOn: null,
    gateMargin: null,
    share: null,
  };
  const { costs } = planParts(runs, settings, plan ?? plain);
  io.out(settings.json ? JSON.stringify({ dryRun: true, ...costs }, null, 1) : costsText(costs));
}

export interface Told {
  readonly json: boolean;
  readonly directory: string;
  readonly journalPath: string;
  readonly session: Session;
  readonly io: Io;
}

/** Prints the selection and sets the exit code: faults left over come before the gate's verdict, which may still change. */
export function tellSelection({ selection, left }: Ended, { json, directory, journalPath, session, io }: Told): void {
  const { used, refused, gate, simulated } = selection;
  const paths = {
    selection: join(directory, "selection.json"),
    skill: used.kind === "none" ? null : join(directory, used.skill.path),
    refused: refused === null ? null : join(directory, refused.path),
    candidates: selection.candidates.map(({ skill }) => join(directory, skill.path)),
    journal: journalPath,
  };
  if (json)
    io.out(
      JSON.stringify({ simulated, calls: session.calls, verdict: gate?.verdict ?? null, selection, paths }, null, 1),
    );
  else {
    io.out(selectionText(selection));
    io.out(`calls made ${session.calls.made}, read from the journal ${session.calls.fromJournal}`);
    const ofAll = paths.candidates.map((path) => `candidate ${path}`);
    const places = selection.choice.kind === "all" ? ofAll : [`skill ${paths.skill ?? "none"}`];
    io.out(places.join("\n"));
  }
  if (left > 0) io.err(`${left} analyses, merges or trials failed through a fault: the same command tries them again.`);
  if (left > 0) io.exit(1);
  else if (gate !== null) io.exit(GATE_EXITS[gate.verdict]);
}

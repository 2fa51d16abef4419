/** What `distill` with several seeds or a gate prints, and the exit code it ends with. */
import { join } from "node:path";
import { selectionText } from "../../reports/selection.ts";
import { pricesIn } from "./account.ts";
import { scanText, type Told } from "./distill-told.ts";
import { type EvolutionPlan, GATE_EXITS } from "./evolution.ts";
import { costsText } from "./evolution-costs.ts";
import { type Ended, type EvolutionVerbSettings, type Material, plainCosts, planParts } from "./evolution-verb.ts";
import { ASSUMPTIONS, expectedMoney, expectedUsageLines } from "./expected-usage.ts";
import type { Io } from "./io.ts";
import { answererAsked } from "./role-models.ts";
import type { RoleSettings } from "./role-options.ts";
import { spendingLines, spendingReport } from "./spending-told.ts";

/** `--dry-run`: what would be done and what it would cost. */
export function tellCosts(
  material: Material,
  settings: EvolutionVerbSettings & RoleSettings & { readonly json: boolean },
  plan: EvolutionPlan | null,
  io: Io,
): void {
  const costs = plan === null ? plainCosts(material, settings) : planParts(material, settings, plan).costs;
  const money = expectedMoney(costs.usage, answererAsked(settings, io), pricesIn(settings));
  if (settings.json) io.out(JSON.stringify({ dryRun: true, ...costs, money, assumptions: ASSUMPTIONS }, null, 1));
  else io.out([costsText(costs), ...expectedUsageLines(costs.usage, money)].join("\n"));
}

/** Prints the selection and sets the exit code: faults left over come before the gate's verdict, which may still change. */
export function tellSelection(
  { selection, distillations, left }: Ended,
  { json, directory, journalPath, session, io }: Told,
): void {
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
      JSON.stringify(
        {
          simulated,
          calls: session.calls,
          spending: spendingReport(session),
          verdict: gate?.verdict ?? null,
          selection,
          paths,
        },
        null,
        1,
      ),
    );
  else {
    io.out(selectionText(selection));
    for (const { seed, distillation } of distillations)
      if (distillation.scan !== undefined) io.out(`seed ${seed}: ${scanText(distillation.scan)}`);
    io.out(`calls made ${session.calls.made}, read from the journal ${session.calls.fromJournal}`);
    for (const line of spendingLines(spendingReport(session))) io.out(line);
    const ofAll = paths.candidates.map((path) => `candidate ${path}`);
    const places = selection.choice.kind === "all" ? ofAll : [`skill ${paths.skill ?? "none"}`];
    io.out(places.join("\n"));
  }
  if (left > 0) io.err(`${left} analyses, merges or trials failed through a fault: the same command tries them again.`);
  if (left > 0) io.exit(1);
  else if (gate !== null) io.exit(GATE_EXITS[gate.verdict]);
}

/** What `--dry-run` of an experiment does, one's own or one of the paper's. */
import type { ExperimentSource } from "../../../reports/experiments/source.ts";
import { UsageError } from "../../errors.ts";
import { visible } from "../../text.ts";
import { pricesIn } from "../account.ts";
import type { BudgetSettings } from "../budget-options.ts";
import { type ConnectionSettings, callsAtOnce, connectingOf } from "../connection-options.ts";
import { refuseTakenFolder } from "../free-folder.ts";
import type { Io } from "../io.ts";
import { type SandboxSettings, sandboxAsked } from "../sandbox-options.ts";
import { estimateExperiment } from "./estimate.ts";
import { estimateText } from "./estimate-text.ts";
import { refuseOtherExperiment } from "./folder.ts";

export interface EstimateSettings extends ConnectionSettings, SandboxSettings, Pick<BudgetSettings, "prices"> {
  readonly dryRun: boolean;
  readonly estimateFrom: readonly string[];
  readonly json: boolean;
}

interface Telling {
  readonly places: { readonly directory: string; readonly store: string; readonly base: string };
  readonly settings: EstimateSettings;
  readonly io: Io;
}

export async function tellEstimate(
  { definition, at }: ExperimentSource,
  { places, settings, io }: Telling,
): Promise<void> {
  refuseTakenFolder(places.directory);
  await refuseOtherExperiment(places.directory, definition.name);
  const estimate = await estimateExperiment(definition, {
    store: places.store,
    base: places.base,
    at,
    connecting: connectingOf(settings),
    sandbox: sandboxAsked(settings, io),
    prices: pricesIn(settings),
    width: callsAtOnce(settings),
    samples: settings.estimateFrom,
    io,
  });
  io.out(settings.json ? JSON.stringify(estimate, null, 1) : visible(estimateText(estimate)));
}

/** @throws UsageError for `--estimate-from` where nothing is estimated */
export function refuseIdleEstimate({ dryRun, estimateFrom }: Pick<EstimateSettings, "dryRun" | "estimateFrom">): void {
  if (!dryRun && estimateFrom.length > 0)
    throw new UsageError("--estimate-from says what --dry-run counts with: give it too");
}

/** What `experiment --dry-run` does. */
import type { ExperimentSource } from "../../../reports/experiments/source.ts";
import { pricesIn } from "../account.ts";
import { connectionsOf, trialsAtOnce } from "../connection-options.ts";
import type { Io } from "../io.ts";
import { sandboxAsked } from "../sandbox-options.ts";
import type { ExperimentSettings } from "./command.ts";
import { estimateExperiment } from "./estimate.ts";
import { estimateText } from "./estimate-text.ts";
import type { ExperimentPlaces } from "./verb.ts";

interface Telling {
  readonly places: ExperimentPlaces;
  readonly settings: ExperimentSettings;
  readonly io: Io;
}

export async function tellEstimate(
  { definition, at }: ExperimentSource,
  { places, settings, io }: Telling,
): Promise<void> {
  const { maxRetries, retryTime } = settings;
  const estimate = await estimateExperiment(definition, {
    store: places.store,
    base: places.base,
    at,
    connecting: { maxRetries, retryMs: retryTime * 1_000, connections: connectionsOf(settings) },
    sandbox: sandboxAsked(settings, io),
    prices: pricesIn(settings),
    width: trialsAtOnce(settings),
    samples: settings.estimateFrom,
    io,
  });
  io.out(settings.json ? JSON.stringify(estimate, null, 1) : estimateText(estimate));
}

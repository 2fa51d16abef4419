/** What `experiment --dry-run` does. */
import type { ExperimentSource } from "../../../reports/experiments/source.ts";
import { visible } from "../../text.ts";
import { pricesIn } from "../account.ts";
import { connectionsOf, trialsAtOnce } from "../connection-options.ts";
import { refuseTakenFolder } from "../free-folder.ts";
import type { Io } from "../io.ts";
import { sandboxAsked } from "../sandbox-options.ts";
import { estimateExperiment } from "./estimate.ts";
import { estimateText } from "./estimate-text.ts";
import { refuseOtherExperiment } from "./folder.ts";
import type { ExperimentSettings } from "./register.ts";
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
  refuseTakenFolder(places.directory);
  await refuseOtherExperiment(places.directory, definition.name);
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
  io.out(settings.json ? JSON.stringify(estimate, null, 1) : visible(estimateText(estimate)));
}

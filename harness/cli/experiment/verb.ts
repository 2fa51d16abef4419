/** What verb `experiment` does. */
import { createReadStream } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { buffer } from "node:stream/consumers";
import { definitionText } from "../../../reports/experiments/definition-bytes.ts";
import type { ExperimentRecord } from "../../../reports/experiments/record.ts";
import { type ExperimentSource, LONGEST_BYTES, readExperiment } from "../../../reports/experiments/source.ts";
import { EXPERIMENT_FILE } from "../../../reports/experiments/stored.ts";
import { messageOf, SetupError, UsageError } from "../../errors.ts";
import { lockFolder } from "../../run/lock.ts";
import { visible } from "../../text.ts";
import { accountIn } from "../account.ts";
import { connectingOf, trialsAtOnce } from "../connection-options.ts";
import type { Io } from "../io.ts";
import { sandboxAsked } from "../sandbox-options.ts";
import { openSession, type Session } from "../session.ts";
import { type SpendingReport, spendingLines, spendingReport } from "../spending-told.ts";
import { refuseIdleEstimate, tellEstimate } from "./estimate-verb.ts";
import { performShown } from "./perform-shown.ts";
import type { UnitCounts } from "./progress.ts";
import type { ExperimentSettings } from "./register.ts";

/** Where what belongs to an experiment lies. */
export interface ExperimentPlaces {
  readonly directory: string;
  readonly journal: string;
  readonly store: string;
  /** Folder that paths of the definition are from. */
  readonly base: string;
}

export async function experimentVerb(file: string, settings: ExperimentSettings, io: Io): Promise<void> {
  const source = await definitionIn(file);
  const { definition, at } = source;
  const places = placesOf(file, settings);
  if (settings.dryRun) return tellEstimate(source, { places, settings, io });
  refuseIdleEstimate(settings);
  const { directory, journal, store, base } = places;
  const sandbox = sandboxAsked(settings, io);
  await using _lock = await lockFolder(directory);
  await using session = openSession(io, journal, { ...accountIn(directory, settings), sandbox });
  const { record, counts } = await performShown(definition, {
    directory,
    session,
    io,
    store,
    base,
    at,
    width: trialsAtOnce(settings),
    unitsAtOnce: settings.unitsAtOnce,
    connecting: connectingOf(settings),
  });
  tell({ record, counts, calls: session.calls, spending: spendingReport(session), places, settings, io });
  if (counts.failed.length > 0 || counts.unscored > 0) io.exit(1);
}

/** @throws SetupError when it cannot be read; UsageError with the lines that are not sound */
async function definitionIn(file: string): Promise<ExperimentSource> {
  // A pipe, or a device without end, is read no further than a definition may be long.
  const bytes = await buffer(createReadStream(file, { end: LONGEST_BYTES })).catch((cause: unknown) => {
    throw new SetupError(`cannot read the experiment ${file}: ${messageOf(cause)}`, { cause });
  });
  if (bytes.length > LONGEST_BYTES)
    throw new UsageError(`${file}: it has more than ${LONGEST_BYTES} bytes, which no definition has`);
  return readExperiment(definitionText(bytes, file), file);
}

function placesOf(file: string, { out, journal: named, units }: ExperimentSettings): ExperimentPlaces {
  const directory = resolve(out);
  const journal = resolve(named ?? join(dirname(directory), "journal.sqlite"));
  return { directory, journal, store: resolve(units ?? join(dirname(journal), "units")), base: dirname(resolve(file)) };
}

interface Told {
  readonly record: ExperimentRecord;
  readonly counts: UnitCounts;
  readonly calls: Session["calls"];
  readonly spending: SpendingReport;
  readonly places: ExperimentPlaces;
  readonly settings: ExperimentSettings;
  readonly io: Io;
}

function tell({ record, counts, calls, spending, places, settings, io }: Told): void {
  const paths = { experiment: join(places.directory, EXPERIMENT_FILE), units: places.store, journal: places.journal };
  if (settings.json) {
    io.out(JSON.stringify({ record, units: counts, calls, spending, paths }, null, 1));
    return;
  }
  const { total, ended, failed, leftOut, unscored, kept } = counts;
  const text = [
    `${record.definition.name}: ${record.cells.filter(({ done }) => done).length} of ${record.cells.length} cells, ${ended} of ${total} units done`,
    ...failed.map(({ unit, problem }) => `failed: ${unit}: ${problem}`),
    ...(leftOut.length > 0 ? [`left out, for they need one that failed: ${leftOut.join(", ")}`] : []),
    ...(unscored > kept
      ? [`${unscored - kept} trials are unscored and in no mean; the same command tries them again`]
      : []),
    ...(kept > 0
      ? [`${kept} trials that skills were made from are unscored: nothing was learned from them, and they stay so`]
      : []),
    `calls made ${calls.made}, read from the journal ${calls.fromJournal}`,
    ...spendingLines(spending),
    `tables and page: trace2skill report ${settings.out}`,
  ].join("\n");
  io.out(visible(text));
}

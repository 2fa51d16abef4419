/** What verb `reproduce` does. */
import { basename, dirname, join, relative, resolve } from "node:path";
import { readDistillation } from "../../../distill/store.ts";
import type { Experiment } from "../../../reports/experiments/definition.ts";
import type { ExperimentRecord } from "../../../reports/experiments/record.ts";
import { experimentOf } from "../../../reports/paper/experiment-of.ts";
import { PAPER_TABLES, paperTable } from "../../../reports/paper/index.ts";
import type { Results } from "../../../reports/paper/measure.ts";
import type { PaperTable } from "../../../reports/paper/paper-table.ts";
import { renderPaperTable } from "../../../reports/paper/render.ts";
import type { Table } from "../../../reports/table.ts";
import { UsageError } from "../../errors.ts";
import { writeJson } from "../../run/files.ts";
import { lockFolder } from "../../run/lock.ts";
import { accountIn, pricesIn } from "../account.ts";
import { cacheDirectoryOf } from "../benchmark-of.ts";
import { connectionsOf, trialsAtOnce } from "../connection-options.ts";
import { estimateExperiment } from "../experiment/estimate.ts";
import { estimateText } from "../experiment/estimate-text.ts";
import { performExperiment } from "../experiment/perform.ts";
import { experimentProgress } from "../experiment/progress.ts";
import type { Io } from "../io.ts";
import { isPrinted } from "../report-format.ts";
import { sandboxAsked } from "../sandbox-options.ts";
import { openSession, type Session } from "../session.ts";
import { printedTables, writeTables } from "../tables-written.ts";
import type { ReproduceSettings } from "./register.ts";
import { readPatchTexts, readResults } from "./results.ts";
import { isSimulated, settingOf } from "./setting.ts";

export async function reproduceVerb(name: string, settings: ReproduceSettings, io: Io): Promise<void> {
  if (name === "list") return list(settings, io);
  const table = paperTable(name);
  if (!isPrinted(settings.format) && settings.tables === undefined)
    throw new UsageError(`--format ${settings.format} is nothing to print: say where to with --tables PATH`);
  refuseUnserved(settings, io);
  if (settings.from !== undefined) return countThemesIn(table, settings.from, settings, io);
  const { setting, simulated, stands, method } = await settingOf(table, settings, {
    cacheDirectory: cacheDirectoryOf(io),
    howMany: (_, of) => Math.round(settings.scale * of),
  });
  const { definition, left } = experimentOf(table, setting);
  for (const what of stands) io.err(`note: ${what}`);
  for (const what of left) io.err(`note: left out: ${what}`);
  const directory = join(resolve(settings.out), table.id);
  if (settings.dryRun) return tellEstimate(definition, { directory, settings, io });
  await using _lock = await lockFolder(directory);
  await using session = openSession(io, join(dirname(directory), "journal.sqlite"), {
    ...accountIn(directory, settings),
    sandbox: sandboxAsked(settings, io),
  });
  const { record, failed } = await carriedOut(definition, { directory, session, settings, io });
  const about = { stands, method, left, seeds: setting.seeds, simulated };
  const tables = renderPaperTable(table, await readResults(record, directory), about);
  const paths = { experiment: join(directory, "experiment.json"), tables: join(directory, "tables.json") };
  await writeJson(paths.tables, tables);
  await tell(table, tables, { settings, io, calls: session.calls, paths });
  if (failed || record.cells.some(({ done }) => !done)) io.exit(1);
}

/** Told before any data is asked for. @throws UsageError for a model that is neither built in nor at an endpoint */
function refuseUnserved({ models = new Map() }: ReproduceSettings, { env }: Io): void {
  for (const [size, { name, baseUrl }] of models) {
    if (baseUrl !== null || isSimulated(name) || env.OPENAI_BASE_URL !== undefined) continue;
    throw new UsageError(
      `--models ${size}=${name}: expected the endpoint that serves it, as in ${size}=NAME@http://HOST/v1 (or OPENAI_BASE_URL); built in are sim/large and sim/small`,
    );
  }
}

function list({ json }: ReproduceSettings, io: Io): void {
  if (json) {
    const tables = PAPER_TABLES.map(({ id, title, about, sources, judge, cells, assumptions }) => {
      return { id, title, about, sources, judge, numbers: cells.length, assumptions };
    });
    io.out(JSON.stringify({ tables }, null, 1));
    return;
  }
  const lines = PAPER_TABLES.map(({ id, about, sources }) => `${id}\n  ${about}\n  ${sources.join("; ")}`);
  io.out(`${lines.join("\n\n")}\n\nMeasure one with: trace2skill reproduce TABLE (--help tells the rest)`);
}

/** Only the table of themes can be had from a distillation alone. */
async function countThemesIn(table: PaperTable, from: string, settings: ReproduceSettings, io: Io): Promise<void> {
  if (table.cells.some(({ measure }) => measure.kind !== "share"))
    throw new UsageError(`--from counts the themes of a distillation, which is table prevalence; asked is ${table.id}`);
  const { skill, options, fingerprint } = await readDistillation(from);
  const patches = await readPatchTexts(from);
  const results: Results = { run: () => null, minutes: () => null, patches: () => patches, hash: () => skill.hash };
  const tables = renderPaperTable(table, results, {
    stands: [
      `Measured: the ${patches.length} patches of the distillation ${basename(resolve(from))} by ${fingerprint.model}, skill ${skill.hash.slice(0, 12)}.`,
    ],
    method: [],
    left: [],
    seeds: [options.seed],
    simulated: fingerprint.simulated,
  });
  await tell(table, tables, { settings, io, calls: { made: 0, fromJournal: 0 }, paths: {} });
}

interface Place {
  readonly directory: string;
  readonly settings: ReproduceSettings;
  readonly io: Io;
}

/** What tables share is kept once, beside their folders. */
function storeBeside(directory: string): string {
  return join(dirname(directory), "units");
}

function connectingOf(settings: ReproduceSettings) {
  const { maxRetries, retryTime } = settings;
  return { maxRetries, retryMs: retryTime * 1_000, connections: connectionsOf(settings) };
}

/** What a part of the definition was asked for with. */
function optionOf([part, name]: readonly (string | number)[]): string {
  if (part === "skills" && name === "human-written") return "--human-written";
  return part === "models" ? `--models ${name}=…, --presets` : `${part}.${name}`;
}

async function tellEstimate(definition: Experiment, { directory, settings, io }: Place): Promise<void> {
  const estimate = await estimateExperiment(definition, {
    store: storeBeside(directory),
    base: ".",
    at: optionOf,
    connecting: connectingOf(settings),
    sandbox: sandboxAsked(settings, io),
    prices: pricesIn(settings),
    width: trialsAtOnce(settings),
    samples: [],
    io,
  });
  io.out(settings.json ? JSON.stringify(estimate, null, 1) : estimateText(estimate));
}

async function carriedOut(
  definition: Experiment,
  { directory, session, settings, io }: Place & { readonly session: Session },
): Promise<{ record: ExperimentRecord; failed: boolean }> {
  const progress = experimentProgress(io, session);
  const record = await performExperiment(definition, {
    directory,
    session,
    io: { ...io, err: progress.note },
    store: storeBeside(directory),
    width: trialsAtOnce(settings),
    unitsAtOnce: settings.unitsAtOnce,
    connecting: connectingOf(settings),
    at: optionOf,
    onEvent: progress.onEvent,
  }).finally(progress.end);
  const { failed, unscored } = progress.counts();
  if (unscored > 0)
    io.err(`${unscored} trials are unscored and in no mean; the same command tries them again where it can`);
  return { record, failed: failed.length > 0 || unscored > 0 };
}

interface Told {
  readonly settings: ReproduceSettings;
  readonly io: Io;
  readonly calls: Session["calls"];
  readonly paths: Readonly<Record<string, string>>;
}

async function tell(
  { title }: PaperTable,
  tables: readonly Table[],
  { settings: { format, tables: out, json }, io, calls, paths }: Told,
): Promise<void> {
  const written = out === undefined ? {} : await writeTables(format, resolve(out), { title, tables: [...tables] });
  const places = { ...paths, ...written };
  if (json) return io.out(JSON.stringify({ calls, tables, paths: places }, null, 1));
  if (out === undefined && isPrinted(format)) io.out(printedTables(format, { title, tables: [...tables] }).trimEnd());
  const told = [
    `This time: ${calls.made} calls made, ${calls.fromJournal} read from the journal.`,
    ...Object.entries(places).map(([name, path]) => `  ${name.padEnd(10)} ${relative(process.cwd(), path)}`),
  ].join("\n");
  // What is printed for another program, such as LaTeX, must hold nothing else.
  if (format === "terminal") io.out(`\n${told}`);
  else io.err(told);
}

/** What verb `reproduce` does. */
import { basename, join, relative, resolve } from "node:path";
import { readDistillation } from "../../../distill/store.ts";
import { EXPERIMENT_FILE } from "../../../reports/experiments/stored.ts";
import { experimentOf } from "../../../reports/paper/experiment-of.ts";
import { PAPER_TABLES, paperTable } from "../../../reports/paper/index.ts";
import type { Results } from "../../../reports/paper/measure.ts";
import type { PaperTable } from "../../../reports/paper/paper-table.ts";
import { renderPaperTable } from "../../../reports/paper/render.ts";
import type { Table } from "../../../reports/table.ts";
import { UsageError } from "../../errors.ts";
import { writeJson } from "../../run/files.ts";
import { lockFolder } from "../../run/lock.ts";
import { accountIn } from "../account.ts";
import { cacheDirectoryOf } from "../benchmark-of.ts";
import { connectingOf, trialsAtOnce } from "../connection-options.ts";
import { refuseIdleEstimate, tellEstimate } from "../experiment/estimate-verb.ts";
import { performShown } from "../experiment/perform-shown.ts";
import type { Io } from "../io.ts";
import { isPrinted } from "../report-format.ts";
import { sandboxAsked } from "../sandbox-options.ts";
import { openSession, type Session } from "../session.ts";
import { isSimulatedModel, SIMULATED_MODELS } from "../simulated-models.ts";
import { printedTables, writeTables } from "../tables-written.ts";
import type { ReproduceSettings } from "./register.ts";
import { readPatchTexts, readResults } from "./results.ts";
import { settingOf } from "./setting.ts";

export async function reproduceVerb(name: string, settings: ReproduceSettings, io: Io): Promise<void> {
  if (name === "list") return list(settings, io);
  const table = paperTable(name);
  refuseUnusable(settings, io);
  if (settings.from !== undefined) return countThemesIn(table, settings.from, settings, io);
  const { setting, simulated, stands, method } = await settingOf(table, settings, {
    cacheDirectory: cacheDirectoryOf(io),
    howMany: (_, of) => Math.round(settings.scale * of),
  });
  const { definition, left } = experimentOf(table, setting);
  for (const what of stands) io.err(`note: ${what}`);
  for (const what of left) io.err(`note: left out: ${what}`);
  const root = resolve(settings.out);
  const directory = join(root, table.id);
  // What tables share is kept once, beside their folders.
  const places = { directory, store: join(root, "units"), base: "." };
  if (settings.dryRun) return tellEstimate({ definition, at: optionOf }, { places, settings, io });
  await using _lock = await lockFolder(directory);
  await using session = openSession(io, join(root, "journal.sqlite"), {
    ...accountIn(directory, settings),
    sandbox: sandboxAsked(settings, io),
  });
  const { record, counts } = await performShown(definition, {
    ...places,
    session,
    io,
    at: optionOf,
    width: trialsAtOnce(settings),
    unitsAtOnce: settings.unitsAtOnce,
    connecting: connectingOf(settings),
  });
  const about = { stands, method, left, seeds: setting.seeds, simulated };
  const tables = renderPaperTable(table, await readResults(record, directory), about);
  const paths = { experiment: join(directory, EXPERIMENT_FILE), tables: join(directory, "tables.json") };
  await writeJson(paths.tables, tables);
  await tell(table, tables, { settings, io, calls: session.calls, paths });
  if (counts.unscored > 0)
    io.err(`${counts.unscored} trials are unscored and in no mean; the same command tries them again where it can`);
  if (counts.unscored > 0 || counts.failed.length > 0 || record.cells.some(({ done }) => !done)) io.exit(1);
}

/** Told before any data is asked for. @throws UsageError, such as for a model that is neither built in nor at an endpoint */
function refuseUnusable(settings: ReproduceSettings, { env }: Io): void {
  const { format, tables, models = new Map() } = settings;
  if (!isPrinted(format) && tables === undefined)
    throw new UsageError(`--format ${format} is nothing to print: say where to with --tables PATH`);
  refuseIdleEstimate(settings);
  for (const [size, { name, baseUrl }] of models) {
    if (baseUrl !== null || isSimulatedModel(name) || env.OPENAI_BASE_URL !== undefined) continue;
    throw new UsageError(
      `--models ${size}=${name}: expected the endpoint that serves it, as in ${size}=NAME@http://HOST/v1 (or OPENAI_BASE_URL); built in are ${SIMULATED_MODELS.join(" and ")}`,
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

/** What a part of the definition was asked for with. */
function optionOf([part, name]: readonly (string | number)[]): string {
  if (part === "skills" && name === "human-written") return "--human-written";
  return part === "models" ? `--models ${name}=…, --presets` : `${part}.${name}`;
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

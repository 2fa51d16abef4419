/** What verb `data check` does. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Checked, checkData, type Exception, PROBES } from "../../benchmarks/data/check.ts";
import { loadBenchmark } from "../../benchmarks/index.ts";
import type { Benchmark } from "../roles.ts";
import { printable } from "../text.ts";
import { cacheDirectoryOf } from "./benchmark-of.ts";
import type { CheckSettings } from "./data.ts";
import type { Io } from "./io.ts";
import { askedOf } from "./options.ts";
import { progressOf } from "./progress.ts";

/** Characters of what a scorer said. */
const MOST_SHOWN = 300;

export async function dataCheckVerb(name: string, settings: CheckSettings, io: Io): Promise<void> {
  const benchmark = await loadBenchmark(name, askedOf(settings, cacheDirectoryOf(io)));
  for (const notice of benchmark.notices) io.err(`note: ${printable(notice)}`);
  const scratch = await mkdtemp(join(tmpdir(), "trace2skill-check-"));
  const progress = progressOf(io, null, `data check ${name}`);
  const total = benchmark.tasks.length;
  const checked = await checkData(benchmark, {
    scratch,
    width: settings.atOnce,
    signal: io.signal,
    onTask: (done, failing) => progress.stage("", { done, total, failing }),
  }).finally(async () => {
    progress.end();
    await rm(scratch, { recursive: true, force: true });
  });
  const fresh = checked.exceptions.filter(({ known }) => known === null).length;
  if (settings.json) io.out(JSON.stringify(documentOf(benchmark, checked, fresh), null, 1));
  else io.out(textOf(benchmark, checked, fresh));
  io.exit(fresh === 0 ? 0 : 1);
}

function documentOf(
  { name, split, data, dataHash, scorer, tasks, notices, errata }: Benchmark,
  checked: Checked,
  fresh: number,
) {
  return { ok: fresh === 0, name, split, data, dataHash, scorer, tasks: tasks.length, notices, errata, ...checked };
}

function textOf(benchmark: Benchmark, { probes, exceptions }: Checked, fresh: number): string {
  const { name, split, tasks, scorer } = benchmark;
  const known = exceptions.filter((exception) => exception.known !== null);
  const tried = PROBES.filter((probe) => probes[probe] > 0).map((probe) => {
    const failed = exceptions.filter((exception) => exception.probe === probe).length;
    return `  ${SAYS[probe]}: ${probes[probe] - failed} of ${probes[probe]}`;
  });
  return [
    `${name}, split ${split}: ${tasks.length} tasks by ${scorer}`,
    ...tried,
    ...section("known exceptions", known.map(lineOf)),
    ...section("further known defects", silentDefects(benchmark, known)),
    ...section("NEW exceptions", exceptions.filter((exception) => exception.known === null).map(lineOf)),
    "",
    fresh === 0
      ? "the data set is sound, but for what is known"
      : `${fresh} new exceptions: the data or its scorer is not as it should be`,
  ].join("\n");
}

const SAYS = {
  truth: "the ground truth scores 1",
  nothing: "no output and no text score 0",
  empty: "an empty file scores 0",
  untouched: "the untouched input does not pass",
} as const;

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", `${title}:`, ...lines];
}

/** Defects of tasks that no probe shows, such as a mark that their authors set. */
function silentDefects({ errata }: Benchmark, known: readonly Exception[]): string[] {
  const shownAlready = new Set(known.map(({ task }) => task));
  const silent = Object.entries(errata).filter(([id]) => !shownAlready.has(id));
  return silent.map(([id, defect]) => `  ${printable(id)}: ${printable(defect)}`);
}

function lineOf({ task, probe, expected, found, known }: Exception): string {
  const head = `  ${printable(task)}, ${probe}: expected ${expected}, found ${shown(found)}`;
  return known === null ? head : `${head}\n    known: ${printable(known)}`;
}

function shown(text: string): string {
  const plain = printable(text);
  return plain.length <= MOST_SHOWN ? plain : `${plain.slice(0, MOST_SHOWN)}…`;
}

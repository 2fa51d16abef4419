/** What verb `journal` does. */
import { resolve } from "node:path";
import { type Column, textTable } from "../../reports/text-table.ts";
import { exportCalls } from "../journal/export-calls.ts";
import { importCalls } from "../journal/import-calls.ts";
import { pruneJournal } from "../journal/prune.ts";
import { salvageJournal } from "../journal/salvage.ts";
import { type CallCounts, statsOf } from "../journal/stats.ts";
import { type Verified, verifyJournal } from "../journal/verify.ts";
import { printable } from "../text.ts";
import type { Io } from "./io.ts";
import type {
  ExportCallsSettings,
  ImportCallsSettings,
  PruneSettings,
  StatsSettings,
  VerifySettings,
} from "./journal.ts";
import { journalFor, workIn } from "./journal-place.ts";

/** Damaged calls that are named; the rest are counted. */
const MOST_NAMED = 20;

const COLUMNS: readonly (keyof CallCounts)[] = ["answered", "redrawn", "underWay", "lost", "failed", "refused"];
const HEADS: readonly Column[] = [
  { head: "caller", align: "left" },
  ...["answered", "asked again", "under way", "lost", "failed", "refused"].map(
    (head): Column => ({ head, align: "right" }),
  ),
];

export function statsVerb(folder: string | undefined, { journal: named, json }: StatsSettings, io: Io): void {
  const journal = journalFor(named, folder);
  const stats = statsOf(journal);
  if (json) return void io.out(JSON.stringify({ ...stats, paths: { journal: resolve(journal) } }, null, 1));
  const rows = Object.entries({ ...stats.byCaller, all: stats.calls });
  io.out(
    textTable(
      HEADS,
      rows.map(([caller, counts]) => [caller, ...COLUMNS.map((column) => String(counts[column]))]),
    ),
  );
  io.out(
    `${journal}: ${stats.parts} fragments and images, each kept once; ${stats.runs} runs whose calls are known; ` +
      `${(stats.bytes / 1e6).toFixed(1)} MB; version ${stats.version}`,
  );
  if (stats.calls.lost > 0)
    io.out("lost: begun by a process that ended before the answer was stored; asked for again when needed");
}

export function verifyVerb(
  folder: string | undefined,
  { journal: named, salvage, json }: VerifySettings,
  io: Io,
): void {
  const journal = journalFor(named, folder);
  const verified = verifyJournal(journal);
  const isWhole = [verified.damaged, verified.unreadable, verified.pages].every(({ length }) => length === 0);
  const salvaged = salvage === undefined ? null : salvageJournal(journal, salvage);
  if (!isWhole) io.exit(1);
  if (json) return void io.out(JSON.stringify({ isWhole, ...verified, salvaged }, null, 1));
  for (const line of damageLines(verified)) io.out(line);
  io.out(
    `${journal}: ${verified.calls} calls read, ${verified.whole} answers whole, ${verified.damaged.length} calls damaged, ` +
      `${verified.unreadable.length} places unreadable`,
  );
  if (salvaged !== null) {
    io.out(`saved ${salvaged.calls} answered calls to ${salvage}; left ${salvaged.leftBehind} without a whole answer`);
  } else if (!isWhole && areAnswersWhole(verified)) {
    io.out(
      "Nothing is lost: all answers are whole, and read back as before. What was asked of the calls named cannot be shown or exported",
    );
  } else if (!isWhole) {
    io.out(`Save what is whole with: trace2skill journal verify --journal ${journal} --salvage NEW.sqlite`);
  }
}

/** True where a salvage could save no more than the journal itself can tell. */
function areAnswersWhole({ damaged, unreadable, pages }: Verified): boolean {
  return pages.length === 0 && unreadable.length === 0 && damaged.every(({ answerIsWhole }) => answerIsWhole);
}

function damageLines({ damaged, unreadable, pages }: Verified): string[] {
  const lines = [
    ...pages.map((problem) => `pages: ${printable(problem)}`),
    ...unreadable.map(({ table, where, problem }) => `${table} at ${where}: unreadable: ${printable(problem)}`),
    ...damaged.map(({ key, caller, problem, answerIsWhole }) => {
      const rest = answerIsWhole ? "; its answer is whole" : "";
      return `call ${key.slice(0, 12)} of ${printable(caller)}: ${printable(problem)}${rest}`;
    }),
  ];
  const more = lines.length - MOST_NAMED;
  return more > 0 ? [...lines.slice(0, MOST_NAMED), `and ${more} more (--json has all)`] : lines;
}

export async function exportCallsVerb(
  runs: readonly string[],
  { journal, out, json }: ExportCallsSettings,
  io: Io,
): Promise<void> {
  const path = journalFor(journal, runs[0]);
  const ids = (await Promise.all(runs.map(workIn))).flat();
  const counts = await exportCalls(path, [...new Set(ids)], out);
  if (json)
    return void io.out(JSON.stringify({ ...counts, paths: { out: resolve(out), journal: resolve(path) } }, null, 1));
  io.out(`${counts.calls} calls, ${counts.parts} fragments and images, ${counts.seen} texts of commands: ${out}`);
}

export async function importCallsVerb(file: string, { journal, json }: ImportCallsSettings, io: Io): Promise<void> {
  const imported = await importCalls(file, journal);
  if (imported.otherwise > 0) {
    io.err(
      `note: ${imported.otherwise} calls are answered otherwise in ${journal}; its own answers stay, so that its runs can be ` +
        "repeated. To repeat the runs of the file, import it into a journal of its own",
    );
  }
  if (json) return void io.out(JSON.stringify({ ...imported, paths: { journal: resolve(journal) } }, null, 1));
  io.out(`${imported.calls} calls of ${imported.runs} runs taken, ${imported.known} were there: ${journal}`);
}

export function pruneVerb(
  folder: string | undefined,
  { journal: named, before, dryRun, json }: PruneSettings,
  io: Io,
): void {
  const journal = journalFor(named, folder);
  const pruned = pruneJournal(journal, { before: before ?? null, dryRun });
  if (json) return void io.out(JSON.stringify({ ...pruned, dryRun, paths: { journal: resolve(journal) } }, null, 1));
  io.out(
    `${journal}: ${dryRun ? "would delete" : "deleted"} ${pruned.unanswered} calls without an answer, ${pruned.answered} answered ones, ` +
      `${pruned.parts} fragments and images that no call holds`,
  );
}

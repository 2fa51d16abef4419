/** What verb `parity` does. */
import { stat } from "node:fs/promises";
import { parityOf } from "../../benchmarks/parity/index.ts";
import type { ParityCase } from "../../benchmarks/parity/parity.ts";
import { type Counter, isEnough, type ParityTally, parityCounter } from "../../benchmarks/parity/tally.ts";
import { type Column, type Row, textTable } from "../../reports/text-table.ts";
import { SetupError } from "../errors.ts";
import { printable } from "../text.ts";
import { cacheDirectoryOf } from "./benchmark-of.ts";
import type { Io } from "./io.ts";
import type { ParitySettings } from "./parity.ts";

/** Between two lines of progress. */
const TOLD_EVERY_MS = 5_000;
/** Characters of a text from a file, so that a disagreement stays readable; `--json` has it whole. */
const MOST_SHOWN = 300;

export async function parityVerb(scorer: string, folder: string, settings: ParitySettings, io: Io): Promise<void> {
  const rules = settings.rules ?? null;
  const entry = parityOf(scorer, rules);
  if (!(await stat(folder).catch(() => null))?.isDirectory()) {
    throw new SetupError(`${folder}: expected a folder with recorded verdicts of ${scorer}, found none`);
  }
  const parity = await entry.load();
  const counter = parityCounter();
  const cacheDirectory = cacheDirectoryOf(io);
  await judge(parity(folder, { cacheDirectory, rules, signal: io.signal }), counter, { title: `parity ${scorer}`, io });
  const tally = counter.tally();
  if (tally.cases === 0) throw new SetupError(`${folder}: there is no recorded case of ${scorer} to judge`);
  const enough = isEnough(tally, settings.atLeast);
  if (settings.json) io.out(JSON.stringify({ scorer, folder, atLeast: settings.atLeast, enough, ...tally }, null, 1));
  else io.out(parityText(tally, settings.limit ?? Number.POSITIVE_INFINITY));
  io.exit(enough ? 0 : 1);
}

async function judge(
  cases: AsyncIterable<ParityCase>,
  counter: Counter,
  { title, io }: { title: string; io: Io },
): Promise<void> {
  let toldAt = performance.now();
  for await (const one of cases) {
    io.signal.throwIfAborted();
    counter.add(one);
    if (performance.now() - toldAt < TOLD_EVERY_MS) continue;
    toldAt = performance.now();
    io.err(`${title}: ${counter.cases} verdicts compared, ${counter.differing} differ`);
  }
}

const NUMBERS: readonly Column[] = [
  { head: "cases", align: "right" },
  { head: "agree", align: "right" },
  { head: "share", align: "right" },
];

function parityText(tally: ParityTally, limit: number): string {
  const { disagreements } = tally;
  const shown = disagreements.slice(0, limit);
  const left = disagreements.length - shown.length;
  return [
    agreementTable(
      "file, rules",
      [...tally.files].map((one) => [`${one.file}, ${one.rule}`, one]),
    ),
    // Groups in full agreement would hide the few that are not.
    agreementTable(
      "group (those with a disagreement)",
      tally.groups
        .filter(({ agree, cases }) => agree < cases)
        .map((one) => [`${one.file}, ${one.rule}, ${one.group}`, one]),
    ),
    ...shown.map(disagreementText),
    ...(left > 0 ? [`and ${left} more disagreements: --json holds all`] : []),
    conclusion(tally),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

type Counted = { readonly cases: number; readonly agree: number; readonly share: number };

function agreementTable(head: string, rows: readonly (readonly [string, Counted])[]): string {
  if (rows.length === 0) return "";
  const cells = rows.map(
    ([name, { cases, agree, share }]): Row => [printable(name), String(cases), String(agree), percent(share)],
  );
  return textTable([{ head, align: "left" }, ...NUMBERS], cells);
}

/** Never rounds up to 100 %: one case in ten thousand is to be seen. */
function percent(share: number): string {
  return `${(Math.floor(share * 10_000) / 100).toFixed(2)} %`;
}

function disagreementText({ file, id, group, rule, recorded, ours, detail, reason }: ParityCase): string {
  const lines = [
    `${shown(file)} ${shown(id)} (${shown(group)}), ${shown(rule)}: recorded ${shown(recorded)}, ours ${shown(ours)}`,
    `  ${shown(detail)}`,
    ...(reason === null ? [] : [`  why: ${shown(reason)}`]),
  ];
  return lines.join("\n");
}

function shown(text: string): string {
  const plain = printable(text);
  return plain.length <= MOST_SHOWN ? plain : `${plain.slice(0, MOST_SHOWN)}…`;
}

function conclusion({ rules, disagreements, cases }: ParityTally): string {
  const lines = rules.map((rule) => `${printable(rule.rule)}: ${rule.agree} of ${rule.cases} (${percent(rule.share)})`);
  const unexplained = disagreements.filter(({ reason }) => reason === null).length;
  const differing =
    disagreements.length === 0
      ? `all ${cases} verdicts agree`
      : `${disagreements.length} of ${cases} verdicts differ, ${unexplained} of them for no reason that is known`;
  return [...lines, differing].join("\n");
}

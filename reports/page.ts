/** One HTML page from an experiment's report, with its trials: no network, one script of our own, and nothing that a model could run. */
import { readdir, rm, rmdir } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { hasCode } from "../harness/errors.ts";
import { writeText } from "../harness/run/files.ts";
import { makeFolder, type RunOutcomes } from "../harness/run/store.ts";
import type { ExperimentReport } from "./experiment.ts";
import { counted } from "./format.ts";
import { type HeldTrials, holdTrials } from "./page/data.ts";
import { type Html, html, scriptElement, styleElement } from "./page/html.ts";
import { NO_LINKS } from "./page/links.ts";
import { simulatedTag } from "./page/parts.ts";
import { SCRIPT, sourceHash } from "./page/script.ts";
import { type Section, sectionElement, sectionsOf } from "./page/sections.ts";
import { STYLE_SHEET } from "./page/style.ts";
import { chunkFile, type PageTrials, packedLength, pageLinks, trialData } from "./page/trials.ts";

/** Characters: some 4,000 trials of a bash agent, in a page that is sent by mail and opened at once. */
const MOST_INSIDE = 6_000_000;

/** Where the parts of a page were written. */
export interface WrittenPage {
  readonly page: string;
  /** With the trials that are too much for the page; null where the page holds all. It must stay beside the page. */
  readonly folder: string | null;
}

/**
 * Writes the page of a report, whole or not at all; folders above `path` are made. Trials that are too many for one file lie
 * beside it, in a folder named after it, and are read when they are opened, from a disk as from a server.
 * @param runs whose trials can be opened on the page, read from their folders; none for numbers alone
 * @param mostInside characters of packed trials, with their index, that the page may hold; beyond, the index alone is in it
 * @throws SetupError when the place cannot be written to
 */
export async function writeReport(
  path: string,
  report: ExperimentReport,
  runs: readonly RunOutcomes[] = [],
  mostInside = MOST_INSIDE,
): Promise<WrittenPage> {
  await makeFolder(dirname(path));
  const held = runs.length === 0 ? null : await holdTrials(runs);
  const folder = trialsFolder(path);
  const beside = held !== null && packedLength(held) > mostInside;
  if (beside) await writeChunks(folder, held);
  await writeText(path, reportPage(report, held && { held, folder: beside ? basename(folder) : null }));
  await removeChunks(folder, beside ? held.chunks.map(({ name }) => name) : []);
  return { page: path, folder: beside ? folder : null };
}

/** `report.trials` of `report.html`. */
function trialsFolder(path: string): string {
  return join(dirname(path), `${basename(path, extname(path))}.trials`);
}

async function writeChunks(folder: string, { chunks }: HeldTrials): Promise<void> {
  await makeFolder(folder);
  for (const chunk of chunks) await writeText(join(folder, `${chunk.name}.js`), chunkFile(chunk));
}

/** Those of an earlier page in the same place; files that are not chunks stay, and so does a folder that holds any. */
async function removeChunks(folder: string, kept: readonly string[]): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (hasCode(error, "ENOENT") || hasCode(error, "ENOTDIR")) return []; // a file of that name is not ours
    throw error;
  });
  const stale = names.filter((name) => /^[0-9a-f]{16}\.js$/.test(name) && !kept.includes(name.slice(0, 16)));
  for (const name of stale) await rm(join(folder, name));
  if (stale.length > 0 && stale.length === names.length) await rmdir(folder);
}

/** The page as text. Pure: the same report and trials give the same bytes. */
export function reportPage(report: ExperimentReport, trials: PageTrials | null = null): string {
  const links = trials === null ? NO_LINKS : pageLinks(trials.held.index);
  const sections = sectionsOf({ report, links, trials });
  const page = html`<!doctype html>
<html lang="en" data-trials="${trials?.folder ?? ""}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(trials)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${report.name}${report.simulated ? " (simulated)" : ""}</title>
${styleElement(STYLE_SHEET)}
</head>
<body>
<main>
<div id="overview">
${header(report, sections)}
${sections.map(sectionElement)}
${METHOD}
</div>
<div id="view" hidden></div>
</main>
${trials === null ? null : trialData(trials)}
${scriptElement(SCRIPT)}
</body>
</html>
`;
  return page.text;
}

/**
 * Only our own style sheet and our own script may take effect, each known by its hash; nothing may be loaded or sent, and no
 * string may become markup. Images that models were shown are set as data, from the page or from its folder. Where trials lie
 * beside the page, that script alone may fetch them, under addresses that it makes.
 */
function policy(trials: PageTrials | null): string {
  const beside = trials !== null && trials.folder !== null;
  return [
    "default-src 'none'",
    `script-src ${sourceHash(SCRIPT)}${beside ? " 'strict-dynamic'" : ""}`,
    `style-src ${sourceHash(STYLE_SHEET)}`,
    ...(trials !== null && trials.held.chunks.length > trials.held.index.chunks.length ? ["img-src data:"] : []),
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    `trusted-types ${beside ? "chunks" : "'none'"}`,
  ].join("; ");
}

function header({ name, simulated, arms, ranAt }: ExperimentReport, sections: readonly Section[]): Html {
  const distinct = (of: (arm: ExperimentReport["arms"][number]) => string) => new Set(arms.map(of)).size;
  const facts = [
    counted(
      distinct(({ arm }) => arm),
      "arm",
    ),
    counted(
      distinct(({ model }) => model),
      "model",
    ),
    counted(
      distinct(({ benchmark, split }) => `${benchmark}/${split}`),
      "benchmark split",
    ),
    ...(ranAt === null ? [] : [`run on ${ranAt.slice(0, 10)}`]),
  ];
  const notice = html`<p class="notice">These numbers come from a <b>simulated</b> model: a statistical stand-in with known habits.
They test the machinery of distilling skills and say nothing about a real model.</p>`;
  return html`<header><h1>${name}${simulatedTag(simulated)}</h1>
<p class="quiet">${facts.join(" · ")}</p>
${simulated ? notice : null}${contents(sections)}</header>`;
}

/** The sections of the page, and the switch between light and dark. */
function contents(sections: readonly Section[]): Html {
  const items = sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`);
  return html`<nav class="contents" aria-label="Contents"><ul>${items}</ul>
<label class="theme"><span>Colours</span> <select id="theme" autocomplete="off"><option value="auto">as the system</option><option value="light">light</option><option value="dark">dark</option></select></label></nav>`;
}

const METHOD = html`<footer><h2>How to read this</h2>
<p>Scores are in points of 100. <b>n</b> is tasks × seeds. Seeds are averaged within a task, and tasks are the unit of every interval
and test. Intervals hold 95 %: Student’s t over tasks, or Wilson’s where fewer than five tasks’ worth pass or fail.</p>
<p>Differences are paired by task, on tasks that both arms have a score for; <b>p</b> is two-sided, by McNemar’s exact test
where each task was right or wrong once, else from flipping the signs of the tasks’ differences. Intervals of differences are Student’s t, or Agresti and Min’s where fewer than five tasks differ.
Many comparisons on one page will show a small p by chance: the one marked Holm is adjusted for all of them. <b>MDE</b> is the
smallest true difference that a design would show with a chance of 80 %.</p>
<p>A trial that our side spoilt is <b>unscored</b>: counted, shown, and in no mean. <b>Support</b> is the number of distinct tasks whose
trials argue for a lesson.</p></footer>`;

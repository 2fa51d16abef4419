/** One self-contained HTML page from an experiment's report: no network, no script, and nothing in it that a model could run. */
import { dirname } from "node:path";
import { sha256 } from "../harness/hash.ts";
import { writeText } from "../harness/run/files.ts";
import { makeFolder } from "../harness/run/store.ts";
import type { ExperimentReport } from "./experiment.ts";
import { counted } from "./format.ts";
import { costsSection, fingerprintsSection } from "./page/accounts.ts";
import { armsSection } from "./page/arms.ts";
import { differencesSection } from "./page/differences.ts";
import { distillationsSection } from "./page/distillations.ts";
import { type Html, html, styleElement } from "./page/html.ts";
import { simulatedTag } from "./page/parts.ts";
import { serversSection } from "./page/servers.ts";
import { STYLE_SHEET } from "./page/style.ts";

/**
 * Writes the page of a report, whole or not at all; folders above `path` are made.
 * @throws SetupError when the place cannot be written to
 */
export async function writeReport(path: string, report: ExperimentReport): Promise<void> {
  await makeFolder(dirname(path));
  await writeText(path, reportPage(report));
}

/** The page as text. Pure: the same report gives the same bytes. */
export function reportPage(report: ExperimentReport): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${report.name}${report.simulated ? " (simulated)" : ""}</title>
${styleElement(STYLE_SHEET)}
</head>
<body>
<main>
${header(report)}
${armsSection(report)}
${differencesSection(report.differences)}
${distillationsSection(report.distillations)}
${costsSection(report.costs)}
${fingerprintsSection(report)}
${serversSection(report.servers ?? [])}
${METHOD}
</main>
</body>
</html>
`;
  return page.text;
}

/** Only our own style sheet may take effect, known by its hash; nothing may be loaded, run or sent. */
function policy(): string {
  const style = Buffer.from(sha256(STYLE_SHEET), "hex").toString("base64");
  return `default-src 'none'; style-src 'sha256-${style}'; base-uri 'none'; form-action 'none'`;
}

function header({ name, simulated, arms, ranAt }: ExperimentReport): Html {
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
${simulated ? notice : null}</header>`;
}

const METHOD = html`<footer><h2>How to read this</h2>
<p>Scores are in points of 100. <b>n</b> is tasks × seeds. Seeds are averaged within a task, and tasks are the unit of every interval
and test. Intervals hold 95 %: Student’s t over tasks, or Wilson’s where fewer than five tasks’ worth pass or fail.</p>
<p>Differences are paired by task, on tasks that both arms have a score for; <b>p</b> is two-sided, from flipping the signs of the
tasks’ differences. Intervals of differences are Student’s t, or Agresti and Min’s where fewer than five tasks differ.
Many comparisons on one page will show a small p by chance.</p>
<p>A trial that our side spoilt is <b>unscored</b>: counted, shown, and in no mean. <b>Support</b> is the number of distinct tasks whose
trials argue for a lesson.</p></footer>`;

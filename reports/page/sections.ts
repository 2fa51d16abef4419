/** The sections of the page in their order: each is made by one function of the same data, and the shell puts them together. */
import type { ExperimentReport } from "../experiment.ts";
import { costsSection, fingerprintsSection } from "./accounts.ts";
import { armsSection } from "./arms.ts";
import { costScoreSection } from "./cost-score.ts";
import { differencesSection } from "./differences.ts";
import { distillationsSection } from "./distillations.ts";
import { headlineSection } from "./headline.ts";
import { type Html, html } from "./html.ts";
import type { PageLinks } from "./links.ts";
import { negativeTransferSection } from "./negative-transfer.ts";
import { serversSection } from "./servers.ts";
import { transferSection } from "./transfer-map.ts";
import { type PageTrials, tasksSection } from "./trials.ts";

/** One part of the page with its heading and its place in the list of contents. */
export interface Section {
  /** Letters and hyphens, once on a page: what `#id` leads to. */
  readonly id: string;
  readonly title: string;
  /** What stands below the heading. */
  readonly body: Html;
}

/** All that a section may be made from. */
export interface PageParts {
  readonly report: ExperimentReport;
  /** To the trials that the page holds. */
  readonly links: PageLinks;
  /** Null where the page has numbers alone. */
  readonly trials: PageTrials | null;
}

/** In the order of the page; one that has nothing to show is left out. A new section is one line here. */
export function sectionsOf({ report, links, trials }: PageParts): Section[] {
  const sections: readonly (Section | null)[] = [
    headlineSection(report),
    armsSection(report),
    differencesSection(report.differences, links),
    negativeTransferSection(report.differences, links),
    transferSection(report),
    costScoreSection(report),
    distillationsSection(report.distillations, links),
    trials === null ? null : tasksSection(trials),
    costsSection(report.costs),
    fingerprintsSection(report),
    serversSection(report.servers ?? []),
  ];
  return sections.filter((section) => section !== null);
}

export function sectionElement({ id, title, body }: Section): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${body}</section>
`;
}

/** How often lessons recur: the share of patches that speak of each operating procedure. */
import { type Distilled, distilled, nameOf } from "./conditions.ts";
import { LATER, type PaperCell, type PaperTable, type TaskSet, V3 } from "./paper-table.ts";
import { SPREADSHEET_SETS } from "./sets.ts";
import { PUBLISHED_PATCHES, THEMES } from "./themes.ts";

const ASKED: Distilled = { author: "122b", start: "deepen", lessons: "combined" };
const { evolve, Vrf } = SPREADSHEET_SETS;
/** An experiment judges what it makes: here on one task, for nothing is read off it. */
const ONE_TASK: TaskSet = {
  real: { ...Vrf.real, tasks: "0:1" },
  published: 1,
  sample: Vrf.sample && { ...Vrf.sample, tasks: "0:1" },
};

export const PREVALENCE: PaperTable = {
  id: "prevalence",
  title: "Prevalence of operating procedures among the patches",
  about: "share of patches that speak of recalculation, openpyxl, reading back, structural edits, ...",
  sources: [`${V3}, section 4.4`, `${LATER}, appendix C.3`],
  sets: { evolve, "one task": ONE_TASK },
  judge: ["one task"],
  conditions: [distilled(ASKED, ["122b"])],
  cells: THEMES.map(({ id, label, published }): PaperCell => {
    const share = (100 * published) / PUBLISHED_PATCHES;
    return {
      condition: "122b deepen +Combined, share of patches",
      column: label,
      unit: "points",
      signed: false,
      measure: { kind: "share", skill: nameOf(ASKED), theme: id },
      published: { v3: share, later: share },
    };
  }),
  assumptions: [
    `Published: 178, 177, 138, 53, then 15, 15 and about 13 of ${PUBLISHED_PATCHES} patches.`,
    "How the paper assigned a patch to a theme is not described. Here a patch speaks of a theme when the text that one of its edits writes matches one of the theme's phrases (reports/paper/themes.ts).",
    "Patches that could not be read have no edits and count as speaking of nothing.",
    "The interval is Wilson's, patches as the unit.",
  ],
};

/** What the error analyst's sandbox is worth: failures analysed by an agent that must prove its fix, and in a single call. */
import { type Distilled, distilled, HUMAN_WRITTEN, NO_SKILL, nameOf, PARAMETRIC, type Start } from "./conditions.ts";
import { LATER, type PaperTable, type Size, V3 } from "./paper-table.ts";
import { SPREADSHEET_SETS } from "./sets.ts";
import { averageCells, spreadsheetCells } from "./spreadsheet-cells.ts";

/** Vrf, Soft, Hard, WikiTQ, HiTab of the 122B user, then of the 35B user. */
type Ten = readonly [number, number, number, number, number, number, number, number, number, number];
interface Row {
  readonly author: Size;
  readonly start: Start;
  readonly errorAnalyst: NonNullable<Distilled["errorAnalyst"]>;
  readonly scores: Ten;
  /** Of version 3, then of the later revision. */
  readonly average: readonly [number, number];
}

const AGENTIC = "agentic";
const SINGLE = "single-call";
const ROWS: readonly Row[] = [
  {
    ...{ author: "122b", start: "deepen", errorAnalyst: AGENTIC, average: [40.75, 36.21] },
    scores: [65.83, 46.6, 27.43, 76.3, 43.45, 36.67, 22.47, 6.23, 18.28, 14.85],
  },
  {
    ...{ author: "122b", start: "deepen", errorAnalyst: SINGLE, average: [28.58, 28.0] },
    scores: [67.0, 43.93, 25.23, 39.81, 36.68, 25.0, 22.43, 6.23, 11.24, 9.74],
  },
  {
    ...{ author: "122b", start: "create", errorAnalyst: AGENTIC, average: [27.84, 26.02] },
    scores: [49.0, 40.37, 23.37, 31.62, 15.66, 28.83, 23.23, 7.87, 22.2, 23.58],
  },
  {
    ...{ author: "122b", start: "create", errorAnalyst: SINGLE, average: [27.08, 26.6] },
    scores: [27.17, 27.73, 16.2, 47.26, 30.26, 19.83, 17.6, 4.7, 23.3, 36.53],
  },
  {
    ...{ author: "35b", start: "deepen", errorAnalyst: AGENTIC, average: [36.04, 32.58] },
    scores: [65.0, 44.8, 25.17, 68.32, 38.93, 27.0, 22.2, 8.2, 11.73, 13.38],
  },
  {
    ...{ author: "35b", start: "deepen", errorAnalyst: SINGLE, average: [32.83, 28.8] },
    scores: [37.83, 22.93, 12.83, 77.05, 42.05, 30.5, 20.17, 8.73, 9.95, 12.73],
  },
  {
    ...{ author: "35b", start: "create", errorAnalyst: AGENTIC, average: [39.06, 34.45] },
    scores: [27.17, 28.9, 18.53, 81.38, 45.61, 24.0, 21.0, 6.53, 32.8, 31.75],
  },
  {
    ...{ author: "35b", start: "create", errorAnalyst: SINGLE, average: [25.76, 26.49] },
    scores: [22.0, 27.67, 16.6, 54.61, 37.93, 23.5, 16.87, 4.93, 11.24, 33.75],
  },
];

/** Places of HiTab, which version 3 does not have. */
const HITAB = [4, 9];

export const AGENTIC_TABLE: PaperTable = {
  id: "agentic",
  title: "Agentic error analysis against a single call",
  about: "failures read by an agent that proves its fix, and by one call; by author and start",
  sources: [`${V3}, table 6`, `${LATER}, table 12`],
  sets: SPREADSHEET_SETS,
  judge: ["Vrf", "full", "WikiTQ", "HiTab"],
  conditions: [NO_SKILL, HUMAN_WRITTEN, PARAMETRIC, ...ROWS.map((row) => distilled(askedOf(row)))],
  cells: ROWS.flatMap(({ scores, average: [v3, later], ...row }) => {
    const arm = nameOf(askedOf(row));
    const named = { condition: arm, arm, baseline: null };
    return [
      ...spreadsheetCells({
        ...named,
        v3: scores.map((score, at) => (HITAB.includes(at) ? null : score)),
        later: scores,
      }),
      ...averageCells(named, { v3, later }),
    ];
  }),
  assumptions: [
    "A single call is not asked for a fix, so that its lessons are not verified, as in the paper.",
    "The questions of WikiTQ and HiTab that the paper kept are not published: here all of both test sets.",
  ],
};

function askedOf({ author, start, errorAnalyst }: Pick<Row, "author" | "start" | "errorAnalyst">): Distilled {
  return { author, start, lessons: "error", errorAnalyst };
}

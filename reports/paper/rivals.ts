/** Tables that set ways of distilling spreadsheet work against each other, from the same trials, each author its own user. */
import { minutesCell } from "./cells.ts";
import { type Distilled, distilled, HUMAN_WRITTEN, NO_SKILL, nameOf, remembered } from "./conditions.ts";
import { LATER, type PaperTable, SIZES, type Size, V3 } from "./paper-table.ts";
import { SPREADSHEET_SETS } from "./sets.ts";
import { spreadsheetCells } from "./spreadsheet-cells.ts";

const COLUMNS = ["Vrf", "Soft", "Hard"];
const BASELINE = HUMAN_WRITTEN.arm.name;
const { evolve, Vrf, full } = SPREADSHEET_SETS;
/** The later revision prints the same numbers as version 3 in both tables. */
const SOURCES = (table: string) => [`${V3}, ${table}`, `${LATER}, ${table}`];
type Three = readonly [number, number, number];

const WAYS: readonly {
  readonly label: string;
  readonly way: Pick<Distilled, "strategy" | "batch">;
  readonly scores: Readonly<Record<Size, Three>>;
  readonly minutes: number;
}[] = [
  {
    label: "sequential, batch 4",
    way: { strategy: "sequential", batch: 4 },
    scores: { "122b": [59.0, 40.63, 20.63], "35b": [26.17, 22.37, 7.47] },
    minutes: 15,
  },
  {
    label: "sequential, batch 1",
    way: { strategy: "sequential", batch: 1 },
    scores: { "122b": [61.83, 44.4, 25.4], "35b": [26.0, 23.83, 10.57] },
    minutes: 60,
  },
  { label: "parallel", way: {}, scores: { "122b": [65.83, 46.6, 27.43], "35b": [27.0, 22.2, 8.2] }, minutes: 3 },
];

export const PARALLEL: PaperTable = {
  id: "parallel",
  title: "Parallel against sequential consolidation: scores and minutes",
  about: "the same failures consolidated in parallel and in sequence, batches of 4 and 1: scores and minutes",
  sources: SOURCES("table 4"),
  sets: { evolve, Vrf, full },
  judge: ["Vrf", "full"],
  conditions: [
    NO_SKILL,
    HUMAN_WRITTEN,
    ...WAYS.flatMap(({ way }) => SIZES.map((size) => distilled(wayOf(size, way), [size], BASELINE))),
  ],
  cells: WAYS.flatMap(({ label, way, scores, minutes }) =>
    SIZES.flatMap((size) => [
      ...sameModelCells(label, nameOf(wayOf(size, way)), size, scores[size]),
      minutesCell(label, wayOf(size, way), { v3: minutes, later: minutes }),
    ]),
  ),
  assumptions: [
    "Minutes are printed once for both sizes, as about 15, 60 and 3, with 128 analysts at once and about 70 failures; they hang on server and load as scores do not. With a simulated model they are of this machine alone.",
  ],
};

const MEMORY: Readonly<Record<Size, Three>> = { "122b": [56.0, 40.1, 21.3], "35b": [20.5, 17.3, 4.97] };
const COMBINED: Readonly<Record<Size, Three>> = { "122b": [69.83, 47.17, 29.53], "35b": [29.67, 18.8, 5.73] };
const combinedOf = (author: Size): Distilled => ({ author, start: "deepen", lessons: "combined" });

export const RETRIEVAL: PaperTable = {
  id: "retrieval",
  title: "Retrieval memory (ReasoningBank) against a distilled skill",
  about: "the same lessons as a memory of which the nearest task's are shown, and as a skill",
  sources: SOURCES("table 5"),
  sets: { evolve, Vrf, full },
  judge: ["Vrf", "full"],
  conditions: [
    NO_SKILL,
    HUMAN_WRITTEN,
    ...SIZES.map((size) => remembered(combinedOf(size), size, BASELINE)),
    ...SIZES.map((size) => distilled(combinedOf(size), [size], BASELINE)),
  ],
  cells: [
    ...SIZES.flatMap((size) => {
      const { arm } = remembered(combinedOf(size), size, BASELINE);
      return sameModelCells("ReasoningBank", arm.name, size, MEMORY[size]);
    }),
    ...SIZES.flatMap((size) =>
      sameModelCells("human-written +Combined", nameOf(combinedOf(size)), size, COMBINED[size]),
    ),
  ],
  assumptions: [
    "The agent with a memory has no skill beside it: the paper does not say.",
    "The nearest task is found by BM25 on the instruction, not by the embeddings of Qwen3-Embedding-8B.",
  ],
};

function wayOf(author: Size, way: Pick<Distilled, "strategy" | "batch">): Distilled {
  return { author, start: "deepen", lessons: "error", ...way };
}

function sameModelCells(condition: string, arm: string, user: Size, scores: Three) {
  return spreadsheetCells({
    condition,
    arm,
    baseline: null,
    users: [user],
    columns: COLUMNS,
    v3: scores,
    later: scores,
  });
}

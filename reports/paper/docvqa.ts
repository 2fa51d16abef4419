/** Questions about scanned pages, by both published protocols: halves in version 3, fifty questions to distill from later. */
import { against, minutesCell } from "./cells.ts";
import { type Distilled, distilled, NO_SKILL, nameOf, parametricFor, remembered, withDraft } from "./conditions.ts";
import { type Condition, LATER, type PaperCell, type PaperTable, SIZES, type Size, V3 } from "./paper-table.ts";
import { DOCVQA_FIFTY, DOCVQA_HALVES } from "./sets.ts";

const BASELINE = NO_SKILL.arm.name;
const DRAFT = parametricFor("questions about scanned document pages");
const START =
  "The paper does not say which skill these distillations start from: here from the larger model's own draft (creation).";
const FIFTY =
  "The paper distills from 25 failures and 25 successes, and does not say which: here from the first 50 questions, whatever became of them.";

/** ANLS and accuracy of the 122B user, then of the 35B user. */
type Four = readonly [number, number, number, number];
type Row = readonly [Distilled, Four];

const HALVES: readonly Row[] = [
  [{ author: "122b", start: "create", lessons: "error" }, [0.8063, 86.5, 0.8397, 88.8]],
  [{ author: "35b", start: "create", lessons: "error" }, [0.6517, 72.1, 0.6223, 69.0]],
];

export const DOCVQA: PaperTable = {
  id: "docvqa",
  title: "DocVQA, protocol of version 3: distilled from the first half, judged on the second",
  about: "questions about pages, 2,700 to distill from and 2,649 to judge on: ANLS and accuracy",
  sources: [`${V3}, table 3`],
  sets: DOCVQA_HALVES,
  judge: ["DocVQA"],
  conditions: [NO_SKILL, ...HALVES.map(([asked]) => distilledFrom(asked))],
  cells: [
    ...cellsOf(BASELINE, { arm: BASELINE, baseline: null }, { v3: [0.6424, 71.2, 0.6843, 75.2] }),
    ...HALVES.flatMap(([asked, v3]) => cellsOf(nameOf(asked), { arm: nameOf(asked), baseline: null }, { v3 })),
  ],
  assumptions: [START],
};

const CHANGES: readonly Row[] = [
  [{ author: "122b", start: "create", lessons: "error" }, [0.1949, 17.69, 0.1974, 16.64]],
  [{ author: "122b", start: "create", lessons: "success" }, [0.1639, 14.89, 0.1668, 14.23]],
  [{ author: "122b", start: "create", lessons: "combined" }, [0.2534, 22.25, 0.2049, 17.22]],
  [{ author: "35b", start: "create", lessons: "error" }, [0.0884, 6.79, 0.1267, 10.15]],
  [{ author: "35b", start: "create", lessons: "success" }, [0.1572, 14.53, 0.2132, 18.27]],
  [{ author: "35b", start: "create", lessons: "combined" }, [0.0958, 7.73, 0.2158, 18.83]],
];

export const DOCVQA_LATER: PaperTable = {
  id: "docvqa-fifty",
  title: "DocVQA, protocol of the later revision: distilled from 50 questions, judged on 5,299",
  about: "questions about pages, 50 to distill from and 5,299 to judge on: ANLS and accuracy",
  sources: [`${LATER}, table 3`],
  sets: DOCVQA_FIFTY,
  judge: ["DocVQA"],
  conditions: [NO_SKILL, ...CHANGES.map(([asked]) => distilledFrom(asked))],
  cells: [
    ...cellsOf(BASELINE, { arm: BASELINE, baseline: null }, { later: [0.63, 70.27, 0.6582, 73.17] }),
    ...CHANGES.flatMap(([asked, later]) => {
      const arm = nameOf(asked);
      return cellsOf(`${arm} against ${BASELINE}`, { arm, baseline: BASELINE }, { later });
    }),
  ],
  assumptions: [START, FIFTY],
};

const COMBINED = { author: "122b", start: "create", lessons: "combined" } as const satisfies Distilled;
const RIVALS = [
  {
    asked: { ...COMBINED, strategy: "sequential", batch: 4 },
    label: "sequential, batch 4",
    anls: 0.8674,
    accuracy: 90.8,
    minutes: 5.2,
  },
  {
    asked: { ...COMBINED, strategy: "sequential", batch: 1 },
    label: "sequential, batch 1",
    anls: 0.8694,
    accuracy: 91.05,
    minutes: 35.9,
  },
  { asked: COMBINED, label: "parallel", anls: 0.8833, accuracy: 92.52, minutes: 4.8 },
] as const satisfies readonly {
  readonly asked: Distilled;
  readonly label: string;
  anls: number;
  accuracy: number;
  minutes: number;
}[];

export const DOCVQA_RIVALS: PaperTable = {
  id: "docvqa-rivals",
  title: "DocVQA: parallel against sequential, and retrieval memory",
  about: "the same trials about pages in parallel, in sequence (scores and minutes), and as a memory",
  sources: [`${LATER}, tables 10 and 11`],
  sets: DOCVQA_FIFTY,
  judge: ["DocVQA"],
  conditions: [NO_SKILL, ...RIVALS.map(({ asked }) => distilledFrom(asked)), ...SIZES.map((user) => memoryOf(user))],
  cells: [
    ...RIVALS.flatMap(({ asked, label, anls, accuracy, minutes }) => [
      ...ofUser("122b", cellsOf(label, { arm: nameOf(asked), baseline: null }, { later: [anls, accuracy, 0, 0] })),
      minutesCell(label, asked, { v3: null, later: minutes }),
    ]),
    // Of the 35B user only this row is printed.
    ...ofUser("35b", cellsOf("parallel", { arm: nameOf(COMBINED), baseline: null }, { later: [0, 0, 0.874, 92.0] })),
    ...SIZES.flatMap((user) =>
      ofUser(
        user,
        cellsOf(
          "ReasoningBank",
          { arm: memoryOf(user).arm.name, baseline: null },
          { later: [0.8668, 90.9, 0.8568, 89.62] },
        ),
      ),
    ),
  ],
  assumptions: [START, FIFTY, "No author is printed: here the 122B model writes for both users."],
};

function distilledFrom(asked: Distilled): Condition {
  return withDraft(DRAFT, distilled(asked, undefined, BASELINE));
}

function memoryOf(user: Size): Condition {
  return withDraft(DRAFT, remembered(COMBINED, user, BASELINE));
}

function ofUser(user: Size, cells: readonly PaperCell[]): PaperCell[] {
  return cells.filter((cell) => cell.user === user);
}

function cellsOf(
  condition: string,
  row: { readonly arm: string; readonly baseline: string | null },
  { v3, later }: { readonly v3?: Four; readonly later?: Four },
): PaperCell[] {
  return SIZES.flatMap((user, userIndex) =>
    (["anls", "accuracy"] as const).map((metric, index): PaperCell => {
      const at = 2 * userIndex + index;
      const place = { user, benchmark: "DocVQA", ...(metric === "accuracy" && { metric }) };
      return {
        condition,
        user,
        column: `${user} ${metric === "anls" ? "ANLS" : "accuracy"}`,
        unit: metric === "anls" ? "anls" : "points",
        signed: row.baseline !== null,
        measure: { kind: "score", terms: against(row, place) },
        published: { v3: v3?.[at] ?? null, later: later?.[at] ?? null },
      };
    }),
  );
}

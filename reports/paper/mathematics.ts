/** Mathematics: skills distilled from DAPO problems, judged on held-out ones and, out of distribution, on AIME 2026 (avg@8). */
import { against, minutesCell } from "./cells.ts";
import { type Distilled, distilled, NO_SKILL, nameOf, parametricFor, remembered, withDraft } from "./conditions.ts";
import { type Condition, LATER, type PaperCell, type PaperTable, SIZES, type Size, V3 } from "./paper-table.ts";
import { MATHEMATICS_SETS } from "./sets.ts";

const BASELINE = NO_SKILL.arm.name;
const DRAFT = parametricFor("competition mathematics");
const COLUMNS = ["D-Test", "AIME"];
const ASSUMPTIONS = [
  "The paper does not say which skill these distillations start from: here from the larger model's own draft (creation).",
  "Which 500 problems of DAPO were taken is not published: here 400 to distill from and 100 to judge on, by a stated rule.",
  "The eight seeds of avg@8 are not named: here 41 to 48.",
];

/** D-Test and AIME of the 122B user, then of the 35B user. */
type Four = readonly [number, number, number, number];
interface Row {
  readonly condition: string;
  readonly arm: string;
  readonly baseline: string | null;
  readonly v3: Four | null;
  readonly later: Four | null;
}

const CHANGES: readonly (readonly [Distilled, Four])[] = [
  [{ author: "122b", start: "create", lessons: "error" }, [4.0, 2.9, 5.0, 5.0]],
  [{ author: "122b", start: "create", lessons: "success" }, [2.0, 0.4, 2.0, 4.6]],
  [{ author: "122b", start: "create", lessons: "combined" }, [3.0, -1.2, 6.0, 5.5]],
  [{ author: "35b", start: "create", lessons: "error" }, [3.0, 1.3, 4.0, 0.5]],
  [{ author: "35b", start: "create", lessons: "success" }, [-1.0, -1.2, 0.0, -1.2]],
  [{ author: "35b", start: "create", lessons: "combined" }, [1.0, -0.4, 1.0, 0.0]],
];
const SCORES_V3: readonly (readonly [Distilled, Four])[] = [
  [{ author: "122b", start: "create", lessons: "error" }, [95.0, 93.3, 94.0, 88.3]],
  [{ author: "35b", start: "create", lessons: "error" }, [94.0, 91.7, 93.0, 83.8]],
];

export const MATHEMATICS: PaperTable = {
  id: "mathematics",
  title: "Mathematics: DAPO and AIME 2026",
  about: "skills from 400 DAPO problems, judged on 100 others and on AIME 2026 (avg@8)",
  sources: [`${V3}, table 2`, `${LATER}, table 2`],
  sets: MATHEMATICS_SETS,
  judge: COLUMNS,
  conditions: [NO_SKILL, ...CHANGES.map(([asked]) => distilledFrom(asked))],
  cells: [
    ...cellsOf({
      condition: BASELINE,
      arm: BASELINE,
      baseline: null,
      v3: [92.0, 90.4, 89.0, 83.3],
      later: [91.0, 90.4, 89.0, 83.3],
    }),
    ...SCORES_V3.flatMap(([asked, v3]) => {
      const arm = nameOf(asked);
      return cellsOf({ condition: arm, arm, baseline: null, v3, later: null });
    }),
    ...CHANGES.flatMap(([asked, later]) => {
      const arm = nameOf(asked);
      return cellsOf({ condition: `${arm} against ${BASELINE}`, arm, baseline: BASELINE, v3: null, later });
    }),
  ],
  assumptions: ASSUMPTIONS,
};

const ERROR = { author: "122b", start: "create", lessons: "error" } as const satisfies Distilled;
const RIVALS: readonly {
  readonly asked: Distilled;
  readonly label: string;
  readonly later: Four;
  readonly minutes: number;
}[] = [
  {
    asked: { ...ERROR, strategy: "sequential", batch: 4 },
    label: "sequential, batch 4",
    later: [93.0, 91.7, 89.0, 68.3],
    minutes: 3.8,
  },
  {
    asked: { ...ERROR, strategy: "sequential", batch: 1 },
    label: "sequential, batch 1",
    later: [94.0, 85.8, 90.0, 81.7],
    minutes: 25.9,
  },
  { asked: ERROR, label: "parallel", later: [95.0, 91.7, 94.0, 88.3], minutes: 2.0 },
];
const MEMORIES: readonly (readonly [Distilled["lessons"], Four])[] = [
  ["error", [94.0, 90.8, 91.0, 80.8]],
  ["combined", [94.0, 90.4, 91.0, 80.4]],
];

export const MATHEMATICS_RIVALS: PaperTable = {
  id: "mathematics-rivals",
  title: "Mathematics: parallel against sequential, and retrieval memory",
  about: "the same trials of mathematics in parallel, in sequence (scores and minutes), and as a memory",
  sources: [`${LATER}, tables 8 and 9`],
  sets: MATHEMATICS_SETS,
  judge: COLUMNS,
  conditions: [
    NO_SKILL,
    ...RIVALS.map(({ asked }) => distilledFrom(asked)),
    ...MEMORIES.flatMap(([lessons]) => SIZES.map((user) => memoryOf(lessons, user))),
  ],
  cells: [
    ...RIVALS.flatMap(({ asked, label, later, minutes }) => [
      ...cellsOf({ condition: label, arm: nameOf(asked), baseline: null, v3: null, later }),
      minutesCell(label, asked, { v3: null, later: minutes }),
    ]),
    ...MEMORIES.flatMap(([lessons, later]) =>
      SIZES.flatMap((user) => {
        const arm = memoryOf(lessons, user).arm.name;
        const row: Row = { condition: `ReasoningBank ${lessons}`, arm, baseline: null, v3: null, later };
        return cellsOf(row).filter((cell) => cell.user === user);
      }),
    ),
  ],
  assumptions: [
    ...ASSUMPTIONS,
    "No author is printed: here the 122B model writes for both users, which the row Parallel agrees with (but for AIME, 91.7 there and 93.3 in table 2).",
  ],
};

function distilledFrom(asked: Distilled): Condition {
  return withDraft(DRAFT, distilled(asked, undefined, BASELINE));
}

function memoryOf(lessons: Distilled["lessons"], user: Size): Condition {
  return withDraft(DRAFT, remembered({ ...ERROR, lessons }, user, BASELINE));
}

function cellsOf({ condition, arm, baseline, v3, later }: Row): PaperCell[] {
  return SIZES.flatMap((user, userIndex) =>
    COLUMNS.map((benchmark, index): PaperCell => {
      const at = userIndex * COLUMNS.length + index;
      return {
        condition,
        user,
        column: `${user} ${benchmark}`,
        unit: "points",
        signed: baseline !== null,
        measure: { kind: "score", terms: against({ arm, baseline }, { user, benchmark }) },
        published: { v3: v3?.[at] ?? null, later: later?.[at] ?? null },
      };
    }),
  );
}

/** The kinds of sample pages: a new one is a new file and a line here. */
import { sha256 } from "../../../harness/hash.ts";
import { seededRandom } from "../../../harness/random.ts";
import { charts } from "./charts.ts";
import { forms } from "./forms.ts";
import type { PageKind, PageQuestion } from "./page.ts";
import { receipts } from "./receipts.ts";
import { tables } from "./tables.ts";

export const PAGE_KINDS: readonly PageKind[] = [forms, tables, receipts, charts];

/** Changes when pages or questions change on purpose: all of them are then other tasks. */
const SEED = "sample documents 1";
const PAGES_A_KIND = 6;

export interface SampleQuestion extends PageQuestion {
  readonly id: string;
  readonly kind: string;
  /** Of the page within its kind, from 0: questions on one page are never split. */
  readonly variant: number;
  readonly svg: string;
}

/** All questions, by kind and page. Equal calls give equal questions, and no page depends on another one. */
export function makeQuestions(): SampleQuestion[] {
  return PAGE_KINDS.flatMap((kind) =>
    Array.from({ length: PAGES_A_KIND }, (_, variant) => questionsOn(kind, variant)).flat(),
  );
}

function questionsOn(kind: PageKind, variant: number): SampleQuestion[] {
  const page = `${kind.name}-${variant + 1}`;
  const random = seededRandom(Number.parseInt(sha256(`${SEED}/${page}`).slice(0, 8), 16) | 0);
  const { svg, questions } = kind.draw(random, variant);
  return questions.map((question, index) => ({
    ...question,
    id: `${page}-${index + 1}`,
    kind: kind.name,
    variant,
    svg,
  }));
}

/** A kind's draft as a numbered task, with everything that follows from it. */
import { sha256 } from "../../harness/hash.ts";
import { seededRandom } from "../../harness/random.ts";
import { chooseHabits } from "./biting.ts";
import type { Draft, Kind } from "./draft.ts";
import { type Block, type Cell, positionOf, put, type Sheet } from "./sheet.ts";

/** Changes when tasks change on purpose: all of them are then other tasks. */
const SEED = "sample 1";

export interface SampleTask {
  readonly id: string;
  readonly kind: string;
  readonly level: Kind["level"];
  /** From 0 within the kind. */
  readonly variant: number;
  readonly draft: Draft;
  readonly answerPosition: string;
  readonly habits: readonly string[];
}

/** `count` tasks of each kind. Equal calls give equal tasks, and no task depends on another one. */
export function makeTasks(kinds: readonly Kind[], count: number, always: readonly string[]): SampleTask[] {
  return kinds.flatMap((kind) => Array.from({ length: count }, (_, variant) => makeTask(kind, variant, always)));
}

function makeTask(kind: Kind, variant: number, always: readonly string[]): SampleTask {
  const id = `${kind.name}-${variant + 1}`;
  const random = seededRandom(Number.parseInt(sha256(`${SEED}/${id}`).slice(0, 8), 16) | 0);
  const draft = kind.generate(random, variant);
  return {
    id,
    kind: kind.name,
    level: kind.level,
    variant,
    draft,
    answerPosition: draft.answer.map(positionOf).join(","),
    habits: chooseHabits(random, draft, always),
  };
}

/** The sheets as they are when the task is solved: the cells of the answer hold the ground truth, and nothing else. */
export function solvedSheets({ draft }: SampleTask): Sheet[] {
  return draft.sheets.map((sheet) => {
    const rows = sheet.rows.map((row) => [...row]);
    const solved = { ...sheet, rows };
    for (const block of draft.answer) if (block.sheet === sheet.name) replaceCells(solved, block);
    return solved;
  });
}

function replaceCells(sheet: Sheet, block: Block): void {
  block.values.forEach((line, down) => {
    const row = sheet.rows[block.row + down - 1];
    if (row !== undefined) clear(row, block.column, line.length);
  });
  put(sheet, block, block.values);
}

function clear(row: Cell[], column: number, width: number): void {
  for (let index = column - 1; index < Math.min(row.length, column - 1 + width); index += 1) row[index] = null;
}

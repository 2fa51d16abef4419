/** Which tasks of the evolve split are held back from the distiller, drawn before anything is analysed. Pure. */
import { SetupError } from "../harness/errors.ts";
import type { Random } from "../harness/random.ts";
import type { Task } from "../harness/records.ts";

/** What is drawn: a task, or all cases of one problem together. */
export interface Drawn {
  readonly unit: string;
  readonly kind: string;
  /** Ids of its tasks. */
  readonly tasks: readonly string[];
}

/** Parts of the evolve split, each a list of units; no unit is in two of them. */
export interface Parts {
  /** The distiller sees the trials of these, and of no others. */
  readonly train: readonly Drawn[];
  /** Candidates are scored on these when one is chosen by validation. */
  readonly validation: readonly Drawn[];
  /** The gate judges on these: another part than the choice was made on, so that the winner's luck does not judge itself. */
  readonly gate: readonly Drawn[];
}

export interface HeldBack {
  /** Share of units held back, in (0, 1). */
  readonly share: number;
  readonly validation: boolean;
  readonly gate: boolean;
}

/** Tasks as units, in order of their names: cases of one family are one. */
export function unitsOf(tasks: Iterable<Pick<Task, "id" | "family" | "kind">>): Drawn[] {
  const groups = Map.groupBy(tasks, ({ id, family }) => family ?? id);
  return [...groups]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([unit, of]) => ({
      unit,
      kind: of[0]?.kind ?? "",
      tasks: [...new Set(of.map(({ id }) => id))].sort(),
    }));
}

/**
 * Draws the parts: kinds of task in turn, so that a small part still has many of them; a part asked for holds at least one unit.
 * Equal units and an equal generator give equal parts, whatever the order of the units.
 * @throws SetupError when there are too few units for the parts asked for
 */
export function drawParts(units: readonly Drawn[], { share, validation, gate }: HeldBack, random: Random): Parts {
  const wanted = Number(validation) + Number(gate);
  if (wanted === 0) return { train: byName(units), validation: [], gate: [] };
  if (units.length <= wanted) {
    throw new SetupError(
      `${units.length} evolve tasks are too few to hold back ${wanted === 1 ? "a part" : "two parts"} and still learn from the rest; ` +
        `expected at least ${wanted + 1}. Run more tasks of the evolve split, or leave out ${gate ? "--gate" : "--select validation"}`,
    );
  }
  const held = Math.min(units.length - 1, Math.max(wanted, Math.round(share * units.length)));
  const drawn = kindsInTurn(random.shuffle(byName(units)));
  const back = new Set(drawn.slice(0, held));
  // With both, every second one: the gate, whose verdict wants the more tasks, gets the odd one.
  const isGate = (index: number) => gate && (!validation || index % 2 === 0);
  return {
    train: byName(drawn.filter((unit) => !back.has(unit))),
    validation: byName([...back].filter((_, index) => !isGate(index))),
    gate: byName([...back].filter((_, index) => isGate(index))),
  };
}

/** Ids of the tasks of a part. */
export function taskIdsOf(part: readonly Drawn[]): string[] {
  return part.flatMap(({ tasks }) => tasks);
}

function kindsInTurn(units: readonly Drawn[]): Drawn[] {
  const kinds = [...Map.groupBy(units, ({ kind }) => kind).values()];
  const rounds = Math.max(...kinds.map((kind) => kind.length));
  return Array.from({ length: rounds }, (_, round) => kinds.flatMap((kind) => kind[round] ?? [])).flat();
}

function byName(units: readonly Drawn[]): Drawn[] {
  return units.toSorted((one, other) => (one.unit < other.unit ? -1 : 1));
}

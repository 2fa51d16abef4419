/** What every loader is given, and how it chooses rows: shared by all benchmarks. */
import { SetupError } from "../harness/errors.ts";
import type { BenchmarkSettings } from "../harness/manifest.ts";

export interface LoadOptions {
  /** Folder of the data set, or null for what needs none. */
  readonly data: string | null;
  /** Where unpacked archives and generated files are kept between runs. */
  readonly cacheDirectory: string;
  readonly tasks: TaskSelection;
  readonly settings: BenchmarkSettings;
}

/** Which tasks of the split: all, rows (the end excluded), or ids. */
export type TaskSelection =
  | { readonly kind: "all" }
  | { readonly kind: "rows"; readonly from: number; readonly to: number }
  | { readonly kind: "ids"; readonly ids: readonly string[] };

/**
 * The rows of a split that a selection names, in the order of the split, or of the ids.
 * @param rows those of the split, before anything costly is read for them
 * @param where benchmark and split, for messages
 * @throws SetupError for ids that are not there, and when nothing is left
 */
export function chooseRows<Row extends { readonly id: string }>(
  rows: readonly Row[],
  selection: TaskSelection,
  where: string,
): readonly Row[] {
  const chosen = selected(rows, selection, where);
  if (chosen.length > 0) return chosen;
  const asked = selection.kind === "rows" ? ` in ${selection.from}:${selection.to}` : "";
  throw new SetupError(`${where}: no task${asked}; the split has ${rows.length} tasks`);
}

function selected<Row extends { readonly id: string }>(
  rows: readonly Row[],
  selection: TaskSelection,
  where: string,
): readonly Row[] {
  switch (selection.kind) {
    case "all":
      return rows;
    case "rows":
      return rows.slice(selection.from, selection.to);
    case "ids": {
      const byId = new Map(rows.map((row) => [row.id, row]));
      const missing = selection.ids.filter((id) => !byId.has(id));
      if (missing.length > 0) {
        const named = missing.slice(0, 5).map((id) => JSON.stringify(id));
        const more = missing.length > named.length ? ` and ${missing.length - named.length} more` : "";
        throw new SetupError(`${where}: there is no task ${named.join(", ")}${more}`);
      }
      return selection.ids.flatMap((id) => byId.get(id) ?? []);
    }
    default:
      return selection satisfies never;
  }
}

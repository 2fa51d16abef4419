/** What runs on the scoring thread: takes requests, tells which file it is at, gives answers. */
import { parentPort } from "node:worker_threads";
import type { Rules } from "./answer-position.ts";
import { type Comparison, compareOutput, goldenUnreadable, readGolden } from "./compare-workbooks.ts";
import { type CellsWanted, type FoundCells, findCells } from "./find-cells.ts";

export interface Pair {
  readonly golden: string;
  readonly output: string;
  readonly answerPosition: string;
  readonly rules: Rules;
}

export type Request =
  | ({ readonly kind: "compare" } & Pair)
  | { readonly kind: "cells"; readonly path: string; readonly wanted: CellsWanted };

export type Answer =
  | { readonly kind: "compared"; readonly comparison: Comparison }
  | { readonly kind: "found"; readonly found: FoundCells };

export type Progress = { readonly kind: "reads"; readonly file: "golden" | "output" } | Answer;

parentPort?.on("message", async (request: Request) => tell(await answer(request)));

async function answer(request: Request): Promise<Answer> {
  switch (request.kind) {
    case "compare":
      return { kind: "compared", comparison: await compare(request) };
    case "cells":
      tell({ kind: "reads", file: "output" });
      return { kind: "found", found: await findCells(request.path, request.wanted) };
    default:
      return request satisfies never;
  }
}

async function compare(pair: Pair): Promise<Comparison> {
  tell({ kind: "reads", file: "golden" });
  const wanted = await readGolden(pair.golden, pair.answerPosition, pair.rules);
  if ("problem" in wanted) return goldenUnreadable(wanted.problem);
  tell({ kind: "reads", file: "output" });
  return compareOutput(wanted, pair.output);
}

function tell(progress: Progress): void {
  parentPort?.postMessage(progress);
}

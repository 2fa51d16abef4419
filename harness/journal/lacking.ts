/** What to say of a call that an offline run needs and the journal does not have: which it is, and how it differs from the nearest. */
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { SetupError } from "../errors.ts";
import type { CallToMake } from "./calls.ts";
import { partStore } from "./parts.ts";
import { type RequestText, wholeText } from "./request-text.ts";
import { readRequest, requestOf } from "./stored-request.ts";

/** Calls that are looked through for the nearest. */
const MOST_COMPARED = 5_000;
const MOST_SHOWN = 60;

/** The user has it to mend: other options, or more calls in the journal. */
export class LackingCall extends SetupError {
  /** The same, with whose call it is. */
  of(whose: string): LackingCall {
    return new LackingCall(`${whose}: ${this.message}`, { cause: this });
  }
}

export function lackingCall(database: DatabaseSync, path: string, { caller, draw, text }: CallToMake): LackingCall {
  const asked = z.object({ request: z.unknown() }).parse(JSON.parse(wholeText(text.pieces))).request;
  return new LackingCall(
    `--offline: the journal ${path} lacks a call of the ${caller} (key ${text.key.slice(0, 12)}, draw ${draw}). ` +
      `${nearest(database, caller, text, asked)}. Import the calls of the run (trace2skill journal import FILE), ` +
      "give the options that it was made with, or leave --offline out to pay for what is lacking",
  );
}

function nearest(database: DatabaseSync, caller: string, text: RequestText, asked: unknown): string {
  const parts = partStore(database);
  const wanted = text.pieces.map((piece) => (typeof piece === "string" ? piece : parts.idOf(piece.hash)));
  const rows = database
    .prepare("SELECT key, request FROM calls WHERE caller = ? AND answer IS NOT NULL LIMIT ?")
    .all(caller, MOST_COMPARED);
  let best: { readonly row: Record<string, unknown>; readonly near: number } | null = null;
  for (const row of rows) {
    const near = nearnessOf(row.request, wanted);
    if (best === null || near > best.near) best = { row, near };
  }
  if (best === null) return `It has no answered call of the ${caller} at all`;
  const difference = firstDifference(requestOf(best.row.request, parts), asked);
  const which = `the nearest stored call (key ${String(best.row.key).slice(0, 12)})`;
  return difference === null
    ? `It differs from ${which} in its draw or endpoint`
    : `From ${which} it differs at ${difference}`;
}

/** Messages that agree from the first on; what stands around them counts less than one. */
function nearnessOf(stored: unknown, wanted: readonly (string | number | null)[]): number {
  const request = readRequest(stored);
  if (request.kind === "whole") return 0;
  const own = request.pieces.filter((piece) => typeof piece === "number");
  const asked = wanted.filter((piece) => typeof piece !== "string");
  const differs = own.findIndex((piece, at) => piece !== asked[at]);
  const around = request.pieces.filter((piece, at) => typeof piece === "string" && piece === wanted[at]).length;
  return (differs === -1 ? own.length : differs) + around / 10;
}

/** Where two values first differ, fields in order, and what stands there; null when they are equal. */
function firstDifference(stored: unknown, asked: unknown, at = "request"): string | null {
  if (isRecord(stored) && isRecord(asked)) {
    const names = [...new Set([...Object.keys(stored), ...Object.keys(asked)])].sort();
    for (const name of names) {
      const found = firstDifference(stored[name], asked[name], `${at}.${name}`);
      if (found !== null) return found;
    }
    return null;
  }
  const [before, now] = [JSON.stringify(stored) ?? "nothing", JSON.stringify(asked) ?? "nothing"];
  if (before === now) return null;
  const from = Math.max(0, [...before].findIndex((letter, index) => letter !== now[index]) - MOST_SHOWN / 3);
  return `${at}: stored ${shown(before, from)}, asked ${shown(now, from)}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function shown(text: string, from: number): string {
  const cut = text.slice(from, from + MOST_SHOWN);
  return `${from > 0 ? "…" : ""}${cut}${from + MOST_SHOWN < text.length ? "…" : ""}`;
}

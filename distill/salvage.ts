/** What can be picked out of a proposer's replies that keep no format, when it was asked twice. Pure. */
import { z } from "zod";
import { readReply } from "../harness/reply.ts";
import { WrittenEdit } from "./edit-reply.ts";

/** More is the work of a model that repeats itself. */
const MOST_EDITS = 50;
/** Characters of one edit, and of a reply that is looked through. */
const LONGEST = 20_000;
const LONGEST_REPLY = 400_000;

const Loose = WrittenEdit.refine((edit) => typeof edit.op === "string");
const AnyEdits = z.union([z.array(Loose).min(1), Loose.transform((edit) => [edit])]);

/** Edits in a text: objects that name an operation, each read by itself, so that a broken one does not cost the others. */
export function salvageEdits(text: string): WrittenEdit[] {
  const pieces = objectsIn(text.slice(0, LONGEST_REPLY)).filter((piece) => piece.length <= LONGEST);
  const edits = pieces.flatMap((piece): WrittenEdit[] => {
    const read = readReply(piece, AnyEdits);
    return read.kind === "failed" ? [] : read.value;
  });
  return edits.slice(0, MOST_EDITS);
}

/** From the `{` before each `"op"` to the next one's, or to the end. */
function objectsIn(text: string): string[] {
  const ops = [...text.matchAll(/"op"\s*:/g)].slice(0, MOST_EDITS);
  const starts = [...new Set(ops.map(({ index }) => text.lastIndexOf("{", index)))].filter((start) => start !== -1);
  return starts.map((start, index) => {
    const piece = text.slice(start, starts[index + 1] ?? text.length);
    const close = piece.lastIndexOf("}");
    return close === -1 ? piece : piece.slice(0, close + 1);
  });
}

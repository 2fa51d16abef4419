/**
 * The text that a call is known by: canonical JSON (RFC 8785) of the request and the number of its draw.
 * A chat grows by two messages a turn. What was written and hashed for the turn before is kept by object, so that a long
 * chat costs what is new in it; objects that were given here must not be changed afterwards.
 */
import { createHash, type Hash } from "node:crypto";
import { canonicalText, type Written, writtenOnce } from "../hash.ts";

/** A fragment that is stored once, whichever calls hold it. */
export type Part = Written;

export interface RequestText {
  /** SHA-256 of the whole text in hex; equal to `hashJson({ request, draw })`. */
  readonly key: string;
  /** In order; between two parts that follow one another belongs a comma. */
  readonly pieces: readonly (string | Part)[];
}

/** Fields shorter than this stand in the call itself. */
const LEAST_PART = 200;
/** UTF-8 takes no more for one of the units that the length of a text counts. */
const MOST_BYTES_A_UNIT = 3;

/** Makes the texts of requests; remembers fragments for as long as their objects live. */
export interface RequestTexts {
  textOf(request: Readonly<Record<string, unknown>>, draw: number): RequestText;
}

/** How far a chat was hashed, kept by its last message. */
interface Hashed {
  readonly head: string;
  readonly messages: readonly Part[];
  readonly state: Hash;
}

export function requestTexts(): RequestTexts {
  const hashed = new WeakMap<Part, Hashed>();
  return {
    textOf(request, draw) {
      const { before, messages, after } = split(request, draw);
      const head = before.map(textOfPiece).join("");
      const state = hashChat(head, messages);
      for (const piece of after) state.update(typeof piece === "string" ? piece : piece.bytes);
      return { key: state.digest("hex"), pieces: [...before, ...messages, ...after] };
    },
  };

  function hashChat(head: string, messages: readonly Part[]): Hash {
    const last = messages.at(-1);
    const from = messages.findLastIndex((part, at) => goesOnFrom(hashed.get(part), head, messages, at));
    const start = messages[from] === undefined ? undefined : hashed.get(messages[from]);
    const state = start === undefined ? createHash("sha256").update(head) : start.state.copy();
    for (let at = from + 1; at < messages.length; at += 1) {
      if (at > 0) state.update(",");
      state.update(messages[at]?.bytes ?? "");
    }
    if (last !== undefined && from + 1 < messages.length) {
      hashed.set(last, { head, messages, state: state.copy() });
      if (messages[from] !== undefined) hashed.delete(messages[from]); // the chat has gone on
    }
    return state;
  }
}

function goesOnFrom(before: Hashed | undefined, head: string, messages: readonly Part[], at: number): boolean {
  return (
    before !== undefined &&
    before.messages.length === at + 1 &&
    before.head === head &&
    before.messages.every((part, index) => part === messages[index])
  );
}

type Piece = string | Part;

/** The pieces before the messages, the messages, and what follows them. */
function split(
  request: Readonly<Record<string, unknown>>,
  draw: number,
): { before: Piece[]; messages: Part[]; after: Piece[] } {
  const messages: Part[] = [];
  const before: Piece[] = [];
  const after: Piece[] = [];
  let side = before;
  let text = `{"draw":${canonicalText(draw)},"request":{`;
  let comma = "";
  for (const name of Object.keys(request).sort()) {
    const value = request[name];
    if (value === undefined) continue;
    text += `${comma}${JSON.stringify(name)}:`;
    comma = ",";
    if (name === "messages" && isObjects(value)) {
      messages.push(...value.map(writtenOnce));
      side.push(`${text}[`);
      side = after;
      text = "]";
      continue;
    }
    const part = typeof value === "object" && value !== null ? writtenOnce(value) : null;
    const short = part === null ? canonicalText(value) : shortText(part);
    if (short !== null) text += short;
    else if (part !== null) {
      side.push(text, part);
      text = "";
    }
  }
  side.push(`${text}}}`);
  return { before, messages, after };
}

/** The text of a part that is too short to be stored by itself; null for a longer one. */
function shortText({ bytes }: Part): string | null {
  if (bytes.length >= LEAST_PART * MOST_BYTES_A_UNIT) return null;
  const text = bytes.toString();
  return text.length < LEAST_PART ? text : null;
}

function isObjects(value: unknown): value is readonly object[] {
  return Array.isArray(value) && value.every((one) => typeof one === "object" && one !== null);
}

function textOfPiece(piece: Piece): string {
  return typeof piece === "string" ? piece : piece.bytes.toString();
}

/** The whole text of its pieces. */
export function wholeText(pieces: readonly (string | Part)[]): string {
  return pieces
    .map(
      (piece, at) => (typeof piece !== "string" && typeof pieces[at - 1] === "object" ? "," : "") + textOfPiece(piece),
    )
    .join("");
}

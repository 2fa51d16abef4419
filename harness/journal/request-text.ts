/**
 * The text that a call is known by: canonical JSON (RFC 8785) of the request and the number of its draw.
 * A chat grows by two messages a turn. What was written and hashed for the turn before is kept by object, so that a long
 * chat costs what is new in it; objects that were given here must not be changed afterwards.
 */
import { createHash, type Hash } from "node:crypto";
import { canonicalText, lastingText, sha256 } from "../hash.ts";

/** A fragment that is stored once, whichever calls hold it. */
export interface Part {
  readonly text: string;
  /** SHA-256 of the text in hex. */
  readonly hash: string;
}

export interface RequestText {
  /** SHA-256 of the whole text in hex; equal to `hashJson({ request, draw })`. */
  readonly key: string;
  /** In order; between two parts that follow one another belongs a comma. */
  readonly pieces: readonly (string | Part)[];
}

/** Fields shorter than this stand in the call itself. */
const LEAST_PART = 200;

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
  const parts = new WeakMap<object, Part>();
  const hashed = new WeakMap<Part, Hashed>();
  return {
    textOf(request, draw) {
      const { before, messages, after } = split(request, draw, partOf);
      const head = before.map(textOfPiece).join("");
      const state = hashChat(head, messages);
      for (const piece of after) state.update(textOfPiece(piece));
      return { key: state.digest("hex"), pieces: [...before, ...messages, ...after] };
    },
  };

  function partOf(value: object): Part {
    const known = parts.get(value);
    if (known !== undefined) return known;
    const made = makePart(value);
    parts.set(value, made);
    return made;
  }

  function hashChat(head: string, messages: readonly Part[]): Hash {
    const last = messages.at(-1);
    const from = messages.findLastIndex((part, at) => goesOnFrom(hashed.get(part), head, messages, at));
    const start = messages[from] === undefined ? undefined : hashed.get(messages[from]);
    const state = start === undefined ? createHash("sha256").update(head) : start.state.copy();
    const rest = messages.slice(from + 1).map(({ text }) => text);
    if (rest.length > 0) state.update(`${from >= 0 ? "," : ""}${rest.join(",")}`);
    if (last !== undefined && rest.length > 0) {
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

function makePart(value: object): Part {
  const text = lastingText(value);
  return { text, hash: sha256(text) };
}

type Piece = string | Part;

/** The pieces before the messages, the messages, and what follows them. */
function split(
  request: Readonly<Record<string, unknown>>,
  draw: number,
  partOf: (value: object) => Part,
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
      messages.push(...value.map(partOf));
      side.push(`${text}[`);
      side = after;
      text = "]";
      continue;
    }
    const part = typeof value === "object" && value !== null ? partOf(value) : null;
    if (part === null || part.text.length < LEAST_PART) text += part?.text ?? canonicalText(value);
    else {
      side.push(text, part);
      text = "";
    }
  }
  side.push(`${text}}}`);
  return { before, messages, after };
}

function isObjects(value: unknown): value is readonly object[] {
  return Array.isArray(value) && value.every((one) => typeof one === "object" && one !== null);
}

function textOfPiece(piece: Piece): string {
  return typeof piece === "string" ? piece : piece.text;
}

/** The whole text of its pieces. */
export function wholeText(pieces: readonly (string | Part)[]): string {
  return pieces
    .map(
      (piece, at) => (typeof piece !== "string" && typeof pieces[at - 1] === "object" ? "," : "") + textOfPiece(piece),
    )
    .join("");
}

/**
 * Instructions that have no place in a skill or a lesson: to fetch, to execute what was fetched, to disclose, to disable
 * a protection, to override what an agent was told. A lint and not a proof: it knows the usual words (OWASP's list for
 * prompt injection, LLM01) and errs on the side of silence.
 */
import { PATTERNS, type SuspiciousKind, TRIGGER } from "./suspicious-patterns.ts";

export type { SuspiciousKind } from "./suspicious-patterns.ts";

export interface Suspicious {
  /** From 1; of an instruction that runs over a line's end, the first. */
  readonly line: number;
  readonly kind: SuspiciousKind;
  /** The words that were found, on one line, cut to 120 characters. Untrusted: print it with `printable`. */
  readonly excerpt: string;
}

const LONGEST_EXCERPT = 120;
/** A longer line is read in pieces that overlap, so that time grows with the length of the text. */
const PIECE = 4_000;
const OVERLAP = 400;
/** Marks that a reader does not see, which would split a word. */
const UNSEEN = /\u034f|[\u00ad\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;
/** Said of what not to do, a phrase is a warning and no instruction. */
const NEGATION = /(?:\bnever|\bnot|n['\u2019]t|\bavoid|\bwithout|\brefuse to|\binstead of)\s+(?:ever\s+|to\s+)?$/i;

/**
 * Finds suspicious instructions in any text: prose, Markdown, code. Each line is read by itself and together with the
 * next one, in compatibility form (NFKC) and without invisible characters.
 * @returns in order of line, each kind at most once a line; empty for nearly all honest texts
 */
export function suspiciousInstructions(text: string): Suspicious[] {
  const lines = text.split(/\r\n|\n|\r/).map(plain);
  return lines.flatMap((line, index) => {
    const own = findingsIn(line);
    const next = lines[index + 1];
    const across = next === undefined || line === "" || next === "" ? [] : findingsAcross(line, next, own);
    return [...own, ...across].map((finding) => ({ line: index + 1, ...finding }));
  });
}

type Finding = Omit<Suspicious, "line">;

function plain(line: string): string {
  return line.normalize("NFKC").replace(UNSEEN, "").replace(/\s+/g, " ").trim();
}

/** What only the two lines together say. */
function findingsAcross(line: string, next: string, own: readonly Finding[]): Finding[] {
  const end = line.slice(-OVERLAP);
  const start = next.replace(/^(?:>\s*)+/, "").slice(0, OVERLAP);
  const alone = new Set([...own, ...findingsIn(end), ...findingsIn(start)].map(({ kind }) => kind));
  return findingsIn(`${end} ${start}`).filter(({ kind }) => !alone.has(kind));
}

function findingsIn(line: string): Finding[] {
  const found = new Map<SuspiciousKind, Finding>();
  for (const piece of piecesOf(line)) {
    if (!TRIGGER.test(piece.toLowerCase())) continue;
    for (const { kind, pattern } of PATTERNS) {
      const excerpt = found.has(kind) ? null : firstIn(piece, pattern);
      if (excerpt !== null) found.set(kind, { kind, excerpt });
    }
  }
  return [...found.values()];
}

function firstIn(piece: string, pattern: RegExp): string | null {
  for (const match of piece.matchAll(pattern)) {
    if (!NEGATION.test(piece.slice(Math.max(0, match.index - 24), match.index)))
      return match[0].slice(0, LONGEST_EXCERPT);
  }
  return null;
}

function piecesOf(line: string): string[] {
  if (line.length <= PIECE) return [line];
  const count = Math.ceil(line.length / (PIECE - OVERLAP));
  return Array.from({ length: count }, (_, index) => line.slice(index * (PIECE - OVERLAP)).slice(0, PIECE));
}

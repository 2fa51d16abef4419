/** A place in a list of tokens: rules of the grammar take tokens, give up, and are tried again from where they began. */
import type { Token } from "./latex-tokens.ts";
import { MOST_NODES, MOST_STEPS } from "./limits.ts";

/** Not the grammar: another rule may be tried. */
const GAVE_UP = new Error("not in the grammar");
/** Too much work: no other rule may be tried. */
const TOO_MUCH = new Error("too large a formula");

export interface TokenCursor {
  peek(ahead?: number): Token | undefined;
  take(): Token;
  atEnd(): boolean;
  /** Whether the next token is that sign. */
  isSign(...texts: readonly string[]): boolean;
  isCommand(...names: readonly string[]): boolean;
  /** Takes the sign if it is next. */
  skipSign(...texts: readonly string[]): boolean;
  skipCommand(...names: readonly string[]): boolean;
  /** Takes the sign, or gives up. */
  expectSign(...texts: readonly string[]): void;
  expectCommand(...names: readonly string[]): void;
  giveUp(): never;
  /** What the rule reads, or null with nothing taken. */
  attempt<Result>(rule: () => Result): Result | null;
}

/** What `read` makes of all tokens; null when they are not in its grammar, or cost too much to read. */
export function readTokens<Result>(tokens: readonly Token[], read: (cursor: TokenCursor) => Result): Result | null {
  if (tokens.length > MOST_NODES * 2) return null;
  try {
    return read(tokenCursor(tokens));
  } catch (error) {
    if (error === GAVE_UP || error === TOO_MUCH) return null;
    throw error;
  }
}

function tokenCursor(tokens: readonly Token[]): TokenCursor {
  let position = 0;
  let steps = 0;
  const cursor: TokenCursor = {
    peek: (ahead = 0) => tokens[position + ahead],
    take() {
      const token = tokens[position];
      if (token === undefined) throw GAVE_UP;
      steps += 1;
      if (steps > MOST_STEPS) throw TOO_MUCH;
      position += 1;
      return token;
    },
    atEnd: () => position >= tokens.length,
    isSign(...texts) {
      const token = tokens[position];
      return token?.kind === "sign" && texts.includes(token.text);
    },
    isCommand(...names) {
      const token = tokens[position];
      return token?.kind === "command" && names.includes(token.name);
    },
    skipSign: (...texts) => cursor.isSign(...texts) && Boolean(cursor.take()),
    skipCommand: (...names) => cursor.isCommand(...names) && Boolean(cursor.take()),
    expectSign(...texts) {
      if (!cursor.skipSign(...texts)) throw GAVE_UP;
    },
    expectCommand(...names) {
      if (!cursor.skipCommand(...names)) throw GAVE_UP;
    },
    giveUp() {
      throw GAVE_UP;
    },
    attempt(rule) {
      const start = position;
      steps += 1;
      if (steps > MOST_STEPS) throw TOO_MUCH;
      try {
        return rule();
      } catch (error) {
        if (error !== GAVE_UP) throw error;
        position = start;
        return null;
      }
    },
  };
  return cursor;
}

/** Text as words and numbers, the same however it is marked up, spaced, cased or wrapped: what scans compare. */

export interface Token {
  readonly word: string;
  /** As it is written there. */
  readonly written: string;
  /** From 1. */
  readonly line: number;
}

/**
 * Scripts without spaces count letter by letter, numbers with the marks of their thousands and without a unit that is glued
 * to them, all else by runs of letters.
 */
const TOKEN =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|\d{1,3}(?:([,_'’])\d{3})(?:\1\d{3})*(?:\.\d+)?(?![\p{L}\p{N}])|(?<!\d\.)\d+(?:\.\d+)?(?![\p{L}\p{N}]|\.\d)|(?<![\p{L}\p{N}.])(?:\d+\.\d+|\d{4,})(?=\p{L})|[\p{L}\p{M}\p{N}]+/gu;
/** Marks that no reader sees: joiners, soft hyphens, byte order marks, tags. */
const UNSEEN = /\p{Cf}/gu;
/** Longer ones are no exact numbers any more. */
const MOST_DIGITS = 15;

/** Tokens in order, with their lines. */
export function tokensOf(text: string): Token[] {
  return text
    .split(/\r\n|\n|\r/)
    .flatMap((line, index) =>
      [...shown(line).matchAll(TOKEN)].map(([written]) => ({ word: wordOf(written), written, line: index + 1 })),
    );
}

/** The words alone. */
export function wordsOf(text: string): string[] {
  return [...shown(text).matchAll(TOKEN)].map(([written]) => wordOf(written));
}

/** Every run of `length` words, joined by blanks. */
export function gramsOf(words: readonly string[], length: number): string[] {
  return Array.from({ length: Math.max(0, words.length - length + 1) }, (_, at) =>
    words.slice(at, at + length).join(" "),
  );
}

function shown(text: string): string {
  return text.normalize("NFKC").replace(UNSEEN, "");
}

/** `1,234.50`, `1_234.5` and `1234.5` are one word, and so are `03` and `3`. */
function wordOf(written: string): string {
  if (!/^\d[\d,_'’]*(?:\.\d+)?$/.test(written)) return written.toLowerCase();
  const digits = written.replace(/[,_'’]/g, "");
  return digits.length > MOST_DIGITS ? digits.replace(/^0+(?=\d)/, "") : String(Number(digits));
}

/** Text from models and strangers, made fit to be shown. */

/**
 * Shows as `�` what could steer a terminal or turn the reading direction: control characters other than line feed
 * and tab, and the marks that override or isolate direction.
 */
export function visible(text: string): string {
  return text.replace(/[^\P{Cc}\n\t]|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "\ufffd");
}

/** On one line, `visible`. */
export function printable(text: string): string {
  return visible(text.replace(/\s+/gu, " ")).trim();
}

/** What `visible` replaces, line separators, tags that no font shows, and halves of characters; a CR may end a line. */
const HIDDEN =
  /[^\P{Cc}\n\t\r]|\r(?!\n)|[\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]|\p{Cs}/u;

/** The code of the first character that a reader would not see, or that would change what is seen, as `U+001B`; or null. */
export function hiddenCharacter(text: string): string | null {
  const code = HIDDEN.exec(text)?.[0].codePointAt(0);
  return code === undefined ? null : `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

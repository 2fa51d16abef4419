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

/** A flag such as England's: the black flag, and tags that name the region. */
const FLAG = /\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{1,6}\u{e007f}/gu;
const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
/** They hold punctuation to its word in such text, and override nothing. */
const DIRECTION_MARKS = /[\u061c\u200e\u200f]/g;

/** The code of the first character that a reader would not see, or that would change what is seen, as `U+001B`; or null. */
export function hiddenCharacter(text: string): string | null {
  const flagless = text.replace(FLAG, "");
  const marked = RIGHT_TO_LEFT.test(flagless) ? flagless.replace(DIRECTION_MARKS, "") : flagless;
  const code = HIDDEN.exec(marked)?.[0].codePointAt(0);
  return code === undefined ? null : `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

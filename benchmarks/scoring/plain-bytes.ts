/** Runs of digits and letters in the bytes of a document. */

/** Most letters of a word in an attribute. */
const LONGEST_WORD = 9;

/** Where the word from `start` on ends. */
export function wordEnd(bytes: Uint8Array, start: number): number {
  let at = start;
  for (let byte = bytes[at] ?? 0; isLetter(byte) && at - start < LONGEST_WORD; byte = bytes[at] ?? 0) at += 1;
  return at;
}

function isLetter(byte: number): boolean {
  return (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a);
}

/** Where the digits from `start` on end. */
export function digitsEnd(bytes: Uint8Array, start: number): number {
  let at = start;
  for (let byte = bytes[at] ?? 0; byte >= 0x30 && byte <= 0x39; byte = bytes[at] ?? 0) at += 1;
  return at;
}

/** Whether `</x>` stands there, for a name of one letter. */
export function isClosing(bytes: Uint8Array, at: number, letter: number): boolean {
  return bytes[at] === 0x3c && bytes[at + 1] === 0x2f && bytes[at + 2] === letter && bytes[at + 3] === 0x3e;
}

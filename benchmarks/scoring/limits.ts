/**
 * How much of one workbook is read. Agents leave broken and hostile files: a few kilobytes can unpack to gigabytes or nest
 * without end. Within these limits the worst files that we could make take about a second and 230 MB on a busy machine
 * (`npm run bench -- scoring`). In brackets: the most that any of 3,899 workbooks has (of SpreadsheetBench-Verified and the 912 set, and the oracle's bent copies).
 */

/** A workbook has more of something than is read. */
export class LimitError extends Error {
  override readonly name = "LimitError";
}

/** As it lies on disk [0.85 MB]. */
export const MAX_FILE_BYTES = 16 * 2 ** 20;
/** Of all parts of a workbook that are read, a part as often as it is read [9.7 MB]. As text it takes up to twice that. */
export const MAX_UNPACKED_BYTES = 40 * 2 ** 20;
/**
 * How many times its packed size a part may have [24, of parts over a megabyte]; deflate itself ends at about 1,032.
 * Parts below the second number may have any ratio.
 */
export const MAX_RATIO = 400;
export const RATIO_FROM_BYTES = 8 * 2 ** 20;
/** Elements within each other [11]; what is done for a tag may take time by its depth. */
export const MAX_DEPTH = 256;
/** Of one element [15]: they are searched one by one. */
export const MAX_ATTRIBUTES = 100;
/** Prefixes that hold at one place [9]: a declaration copies those around it. */
export const MAX_PREFIXES = 100;
/** Characters of one text, attribute or string [937]; Excel takes 32,767, other programs more. */
export const MAX_TEXT = 1_000_000;
/** Characters of the code of a number format; Excel takes 255, and telling dates from numbers takes time by their square. */
export const MAX_FORMAT_CODE = 400;

/** Of a whole workbook, in the words of the message. */
const MOST = {
  "tags, attributes and comments": 5_000_000, // [about 1.5 million]
  "namespace declarations": 10_000, // [200]
  "parts and relationships": 20_000, // [under 1,000]
  sheets: 1000, // [15]
  "shared strings": 500_000, // [13,411]
  "number formats": 5000, // Excel takes about 250
  "cells with values": 500_000, // [214,824 with and without]
  "merged ranges": 100_000, // [103]
  links: 100_000, // [159]
  "steps to join merged ranges and links with cells": 10_000_000,
} as const;
export type Counted = keyof typeof MOST;

/** What of a workbook may still be read: one for all of its parts. */
export class Allowance {
  readonly #left: Record<Counted, number> = { ...MOST };

  /** @throws LimitError when there are more than allowed */
  take(what: Counted, count = 1): void {
    this.#left[what] -= count;
    if (this.#left[what] < 0) throw new LimitError(`the workbook has more than ${MOST[what]} ${what}`);
  }
}

/** @param what in the words of the message, behind the number. @throws LimitError when `size` is beyond `most` */
export function assertWithin(size: number, most: number, what: string): void {
  if (size > most) throw new LimitError(`the workbook has ${size} ${what}, more than the ${most} allowed`);
}

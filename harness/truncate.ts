/** Cuts text for a reader with limited room, and says what was cut. */

export interface CutLimits {
  /** Characters kept from the start. */
  readonly head: number;
  /** Characters kept from the end. */
  readonly tail: number;
}

/** As the official release: observations over 6,000 characters keep the first and the last 3,000 (CODE converter.py). */
export const OBSERVATION_LIMITS: CutLimits = { head: 3_000, tail: 3_000 };
/** A skill's file is read to be followed, so it is shown nearly whole. */
export const SKILL_FILE_LIMITS: CutLimits = { head: 40_000, tail: 2_000 };

/** Keeps head and tail of a text that is longer than both together; a notice between them gives the number of characters cut. */
export function cutMiddle(text: string, { head, tail }: CutLimits): string {
  if (text.length <= head + tail) return text;
  const cut = text.length - head - tail;
  const shown = `${text.slice(0, head)}\n[… ${cut.toLocaleString("en-US")} of ${text.length.toLocaleString("en-US")} characters cut here …]\n${text.slice(text.length - tail)}`;
  return shown.toWellFormed(); // a cut may have halved a surrogate pair
}

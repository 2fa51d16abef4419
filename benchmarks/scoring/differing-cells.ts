/** Which cells of two sheets differ, and in which order the official code would come by them. */
import { type Box, cellKey, isInside, placeOf } from "./coordinates.ts";
import { NOTHING, type SheetValue, sameValue, TooLargeError } from "./values.ts";
import type { Worksheet } from "./worksheet.ts";

/** More than any row number. */
const ROWS_BELOW = 2 ** 38;

/** Keys of the cells that differ. Where a value is too large for Python, the error tells so. */
export function differencesInside(box: Box, wanted: Worksheet, given: Worksheet) {
  let error: TooLargeError | null = null;
  const differs = (a: SheetValue, b: SheetValue) => {
    try {
      return !sameValue(a, b);
    } catch (thrown) {
      if (!(thrown instanceof TooLargeError)) throw thrown;
      error ??= thrown;
      return false;
    }
  };
  const keys: number[] = [];
  wanted.cells.forEach((value, key) => {
    if (isKeyInside(box, key) && differs(value, given.cells.get(key) ?? NOTHING)) keys.push(key);
  });
  given.cells.forEach((value, key) => {
    if (isKeyInside(box, key) && !wanted.cells.has(key) && differs(NOTHING, value)) keys.push(key);
  });
  return { keys, error };
}

export function isKeyInside(box: Box, key: number): boolean {
  const { row, column } = placeOf(key);
  return isInside(box, row, column);
}

/** Column by column; as plain numbers, since there may be a million and a function that compares would take seconds. */
export function inOfficialOrder(keys: readonly number[]): number[] {
  return Array.from(Float64Array.from(keys, officialPlace).sort(), keyAtPlace);
}

/** So many of the first ones, as sorting them all for a few would take most of the time. */
export function firstInOfficialOrder(keys: readonly number[], most: number): number[] {
  if (keys.length <= most) return inOfficialOrder(keys);
  const first: number[] = [];
  for (const key of keys) {
    const place = officialPlace(key);
    if (first.length === most && place >= (first.at(-1) ?? -1)) continue;
    first.push(place);
    first.sort((a, b) => a - b);
    first.length = Math.min(first.length, most);
  }
  return first.map(keyAtPlace);
}

function officialPlace(key: number): number {
  const { row, column } = placeOf(key);
  return column * ROWS_BELOW + row;
}

function keyAtPlace(place: number): number {
  return cellKey(place % ROWS_BELOW, Math.floor(place / ROWS_BELOW));
}

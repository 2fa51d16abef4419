/** Of the table that is filled between what two lists share at their start and end: 16 MB, and some tenths of a second. */
const MOST_CELLS = 4_000_000;

/**
 * A longest common subsequence: places of equal members of two lists, in order. Of lists too long for it, with thousands of
 * members between what they share at their start and at their end, only those two are matched.
 * @param {readonly string[]} left
 * @param {readonly string[]} right
 * @returns {(readonly [left: number, right: number])[]}
 */
export function matchEqual(left, right) {
  const most = Math.min(left.length, right.length);
  let start = 0;
  while (start < most && left[start] === right[start]) start += 1;
  let end = 0;
  while (end < most - start && left[left.length - 1 - end] === right[right.length - 1 - end]) end += 1;
  const middle = matchMiddle(left.slice(start, left.length - end), right.slice(start, right.length - end));
  return [
    ...Array.from({ length: start }, (_, place) => /** @type {const} */ ([place, place])),
    ...middle.map(([one, other]) => /** @type {const} */ ([one + start, other + start])),
    ...Array.from(
      { length: end },
      (_, place) => /** @type {const} */ ([left.length - end + place, right.length - end + place]),
    ),
  ];
}

/**
 * @param {readonly string[]} left
 * @param {readonly string[]} right
 */
function matchMiddle(left, right) {
  /** @type {(readonly [number, number])[]} */
  const pairs = [];
  const width = right.length + 1;
  if ((left.length + 1) * width > MOST_CELLS) return pairs;
  const longest = new Uint32Array((left.length + 1) * width);
  const at = (/** @type {number} */ i, /** @type {number} */ j) => longest[i * width + j] ?? 0;
  for (let i = left.length - 1; i >= 0; i -= 1) {
    for (let j = right.length - 1; j >= 0; j -= 1) {
      longest[i * width + j] = left[i] === right[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  for (let i = 0, j = 0; i < left.length && j < right.length; ) {
    if (left[i] === right[j]) pairs.push([i++, j++]);
    else if (at(i + 1, j) >= at(i, j + 1)) i += 1;
    else j += 1;
  }
  return pairs;
}

/**
 * A longest common subsequence: places of equal members of two lists, in order.
 * Takes time and memory of the product of their lengths.
 * @param {readonly string[]} left
 * @param {readonly string[]} right
 * @returns {(readonly [left: number, right: number])[]}
 */
export function matchEqual(left, right) {
  const width = right.length + 1;
  const longest = new Uint32Array((left.length + 1) * width);
  const at = (/** @type {number} */ i, /** @type {number} */ j) => longest[i * width + j] ?? 0;
  for (let i = left.length - 1; i >= 0; i -= 1) {
    for (let j = right.length - 1; j >= 0; j -= 1) {
      longest[i * width + j] = left[i] === right[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  /** @type {(readonly [number, number])[]} */
  const pairs = [];
  for (let i = 0, j = 0; i < left.length && j < right.length; ) {
    if (left[i] === right[j]) pairs.push([i++, j++]);
    else if (at(i + 1, j) >= at(i, j + 1)) i += 1;
    else j += 1;
  }
  return pairs;
}

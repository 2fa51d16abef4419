/** How many trials are under way at once. */

/** A number, or bounds within which the number of trials decides. */
export type Width = number | { readonly least: number; readonly most: number };

export function mostOf(width: Width): number {
  return typeof width === "number" ? width : width.most;
}

/**
 * No more than are needed for as many rounds as with the most, within the bounds: were all trials as long, 256 at once of 400
 * would end with 144, and 200 at once end with as many as they begin with.
 */
export function widthFor(trials: number, width: Width): number {
  if (typeof width === "number") return width;
  const rounds = Math.ceil(trials / width.most);
  return rounds === 0 ? width.least : Math.max(width.least, Math.ceil(trials / rounds));
}

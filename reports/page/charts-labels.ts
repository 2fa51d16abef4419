/** Where the labels of points stand so that they can be read: beside their points, and moved up or down where they would overlap. */

export interface Marked {
  /** Of the point, in pixels from the left and from the top. */
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

export interface Label {
  readonly text: string;
  /** Where it starts, or ends when `side` is left; and its middle. */
  readonly x: number;
  readonly y: number;
  readonly side: "left" | "right";
}

/** Of the page's font at 12 pixels, rounded up: a guess that does not hang on the fonts of a machine. */
const CHARACTER = 6.6;
const LINE = 15;
const FROM_POINT = 10;

/** In the order of the points; a label too long for the drawing is cut, and says so by an ellipsis. */
export function labelsOf(
  points: readonly Marked[],
  size: { readonly width: number; readonly height: number },
): Label[] {
  const order = points.map((_, index) => index).sort((a, b) => (points[a]?.y ?? 0) - (points[b]?.y ?? 0));
  const placed = new Map<number, Label>();
  for (const index of order) {
    const point = points[index];
    if (point !== undefined) placed.set(index, clearOf([...placed.values()], beside(point, size.width), size.height));
  }
  return [...placed].sort(([a], [b]) => a - b).map(([, label]) => label);
}

function beside({ x, y, text }: Marked, width: number): Label {
  const most = Math.floor((0.6 * width) / CHARACTER);
  const cut = text.length <= most ? text : `${text.slice(0, most - 1)}…`;
  const fits = x + FROM_POINT + CHARACTER * cut.length <= width;
  return { text: cut, x: fits ? x + FROM_POINT : x - FROM_POINT, y, side: fits ? "right" : "left" };
}

/** As near to its point as there is room; where there is none, it stays where it is. */
function clearOf(others: readonly Label[], label: Label, height: number): Label {
  const steps = Array.from(
    { length: 2 * Math.ceil(height / LINE) },
    (_, index) => (index % 2 === 0 ? 1 : -1) * Math.ceil(index / 2),
  );
  const tried = steps.map((step) => ({ ...label, y: label.y + (step * LINE) / 2 }));
  const free = tried.find(
    ({ y }) => y >= 0 && y <= height && others.every((other) => !overlap(other, { ...label, y })),
  );
  return free ?? label;
}

function overlap(one: Label, other: Label): boolean {
  const [a, b] = [spanOf(one), spanOf(other)];
  return Math.abs(one.y - other.y) < LINE && a.from < b.to && b.from < a.to;
}

/** The point itself is part of it. */
function spanOf({ x, text, side }: Label): { from: number; to: number } {
  const length = CHARACTER * text.length;
  return side === "right" ? { from: x - 2 * FROM_POINT, to: x + length } : { from: x - length, to: x + 2 * FROM_POINT };
}

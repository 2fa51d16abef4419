/**
 * A stroke font of our own, so that a page looks the same on every machine, whatever fonts are installed there.
 * Letters are drawn on a grid: x from 0 to the right; y 0 for the top of capitals, 2 for that of small letters,
 * 6 for the base line, 8 for the lowest. A glyph is a list of strokes; a stroke lists its points as two digits each.
 * One that starts with `~` is a curve: its inner points pull it, and its ends are on it. A single point is a dot.
 */

const GLYPHS: Readonly<Record<string, string>> = {
  A: "062046 1333",
  B: "0600 0020 ~20404323 2303 ~23434626 2606",
  C: "~414000064645",
  D: "0600 0020 ~20404626 2606",
  E: "40000646 0333",
  F: "400006 0333",
  G: "~414000064644 444323",
  H: "0006 4046 0343",
  I: "0020 1016 0626",
  J: "4044 ~44460604",
  K: "0006 4004 1346",
  L: "000646",
  M: "0600336066",
  N: "06004640",
  O: "~200006464020",
  P: "0600 0020 ~20404323 2303",
  Q: "~200006464020 2547",
  R: "0600 0020 ~20404323 2303 2346",
  S: "~4140000343460605",
  T: "0040 2026",
  U: "0004 ~04064644 4440",
  V: "002640",
  W: "0016335660",
  X: "0046 4006",
  Y: "002340 2326",
  Z: "00400646",
  a: "~444202064644 4246",
  b: "0006 ~040242460604",
  c: "~434202064645",
  d: "4046 ~444202064644",
  e: "0444 ~444202064645",
  f: "~301012 1216 0232",
  g: "~444202064644 4247 ~47480807",
  h: "0006 ~04024244 4446",
  i: "0206 00",
  j: "1217 ~171808 10",
  k: "0006 3205 1436",
  l: "0005 ~050616",
  m: "0206 ~04023234 3436 ~34326264 6466",
  n: "0206 ~04024244 4446",
  o: "~220206464222",
  p: "0208 ~040242460604",
  q: "4248 ~444202064644",
  r: "0206 ~040232",
  s: "~4342020444460605",
  t: "1015 ~151636 0232",
  u: "0204 ~04064644 4246",
  v: "022642",
  w: "0216335662",
  x: "0246 4206",
  y: "0226 4218",
  z: "02420646",
  "0": "~200006464020 1432",
  "1": "0110 1016 0626",
  "2": "~0100404306 0646",
  "3": "~0100404323 ~2343460605",
  "4": "36300444",
  "5": "40000323 ~2343460605",
  "6": "~41400005 ~230306464323",
  "7": "004016",
  "8": "~200003434020 ~230306464323",
  "9": "~05064641 ~234340000323",
  ".": "06",
  ",": "1607",
  ":": "03 06",
  ";": "13 1607",
  "-": "0424",
  "/": "0640",
  "&": "4612112031320405162644",
  "(": "~10020517",
  ")": "~00121507",
  "'": "0001",
  '"': "0001 1011",
  "%": "0640 0010110100 3545463635",
  $: "~4140000343460605 2026",
  "€": "~414000064645 0232 0434",
  "#": "1016 3036 0242 0444",
  "+": "0444 2226",
  "=": "0343 0545",
  "!": "0004 06",
  "?": "~0100404323 2324 26",
  _: "0747",
  "*": "2125 0244 4204",
};

const CAPITAL_HEIGHT = 6;
const GAP = 2;
const SPACE = 5;
/** Side of a dot, to which the stroke's own thickness comes. */
const DOT = 0.4;

/** In grid units, the gap behind it included. @throws RangeError for a character that has no glyph */
function advance(character: string): number {
  if (character === " ") return SPACE;
  return Math.max(...strokesOf(character).flatMap(({ points }) => points.map(([x]) => x))) + GAP;
}

interface Stroke {
  readonly curved: boolean;
  readonly points: readonly (readonly [x: number, y: number])[];
}

function strokesOf(character: string): Stroke[] {
  if (!Object.hasOwn(GLYPHS, character)) throw new RangeError(`the lettering has no ${JSON.stringify(character)}`);
  return (GLYPHS[character] ?? "").split(" ").map((stroke) => ({
    curved: stroke.startsWith("~"),
    points: [...stroke.matchAll(/(\d)(\d)/g)].map(([, x, y]) => [Number(x), Number(y)]),
  }));
}

/** Width of a line in pixels; `size` is the height of capitals. */
export function lineWidth(text: string, size: number): number {
  const units = [...text].reduce((width, character) => width + advance(character), 0);
  return (Math.max(0, units - GAP) * size) / CAPITAL_HEIGHT;
}

/**
 * The strokes of a line of text as an SVG path.
 * @param at left end of the base line, in pixels
 * @throws RangeError for a character that has no glyph
 */
export function lettering(text: string, at: { readonly x: number; readonly y: number }, size: number): string {
  const scale = size / CAPITAL_HEIGHT;
  let left = at.x;
  const parts: string[] = [];
  for (const character of text) {
    const place = ([x, y]: readonly [number, number]) =>
      `${tenths(left + x * scale)} ${tenths(at.y + (y - CAPITAL_HEIGHT) * scale)}`;
    if (character !== " ") parts.push(...strokesOf(character).map((stroke) => pathOf(stroke, place, scale)));
    left += advance(character) * scale;
  }
  return parts.join("");
}

function pathOf(
  { curved, points }: Stroke,
  place: (point: readonly [number, number]) => string,
  scale: number,
): string {
  const [first, ...rest] = points;
  if (first === undefined) return "";
  const side = tenths(scale * DOT);
  if (rest.length === 0) return `M${place(first)}h${side}v-${side}h-${side}z`;
  if (!curved) return `M${place(first)}${rest.map((point) => `L${place(point)}`).join("")}`;
  const curves = rest.slice(0, -1).map((pull, index) => {
    const next = rest[index + 1] ?? pull;
    const end = index === rest.length - 2 ? next : middle(pull, next);
    return `Q${place(pull)} ${place(end)}`;
  });
  return `M${place(first)}${curves.join("")}`;
}

function middle([ax, ay]: readonly [number, number], [bx, by]: readonly [number, number]) {
  return [(ax + bx) / 2, (ay + by) / 2] as const;
}

function tenths(pixels: number): string {
  return String(Math.round(pixels * 10) / 10);
}

/** A page that is being drawn: lines, boxes and lettering as SVG. Lengths are in pixels. */
import type { Random } from "../../../harness/random.ts";
import { lettering, lineWidth } from "./lettering.ts";

export interface Style {
  /** Height of capitals. */
  readonly size?: number;
  readonly bold?: boolean;
  readonly colour?: string;
  /** Which part of the text is at `x`; the left end where left out. */
  readonly align?: "left" | "centre" | "right";
}

export interface Canvas {
  readonly width: number;
  readonly height: number;
  /** Base line at `y`. */
  text(text: string, x: number, y: number, style?: Style): void;
  line(x1: number, y1: number, x2: number, y2: number, style?: LineStyle): void;
  box(x: number, y: number, width: number, height: number, style?: LineStyle & { readonly fill?: string }): void;
  /** Any other SVG. */
  put(svg: string): void;
  svg(): string;
}

export interface LineStyle {
  readonly width?: number;
  readonly colour?: string;
}

export const INK = "#1c1c28";
export const FAINT = "#8a8a96";
const SIZE = 17;

/** @param tilt in degrees, as a page lies on a scanner */
export function canvas(width: number, height: number, { paper, tilt }: { paper: string; tilt: number }): Canvas {
  const parts: string[] = [];
  const stroke = ({ width: thickness = 2, colour = INK }: LineStyle) =>
    `stroke="${colour}" stroke-width="${thickness}"`;
  return {
    width,
    height,
    text(text, x, y, { size = SIZE, bold = false, colour = INK, align = "left" } = {}) {
      const left = x - (align === "left" ? 0 : lineWidth(text, size) / (align === "centre" ? 2 : 1));
      const thickness = Math.round(size * (bold ? 2 : 1.25)) / 10;
      parts.push(`<path d="${lettering(text, { x: left, y }, size)}" ${stroke({ width: thickness, colour })}/>`);
    },
    line(x1, y1, x2, y2, style = {}) {
      parts.push(`<path d="M${x1} ${y1}L${x2} ${y2}" ${stroke(style)}/>`);
    },
    box(x, y, across, down, { fill = "none", ...style } = {}) {
      parts.push(`<rect x="${x}" y="${y}" width="${across}" height="${down}" fill="${fill}" ${stroke(style)}/>`);
    },
    put: (svg) => void parts.push(svg),
    svg: () =>
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
      `<rect width="${width}" height="${height}" fill="${paper}"/>` +
      `<g fill="none" stroke-linecap="round" stroke-linejoin="round" transform="rotate(${tilt} ${width / 2} ${height / 2})">` +
      `${parts.join("\n")}</g></svg>`,
  };
}

/** A blank page with the faults of a scan: not quite white, not quite straight, with specks on it. */
export function scannedPage(random: Random, width: number, height: number): Canvas {
  const paper = random.pick(["#ffffff", "#fcfaf4", "#f7f7f3", "#faf6ea"]);
  const page = canvas(width, height, { paper, tilt: random.integer(-6, 6) / 10 });
  const specks = Array.from({ length: random.integer(20, 60) }, () => {
    const [x, y] = [random.integer(0, width), random.integer(0, height)];
    return `<circle cx="${x}" cy="${y}" r="${random.integer(5, 16) / 10}" fill="${random.pick(["#b8b4a8", "#d0ccc0", "#9c988c"])}"/>`;
  });
  page.put(specks.join(""));
  return page;
}

/** A rubber stamp, askew, where it hides nothing. */
export function stamp(random: Random, page: Canvas, words: string, x: number, y: number): void {
  const colour = random.pick(["#b03a3a", "#3a4fb0", "#2f7a4a"]);
  const size = 24;
  const width = Math.round(lineWidth(words, size));
  const path = `<path d="${lettering(words, { x, y }, size)}" stroke-width="4"/>`;
  const frame = `<rect x="${x - 18}" y="${y - 44}" width="${width + 36}" height="64" stroke-width="4"/>`;
  page.put(
    `<g stroke="${colour}" opacity="0.75" transform="rotate(${random.integer(-14, 14)} ${x + width / 2} ${y})">${frame}${path}</g>`,
  );
}

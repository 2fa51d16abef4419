/** Charts drawn ahead as SVG by Vega: no script, no style attribute and no colour of their own, so that the page's style sheet rules them. */
import { parse, type Spec, SVGStringRenderer, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import { visible } from "../../harness/text.ts";
import { type Html, html, svgElement } from "./html.ts";

export type { Spec, TopLevelSpec };

/** A part of Vega that its types do not name: what makes text of a scene. */
declare module "vega" {
  export class SVGStringRenderer {
    initialize(element: null, width: number, height: number, origin: readonly [number, number]): this;
    render(scene: unknown): this;
    svg(): string;
  }
}

/** Pixels of the whole drawing, for a wide page and for a phone: text keeps its size in both. */
const WIDTHS = { wide: 800, narrow: 326 };

export interface Picture {
  /** A few words. */
  readonly title: string;
  /** In full, for those who cannot see it. */
  readonly description: string;
}

/** Room around the axes, in pixels: given and not measured, for it must not hang on the fonts of a machine. */
export interface Room {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Colours by what they mean; the style sheet says which they are, in light and in dark. */
export const INK = {
  ink: "var(--ink)",
  quiet: "var(--quiet)",
  grid: "var(--grid)",
  accent: "var(--accent)",
  card: "var(--card)",
} as const;

const FONT_SIZE = 12;

/** A chart in the grammar of Vega-Lite, drawn at both widths; the style sheet shows the one that fits. */
export function chart(picture: Picture, room: Room, spec: (width: number) => TopLevelSpec): Html {
  return figure(picture, room, (width) => compile({ ...shown(spec(width)), config: CONFIG }, { logger: STRICT }).spec);
}

/** As `chart`, in Vega's own grammar, which knows trees. */
export function treeChart(picture: Picture, room: Room, spec: (width: number) => Spec): Html {
  return figure(picture, room, (width) => shown(spec(width)));
}

function figure(picture: Picture, room: Room, spec: (width: number) => Spec): Html {
  const drawings = Object.entries(WIDTHS).map(([size, width]) =>
    draw({ ...spec(width - room.left - room.right), padding: { ...room }, autosize: "none" }, { ...picture, size }),
  );
  return html`<figure class="chart">${drawings}</figure>`;
}

function draw(spec: Spec, { title, description, size }: Picture & { size: string }): Html {
  const view = new View(parse(spec), { logger: STRICT, renderer: "none" });
  // All data stands in the chart, so one pass that waits for nothing draws it whole.
  view.run();
  const { left, right, top, bottom } = view.padding() as Room;
  const [width, height] = [view.width() + left + right, view.height() + top + bottom];
  const { root } = view.scenegraph() as unknown as { root: unknown };
  const svg = new SVGStringRenderer().initialize(null, width, height, [left, top]).render(root).svg();
  view.finalize();
  return svgElement(innerOf(svg), { title, description, className: size, width, height });
}

/** What Vega warns of would be a chart that lacks something. */
const STRICT = {
  level: (): never => refuse("a level"),
  error: refuse,
  warn: refuse,
  info: () => STRICT,
  debug: () => STRICT,
};

function refuse(...reasons: readonly unknown[]): never {
  throw new Error(`a chart cannot be drawn: ${reasons.map(String).join(" ")}`);
}

const CONFIG = {
  aria: false,
  view: { stroke: null },
  axis: {
    domain: false,
    ticks: false,
    gridColor: INK.grid,
    labelColor: INK.quiet,
    titleColor: INK.quiet,
    labelFontSize: FONT_SIZE,
    titleFontSize: FONT_SIZE,
    titleFontWeight: "normal",
    labelPadding: 8,
  },
  text: { fontSize: FONT_SIZE, color: INK.ink },
} as const satisfies TopLevelSpec["config"];

/** The same with every text in it made fit to be shown; Vega itself escapes what would be markup. */
function shown<T>(spec: T): T {
  return JSON.parse(JSON.stringify(spec, (_, value: unknown) => (typeof value === "string" ? visible(value) : value)));
}

/** Without the outer element, without names of fonts, and with places to a hundredth of a pixel. */
function innerOf(svg: string): string {
  const inner = svg.slice(svg.indexOf(">") + 1, svg.lastIndexOf("</svg>"));
  return inner.replace(/<[^>]+>/g, (tag) =>
    tag
      .replace(/ (?:font-family|pointer-events)="[^"]*"/g, "")
      .replace(/-?\d+\.\d{3,}(?:e-?\d+)?/g, (number) => String(Math.round(100 * Number(number)) / 100)),
  );
}

/** HTML by tagged templates that escape whatever is put into them, so that no text from a model or a file becomes markup. */
import { visible } from "../../harness/text.ts";

const trust = Symbol("only html`` makes Html");

/** Markup, made by `html` alone. */
export class Html {
  readonly text: string;
  constructor(text: string, key: typeof trust) {
    if (key !== trust) throw new TypeError("Html is made by html`` alone");
    this.text = text;
  }
}

export type Content = string | number | Html | null | readonly Content[];

/** Puts texts escaped and Html as it is into a template. Values may stand in text and in double-quoted attributes, nowhere else. */
export function html(template: TemplateStringsArray, ...values: readonly Content[]): Html {
  return new Html(String.raw({ raw: template }, ...values.map(markupOf)), trust);
}

function markupOf(content: Content): string {
  if (content === null) return "";
  if (content instanceof Html) return content.text;
  if (typeof content === "string") return escapeHtml(content);
  return typeof content === "number" ? String(content) : content.map(markupOf).join("");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** A style sheet of our own, as it is: inside `<style>` nothing is escaped, so it must not hold `</`. */
export function styleElement(sheet: string): Html {
  if (sheet.includes("</")) throw new RangeError("a style sheet cannot hold </");
  return new Html(`<style>${sheet}</style>`, trust);
}

/** What a drawing may be made of: shapes and text. Nothing that loads, runs, or styles inline, which the page's policy would block. */
const DRAWN = new Set(
  "g defs path rect line circle ellipse polyline polygon text tspan title desc clipPath linearGradient stop".split(" "),
);
const DRAWING_TOKEN = /<\/?([A-Za-z]+)((?:\s+[\w:-]+="[^"<>]*")*)\s*\/?>|[^<>]+/y;
const FOREIGN_ATTRIBUTE = /\s(?:on\w*|style|(?:xlink:)?href|src)=|\burl\((?!#)/i;

/**
 * A drawing made by a program of ours whose texts are escaped already, with a name and a description for those who cannot see it.
 * @throws RangeError when it holds anything but shapes and text, so that no label can become markup
 */
export function svgElement(
  inner: string,
  {
    title,
    description,
    className,
    width,
    height,
  }: Record<"title" | "description" | "className", string> & Record<"width" | "height", number>,
): Html {
  refuseForeign(inner);
  const open = html`<svg class="${className}" role="img" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><title>${title}</title><desc>${description}</desc>`;
  return new Html(`${open.text}${withoutRoles(inner)}</svg>`, trust);
}

/** The drawing is one picture with one name: its parts are no pictures of their own. */
function withoutRoles(drawing: string): string {
  return drawing.replace(/<[^<>]+>/g, (tag) => tag.replace(/\s(?:role|aria-[a-z]+)="[^"]*"/g, ""));
}

function refuseForeign(drawing: string): void {
  for (let at = 0; at < drawing.length; ) {
    DRAWING_TOKEN.lastIndex = at;
    const [token, name, attributes = ""] = DRAWING_TOKEN.exec(drawing) ?? [];
    if (token === undefined || (name !== undefined && !DRAWN.has(name)) || FOREIGN_ATTRIBUTE.test(attributes)) {
      throw new RangeError(`a drawing cannot hold ${JSON.stringify((token ?? drawing.slice(at)).slice(0, 80))}`);
    }
    at += token.length;
  }
}

/** Data that our script reads, in base64: of a type that no browser runs. */
export function dataElement(id: string, base64: string): Html {
  if (!/^[A-Za-z0-9+/=]*$/.test(base64)) throw new RangeError(`data of ${id} is not base64`);
  const open = html`<script type="application/octet-stream" id="${id}">`;
  return new Html(`${open.text}${base64}</script>`, trust);
}

/** A script of our own, as it is: the page's policy knows it by its hash. */
export function scriptElement(script: string): Html {
  if (/<\/script|<!--/i.test(script)) throw new RangeError("a script cannot hold </script or <!--");
  return new Html(`<script>${script}</script>`, trust);
}

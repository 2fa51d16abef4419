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

/** The table of shared strings: found while it is read, made into text when asked for. */
import type { StringTable } from "./cell-values.ts";
import type { Allowance } from "./limits.ts";
import { MAX_TEXT } from "./limits.ts";
import { RichText } from "./rich-text.ts";
import { parseXml, type XmlHandler } from "./xml.ts";
import { unescapeText, type XmlText } from "./xml-text.ts";

const OPENINGS = ["<si><t>", '<si><t xml:space="preserve">'];
const CLOSING = "</t></si>";

/** @throws XmlError, LimitError */
export function readSharedStrings(bytes: Uint8Array, space: string, allowance: Allowance): StringTable {
  const reader = new StringReader(space, allowance);
  parseXml(bytes, reader, allowance);
  return reader;
}

class StringReader implements XmlHandler, StringTable {
  readonly #space: string;
  readonly #allowance: Allowance;
  /** Text, or the offset where plain text starts in the document. */
  readonly #items: (string | number)[] = [];
  readonly #ends: number[] = [];
  #document = "";
  #depth = 0;
  #itemDepth = 0;
  #item = new RichText();

  constructor(space: string, allowance: Allowance) {
    this.#space = space;
    this.#allowance = allowance;
  }

  get length(): number {
    return this.#items.length;
  }

  at(index: number): string | undefined {
    const place = index < 0 ? this.#items.length + index : index;
    const item = this.#items[place];
    if (typeof item !== "number") return item;
    const text = unescapeText(this.#document.slice(item, this.#ends[place])).replace(/x005F_/g, "");
    this.#items[place] = text;
    return text;
  }

  get skims(): boolean {
    return this.#itemDepth === 0 && this.#depth > 0;
  }

  get listens(): boolean {
    return this.#itemDepth > 0;
  }

  /** Strings without formatting, and with no references but those that XML knows. */
  skim({ text }: XmlText, at: number, space: string): number {
    const opening = OPENINGS.find((opening) => text.startsWith(opening, at));
    if (opening === undefined || space !== this.#space) return at;
    const start = at + opening.length;
    const end = text.indexOf("<", start);
    if (!text.startsWith(CLOSING, end) || end - start > MAX_TEXT || !isPlain(text.slice(start, end))) return at;
    this.#document = text;
    this.#add(start, end);
    this.#allowance.take("tags, attributes and comments", 2);
    return end + CLOSING.length;
  }

  open(name: string, space: string): void {
    this.#depth += 1;
    if (this.#itemDepth > 0) this.#item.open(name, this.#depth - this.#itemDepth);
    else if (name === "si" && space === this.#space) {
      this.#itemDepth = this.#depth;
      this.#item = new RichText();
    }
  }

  text(text: string): void {
    this.#item.text(text);
  }

  close(): void {
    this.#item.close();
    if (this.#depth === this.#itemDepth) {
      this.#add(this.#item.content().replace(/x005F_/g, ""), 0); // as openpyxl does, for shared strings only
      this.#itemDepth = 0;
    }
    this.#depth -= 1;
  }

  #add(item: string | number, end: number): void {
    this.#allowance.take("shared strings");
    this.#items.push(item);
    this.#ends.push(end);
  }
}

function isPlain(raw: string): boolean {
  return !/&(?!(?:lt|gt|amp|quot|apos);)|]]>/.test(raw);
}

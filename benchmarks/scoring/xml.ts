/**
 * Reads XML as a stream of calls: enough of XML 1.0 and of namespaces for the parts of a workbook, at the speed that scoring
 * thousands of them needs. Refuses what is not well-formed, documents with a type declaration (nothing to expand, so no bombs),
 * and what goes beyond `limits.ts`.
 */
import { Allowance, assertWithin, MAX_DEPTH, MAX_TEXT } from "./limits.ts";
import { type Attributes, Tag } from "./xml-tag.ts";
import { decoded, unescapeText, withOneLineEnd, XmlError, type XmlText, xmlText } from "./xml-text.ts";

export type { Attributes } from "./xml-tag.ts";
export { XmlError } from "./xml-text.ts";

export interface XmlHandler {
  /** @param space URI of the element's namespace, or "" */
  open(name: string, space: string, attributes: Attributes): void;
  /** Text between tags; comments split it, so that several calls may make up one text. */
  text?(text: string): void;
  close?(name: string): void;
  /** Asked after `open`: whether nothing inside that element matters. It is checked all the same, without a call. */
  readonly passes?: boolean;
  /** Whether text is listened to at this place; it always is when left out. */
  readonly listens?: boolean;
  /** Whether `skim` is to be asked first at this place. */
  readonly skims?: boolean;
  /**
   * Reads a whole element of a plain form without calls to the others.
   * @param at where its "<" stands
   * @param space namespace of names without a prefix
   * @returns the offset behind the element, or `at` for one that is not plain
   */
  skim?(document: XmlText, at: number, space: string): number;
}

const SLASH = 0x2f;
const BANG = 0x21;
const QUESTION = 0x3f;
const SPACE_ONLY = /^[ \t\r\n]*$/;
const ROOT_SPACES: ReadonlyMap<string, string> = new Map([["xml", "http://www.w3.org/XML/1998/namespace"]]);
/** Workbooks have some hundred names of elements; hostile ones may have millions. */
const MOST_KEPT_NAMES = 1000;
const LONGEST_KEPT_TAG = 200;

/**
 * @param allowance what other documents of the same workbook have left to read
 * @param trusted whether its characters are known to be sound
 * @throws XmlError, LimitError
 */
export function parseXml(bytes: Uint8Array, handler: XmlHandler, allowance = new Allowance(), trusted = false): void {
  new Scanner(xmlText(bytes, trusted), handler, allowance).scan();
}

interface OpenTag {
  readonly raw: string;
  readonly name: string;
  readonly outer: Names;
}

class Scanner {
  readonly #document: XmlText;
  readonly #text: string;
  readonly #handler: XmlHandler;
  readonly #allowance: Allowance;
  readonly #tag = new Tag();
  readonly #open: OpenTag[] = [];
  #names = new Names(ROOT_SPACES);
  #seenRoot = false;
  /** How many elements are open at least while nothing that is read matters. */
  #passed = Number.POSITIVE_INFINITY;
  /** Characters since the last tag. */
  #textLength = 0;
  /** The next reference, and the next mark that may not stand in text, from where the scan is; kept as most texts have neither. */
  #nextReference = -1;
  #nextStray = -1;

  constructor(document: XmlText, handler: XmlHandler, allowance: Allowance) {
    this.#document = document;
    this.#text = document.text;
    this.#handler = handler;
    this.#allowance = allowance;
  }

  scan(): void {
    const { bytes, text } = this.#document;
    const handler = this.#handler;
    for (let at = 0; at < text.length; ) {
      let start = at;
      if (bytes[at] !== 0x3c) {
        start = text.indexOf("<", at);
        this.#passText(at, start < 0 ? text.length : start);
        if (start < 0) break;
      }
      if (this.#open.length < this.#passed && handler.skims === true && handler.skim !== undefined) {
        at = handler.skim(this.#document, start, this.#names.plainSpace);
        if (at > start) continue;
      }
      const next = bytes[start + 1];
      if (next === SLASH) at = this.#closeTag(start);
      else if (next === BANG) at = this.#passMarkup(start);
      else if (next === QUESTION) at = this.#passInstruction(start);
      else at = this.#openTag(start);
    }
    if (this.#open.length > 0 || !this.#seenRoot) throw new XmlError("no element found, or one that is not closed");
  }

  #passText(from: number, to: number): void {
    if (this.#open.length === 0) {
      if (!SPACE_ONLY.test(this.#text.slice(from, to))) throw new XmlError("text outside of the root element");
      return;
    }
    this.#count(to - from);
    if (this.#nextStray < from) this.#nextStray = this.#find("]]>", from);
    if (this.#nextStray < to) throw new XmlError("not well-formed: ]]> in a text");
    if (this.#nextReference < from) this.#nextReference = this.#find("&", from);
    const hasReferences = this.#nextReference < to;
    if (!this.#listens && !hasReferences) return;
    const text = unescapeText(this.#text.slice(from, to)); // also where none listens: references to nothing are refused
    if (this.#listens) this.#handler.text?.(text);
  }

  get #listens(): boolean {
    return this.#handler.text !== undefined && this.#handler.listens !== false && this.#open.length < this.#passed;
  }

  #find(mark: string, from: number): number {
    const at = this.#text.indexOf(mark, from);
    return at < 0 ? Number.POSITIVE_INFINITY : at;
  }

  #count(length: number): void {
    this.#textLength += length;
    assertWithin(this.#textLength, MAX_TEXT, "characters in one text");
  }

  #openTag(start: number): number {
    const isPassed = this.#open.length >= this.#passed;
    const known = isPassed ? this.#passKnownTag(start) : start;
    if (known > start) return known;
    if (this.#open.length === 0 && this.#seenRoot) throw new XmlError("junk after the root element");
    this.#seenRoot = true;
    const tag = this.#tag;
    const end = tag.read(this.#document, start + 1);
    this.#allowance.take("tags, attributes and comments", 1 + tag.size);
    this.#textLength = 0;
    const outer = this.#names;
    if (tag.declaresSpaces) this.#names = new Names(tag.spacesWithin(outer.spaces, this.#allowance));
    if (tag.hasPrefixes) this.#names.assertBound(tag.prefixes());
    const { name, space } = this.#names.resolve(tag.name);
    const opened: OpenTag = { raw: tag.name, name, outer };
    if (isPassed && !tag.declaresSpaces) outer.keepSound(this.#text.slice(start, end), opened);
    const isEmpty = tag.isEmpty;
    if (!isPassed) this.#handler.open(name, space, tag);
    if (!isEmpty) this.#push(opened, isPassed);
    else {
      if (!isPassed) this.#handler.close?.(name);
      this.#names = outer;
    }
    return end;
  }

  #push(opened: OpenTag, isPassed: boolean): void {
    this.#open.push(opened);
    assertWithin(this.#open.length, MAX_DEPTH, "elements within each other");
    if (!isPassed && this.#handler.passes === true) this.#passed = this.#open.length;
  }

  /** A tag that stood there before, to the letter, is not read again. @returns the offset behind it, or `start` */
  #passKnownTag(start: number): number {
    const end = this.#text.indexOf(">", start) + 1;
    const opened = this.#names.soundTag(this.#text.slice(start, end));
    if (opened === undefined) return start;
    this.#allowance.take("tags, attributes and comments");
    this.#textLength = 0;
    if (this.#document.bytes[end - 2] !== SLASH) this.#push(opened, true);
    return end;
  }

  #closeTag(start: number): number {
    const last = this.#open.pop();
    if (last === undefined || !this.#text.startsWith(last.raw, start + 2)) throw new XmlError("mismatched tag");
    const behind = start + 2 + last.raw.length;
    const end = this.#text[behind] === ">" ? behind : after(this.#text, ">", behind) - 1;
    if (!SPACE_ONLY.test(this.#text.slice(behind, end))) throw new XmlError("mismatched tag");
    if (this.#open.length < this.#passed) {
      this.#passed = Number.POSITIVE_INFINITY;
      this.#handler.close?.(last.name);
    }
    this.#textLength = 0;
    this.#names = last.outer;
    return end + 1;
  }

  #passInstruction(start: number): number {
    this.#allowance.take("tags, attributes and comments");
    const isDeclaration = /^<\?xml[ \t\r\n?]/i.test(this.#text.slice(start, start + 6));
    if (isDeclaration && start > 0) throw new XmlError("XML or text declaration not at start of entity");
    return after(this.#text, "?>", start);
  }

  #passMarkup(start: number): number {
    this.#allowance.take("tags, attributes and comments");
    const text = this.#text;
    if (text.startsWith("<!--", start)) {
      const dashes = after(text, "--", start + 4);
      if (text[dashes] !== ">") throw new XmlError("not well-formed: -- in a comment");
      return dashes + 1;
    }
    if (!text.startsWith("<![CDATA[", start) || this.#open.length === 0) {
      throw new XmlError("a document type is not read");
    }
    const end = after(text, "]]>", start);
    this.#count(end - 3 - (start + 9));
    if (this.#listens) this.#handler.text?.(decoded(withOneLineEnd(text.slice(start + 9, end - 3))));
    return end;
  }
}

/** Resolves prefixes within one set of declarations; most documents have one set, so each name is looked up once. */
class Names {
  readonly spaces: ReadonlyMap<string, string>;
  /** Namespace of names without a prefix. */
  readonly plainSpace: string;
  readonly #sound = new Map<string, OpenTag>();
  readonly #resolved = new Map<string, { name: string; space: string }>();

  constructor(spaces: ReadonlyMap<string, string>) {
    this.spaces = spaces;
    this.plainSpace = spaces.get("") ?? "";
  }

  /** What such a tag opens, where the same was read before. */
  soundTag(tag: string): OpenTag | undefined {
    return this.#sound.get(tag);
  }

  keepSound(tag: string, opened: OpenTag): void {
    if (tag.length <= LONGEST_KEPT_TAG && this.#sound.size < MOST_KEPT_NAMES) this.#sound.set(tag, opened);
  }

  resolve(raw: string): { name: string; space: string } {
    const known = this.#resolved.get(raw);
    if (known !== undefined) return known;
    const text = decoded(raw);
    const colon = text.indexOf(":");
    const space = this.spaces.get(colon < 0 ? "" : text.slice(0, colon));
    if (space === undefined && colon >= 0) throw new XmlError(`unbound prefix: ${text}`);
    const resolved = { name: text.slice(colon + 1), space: space ?? "" };
    if (this.#resolved.size < MOST_KEPT_NAMES) this.#resolved.set(raw, resolved);
    return resolved;
  }

  assertBound(prefixes: Iterable<string>): void {
    for (const prefix of prefixes) {
      if (prefix !== "xmlns" && !this.spaces.has(decoded(prefix))) throw new XmlError(`unbound prefix: ${prefix}`);
    }
  }
}

function after(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  if (at < 0) throw new XmlError(`not well-formed: ${mark} is missing`);
  return at + mark.length;
}

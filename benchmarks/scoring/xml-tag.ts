/** Opening tags of an XML document, read in place. */
import { type Allowance, assertWithin, MAX_ATTRIBUTES, MAX_PREFIXES, MAX_TEXT } from "./limits.ts";
import { decoded, unescapeAttribute, XmlError, type XmlText } from "./xml-text.ts";

/** Of the tag that is being opened; only valid during that call. */
export interface Attributes {
  /** Names as they are written, declarations of namespaces included. */
  names(): string[];
  /** The value of the attribute written with just that name. */
  get(name: string): string | null;
  /** The value of the attribute with that local name, whatever its prefix. */
  getLocal(name: string): string | null;
}

const QUOTE = 0x22;
const AMPERSAND = 0x26;
const APOSTROPHE = 0x27;
const SLASH = 0x2f;
const COLON = 0x3a;
const LESS = 0x3c;
const EQUALS = 0x3d;
const GREATER = 0x3e;

/** What a byte may be part of. Beyond ASCII all may stand in names, though XML knows some that may not. */
const IN_NAME = 1;
const STARTS_NAME = 2;
const IS_SPACE = 4;
const CLASSES = Uint8Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  if (/[A-Za-z_:\x80-\xff]/.test(character)) return IN_NAME | STARTS_NAME;
  if (/[0-9.-]/.test(character)) return IN_NAME;
  return /[ \t\r\n]/.test(character) ? IS_SPACE : 0;
});

/** One opening tag; the same object serves for all, as there may be millions. Offsets are kept, texts are cut when asked for. */
export class Tag implements Attributes {
  name = "";
  isEmpty = false;
  declaresSpaces = false;
  hasPrefixes = false;
  #text = "";
  #size = 0;
  /** By fours: where a name starts and ends, where its value does. */
  readonly #at = new Int32Array(4 * (MAX_ATTRIBUTES + 1));

  /** The number of attributes. */
  get size(): number {
    return this.#size;
  }

  /**
   * Reads a tag from just behind its "<".
   * @returns the offset behind its ">"
   * @throws XmlError, LimitError
   */
  read({ bytes, text }: XmlText, start: number): number {
    this.#text = text;
    this.#size = 0;
    this.declaresSpaces = false;
    this.hasPrefixes = false;
    let at = endOfName(bytes, start);
    this.name = text.slice(start, at);
    for (;;) {
      const spaced = at;
      at = passSpace(bytes, at);
      const byte = bytes[at];
      if (byte === GREATER || byte === SLASH) return this.#end(bytes, at);
      if (at === spaced) return fail(`tag ${this.name.slice(0, 50)}`);
      at = this.#attribute(bytes, at);
    }
  }

  names(): string[] {
    return Array.from({ length: this.#size }, (_, i) =>
      decoded(this.#text.slice(this.#at[4 * i], this.#at[4 * i + 1])),
    );
  }

  get(name: string): string | null {
    for (let i = 0; i < this.#size; i += 1) {
      const start = this.#at[4 * i] ?? 0;
      const length = (this.#at[4 * i + 1] ?? 0) - start;
      if (length === name.length && this.#text.startsWith(name, start)) return this.#value(i);
    }
    return null;
  }

  getLocal(name: string): string | null {
    for (let i = 0; i < this.#size; i += 1) {
      const start = this.#at[4 * i] ?? 0;
      const local = (this.#at[4 * i + 1] ?? 0) - name.length;
      const isPrefixed = local > start && this.#text.startsWith(":", local - 1);
      if ((local === start || isPrefixed) && this.#text.startsWith(name, local)) return this.#value(i);
    }
    return null;
  }

  /** Prefixes of attributes, declarations aside, as they are written. */
  *prefixes(): Generator<string> {
    for (let i = 0; i < this.#size; i += 1) {
      const start = this.#at[4 * i] ?? 0;
      const colon = this.#text.indexOf(":", start);
      if (colon >= 0 && colon < (this.#at[4 * i + 1] ?? 0)) yield this.#text.slice(start, colon);
    }
  }

  /** @throws LimitError when there are too many, here or in the whole workbook */
  spacesWithin(outer: ReadonlyMap<string, string>, allowance: Allowance): Map<string, string> {
    const spaces = new Map(outer);
    this.names().forEach((name, i) => {
      if (name !== "xmlns" && !name.startsWith("xmlns:")) return;
      allowance.take("namespace declarations");
      spaces.set(name.slice(6), this.#value(i));
    });
    assertWithin(spaces.size, MAX_PREFIXES, "namespace prefixes at one place");
    return spaces;
  }

  #value(index: number): string {
    return unescapeAttribute(this.#text.slice(this.#at[4 * index + 2], this.#at[4 * index + 3]));
  }

  #end(bytes: Uint8Array, at: number): number {
    this.isEmpty = bytes[at] === SLASH;
    if (!this.isEmpty) return at + 1;
    return bytes[at + 1] === GREATER ? at + 2 : fail("a slash in a tag");
  }

  /** @returns the offset behind its closing quote */
  #attribute(bytes: Uint8Array, start: number): number {
    const end = endOfName(bytes, start);
    const equals = passSpace(bytes, end);
    const open = passSpace(bytes, equals + 1);
    const quote = bytes[open];
    if (bytes[equals] !== EQUALS || (quote !== QUOTE && quote !== APOSTROPHE))
      return fail("an attribute without value");
    let close = open + 1;
    let hasReference = false;
    for (let byte = bytes[close]; byte !== quote; byte = bytes[close]) {
      if (byte === undefined || byte === LESS) return fail("an attribute that is not closed");
      if (byte === AMPERSAND) hasReference = true;
      close += 1;
    }
    assertWithin(this.#size + 1, MAX_ATTRIBUTES, "attributes of one element");
    assertWithin(close - start, MAX_TEXT, "characters in one attribute");
    this.#assertNew(bytes, start, end);
    this.#keep(start, end, open + 1, close);
    this.#classify(bytes, start, end);
    if (hasReference) this.#value(this.#size - 1); // references to nothing are refused wherever they stand
    return close + 1;
  }

  #assertNew(bytes: Uint8Array, start: number, end: number): void {
    for (let i = 0; i < this.#size; i += 1) {
      const other = this.#at[4 * i] ?? 0;
      if ((this.#at[4 * i + 1] ?? 0) - other !== end - start) continue;
      let same = 0;
      while (same < end - start && bytes[other + same] === bytes[start + same]) same += 1;
      if (same === end - start) fail("an attribute that stands twice");
    }
  }

  #keep(start: number, end: number, valueStart: number, valueEnd: number): void {
    const at = 4 * this.#size;
    this.#at[at] = start;
    this.#at[at + 1] = end;
    this.#at[at + 2] = valueStart;
    this.#at[at + 3] = valueEnd;
    this.#size += 1;
  }

  #classify(bytes: Uint8Array, start: number, end: number): void {
    if (bytes[start] === 0x78 /* x */ && this.#text.startsWith("xmlns", start)) this.declaresSpaces = true;
    else {
      for (let at = start + 1; at < end; at += 1) if (bytes[at] === COLON) this.hasPrefixes = true;
    }
  }
}

export function passSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  while (((CLASSES[bytes[at] ?? 0] ?? 0) & IS_SPACE) !== 0) at += 1;
  return at;
}

function endOfName(bytes: Uint8Array, start: number): number {
  if (((CLASSES[bytes[start] ?? 0] ?? 0) & STARTS_NAME) === 0 || bytes[start] === COLON)
    return fail("a tag without a name");
  let at = start + 1;
  while (((CLASSES[bytes[at] ?? 0] ?? 0) & IN_NAME) !== 0) at += 1;
  return at;
}

function fail(problem: string): never {
  throw new XmlError(`not well-formed: ${problem}`);
}

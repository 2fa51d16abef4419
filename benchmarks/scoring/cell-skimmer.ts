/**
 * Reads cells of the plain form in which programs write them, byte by byte: `<c r="B2" s="4" t="s"><f>A1+1</f><v>17</v></c>`.
 * Nearly all cells of all workbooks are of that form, and there are millions. Whatever else XML allows is left to `xml.ts`.
 */
import { MAX_TEXT } from "./limits.ts";
import { digitsEnd, isClosing, wordEnd } from "./plain-bytes.ts";
import type { XmlText } from "./xml-text.ts";

/** What a cell's type says, as far as plain cells have it: number, shared string, boolean, text. */
export type PlainType = "n" | "s" | "b" | "str" | "e" | "inlineStr";

/** By the code of their letter. */
const LETTER_TYPES: (PlainType | undefined)[] = Array.from({ length: 256 });
for (const type of ["n", "s", "b", "e"] as const) LETTER_TYPES[type.charCodeAt(0)] = type;
const WORD_TYPES: ReadonlyMap<string, PlainType> = new Map((["str", "inlineStr"] as const).map((type) => [type, type]));
const INLINE = "<is><t>";
const INLINE_SPACED = '<is><t xml:space="preserve">';
const INLINE_CLOSING = "</t></is></c>";
const REFERENCES = ["quot;", "amp;", "lt;", "gt;", "apos;"];
const SEEN_R = 1;
const SEEN_S = 2;
const SEEN_T = 4;
const SEEN_CM = 8;
const SEEN_VM = 16;
const NOT_PLAIN = -1;

const SPACE = 0x20;
const QUOTE = 0x22;
const AMPERSAND = 0x26;
const PLUS = 0x2b;
const MINUS = 0x2d;
const DOT = 0x2e;
const SLASH = 0x2f;
const ZERO = 0x30;
const LESS = 0x3c;
const EQUALS = 0x3d;
const GREATER = 0x3e;
const UPPER_E = 0x45;
const BRACKET = 0x5d;
const LOWER_E = 0x65;

/** The fields tell the last cell that was read. */
export class CellSkimmer {
  /** Row 0: the cell does not say where it stands. */
  row = 0;
  column = 0;
  style = 0;
  type: PlainType = "n";
  /** Where the value's text stands; equal where there is none. */
  valueStart = 0;
  valueEnd = 0;
  /** Whether it is the text of an inline string: empty, such a text is no missing value. */
  isInline = false;
  /** Elements and attributes that were passed. */
  marks = 0;
  /** Of a shared string or a boolean. */
  number = 0;
  /** Whether the number has neither fraction nor exponent. */
  isWhole = true;
  #bytes: Uint8Array = new Uint8Array();
  #text = "";

  /** @returns the offset behind the cell, or -1 when it is not plain */
  read({ bytes, text }: XmlText, start: number): number {
    this.#bytes = bytes;
    this.#text = text;
    if (bytes[start + 1] !== 0x63 /* c */) return NOT_PLAIN;
    const end = this.#attributes(start + 2);
    if (end < 0) return NOT_PLAIN;
    this.valueStart = 0;
    this.valueEnd = 0;
    this.isInline = false;
    if (bytes[end] === SLASH) return bytes[end + 1] === GREATER ? end + 2 : NOT_PLAIN;
    return bytes[end] === GREATER ? this.#content(end + 1) : NOT_PLAIN;
  }

  /** @returns where "/" or ">" should stand */
  #attributes(start: number): number {
    const bytes = this.#bytes;
    let at = start;
    let seen = 0;
    this.row = 0;
    this.style = 0;
    this.type = "n";
    this.marks = 1;
    while (bytes[at] === SPACE) {
      if (bytes[at + 1] === SLASH) return at + 1; // as openpyxl used to write: <c r="A1" />
      const name = bytes[at + 1] ?? 0;
      const length = bytes[at + 2] === EQUALS ? 1 : 2;
      const bit = length === 1 ? bitOf(name) : this.#metadataBit(at + 1);
      if (bit === 0 || (seen & bit) !== 0 || bytes[at + 1 + length] !== EQUALS || bytes[at + 2 + length] !== QUOTE) {
        return NOT_PLAIN;
      }
      seen |= bit;
      this.marks += 1;
      at = this.#attributeValue(bit, at + 3 + length);
      if (at < 0 || bytes[at] !== QUOTE) return NOT_PLAIN;
      at += 1;
    }
    return at;
  }

  #attributeValue(bit: number, start: number): number {
    if (bit === SEEN_R) return this.#place(start);
    if (bit === SEEN_S) return this.#styleNumber(start);
    return bit === SEEN_T ? this.#typeName(start) : digitsEnd(this.#bytes, start);
  }

  /** `cm` and `vm` point at metadata, which has no values. */
  #metadataBit(at: number): number {
    return this.#text.startsWith("cm", at) ? SEEN_CM : this.#text.startsWith("vm", at) ? SEEN_VM : 0;
  }

  #place(start: number): number {
    const bytes = this.#bytes;
    let at = start;
    let column = 0;
    for (let byte = bytes[at] ?? 0; byte >= 0x41 && byte <= 0x5a; byte = bytes[at] ?? 0) {
      column = column * 26 + byte - 0x40;
      at += 1;
    }
    const letters = at - start;
    const end = digitsEnd(bytes, at);
    if (letters < 1 || letters > 3 || end === at || end - at > 7) return NOT_PLAIN;
    this.row = this.#number(at, end);
    this.column = column;
    return this.row === 0 ? NOT_PLAIN : end;
  }

  #styleNumber(start: number): number {
    const end = digitsEnd(this.#bytes, start);
    if (end === start || end - start > 6) return NOT_PLAIN;
    this.style = this.#number(start, end);
    return end;
  }

  #typeName(start: number): number {
    const end = wordEnd(this.#bytes, start);
    const type =
      end === start + 1 ? LETTER_TYPES[this.#bytes[start] ?? 0] : WORD_TYPES.get(this.#text.slice(start, end));
    if (type === undefined) return NOT_PLAIN;
    this.type = type;
    return end;
  }

  #number(start: number, end: number): number {
    let number = 0;
    for (let at = start; at < end; at += 1) number = number * 10 + (this.#bytes[at] ?? 0) - ZERO;
    return number;
  }

  #content(start: number): number {
    const bytes = this.#bytes;
    let at = start;
    if (bytes[at] === LESS && bytes[at + 1] === 0x66 /* f */) at = this.#formula(at + 2);
    if (at < 0) return NOT_PLAIN;
    if (bytes[at] !== LESS) return NOT_PLAIN;
    if (bytes[at + 1] === SLASH) return isClosing(bytes, at, 0x63 /* c */) ? at + 4 : NOT_PLAIN;
    if (this.type === "inlineStr") return this.#inline(at);
    return bytes[at + 1] === 0x76 /* v */ && bytes[at + 2] === GREATER ? this.#value(at + 3) : NOT_PLAIN;
  }

  #value(start: number): number {
    const bytes = this.#bytes;
    const end = this.#valueEnd(start);
    if (end < 0 || !isClosing(bytes, end, 0x76 /* v */) || !isClosing(bytes, end + 4, 0x63 /* c */)) return NOT_PLAIN;
    return this.#keep(start, end, end + 8);
  }

  #valueEnd(start: number): number {
    if (this.type === "n") return this.#numberEnd(start);
    if (this.type === "str" || this.type === "e") return this.#textEnd(start);
    const end = digitsEnd(this.#bytes, start);
    if (end - start > 9) return NOT_PLAIN;
    this.number = this.#number(start, end);
    return end;
  }

  #inline(start: number): number {
    const open = this.#text.startsWith(INLINE, start) ? INLINE : INLINE_SPACED;
    if (open === INLINE_SPACED && !this.#text.startsWith(INLINE_SPACED, start)) return NOT_PLAIN;
    const end = this.#textEnd(start + open.length);
    this.isInline = true;
    if (end < 0 || !this.#text.startsWith(INLINE_CLOSING, end)) return NOT_PLAIN;
    return this.#keep(start + open.length, end, end + INLINE_CLOSING.length);
  }

  #keep(start: number, end: number, behind: number): number {
    this.valueStart = start;
    this.valueEnd = end;
    this.marks += 2;
    return behind;
  }

  /** Python's `int()` and `float()` take other forms too: those are not plain. */
  #numberEnd(start: number): number {
    const bytes = this.#bytes;
    const whole = bytes[start] === MINUS ? start + 1 : start;
    let at = digitsEnd(bytes, whole);
    if (at === whole || at - whole > 18) return at === start ? at : NOT_PLAIN;
    this.isWhole = true;
    if (bytes[at] === DOT) {
      this.isWhole = false;
      const fraction = at + 1;
      at = digitsEnd(bytes, fraction);
      if (at === fraction || at - fraction > 40) return NOT_PLAIN;
    }
    if (bytes[at] === UPPER_E || bytes[at] === LOWER_E) {
      this.isWhole = false;
      const exponent = bytes[at + 1] === MINUS || bytes[at + 1] === PLUS ? at + 2 : at + 1;
      at = digitsEnd(bytes, exponent);
      if (at === exponent || at - exponent > 4) return NOT_PLAIN;
    }
    return at;
  }

  /** Text with no references but the five that XML knows. */
  #textEnd(start: number): number {
    const bytes = this.#bytes;
    let at = start;
    for (let byte = bytes[at]; byte !== LESS; byte = bytes[at]) {
      if (byte === undefined || (byte === BRACKET && bytes[at + 1] === BRACKET)) return NOT_PLAIN;
      if (byte === AMPERSAND && !this.#isKnownReference(at)) return NOT_PLAIN;
      at += 1;
    }
    return at - start > MAX_TEXT ? NOT_PLAIN : at;
  }

  /** Passes a formula, from behind its "<f"; its attributes have short names. */
  #formula(start: number): number {
    const bytes = this.#bytes;
    const behind = this.#formulaAttributes(start);
    if (behind < 0) return NOT_PLAIN;
    if (bytes[behind] === SLASH) return bytes[behind + 1] === GREATER ? behind + 2 : NOT_PLAIN;
    if (bytes[behind] !== GREATER) return NOT_PLAIN;
    let at = behind + 1;
    for (let byte = bytes[at]; byte !== LESS; byte = bytes[at]) {
      if (byte === undefined || (byte === BRACKET && bytes[at + 1] === BRACKET)) return NOT_PLAIN;
      if (byte === AMPERSAND && !this.#isKnownReference(at)) return NOT_PLAIN;
      at += 1;
    }
    if (at - behind > MAX_TEXT || !this.#text.startsWith("</f>", at)) return NOT_PLAIN;
    this.marks += 1;
    return at + 4;
  }

  #isKnownReference(at: number): boolean {
    return REFERENCES.some((name) => this.#text.startsWith(name, at + 1));
  }

  #formulaAttributes(start: number): number {
    const bytes = this.#bytes;
    let at = start;
    let seen = 0; // by first letter: two of one letter are left to xml.ts
    while (bytes[at] === SPACE) {
      const letter = (bytes[at + 1] ?? 0) - 0x61;
      const equals = wordEnd(bytes, at + 1);
      if (letter < 0 || letter > 25 || (seen & (1 << letter)) !== 0) return NOT_PLAIN;
      if (bytes[equals] !== EQUALS || bytes[equals + 1] !== QUOTE) return NOT_PLAIN;
      seen |= 1 << letter;
      this.marks += 1;
      at = equals + 2;
      for (let byte = bytes[at]; byte !== QUOTE; byte = bytes[at]) {
        if (byte === undefined || byte === LESS || byte === AMPERSAND) return NOT_PLAIN;
        at += 1;
      }
      at += 1;
    }
    return at;
  }
}

function bitOf(name: number): number {
  return name === 0x72 /* r */ ? SEEN_R : name === 0x73 /* s */ ? SEEN_S : name === 0x74 /* t */ ? SEEN_T : 0;
}

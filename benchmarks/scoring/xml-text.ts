/** XML documents as text: their encoding, and the characters that references stand for. */
import { isUtf8 } from "node:buffer";

/** The text is not well-formed XML, or not of a kind that workbooks have. */
export class XmlError extends Error {
  override readonly name = "XmlError";
}

/**
 * A document in UTF-8, and the same as a string with one character a byte: half as long as UTF-16, quick to search, and
 * slices of it cost nothing. What is cut out of it becomes proper text by `decoded`.
 */
export interface XmlText {
  readonly bytes: Uint8Array;
  readonly text: string;
}

const ENTITIES: ReadonlyMap<string, string> = new Map(
  Object.entries({ lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" }),
);
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML 1.0 forbids
const FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/;
/** U+FFFE and U+FFFF in UTF-8. */
const NO_CHARACTERS = /\xef\xbf[\xbe\xbf]/;
const BEYOND_ASCII = /[\x80-\xff]/;

/**
 * @param trusted whether its characters are known to be sound
 * @throws XmlError for bytes that are not in the encoding that their mark or their declaration names
 */
export function xmlText(given: Uint8Array, trusted = false): XmlText {
  const buffer = inUtf8(given);
  if (trusted) return { bytes: buffer, text: buffer.toString("latin1") };
  if (!isUtf8(buffer)) throw new XmlError("not well-formed: cannot be decoded as utf-8");
  if (hasControls(buffer)) throw new XmlError("not well-formed: a character that XML forbids");
  const text = buffer.toString("latin1");
  if (text.includes("\xef\xbf") && NO_CHARACTERS.test(text)) {
    throw new XmlError("not well-formed: a character that XML forbids");
  }
  return { bytes: buffer, text };
}

/** Proper text of a slice of `XmlText.text`. */
export function decoded(raw: string): string {
  return BEYOND_ASCII.test(raw) ? Buffer.from(raw, "latin1").toString("utf8") : raw;
}

/** Text between tags: references replaced, line ends made one. @throws XmlError for references to nothing */
export function unescapeText(raw: string): string {
  const text = decoded(withOneLineEnd(raw));
  return text.includes("&") ? text.replace(/&([^;]{0,40};)?/g, (_, reference?: string) => expand(reference)) : text;
}

/** The same for the value of an attribute, where line ends and tabs are spaces. */
export function unescapeAttribute(raw: string): string {
  return unescapeText(/[\t\n\r]/.test(raw) ? withOneLineEnd(raw).replace(/[\t\n]/g, " ") : raw);
}

export function withOneLineEnd(text: string): string {
  return text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
}

function expand(reference: string | undefined): string {
  const name = reference?.slice(0, -1) ?? "";
  const known = ENTITIES.get(name);
  if (known !== undefined) return known;
  const number = /^#(?:x([0-9a-fA-F]+)|([0-9]+))$/.exec(name);
  if (number === null) return refuse(`undefined entity: &${name};`);
  const code = number[1] === undefined ? Number.parseInt(number[2] ?? "", 10) : Number.parseInt(number[1], 16);
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return refuse(`no such character: &${name};`);
  const character = String.fromCodePoint(code);
  return FORBIDDEN.test(character) ? refuse(`no such character: &${name};`) : character;
}

function refuse(problem: string): never {
  throw new XmlError(`not well-formed: ${problem}`);
}

/** Without a byte order mark. */
function inUtf8(given: Uint8Array): Buffer {
  const bytes = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
  const head = bytes.toString("latin1", 0, Math.min(200, bytes.length));
  if (head.startsWith("\xef\xbb\xbf")) return bytes.subarray(3);
  const declared = /^[ \t\r\n]*<\?xml[^>]*\bencoding[ \t\r\n]*=[ \t\r\n]*["']([\w.:-]+)["']/.exec(head)?.[1] ?? "utf-8";
  const encoding = head.startsWith("\xff\xfe") ? "utf-16le" : head.startsWith("\xfe\xff") ? "utf-16be" : declared;
  if (/^utf-?8$/i.test(encoding)) return bytes;
  try {
    return Buffer.from(new TextDecoder(encoding, { fatal: true }).decode(bytes), "utf8");
  } catch (error) {
    throw new XmlError(`not well-formed: cannot be decoded as ${encoding}`, { cause: error });
  }
}

/** Whether there is a byte below 0x20 other than tab and line ends; four bytes at a time, as documents have megabytes. */
function hasControls(bytes: Buffer): boolean {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : Buffer.from(Uint8Array.from(bytes).buffer);
  const words = new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length >> 2);
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] ?? 0;
    // The high bit of each byte that is below 0x20; carries can only add hits, which are then looked at one by one.
    if (((word - 0x20202020) & ~word & 0x80808080) !== 0 && isControlIn(aligned, i * 4, i * 4 + 4)) return true;
  }
  return isControlIn(aligned, words.length * 4, aligned.length);
}

function isControlIn(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i += 1) {
    const byte = bytes[i] ?? 0;
    if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return true;
  }
  return false;
}

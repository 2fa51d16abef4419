/**
 * Reads XML as a stream of calls: enough of XML 1.0 and of namespaces for the parts of a workbook, at the speed that scoring
 * thousands of them needs. Refuses what is not well-formed, documents with a type declaration (nothing to expand, so no bombs),
 * and what goes beyond `limits.ts`.
 */
import { Allowance, assertWithin, MAX_ATTRIBUTES, MAX_DEPTH, MAX_PREFIXES, MAX_TEXT } from "./limits.ts";

/** The text is not well-formed XML, or not of a kind that workbooks have. */
export class XmlError extends Error {
  override readonly name = "XmlError";
}

/** Of the tag that is being opened; only valid during that call. */
export interface Attributes {
  /** The value of the attribute written with just that name. */
  get(name: string): string | null;
  /** The value of the attribute with that local name, whatever its prefix. */
  getLocal(name: string): string | null;
}

export interface XmlHandler {
  /** @param space URI of the element's namespace, or "" */
  open(name: string, space: string, attributes: Attributes): void;
  /** Text between tags; comments split it, so that several calls may make up one text. */
  text?(text: string): void;
  close?(name: string): void;
}

const ENTITIES: ReadonlyMap<string, string> = new Map(
  Object.entries({ lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" }),
);
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML 1.0 forbids
const FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/;
const NAME = /[^\s<>/=&"']+/y;
const ATTRIBUTE = /\s+([^\s<>/=&"']+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
const TAG_END = /\s*(\/?)>/y;
const ROOT_SPACES: ReadonlyMap<string, string> = new Map([["xml", "http://www.w3.org/XML/1998/namespace"]]);

/**
 * @param allowance what other documents of the same workbook have left to read
 * @throws XmlError, LimitError
 */
export function parseXml(bytes: Uint8Array, handler: XmlHandler, allowance = new Allowance()): void {
  scan(decode(bytes), handler, allowance);
}

function scan(text: string, handler: XmlHandler, allowance: Allowance): void {
  const open: OpenTag[] = [];
  const tag = new Tag();
  let textLength = 0; // since the last tag
  let names: Names = new Names(ROOT_SPACES);
  let seenRoot = false;
  let at = 0;

  while (at < text.length) {
    const start = text.indexOf("<", at);
    if (start !== at) passText(text.slice(at, start < 0 ? text.length : start));
    if (start < 0) break;
    const next = text.charCodeAt(start + 1);
    if (next === SLASH) at = closeTag(start);
    else if (next === BANG) at = passMarkup(start);
    else if (next === QUESTION) at = passInstruction(start);
    else at = openTag(start);
  }
  if (open.length > 0 || !seenRoot) throw new XmlError("no element found, or one that is not closed");

  function passText(raw: string): void {
    if (open.length > 0) passContent(raw, true);
    else if (raw.trim() !== "") throw new XmlError("text outside of the root element");
  }

  function passContent(raw: string, escaped: boolean): void {
    textLength += raw.length;
    assertWithin(textLength, MAX_TEXT, "characters in one text");
    handler.text?.(escaped ? unescapeText(raw) : withOneLineEnd(raw));
  }

  function openTag(start: number): number {
    if (open.length === 0 && seenRoot) throw new XmlError("junk after the root element");
    seenRoot = true;
    const end = tag.read(text, start + 1);
    allowance.take("tags, attributes and comments", 1 + tag.size);
    textLength = 0;
    const outer = names;
    if (tag.declaresSpaces) names = new Names(tag.spacesWithin(names.spaces, allowance));
    const { name, space } = names.resolve(tag.name);
    handler.open(name, space, tag);
    if (tag.isEmpty) {
      handler.close?.(name);
      names = outer;
    } else {
      open.push({ raw: tag.name, name, outer });
      assertWithin(open.length, MAX_DEPTH, "elements within each other");
    }
    return end;
  }

  function closeTag(start: number): number {
    const end = text.indexOf(">", start);
    const last = open.pop();
    if (end < 0 || last === undefined || !closes(last.raw, start + 2, end)) throw new XmlError("mismatched tag");
    handler.close?.(last.name);
    textLength = 0;
    names = last.outer;
    return end + 1;
  }

  function closes(raw: string, from: number, end: number): boolean {
    return (
      text.startsWith(raw, from) && (from + raw.length === end || text.slice(from + raw.length, end).trim() === "")
    );
  }

  function passInstruction(start: number): number {
    allowance.take("tags, attributes and comments");
    return after(text, "?>", start);
  }

  function passMarkup(start: number): number {
    allowance.take("tags, attributes and comments");
    if (text.startsWith("<!--", start)) return after(text, "-->", start + 4);
    if (!text.startsWith("<![CDATA[", start) || open.length === 0) throw new XmlError("a document type is not read");
    const end = after(text, "]]>", start);
    passContent(text.slice(start + 9, end - 3), false);
    return end;
  }
}

interface OpenTag {
  readonly raw: string;
  readonly name: string;
  readonly outer: Names;
}

/** Resolves prefixes within one set of declarations; most documents have one set, so each name is looked up once. */
class Names {
  readonly spaces: ReadonlyMap<string, string>;
  readonly #resolved = new Map<string, { name: string; space: string }>();

  constructor(spaces: ReadonlyMap<string, string>) {
    this.spaces = spaces;
  }

  resolve(raw: string): { name: string; space: string } {
    const known = this.#resolved.get(raw);
    if (known !== undefined) return known;
    const colon = raw.indexOf(":");
    const space = this.spaces.get(colon < 0 ? "" : raw.slice(0, colon));
    if (space === undefined && colon >= 0) throw new XmlError(`unbound prefix: ${raw}`);
    const resolved = { name: raw.slice(colon + 1), space: space ?? "" };
    if (this.#resolved.size < MOST_KEPT_NAMES) this.#resolved.set(raw, resolved);
    return resolved;
  }
}

/** One opening tag; the same object serves for all, as there may be millions. */
class Tag implements Attributes {
  name = "";
  isEmpty = false;
  declaresSpaces = false;
  #names: string[] = [];
  #values: string[] = [];

  /** The number of attributes. */
  get size(): number {
    return this.#names.length;
  }

  /** Reads a tag from just behind its "<". @returns the offset behind its ">" */
  read(text: string, start: number): number {
    this.#names = [];
    this.#values = [];
    this.declaresSpaces = false;
    NAME.lastIndex = start;
    const name = NAME.exec(text)?.[0];
    if (name === undefined) throw new XmlError("not well-formed: a tag without a name");
    this.name = name;
    const end = this.#readAttributes(text, start + name.length);
    TAG_END.lastIndex = end;
    const closing = TAG_END.exec(text);
    if (closing === null) throw new XmlError(`not well-formed: tag ${name}`);
    this.isEmpty = closing[1] === "/";
    return TAG_END.lastIndex;
  }

  get(name: string): string | null {
    return this.#valueAt(this.#names.indexOf(name));
  }

  getLocal(name: string): string | null {
    return this.#valueAt(this.#names.findIndex((written) => written === name || written.endsWith(`:${name}`)));
  }

  /** @throws LimitError when there are too many, here or in the whole workbook */
  spacesWithin(outer: ReadonlyMap<string, string>, allowance: Allowance): Map<string, string> {
    const spaces = new Map(outer);
    this.#names.forEach((name, i) => {
      if (!name.startsWith("xmlns")) return;
      allowance.take("namespace declarations");
      if (name === "xmlns") spaces.set("", unescapeAttribute(this.#values[i] ?? ""));
      if (name.startsWith("xmlns:")) spaces.set(name.slice(6), unescapeAttribute(this.#values[i] ?? ""));
    });
    assertWithin(spaces.size, MAX_PREFIXES, "namespace prefixes at one place");
    return spaces;
  }

  #valueAt(index: number): string | null {
    const raw = this.#values[index];
    return raw === undefined ? null : unescapeAttribute(raw);
  }

  #readAttributes(text: string, start: number): number {
    let end = start;
    ATTRIBUTE.lastIndex = start;
    for (let found = ATTRIBUTE.exec(text); found !== null; found = ATTRIBUTE.exec(text)) {
      const [, name = "", double, single] = found;
      this.#names.push(name);
      this.#values.push(double ?? single ?? "");
      assertWithin(this.#names.length, MAX_ATTRIBUTES, "attributes of one element");
      assertWithin(ATTRIBUTE.lastIndex - end, MAX_TEXT, "characters in one attribute");
      if (name.startsWith("xmlns")) this.declaresSpaces = true;
      end = ATTRIBUTE.lastIndex;
    }
    return end;
  }
}

/** Workbooks have some hundred names of elements; hostile ones may have millions. */
const MOST_KEPT_NAMES = 1000;
const SLASH = 0x2f;
const BANG = 0x21;
const QUESTION = 0x3f;

function after(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  if (at < 0) throw new XmlError(`not well-formed: ${mark} is missing`);
  return at + mark.length;
}

function unescapeAttribute(raw: string): string {
  return unescapeText(/[\t\n\r]/.test(raw) ? withOneLineEnd(raw).replace(/[\t\n]/g, " ") : raw);
}

function unescapeText(raw: string): string {
  const text = withOneLineEnd(raw);
  return text.includes("&") ? text.replace(/&([^;]{0,40};)?/g, (_, reference?: string) => expand(reference)) : text;
}

function withOneLineEnd(text: string): string {
  return text.includes("\r") ? text.replace(/\r\n/g, "\n").replace(/\r/g, "\n") : text;
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

/** Text in the encoding that its byte order mark or its declaration names. */
function decode(bytes: Uint8Array): string {
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, 200));
  const declared = /^\s*<\?xml[^>]*\bencoding\s*=\s*["']([\w.:-]+)["']/.exec(head.replace(/^ï»¿/, ""))?.[1];
  const encoding = head.startsWith("ÿþ") ? "utf-16le" : head.startsWith("þÿ") ? "utf-16be" : (declared ?? "utf-8");
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    if (FORBIDDEN.test(text)) throw new XmlError("not well-formed: a character that XML forbids");
    return text;
  } catch (error) {
    if (error instanceof XmlError) throw error;
    throw new XmlError(`not well-formed: cannot be decoded as ${encoding}`, { cause: error });
  }
}

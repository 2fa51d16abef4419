/** Workbooks bent at random, by a seeded generator: what broken programs and hostile agents may leave. */
import { unzipSync, zipSync } from "fflate";
import type { Random } from "../../../harness/random.ts";

type Parts = Record<string, Uint8Array>;
type Bend = (random: Random, workbook: Uint8Array, parts: Parts) => Uint8Array;

const TOKENS = [
  "<", ">", "&", '"', "]]>", "<!--", "<![CDATA[", "<!DOCTYPE a>", "<?xml version='1.0'?>", "\0", "\u00ff", "</row>", "<row>",
  "<c>", "<v/>", "&#0;", "&lt;", "-1", "99999999999999999999", "1e999", "NaN", 't="d"', 't="s"', 's="999999"', 'r="A0"',
  'r="ZZZZ9"', 'xmlns="urn:other"', 'xmlns:p="urn:p"', "p:x=''", "[h]:mm", "#REF!", "1904", "\r\n", "x".repeat(5000),
]; // biome-ignore format: a list of words

const BENDS: Readonly<Record<string, Bend>> = {
  "bytes changed": (random, workbook) => changed(random, workbook, random.integer(1, 20)),
  "cut off": (random, workbook) => workbook.subarray(0, random.integer(0, workbook.length)),
  "a piece taken out": (random, workbook) => {
    const from = random.integer(0, workbook.length);
    return Buffer.concat([workbook.subarray(0, from), workbook.subarray(from + random.integer(1, 400))]);
  },
  "a piece twice": (random, workbook) => {
    const from = random.integer(0, workbook.length);
    const end = from + random.integer(1, 400);
    return Buffer.concat([workbook.subarray(0, end), workbook.subarray(from)]);
  },
  "two parts swapped": (random, _, parts) => {
    const [one, other] = [random.pick(Object.keys(parts)), random.pick(Object.keys(parts))];
    return zipped({ ...parts, [one]: parts[other]!, [other]: parts[one]! });
  },
  "a part left out": (random, _, parts) => {
    const { [random.pick(Object.keys(parts))]: _gone, ...left } = parts;
    return zipped(left);
  },
  "a part renamed": (random, _, parts) => {
    const name = random.pick(Object.keys(parts));
    const { [name]: content, ...left } = parts;
    return zipped({
      ...left,
      [random.pick(["../x.xml", name.toUpperCase(), `/${name}`, "xl/worksheets/sheet9.xml"])]: content!,
    });
  },
  "bytes of a part changed": (random, _, parts) =>
    withPart(random, parts, (content) => changed(random, content, random.integer(1, 6))),
  "words put into XML": (random, _, parts) =>
    withPart(random, parts, (content) => {
      const at = random.integer(0, content.length);
      return Buffer.concat([content.subarray(0, at), Buffer.from(random.pick(TOKENS)), content.subarray(at)]);
    }),
  "a value of an attribute replaced": (random, _, parts) =>
    edited(random, parts, /"[^"]*"/g, () => `"${random.pick(TOKENS)}"`),
  "a text replaced": (random, _, parts) => edited(random, parts, />[^<]+</g, () => `>${random.pick(TOKENS)}<`),
  "a tag left out": (random, _, parts) => edited(random, parts, /<[^>]*>/g, () => ""),
  "a tag many times": (random, _, parts) =>
    edited(random, parts, /<[^>]*>/g, (tag) => tag.repeat(random.integer(2, 3000))),
};

export const BEND_NAMES = Object.keys(BENDS);

/** @param workbook a sound one */
export function bent(random: Random, workbook: Uint8Array, how: string): Uint8Array {
  const bend = BENDS[how];
  if (bend === undefined) throw new RangeError(`there is no way ${how}`);
  return bend(random, workbook, unzipSync(workbook));
}

function changed(random: Random, bytes: Uint8Array, count: number): Uint8Array {
  const result = Uint8Array.from(bytes);
  for (let i = 0; i < count && result.length > 0; i += 1) {
    result[random.integer(0, result.length - 1)] = random.integer(0, 255);
  }
  return result;
}

function withPart(random: Random, parts: Parts, edit: (content: Uint8Array) => Uint8Array): Uint8Array {
  const read = Object.keys(parts).filter((name) => /Content_Types|workbook|worksheets|sharedStrings|styles/.test(name));
  const name = random.pick(read);
  return zipped({ ...parts, [name]: edit(parts[name]!) });
}

/** One match of the pattern, at a place drawn at random, is replaced. */
function edited(random: Random, parts: Parts, pattern: RegExp, replacement: (found: string) => string): Uint8Array {
  return withPart(random, parts, (content) => {
    const text = Buffer.from(content).toString("latin1");
    const search = new RegExp(pattern);
    search.lastIndex = random.integer(0, text.length);
    const found = search.exec(text);
    if (found === null) return content;
    const end = found.index + found[0].length;
    return Buffer.from(text.slice(0, found.index) + replacement(found[0]) + text.slice(end), "latin1");
  });
}

function zipped(parts: Parts): Uint8Array {
  return zipSync(parts, { level: 1 });
}

/** Workbooks whose parts are made to cost time or memory; each is within all limits but one, or within all of them. */
import { cell, MAIN, oneSheet, row, workbookPart, worksheet } from "./handmade.ts";

export interface Hostile {
  readonly make: () => Uint8Array;
  /** What the explanation of the score says. */
  readonly explains: RegExp;
}

const MB = 2 ** 20;

const sheet = (data: string, behind = "") => oneSheet({ "xl/worksheets/s0.xml": worksheet(data, behind) });
const merges = (ref: string, count: number) => `<mergeCells>${`<mergeCell ref="${ref}"/>`.repeat(count)}</mergeCells>`;
const strings = (items: string) => oneSheet({ "xl/sharedStrings.xml": `<sst xmlns="${MAIN}">${items}</sst>` });
const numbered = (count: number, text: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join("");
const nested = (count: number, open: (i: number) => string) => numbered(count, open) + "</a>".repeat(count);
const styles = (formats: string) =>
  oneSheet({ "xl/styles.xml": `<styleSheet xmlns="${MAIN}"><numFmts>${formats}</numFmts></styleSheet>` });
/** Digits without a pattern, as parts that are packed too well are refused for that alone. */
const salt = (i: number) => (i * 7919) % 99_991;
const tall = (rows: number) => `<row>${"<c><v>1</v></c>".repeat(1000)}</row>`.repeat(rows);

/** What is beyond a limit, and what is within all of them but as much as they let through. */
export const HOSTILE_PARTS: Readonly<Record<string, Hostile>> = {
  "elements nested in the list of sheets": {
    make: () =>
      oneSheet({
        "xl/workbook.xml": workbookPart(
          "",
          nested(300_000, () => "<a>"),
        ),
      }),
    explains: /elements within each other/,
  },
  "elements nested in a sheet": {
    make: () => sheet(nested(1_000_000, () => "<a>")),
    explains: /elements within each other/,
  },
  "elements at the deepest level, in every part that keeps a path": {
    make: () =>
      oneSheet({
        "xl/workbook.xml": workbookPart("", `${"<a>".repeat(250)}${numbered(2_600_000, (i) => `<b a="${salt(i)}"/>`)}`),
      }),
    explains: /more than 5000000 tags/,
  },
  "namespaces declared one in the other": {
    make: () => sheet(nested(40_000, (i) => `<a xmlns:p${i}="u">`)),
    explains: /namespace prefixes at one place/,
  },
  "namespaces declared at the root": {
    make: () => oneSheet({ "xl/worksheets/s0.xml": `<a ${numbered(200_000, (i) => ` xmlns:p${i}="u"`)}/>` }),
    explains: /attributes of one element/,
  },
  "children that each declare a namespace": {
    make: () => {
      const outer = numbered(90, (i) => ` xmlns:p${i}="u"`);
      return oneSheet({ "xl/worksheets/s0.xml": `<a ${outer}>${'<a xmlns:q="u"/>'.repeat(200_000)}</a>` });
    },
    explains: /more than 10000 namespace declarations/,
  },
  "sheets of one part": {
    make: () =>
      oneSheet({
        "xl/workbook.xml": workbookPart(numbered(200_000, (i) => `<sheet name="S${i}" sheetId="1" r:id="r0"/>`)),
      }),
    explains: /more than 1000 sheets/,
  },
  "a large part that many sheets share": {
    make: () =>
      oneSheet({
        "xl/workbook.xml": workbookPart(
          numbered(999, (i) => `<sheet name="${i === 0 ? "Data" : `S${i}`}" sheetId="1" r:id="r0"/>`),
        ),
        "xl/worksheets/s0.xml": worksheet(`${row(cell("5"))}${`<row>${"<c/>".repeat(1000)}</row>`.repeat(100)}`),
      }),
    explains: /more than/,
  },
  "digits with underscores": {
    make: () => sheet(row(cell(`${"1_".repeat(400_000)}x`, "str"))),
    explains: /expected "5", found "1_1_/,
  },
  "a text of megabytes": {
    make: () => sheet(row(cell(`${"1_".repeat(1e6)}x`, "str"))),
    explains: /characters in one text/,
  },
  "a number of megabytes": {
    make: () => sheet(row(cell("9".repeat(2e6)))),
    explains: /characters in one text/,
  },
  "a number of many digits": {
    make: () => sheet(row(cell("9".repeat(900_000)))),
    explains: /invalid number 999/,
  },
  "a row number of many digits": {
    make: () => sheet(`<row r="${"9".repeat(900_000)}"/>`),
    explains: /not a valid row number/,
  },
  "shared strings without text": { make: () => strings("<si/>".repeat(600_000)), explains: /shared strings/ },
  "shared strings with empty text": {
    make: () => strings("<si><t/></si>".repeat(510_000)),
    explains: /shared strings/,
  },
  "a shared string of many runs": {
    make: () => strings(`<si>${`<r><t>${"x".repeat(900_000)}</t></r>`.repeat(8)}</si>`),
    explains: /characters in one string/,
  },
  "merged ranges": { make: () => sheet("", merges("A1:B2", 110_000)), explains: /merged ranges/ },
  "merged ranges over many cells": {
    make: () => sheet(tall(10), merges("A2:XFD1048576", 90_000)),
    explains: /steps to join merged ranges/,
  },
  "a link over a whole sheet": {
    make: () => sheet("", '<hyperlink ref="A1:F1048576" location="x"/>'),
    explains: /cells with values/,
  },
  "seven million cells": { make: () => sheet(tall(7000)), explains: /unpacks to more than is allowed/ },
  "more than half a million cells": { make: () => sheet(tall(515)), explains: /cells with values/ },
  "half a million cells, all wrong": { make: () => sheet(tall(499)), explains: /cells differ/ },
  "comments in a text": {
    make: () => sheet(row(cell("a<!---->".repeat(1_040_000), "str"))),
    explains: /characters in one text/,
  },
  instructions: {
    make: () => sheet(numbered(280_000, (i) => `${"<?a?>".repeat(19)}<?a ${salt(i)}?>`)),
    explains: /tags, attributes and comments/,
  },
  attributes: {
    make: () => sheet(`<row ${numbered(3_000_000, (i) => ` a${i}="1"`)}/>`),
    explains: /attributes of one element/,
  },
  "line ends of another kind": { make: () => sheet("\r\n".repeat(3 * MB)), explains: /characters in one text/ },
  "a part packed to a thousandth": {
    make: () => sheet(" ".repeat(20 * MB)),
    explains: /unpacks to more than is allowed: to over 400 times/,
  },
  "white space without end": { make: () => sheet(" ".repeat(130 * MB)), explains: /unpacks to more than is allowed/ },
  "brackets in a number format": {
    make: () => styles(`<numFmt numFmtId="200" formatCode="${"[".repeat(900_000)}"/>`),
    explains: /characters in one number format/,
  },
  "number formats": {
    make: () => styles(numbered(100_000, (i) => `<numFmt numFmtId="${200 + i}" formatCode="0"/>`)),
    explains: /number formats/,
  },
  "a name of a sheet of megabytes": {
    make: () =>
      oneSheet({ "xl/workbook.xml": workbookPart(`<sheet name="[${"x".repeat(900_000)}" sheetId="1" r:id="r0"/>`) }),
    explains: /invalid sheet name/,
  },
  "styles without end": {
    make: () =>
      oneSheet({
        "xl/styles.xml": `<styleSheet xmlns="${MAIN}"><cellXfs>${numbered(700_000, () => "<xf/>")}</cellXfs></styleSheet>`,
        "xl/worksheets/s0.xml": worksheet(row('<c r="A1" s="699999"><v>6</v></c>')),
      }),
    explains: /expected "5", found "6"/,
  },
  "a dimension of seventeen thousand million cells": {
    make: () =>
      oneSheet({ "xl/worksheets/s0.xml": `<worksheet xmlns="${MAIN}"><dimension ref="A1:XFD1048576"/></worksheet>` }),
    explains: /expected "5", found "None"/,
  },
  "entities that expand without end": {
    make: () => {
      const entities = numbered(9, (i) => `<!ENTITY e${i + 1} "${`&e${i};`.repeat(10)}">`);
      const type = `<!DOCTYPE worksheet [<!ENTITY e0 "ha">${entities}]>`;
      return oneSheet({ "xl/worksheets/s0.xml": type + worksheet(row(cell("&e9;", "str"))) });
    },
    explains: /a document type is not read/,
  },
  "an entity of a file": {
    make: () => {
      const type = '<!DOCTYPE worksheet [<!ENTITY file SYSTEM "file:///etc/hostname">]>';
      return oneSheet({ "xl/worksheets/s0.xml": type + worksheet(row(cell("&file;", "str"))) });
    },
    explains: /a document type is not read/,
  },
  "an entity that is not declared": {
    make: () => sheet(row(cell("&file;", "str"))),
    explains: /undefined entity: &file;/,
  },
  "strings that refer to strings that are not there": {
    make: () => sheet(row(cell("0", "s"))),
    explains: /no shared string 0/,
  },
  "shared strings that are the sheet itself": {
    make: () => {
      const both = worksheet(row(cell("0", "s")));
      return oneSheet({ "xl/sharedStrings.xml": both, "xl/worksheets/s0.xml": both });
    },
    explains: /no shared string 0/,
  },
  "openings that never close": { make: () => sheet("<c r=".repeat(1_500_000)), explains: /not well-formed/ },
  "plain cells that each end badly": {
    make: () => sheet(row(`<c r="A1"><f>${"A".repeat(900_000)}</f><v>${"1".repeat(900_000)}`.repeat(4))),
    explains: /not well-formed|mismatched tag|characters/,
  },
  "a file of megabytes": { make: () => new Uint8Array(20 * MB), explains: /more than the 16777216 allowed/ },
};

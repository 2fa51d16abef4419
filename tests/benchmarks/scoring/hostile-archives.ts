/** Files that are no workbooks, or whose archives lie. */
import { zipSync } from "fflate";
import { oneSheet, row, worksheet } from "./handmade.ts";
import type { Hostile } from "./hostile-parts.ts";

const MB = 2 ** 20;
const OLE = Buffer.from("d0cf11e0a1b11ae1", "hex");
const DIRECTORY = Buffer.from([0x50, 0x4b, 0x01, 0x02]);
const SHEET = "xl/worksheets/s0.xml";

export const HOSTILE_ARCHIVES: Readonly<Record<string, Hostile>> = {
  nothing: { make: () => new Uint8Array(), explains: /not a zip file/ },
  "text under the name of a workbook": { make: () => Buffer.from("a,b\n1,2\n"), explains: /not a zip file/ },
  "a workbook with a password, or of the old kind (.xls)": {
    make: () => Buffer.concat([OLE, Buffer.alloc(20_000, 1)]),
    explains: /password.*old \.xls format/,
  },
  "an archive that is no workbook": {
    make: () => zipSync({ "notes.txt": Buffer.from("hello") }),
    explains: /no item named '\[Content_Types\]\.xml'/,
  },
  "half a workbook": { make: () => oneSheet().subarray(0, 400), explains: /not a zip file/ },
  "a workbook without its first bytes": { make: () => oneSheet().subarray(40), explains: /bad zip file/ },
  "a part of gigabytes": { make: bomb, explains: /unpacks to more than is allowed/ },
  "a part that claims to be small": {
    make: () => withRecord(bomb(), SHEET, (record) => record.writeUInt32LE(1000, 24)),
    explains: /damaged, or the workbook unpacks to more than is allowed/,
  },
  "a part that claims to be huge": {
    make: () => withRecord(oneSheet(), SHEET, (record) => record.writeUInt32LE(0x7fffffff, 24)),
    explains: /unpacks to more than is allowed/,
  },
  "a part said to be longer than the file": {
    make: () => withRecord(oneSheet(), SHEET, (record) => record.writeUInt32LE(1_000_000, 20)),
    explains: /is cut off/,
  },
  "a part that is encrypted": {
    make: () => withRecord(oneSheet(), SHEET, (record) => record.writeUInt16LE(1, 8)),
    explains: /is encrypted/,
  },
  "a part packed in another way": {
    make: () => withRecord(oneSheet(), SHEET, (record) => record.writeUInt16LE(14, 10)),
    explains: /not supported \(14\)/,
  },
  "a part with another checksum": {
    make: () => withRecord(oneSheet(), SHEET, (record) => record.writeUInt32LE(1, 16)),
    explains: /bad checksum/,
  },
  "two entries over one content": { make: overlapping, explains: /another name before its content/ },
  "two parts of one name, of which the later counts": { make: twice, explains: /expected "5", found "6"/ },
  "sizes of 64 bits that are not there": {
    make: () => withRecord(oneSheet(), SHEET, (record) => record.writeUInt32LE(0xffffffff, 20)),
    explains: /is cut off/,
  },
  "a directory of 64 bits that lies": { make: lyingDirectory, explains: /not where it should be/ },
  "sixty thousand parts": {
    make: () => zipSync(Object.fromEntries(Array.from({ length: 60_000 }, (_, i) => [`p${i}`, new Uint8Array()]))),
    explains: /parts and relationships/,
  },
  "a sheet outside of the archive": {
    make: () => {
      const link = '<Relationship Id="r0" Type="worksheet" Target="../../../../etc/hostname"/>';
      return oneSheet({ "xl/_rels/workbook.xml.rels": `<Relationships>${link}</Relationships>` });
    },
    explains: /Worksheet 'Data' not found/,
  },
};

function bomb(): Uint8Array {
  return oneSheet({ [SHEET]: Buffer.alloc(200 * MB, " ") });
}

/** A workbook whose directory says something else of a part. */
function withRecord(workbook: Uint8Array, part: string, bend: (record: Buffer) => void): Uint8Array {
  const file = Buffer.from(workbook);
  for (let at = file.indexOf(DIRECTORY); at >= 0; at = file.indexOf(DIRECTORY, at + 4)) {
    const name = file.toString("latin1", at + 46, at + 46 + file.readUInt16LE(at + 28));
    if (name === part) bend(file.subarray(at));
  }
  return file;
}

/** The sheet's record points at the content of the shared strings. */
function overlapping(): Uint8Array {
  const file = Buffer.from(oneSheet());
  let other = 0;
  withRecord(file, "xl/sharedStrings.xml", (record) => {
    other = record.readUInt32LE(42);
  });
  return withRecord(file, SHEET, (record) => record.writeUInt32LE(other, 42));
}

/** Two sheets' names made one, the second with another value. */
function twice(): Uint8Array {
  const other = "xl/worksheets/s1.xml";
  const file = Buffer.from(oneSheet({ [other]: worksheet(row('<c r="A1"><v>6</v></c>')) }));
  for (let at = file.indexOf(other); at >= 0; at = file.indexOf(other, at + 1)) file.write(SHEET, at, "latin1");
  return file;
}

/** Before the end record, a record of 64 bits that puts the directory beyond the file. */
function lyingDirectory(): Uint8Array {
  const file = Buffer.from(oneSheet());
  const end = file.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  const record = Buffer.alloc(56 + 20);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(10n ** 15n, 40);
  record.writeBigUInt64LE(10n ** 15n, 48);
  record.writeUInt32LE(0x07064b50, 56);
  return Buffer.concat([file.subarray(0, end), record, file.subarray(end)]);
}

import { deflateRawSync } from "node:zlib";
import { strToU8, zipSync } from "fflate";
import { expect, test } from "vitest";
import { ArchiveError, openArchive } from "../../../benchmarks/scoring/zip.ts";

const MEGABYTE = 2 ** 20;

test("stored and deflated entries read back, whatever stands before or behind the archive", () => {
  const zip = zipSync({
    "a/b.txt": [strToU8("deflated".repeat(50)), { level: 6 }],
    "c.txt": [strToU8("stored"), { level: 0 }],
  });
  const archive = openArchive(Buffer.concat([Buffer.from("#!shell"), zip, Buffer.from("trailing")]), MEGABYTE);

  expect(Buffer.from(archive.read("a/b.txt")).toString()).toBe("deflated".repeat(50));
  expect(Buffer.from(archive.read("c.txt")).toString()).toBe("stored");
  expect(archive.has("C.txt")).toBe(false);
});

test("a bomb is stopped at the limit, also when it claims to be small", () => {
  const honest = zipSync({ bomb: new Uint8Array(20 * MEGABYTE) });
  const lying = Buffer.from(honest);
  const directory = lying.lastIndexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));
  lying.writeUInt32LE(10, directory + 24); // unpacked size

  expect(() => openArchive(honest, MEGABYTE).read("bomb")).toThrow(ArchiveError);
  expect(() => openArchive(lying, MEGABYTE).read("bomb")).toThrow(ArchiveError);
});

test("many entries share one limit", () => {
  const archive = openArchive(zipSync({ a: new Uint8Array(700_000), b: new Uint8Array(700_000) }), MEGABYTE);

  expect(archive.read("a").length).toBe(700_000);
  expect(() => archive.read("b")).toThrow("more than is allowed");
});

test("a flipped byte is found by the checksum", () => {
  const zip = Buffer.from(zipSync({ a: [strToU8("value 100"), { level: 0 }] }));
  zip.write("900", zip.indexOf("100"));

  expect(() => openArchive(zip, MEGABYTE).read("a")).toThrow("checksum");
});

test.each([
  ["nothing", Buffer.alloc(0)],
  ["text", Buffer.from("hello, I am no archive at all, not even a little")],
  ["a bare stream", deflateRawSync("x")],
  ["an end record with a directory beyond the file", endRecord(500, 10)],
])("%s is no archive", (_, bytes) => {
  expect(() => openArchive(bytes, MEGABYTE)).toThrow(ArchiveError);
});

test("an archive cut off anywhere is refused, and never with another error", () => {
  const zip = Buffer.from(zipSync({ a: strToU8("one"), b: strToU8("two".repeat(100)) }));

  for (let length = 0; length < zip.length; length += 1) {
    const cut = zip.subarray(0, length);
    expect(() => openArchive(cut, MEGABYTE).read("b"), `${length} bytes`).toThrow(ArchiveError);
  }
});

test("sizes of 64 bits are read from the extra field", () => {
  const zip = Buffer.from(zipSync({ a: [strToU8("hello ".repeat(20)), { level: 6 }] }));
  const at = zip.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));
  const end = zip.indexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  const extra = Buffer.alloc(20);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(16, 2);
  extra.writeBigUInt64LE(BigInt(zip.readUInt32LE(at + 24)), 4);
  extra.writeBigUInt64LE(BigInt(zip.readUInt32LE(at + 20)), 12);
  zip.fill(0xff, at + 20, at + 28);
  zip.writeUInt16LE(20, at + 30);
  zip.writeUInt32LE(end - at + 20, end + 12);

  const archive = openArchive(Buffer.concat([zip.subarray(0, end), extra, zip.subarray(end)]), MEGABYTE);

  expect(Buffer.from(archive.read("a")).toString()).toBe("hello ".repeat(20));
});

function endRecord(directoryBytes: number, offset: number): Buffer {
  const record = Buffer.alloc(22);
  record.writeUInt32LE(0x06054b50, 0);
  record.writeUInt32LE(directoryBytes, 12);
  record.writeUInt32LE(offset, 16);
  return record;
}

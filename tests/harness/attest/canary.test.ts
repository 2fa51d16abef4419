import { deflateRawSync } from "node:zlib";
import { expect, test } from "vitest";
import { freshCanary, tokensInBytes } from "../../../harness/attest/canary.ts";

/** A local header of a deflated part that begins so many bytes behind it. */
function header(gap: number): Buffer {
  const bytes = Buffer.alloc(30);
  bytes.write("PK\x03\x04", 0, "latin1");
  bytes.writeUInt16LE(8, 8);
  bytes.writeUInt16LE(gap, 26);
  return bytes;
}

test("an output of thousands of headers that share a bomb is searched in the time that one takes", () => {
  const bomb = deflateRawSync(Buffer.alloc(17 * 1024 ** 2));
  const count = 2_000;
  const headers = Array.from({ length: count }, (_, at) => header(30 * (count - 1 - at)));

  expect(tokensInBytes(Buffer.concat([...headers, ...Array(20).fill(bomb)]))).toEqual(new Set());
});

test("a canary in a part of a ZIP is found behind parts that cannot be unpacked", () => {
  const { token } = freshCanary("t");
  const broken = Buffer.concat([header(0), Buffer.alloc(50, 0xff)]);

  const file = Buffer.concat([broken, broken, header(0), deflateRawSync(Buffer.from(`x ${token} y`))]);

  expect(tokensInBytes(file)).toEqual(new Set([token]));
});

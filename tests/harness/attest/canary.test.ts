import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { expect, test } from "vitest";
import { sampleSpreadsheet } from "../../../benchmarks/sample/index.ts";
import { freshCanary, tokensInBytes } from "../../../harness/attest/canary.ts";
import { asked } from "../../support/load-options.ts";
import { temporaryFolder } from "../../support/temporary.ts";

/** A local header of a deflated part that begins so many bytes behind it. */
function header(gap: number): Buffer {
  const bytes = Buffer.alloc(30);
  bytes.write("PK\x03\x04", 0, "latin1");
  bytes.writeUInt16LE(8, 8);
  bytes.writeUInt16LE(gap, 26);
  return bytes;
}

const MB = 1024 ** 2;
const { token } = freshCanary("t");

/** How long a search takes, and how often others had a turn meanwhile. */
async function searched(bytes: Buffer) {
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 1);
  const started = performance.now();
  const found = await tokensInBytes(bytes);
  clearInterval(timer);
  return { found, turns, ms: performance.now() - started };
}

test("thousands of headers that share a bomb are searched in the time that one takes, and others have their turns", async () => {
  const bomb = deflateRawSync(Buffer.alloc(17 * MB));
  const count = 2_000;
  const headers = Array.from({ length: count }, (_, at) => header(30 * (count - 1 - at)));
  await tokensInBytes(bomb);

  const one = await searched(Buffer.concat([header(0), bomb]));
  const all = await searched(Buffer.concat([...headers, ...Array(20).fill(bomb)]));

  expect([one.found, all.found]).toEqual([new Set(), new Set()]);
  expect(all.ms).toBeLessThan(6 * one.ms + 20);
  expect(all.turns).toBeGreaterThan(2);
});

test("a canary in a part of a ZIP is found behind parts that cannot be unpacked, however many", async () => {
  const broken = Buffer.concat([header(0), Buffer.alloc(50, 0xff)]);

  const file = Buffer.concat([...Array(40).fill(broken), header(0), deflateRawSync(Buffer.from(`x ${token} y`))]);

  expect(await tokensInBytes(file)).toEqual(new Set([token]));
});

test("a canary is found in the part that is cut off for its size", async () => {
  const part = deflateRawSync(Buffer.concat([Buffer.from(token), Buffer.alloc(17 * MB)]));

  expect(await tokensInBytes(Buffer.concat([header(0), part]))).toEqual(new Set([token]));
});

test.each([
  ["UTF-8", Buffer.from(token)],
  ["UTF-16", Buffer.from(token, "utf16le")],
  ["UTF-16 of the other order", Buffer.from(token, "utf16le").swap16()],
])("a canary in %s is found wherever it stands in a large file", async (_, written) => {
  const places = [0, MB - 100, MB - 20, MB, 2 * MB - 1, 3 * MB - written.length];
  for (const place of places) {
    const file = Buffer.alloc(3 * MB, " ");
    written.copy(file, place);
    expect(await tokensInBytes(file), String(place)).toEqual(new Set([token]));
  }
});

test("the sample's workbooks with answers carry a canary each, and its inputs none", async () => {
  const { tasks, canaries, prepare, submitTruth } = await sampleSpreadsheet(
    asked({ split: "test", cacheDirectory: await temporaryFolder() }),
  );
  const [task] = tasks;
  if (task === undefined) throw new Error("there is no task");
  const folder = await temporaryFolder();
  await prepare(task, folder);
  await submitTruth(task, folder);

  const inFile = async (name: string) => [...(await tokensInBytes(await readFile(join(folder, name))))];

  expect(await inFile("input.xlsx")).toEqual([]);
  expect(await inFile("output.xlsx")).toEqual([canaries?.find(({ name }) => name === task.id)?.token]);
  expect(canaries).toHaveLength(tasks.length);
});

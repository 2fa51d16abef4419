import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type DownloadOptions, download, type Wanted } from "../../../benchmarks/data/download.ts";
import { openHttp } from "../../../harness/http.ts";
import { type FileServer, fileServer, type Served, sha256Of } from "../../support/file-server.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const BODY = randomBytes(300_000);
const PATH = "/set.tar.gz";

function options(parts: Partial<DownloadOptions> = {}): DownloadOptions {
  const http = openHttp({ env: {}, silenceMs: 2_000 });
  onTestFinished(() => http[Symbol.asyncDispose]());
  return { http, signal: new AbortController().signal, onBytes: () => {}, firstWaitMs: 1, ...parts };
}

function wanted(server: FileServer, parts: Partial<Wanted> = {}): Wanted {
  return { url: server.url + PATH, sha256: sha256Of(BODY), bytes: BODY.length, ...parts };
}

async function served(parts: Partial<Served> = {}) {
  const server = await fileServer({ [PATH]: { body: BODY, ...parts } });
  return { server, path: join(await temporaryFolder(), "deep", "set.tar.gz") };
}

test("a file comes whole with its hash, nothing is left beside it, and it is not asked for again", async () => {
  const { server, path } = await served();
  const sizes: (number | null)[] = [];

  const found = await download(path, wanted(server), options({ onBytes: (_, total) => sizes.push(total) }));
  await download(path, wanted(server), options());

  expect(found).toEqual({ sha256: sha256Of(BODY), bytes: BODY.length });
  expect(await readFile(path)).toEqual(BODY);
  expect(await readdir(join(path, ".."))).toEqual(["set.tar.gz"]);
  expect(server.log).toHaveLength(1);
  expect(new Set(sizes)).toEqual(new Set([BODY.length]));
});

test("after a reset in the middle only the rest is asked for, under the tag of what was begun", async () => {
  const { server, path } = await served({ resets: [100_000] });

  await download(path, wanted(server, { sha256: null, bytes: null }), options());

  expect(await readFile(path)).toEqual(BODY);
  expect(server.log.map(({ range, ifRange, status }) => [range, ifRange, status])).toEqual([
    [null, null, 200],
    ["bytes=100000-", `"${sha256Of(BODY).slice(0, 8)}"`, 206],
  ]);
});

test("a later process goes on from the part that an earlier one left", async () => {
  const { server, path } = await served({ resets: Array.from({ length: 6 }, () => 0) });
  server.files[PATH]!.resets![0] = 50_000;
  await expect(download(path, wanted(server), options())).rejects.toThrow(/50000 bytes are kept/);
  server.files[PATH]!.resets = [];
  server.log.length = 0;

  await download(path, wanted(server), options());

  expect(server.log.map(({ range }) => range)).toEqual(["bytes=50000-"]);
  expect(await readFile(path)).toEqual(BODY);
});

test("a server that ignores Range gives the whole file, once and not appended", async () => {
  const { server, path } = await served({ resets: [100_000], ranges: false });

  await download(path, wanted(server), options());

  expect(server.log.map(({ status }) => status)).toEqual([200, 200]);
  expect(await readFile(path)).toEqual(BODY);
});

test("a file that changes on the server between two halves is begun anew", async () => {
  const { server, path } = await served({ resets: [100_000] });
  const other = randomBytes(200_000);
  const http = options().http;
  const changing: DownloadOptions["http"] = {
    get: (url, headers, signal) => {
      if (headers.range !== undefined) server.files[PATH] = { body: other };
      return http.get(url, headers, signal);
    },
    [Symbol.asyncDispose]: async () => {},
  };

  await download(path, wanted(server, { sha256: null, bytes: null }), options({ http: changing }));

  expect(await readFile(path)).toEqual(other);
});

test("without a tag or a known hash nothing says that two halves belong together, so it is begun anew", async () => {
  const { server, path } = await served({ resets: [100_000], etag: null });

  await download(path, wanted(server, { sha256: null, bytes: null }), options());

  expect(server.log.map(({ range }) => range)).toEqual([null, null]);
  expect(await readFile(path)).toEqual(BODY);
});

test("halves of two files that pass as one are found out by the hash, and it is fetched whole", async () => {
  const { server, path } = await served({ etag: null });
  await download(path, wanted(server), options());
  await writeFile(`${path}.part`, randomBytes(1_000));
  await writeFile(`${path}.part.json`, JSON.stringify({ url: server.url + PATH, etag: null, lastModified: null }));
  await writeFile(path, "damaged");
  server.log.length = 0;

  await download(path, wanted(server), options());

  expect(server.log.map(({ range, status }) => [range, status])).toEqual([
    ["bytes=1000-", 206],
    [null, 200],
  ]);
  expect(await readFile(path)).toEqual(BODY);
});

test("a part that is longer than the file is thrown away", async () => {
  const { server, path } = await served();
  await download(path, wanted(server), options());
  await writeFile(`${path}.part`, randomBytes(BODY.length + 7));
  await writeFile(`${path}.part.json`, JSON.stringify({ url: server.url + PATH, etag: null, lastModified: null }));
  await writeFile(path, "damaged");
  server.log.length = 0;

  await download(path, wanted(server), options());

  expect(server.log.map(({ status }) => status)).toEqual([416, 200]);
  expect(await readFile(path)).toEqual(BODY);
});

test("a wrong hash is refused with both hashes, and never takes the place of the file", async () => {
  const { server, path } = await served();
  const other = "0".repeat(64);

  await expect(download(path, wanted(server, { sha256: other }), options())).rejects.toThrow(
    new RegExp(`expected SHA-256 ${other}, found ${sha256Of(BODY)}`),
  );

  expect(await readdir(join(path, ".."))).toEqual(["set.tar.gz.refused"]);
});

test("a server that keeps breaking off and is wrong each time ends with the hashes, not in a circle", async () => {
  const { server, path } = await served({
    resets: Array.from({ length: 20 }, (_, turn) => (turn % 2 ? 300_000 : 1_000)),
  });
  const other = "0".repeat(64);

  await expect(download(path, wanted(server, { sha256: other }), options())).rejects.toThrow(/expected SHA-256 0000/);
  expect(server.log.length).toBeLessThanOrEqual(4);
});

test("a body without end is cut off not far beyond its known size, and nothing of it is kept", async () => {
  let sent = 0;
  const server = createServer((_, response) => {
    const chunk = randomBytes(256 * 1024);
    const more = () => {
      while (!response.destroyed) {
        sent += chunk.length;
        if (!response.write(chunk)) return void response.once("drain", more);
      }
    };
    more();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close().closeAllConnections());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/set.tar.gz`;
  const path = join(await temporaryFolder(), "set.tar.gz");

  await expect(download(path, { url, sha256: null, bytes: 5_000 }, options())).rejects.toThrow(/sends more than/);
  expect(await readdir(join(path, ".."))).toEqual([]);
  expect(sent).toBeLessThan(64 * 1024 ** 2);
});

test("a wrong size is refused although no hash is known", async () => {
  const { server, path } = await served();

  await expect(download(path, wanted(server, { sha256: null, bytes: 5 }), options())).rejects.toThrow(
    /expected 5 bytes, found 300000/,
  );
  expect(existsSync(path)).toBe(false);
});

test.each([
  [404, /404: there is no such file any more/],
  [403, /403: it wants a login/],
  [418, /418: it cannot be had this way/],
])("status %i is final: one request, and a message that says why", async (status, message) => {
  const { server, path } = await served({ statuses: [status] });

  await expect(download(path, wanted(server), options())).rejects.toThrow(message);

  expect(server.log).toHaveLength(1);
});

test("busy and broken servers are asked again, and redirects are followed", async () => {
  const { server, path } = await served({ statuses: [503, 429, 500] });
  server.files["/moved"] = { body: BODY, location: PATH };

  await download(path, { ...wanted(server), url: `${server.url}/moved` }, options());

  expect(await readFile(path)).toEqual(BODY);
  expect(server.log.filter(({ path: asked }) => asked === PATH).map(({ status }) => status)).toEqual([
    503, 429, 500, 200,
  ]);
});

test("a server that never answers right ends after six tries", async () => {
  const { server, path } = await served({ statuses: Array.from({ length: 20 }, () => 503) });

  await expect(download(path, wanted(server), options())).rejects.toThrow(/in 6 tries: the server answered 503/);

  expect(server.log).toHaveLength(6);
});

test("nobody at the address is told with the cause", async () => {
  const path = join(await temporaryFolder(), "set.tar.gz");
  const gone = createServer();
  await new Promise<void>((resolve) => gone.listen(0, "127.0.0.1", resolve));
  const { port } = gone.address() as AddressInfo;
  await new Promise((resolve) => gone.close(resolve));
  const nobody = { url: `http://127.0.0.1:${port}/set`, sha256: null, bytes: null };

  await expect(download(path, nobody, options())).rejects.toThrow(/ECONNREFUSED/);
});

test("a server that falls silent counts as broken, and what it sent is kept", async () => {
  const { server, path } = await served();
  const http = openHttp({ env: {}, silenceMs: 200 });
  onTestFinished(() => http[Symbol.asyncDispose]());
  const silent = createServer((_, response) => {
    response.writeHead(200, { "content-length": "1000", etag: '"x"' });
    response.write(BODY.subarray(0, 100));
  });
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void silent.closeAllConnections());
  onTestFinished(() => void silent.close());
  const { port } = silent.address() as AddressInfo;

  const url = `http://127.0.0.1:${port}/`;
  await expect(download(path, { url, sha256: null, bytes: 1_000 }, options({ http }))).rejects.toThrow(/in 6 tries/);

  expect((await readFile(`${path}.part`)).length).toBe(100);
  expect(server.log).toEqual([]);
});

test("a request that is stopped keeps what it has, and says that it was stopped", async () => {
  const { server, path } = await served({ resets: [100_000] });
  const stop = new AbortController();
  const onBytes = (bytes: number) => bytes >= 100_000 && stop.abort(new DOMException("interrupted", "AbortError"));

  await expect(download(path, wanted(server), options({ signal: stop.signal, onBytes }))).rejects.toThrow(
    "interrupted",
  );

  expect((await readFile(`${path}.part`)).length).toBe(100_000);
});

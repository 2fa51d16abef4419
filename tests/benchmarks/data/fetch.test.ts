import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { zipSync } from "fflate";
import { c as createTar } from "tar";
import { expect, onTestFinished, test } from "vitest";
import { type FetchOptions, fetchData } from "../../../benchmarks/data/fetch.ts";
import { findFetched } from "../../../benchmarks/data/fetched.ts";
import { Source } from "../../../benchmarks/data/source.ts";
import { openHttp } from "../../../harness/http.ts";
import { type FileServer, fileServer, sha256Of } from "../../support/file-server.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const REVISION = "a".repeat(40);

function source(parts: Partial<Source>): Source {
  return Source.parse({
    name: "little",
    home: ["https://example.org"],
    licence: "CC0",
    terms: null,
    revisions: { "some/repository": REVISION },
    files: [],
    steps: [],
    made: {},
    megabytes: 1,
    byHand: "ask around",
    ...parts,
  });
}

function file(name: string, sha256: string | null = null) {
  return { name, url: `https://example.org/${REVISION}/${name}`, sha256, bytes: null };
}

async function serve(files: Record<string, Uint8Array>): Promise<FileServer> {
  const paths = Object.entries(files).map(([name, body]) => [`/example.org/${REVISION}/${name}`, { body }]);
  return fileServer(Object.fromEntries(paths));
}

async function fetchOptions(server: FileServer, directory: string): Promise<FetchOptions> {
  const http = openHttp({ env: {}, silenceMs: 2_000 });
  onTestFinished(() => http[Symbol.asyncDispose]());
  const signal = new AbortController().signal;
  return { http, signal, directory, from: `${server.url}/`, onProgress: () => {}, firstWaitMs: 1 };
}

async function tarOf(files: Record<string, string>): Promise<Buffer> {
  const cwd = await temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(cwd, path, ".."), { recursive: true });
    await writeFile(join(cwd, path), text);
  }
  await createTar({ gzip: true, cwd, file: join(cwd, "made.tar.gz") }, await readdir(cwd));
  return readFile(join(cwd, "made.tar.gz"));
}

test("an archive and a plain file become a data set, whose manifest says what came from where", async () => {
  const archive = await tarOf({
    "release-1/dataset.json": "[]",
    "release-1/spreadsheet/7/._input.xlsx": "mac",
    "release-1/spreadsheet/7/input.xlsx": "workbook",
    "release-1/README.md": "not kept",
  });
  const plain = Buffer.from("line\n");
  const server = await serve({ "set.tar.gz": archive, "more.tsv": plain });
  const cache = await temporaryFolder();
  const directory = join(cache, "data", "little");
  const little = source({
    files: [file("set.tar.gz", sha256Of(archive)), file("more.tsv")],
    steps: [
      { kind: "tar", from: "set.tar.gz", keep: ["dataset.json", "spreadsheet/"], to: "." },
      { kind: "copy", from: "more.tsv", to: "data/more.tsv" },
    ],
    made: { "dataset.json": sha256Of(Buffer.from("[]")) },
  });

  const { fetched, wasThere } = await fetchData(little, await fetchOptions(server, directory));

  expect(wasThere).toBe(false);
  const files = await readdir(directory, { recursive: true });
  expect(files.sort()).toEqual([
    "data",
    "data/more.tsv",
    "dataset.json",
    "fetched.json",
    "spreadsheet",
    "spreadsheet/7",
    "spreadsheet/7/input.xlsx",
  ]);
  expect(fetched.files).toEqual([
    {
      url: `https://example.org/${REVISION}/set.tar.gz`,
      mirror: `${server.url}/example.org/${REVISION}/set.tar.gz`,
      bytes: archive.length,
      sha256: sha256Of(archive),
      known: true,
    },
    expect.objectContaining({ sha256: sha256Of(plain), known: false }),
  ]);
  expect(fetched.contents.files).toBe(3);
  expect(JSON.parse(await readFile(join(directory, "fetched.json"), "utf8"))).toEqual(fetched);
  expect(await findFetched(cache, "little")).toBe(directory);
});

test("a set that is whole is not fetched again; one that was damaged is", async () => {
  const server = await serve({ "a.txt": Buffer.from("alpha") });
  const directory = await temporaryFolder();
  const little = source({ files: [file("a.txt")], steps: [{ kind: "copy", from: "a.txt", to: "a.txt" }] });
  const options = await fetchOptions(server, directory);
  await fetchData(little, options);

  const again = await fetchData(little, options);
  await writeFile(join(directory, "a.txt"), "damaged");
  const mended = await fetchData(little, options);

  expect([again.wasThere, mended.wasThere]).toEqual([true, false]);
  expect(server.log).toHaveLength(2);
  expect(await readFile(join(directory, "a.txt"), "utf8")).toBe("alpha");
});

test("a file that only its revision pins is refused when another comes the second time", async () => {
  const server = await serve({ "a.txt": Buffer.from("alpha") });
  const directory = await temporaryFolder();
  const little = source({ files: [file("a.txt")], steps: [{ kind: "copy", from: "a.txt", to: "a.txt" }] });
  const options = await fetchOptions(server, directory);
  await fetchData(little, options);
  await rm(join(directory, "a.txt"));
  server.files[`/example.org/${REVISION}/a.txt`] = { body: Buffer.from("omega") };

  await expect(fetchData(little, options)).rejects.toThrow(/gives another file than the first time/);

  expect(existsSync(join(directory, "a.txt"))).toBe(false);
});

test("a fetch that fails leaves no data set that counts as one, and the next goes on with what is whole", async () => {
  const [first, second] = [randomBytes(5_000), randomBytes(5_000)];
  const server = await serve({ first, second });
  const missing = server.files[`/example.org/${REVISION}/second`];
  delete server.files[`/example.org/${REVISION}/second`];
  const cache = await temporaryFolder();
  const options = await fetchOptions(server, join(cache, "data", "little"));
  const little = source({
    files: [file("first"), file("second")],
    steps: ["first", "second"].map((name) => ({ kind: "copy", from: name, to: name })),
  });

  await expect(fetchData(little, options)).rejects.toThrow(/404[\s\S]*By hand: ask around/);
  expect(await findFetched(cache, "little")).toBeNull();
  server.files[`/example.org/${REVISION}/second`] = missing!;
  server.log.length = 0;
  await fetchData(little, options);

  expect(await findFetched(cache, "little")).not.toBeNull();
  expect(server.log.map(({ path }) => path)).toContain(`/example.org/${REVISION}/second`);
});

test("an archive without what is wanted, or with another content, is refused and takes no place", async () => {
  const archive = await tarOf({ "x/readme": "hello", "x/dataset.json": "[1]" });
  const server = await serve({ "set.tar.gz": archive });
  const directory = await temporaryFolder();
  const options = await fetchOptions(server, directory);
  const files = [file("set.tar.gz")];
  const keeping = (keep: string[]) => [{ kind: "tar" as const, from: "set.tar.gz", keep, to: "." }];

  await expect(fetchData(source({ files, steps: keeping(["spreadsheet/"]) }), options)).rejects.toThrow(
    /holds none of: spreadsheet\//,
  );
  const made = { "dataset.json": "0".repeat(64) };
  await expect(fetchData(source({ files, steps: keeping(["dataset.json"]), made }), options)).rejects.toThrow(
    /dataset.json: expected SHA-256 0000/,
  );

  expect(existsSync(join(directory, "dataset.json"))).toBe(false);
});

test("a damaged archive is told as such", async () => {
  const archive = (await tarOf({ "x/dataset.json": "[1]".repeat(1_000) })).subarray(0, 60);
  const server = await serve({ "set.tar.gz": archive, "set.zip": Buffer.from("no zip") });
  const options = await fetchOptions(server, await temporaryFolder());

  for (const [kind, name] of [
    ["tar", "set.tar.gz"],
    ["zip", "set.zip"],
  ] as const) {
    const steps = [{ kind, from: name, keep: ["dataset.json"], to: "." }];
    await expect(fetchData(source({ files: [file(name)], steps }), options)).rejects.toThrow(/cannot unpack/);
  }
});

test("a zip is laid out from the folder that is kept, and a name that leads out is refused", async () => {
  const text = (content: string) => new TextEncoder().encode(content);
  const good = zipSync({ "Tables/csv/1-csv/2.csv": text("a,b"), "Tables/page/x.html": text("no") });
  const bad = zipSync({ "../../csv/1.csv": text("out") });
  const server = await serve({ "good.zip": good, "bad.zip": bad });
  const directory = await temporaryFolder();
  const options = await fetchOptions(server, directory);
  const unzipping = (name: string) =>
    source({ files: [file(name)], steps: [{ kind: "zip", from: name, keep: ["csv/"], to: "data" }] });

  await fetchData(unzipping("good.zip"), options);
  await expect(fetchData(unzipping("bad.zip"), await fetchOptions(server, await temporaryFolder()))).rejects.toThrow(
    /cannot unpack.*invalid relative path/,
  );

  expect(await readFile(join(directory, "data/csv/1-csv/2.csv"), "utf8")).toBe("a,b");
  expect(existsSync(join(directory, "page"))).toBe(false);
});

test("a folder that holds another benchmark's data is not written over", async () => {
  const server = await serve({ "a.txt": Buffer.from("alpha") });
  const options = await fetchOptions(server, await temporaryFolder());
  const little = source({ files: [file("a.txt")], steps: [{ kind: "copy", from: "a.txt", to: "a.txt" }] });
  await fetchData(little, options);

  await expect(fetchData({ ...little, name: "other" }, options)).rejects.toThrow(/holds the data of little/);
});

test("a folder with files of the user's own is refused, and nothing in it is touched", async () => {
  const server = await serve({ "a.tsv": Buffer.from("theirs") });
  const directory = await temporaryFolder();
  await mkdir(join(directory, "data"));
  await writeFile(join(directory, "data", "mine.txt"), "years of work");
  const little = source({ files: [file("a.tsv")], steps: [{ kind: "copy", from: "a.tsv", to: "data/a.tsv" }] });

  await expect(fetchData(little, await fetchOptions(server, directory))).rejects.toThrow(
    /holds what was not fetched \(data\)/,
  );
  expect(await readFile(join(directory, "data", "mine.txt"), "utf8")).toBe("years of work");
  expect(await readdir(directory)).toEqual(["data"]);
});

test("a fetch that was killed while it laid the files out is gone on with", async () => {
  const server = await serve({ "a.tsv": Buffer.from("theirs") });
  const directory = await temporaryFolder();
  await mkdir(join(directory, ".downloads"));
  await mkdir(join(directory, ".making"));
  await writeFile(join(directory, "a.tsv"), "half of it");
  const little = source({ files: [file("a.tsv")], steps: [{ kind: "copy", from: "a.tsv", to: "a.tsv" }] });

  await fetchData(little, await fetchOptions(server, directory));
  expect(await readFile(join(directory, "a.tsv"), "utf8")).toBe("theirs");
});

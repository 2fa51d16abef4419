import { existsSync } from "node:fs";
import { cp, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { zipSync } from "fflate";
import { parquetWriteFile } from "hyparquet-writer";
import { expect, test, vi } from "vitest";
import { sourceOf } from "../../../benchmarks/data/sources.ts";
import { BENCHMARKS } from "../../../benchmarks/index.ts";
import { start, trace2skill } from "../../support/command-line.ts";
import { fileServer, type Served } from "../../support/file-server.ts";
import { sharedPath } from "../../support/shared-data.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const EXAMPLE = join(import.meta.dirname, "../../fixtures/own-benchmark");

/** A mirror of the files of a real source, laid out as `wget -x` does. */
async function mirror(benchmark: string, bodies: Record<string, Uint8Array>) {
  const files = Object.entries(bodies).map(([name, body]): [string, Served] => {
    const { host, pathname } = new URL(sourceOf(benchmark)!.files.find((file) => file.name === name)!.url);
    return [`/mirror/${host}${pathname}`, { body }];
  });
  return fileServer(Object.fromEntries(files));
}

test("every benchmark is listed; those that need data with licence, source and revision", async () => {
  const { code, out } = await trace2skill(["data", "list", "--json"], {
    env: { XDG_CACHE_HOME: await temporaryFolder() },
  });

  const listed: { name: string; state: string; licence: string | null; revisions: object }[] = JSON.parse(out);
  expect(code).toBe(0);
  expect(listed.map(({ name }) => name)).toEqual(Object.keys(BENCHMARKS));
  for (const { name, state, licence, revisions } of listed) {
    const own = BENCHMARKS[name]?.needsData === false;
    expect([name, state]).toEqual([name, own ? "own" : name === "folder" ? "none" : "not-fetched"]);
    if (state === "not-fetched")
      expect([licence, Object.keys(revisions).length > 0]).toEqual([expect.any(String), true]);
  }
});

test("MATH-500 comes through a mirror with the hash of the upstream file, and is then found without --data", async (context) => {
  const body = await readFile(sharedPath(context, "data/math/math500.jsonl"));
  const server = await mirror("math-500", { "test.jsonl": body });
  const env = { XDG_CACHE_HOME: await temporaryFolder() };
  const command = ["data", "fetch", "math-500", "--from", `${server.url}/mirror`, "--json"];

  const first = await trace2skill(command, { env });
  const second = await trace2skill(command, { env });
  const checked = await trace2skill(["data", "check", "math-500", "--tasks", "0:20", "--json"], { env });
  const listed = await trace2skill(["data", "list", "--json"], { env });

  expect([first.code, first.err.replace(/^data fetch.*\n/gm, "")]).toEqual([0, ""]);
  const { directory, wasThere, fetched } = JSON.parse(first.out);
  expect([wasThere, fetched.files[0].known, fetched.licence]).toEqual([false, true, "MIT"]);
  expect(await readFile(join(directory, "math500.jsonl"))).toEqual(body);
  expect(JSON.parse(second.out).wasThere).toBe(true);
  expect(server.log).toHaveLength(1);
  expect(JSON.parse(listed.out)).toContainEqual(
    expect.objectContaining({ name: "math-500", state: "fetched", directory }),
  );
  expect(JSON.parse(checked.out)).toMatchObject({ ok: true, data: directory, probes: { truth: 20, nothing: 20 } });
});

test.for(["SIGKILL", "SIGINT"] as const)(
  "a fetch that %s ends is gone on with by the same command",
  async (signal, context) => {
    const body = await readFile(sharedPath(context, "data/math/math500.jsonl"));
    const server = await mirror("math-500", { "test.jsonl": body });
    const file = Object.values(server.files)[0]!;
    file.holds = [100_000];
    const out = await temporaryFolder();
    const command = ["data", "fetch", "math-500", "--from", `${server.url}/mirror`, "--out", out];
    const first = start(command);
    const part = join(out, ".downloads", "test.jsonl.part");
    await vi.waitFor(async () => expect((await stat(part)).size).toBe(100_000), { timeout: 20_000, interval: 50 });
    first.kill(signal);
    const ended = await first.ended;

    const second = await trace2skill(command);

    if (signal === "SIGINT")
      expect([ended.code, ended.err]).toEqual([130, expect.stringMatching(/the same command goes on/)]);
    expect([second.code, server.log.map(({ range }) => range)]).toEqual([0, [null, "bytes=100000-"]]);
  },
);

test("a changed file is refused with exit 1, and nothing counts as fetched", async () => {
  const server = await mirror("math-500", { "test.jsonl": Buffer.alloc(446_564, "x") });
  const out = await temporaryFolder();

  const { code, err } = await trace2skill([
    "data",
    "fetch",
    "math-500",
    "--from",
    `${server.url}/mirror`,
    "--out",
    out,
  ]);

  expect(code).toBe(1);
  expect(err).toMatch(/expected SHA-256 35dc4108[\s\S]*By hand:/);
  expect(existsSync(join(out, "fetched.json"))).toBe(false);
});

test("AIME 2026, whose file has no known hash, is held to the official answers, and fetch says what it knows", async (context) => {
  const rows = (await readFile(sharedPath(context, "data/math/aime_2026.jsonl"), "utf8"))
    .trimEnd()
    .split("\n")
    .map((line): { problem: string; answer: number } => JSON.parse(line));
  const path = join(await temporaryFolder(), "aime.parquet");
  parquetWriteFile({
    filename: path,
    columnData: [
      { name: "problem_idx", data: rows.map((_, index) => BigInt(index + 1)), type: "INT64" },
      { name: "answer", data: rows.map(({ answer }) => BigInt(answer)), type: "INT64" },
      { name: "problem", data: rows.map(({ problem }) => problem), type: "STRING" },
    ],
  });
  const server = await mirror("aime-2026", { "all.parquet": await readFile(path) });
  const out = await temporaryFolder();

  const { code, err } = await trace2skill([
    "data",
    "fetch",
    "aime-2026",
    "--from",
    `${server.url}/mirror`,
    "--out",
    out,
  ]);

  expect(code).toBe(0);
  expect(err).toMatch(/for 1 of 1 files no hash is known beforehand/);
  const made = await readFile(join(out, "aime_2026.jsonl"), "utf8");
  expect(made).toBe(await readFile(sharedPath(context, "data/math/aime_2026.jsonl"), "utf8").then(compact));
});

/** The lines as `JSON.stringify` writes them. */
function compact(text: string): string {
  return text.replace(/.+/g, (line) => JSON.stringify(JSON.parse(line)));
}

test("WikiTableQuestions is laid out as its loader reads it, and its data set proves itself", async (context) => {
  const shared = sharedPath(context, "data/wikitablequestions");
  const bytes = (name: string) => readFile(join(shared, name));
  const { x: extract } = await import("tar");
  const tables = await temporaryFolder();
  await extract({ file: join(shared, "tables.tar.gz"), cwd: tables });
  const ood = (await bytes("ood_400.jsonl")).toString("utf8").split("\n")[0] ?? "";
  const { id, table }: { id: string; table: string } = JSON.parse(ood);
  const server = await mirror("wikitq", {
    "pristine-unseen-tables.tsv": await bytes("pristine-unseen-tables.tsv"),
    "random-split-1-dev.tsv": await bytes("random-split-1-dev.tsv"),
    "pristine-unseen-tables.tagged": await bytes("pristine-unseen-tables.tagged"),
    "training.tsv": Buffer.from("id\tutterance\tcontext\ttargetValue\n"),
    "training.tagged": Buffer.from("id\ttargetCanon\n"),
    "tables.zip": zipSync({ [`WikiTableQuestions/${table}`]: await readFile(join(tables, table)) }),
  });
  const env = { XDG_CACHE_HOME: await temporaryFolder() };

  const fetched = await trace2skill(["data", "fetch", "wikitq", "--from", `${server.url}/mirror/`], { env });
  const checked = await trace2skill(["data", "check", "wikitq", "--split", "test", "--tasks", id, "--json"], { env });

  expect([fetched.code, fetched.out]).toEqual([0, expect.stringMatching(/wikitq: fetched and checked/)]);
  expect(JSON.parse(checked.out)).toMatchObject({ ok: true, tasks: 1, probes: { truth: 1, nothing: 1, untouched: 1 } });
});

test.each([
  ["data fetch sample-tables", 2, /made by the tool itself/],
  ["data fetch folder", 2, /no public source: give its folder/],
  ["data fetch nothing", 2, /unknown benchmark "nothing"/],
  ["data fetch math-500 --from mirror", 2, /--from must be a URL/],
  ["data check spreadsheetbench", 1, /or fetch it first: trace2skill data fetch spreadsheetbench/],
  ["data check folder", 1, /folder needs its data: give the folder with --data DIR$/m],
])("%s ends with %i and says what to do", async (line, expected, message) => {
  const { code, err } = await trace2skill(line.split(" "), { env: { XDG_CACHE_HOME: await temporaryFolder() } });

  expect([code, err]).toEqual([expected, expect.stringMatching(message)]);
});

test("a user's own benchmark is proved with exit 0, and one whose answers are wrong with exit 1 and the task", async () => {
  const data = await temporaryFolder();
  await cp(EXAMPLE, data, { recursive: true });
  const sound = await trace2skill(["data", "check", "folder", "--data", data]);
  await writeFile(join(data, "orders/may/total.json"), '{"sum": 15.5}');

  const broken = await trace2skill(["data", "check", "folder", "--data", data, "--split", "test"]);

  expect([sound.code, sound.out]).toEqual([0, expect.stringMatching(/ground truth scores 1: 3 of 3/)]);
  expect(broken.code).toBe(1);
  expect(broken.out).toMatch(/NEW exceptions:\n {2}may, truth: expected 1, found unscored, benchmark-broken/);
});

test("the known exceptions of SpreadsheetBench-Verified are told with their reasons, and are none to fail by", async (context) => {
  const data = sharedPath(context, "data/spreadsheetbench_verified_400");

  const { code, out } = await trace2skill([
    "data",
    "check",
    "spreadsheetbench",
    "--split",
    "all",
    "--data",
    data,
    "--tasks",
    "13-1,73-45,130-9,42930,17-35",
  ]);

  expect(code).toBe(0);
  expect(out).toMatch(/13-1, untouched: expected less than 1, found 1/);
  expect(out).toMatch(/73-45, untouched[\s\S]*known: the answer range is empty/);
  expect(out).toMatch(/130-9, truth: expected 1, found 0[\s\S]*known: a comma in a sheet name/);
  expect(out).toMatch(/further known defects:\n {2}42930: the golden is misnamed/);
  expect(out).not.toMatch(/17-35/);
});

test("a user's own benchmark runs, and is found again under its stored name to be scored anew", async () => {
  const out = join(await temporaryFolder(), "run");

  const run = await trace2skill(["run", "folder", "--data", EXAMPLE, "--model", "sim/large", "--out", out, "--json"]);
  const score = await trace2skill(["score", out, "--json"]);

  const manifest = JSON.parse(await readFile(join(out, "manifest.json"), "utf8"));
  expect([run.code, manifest.fingerprint.benchmark]).toEqual([0, "folder/order-totals"]);
  expect(manifest.benchmark.sealed).toEqual(["may", "largest"]);
  expect([score.code, JSON.parse(score.out).changed]).toEqual([0, 0]);
});
